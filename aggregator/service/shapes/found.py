"""What a search for feeds finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.service.findings import Findings, FoundFeed, Miss


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFields:
    """A feed that could be followed."""

    number: int
    """From 1."""
    url: str
    """What to follow."""
    title: str
    """What it calls itself; empty: nothing."""
    format: str
    """rss20, atom10, json1, sitemap-news, …"""
    items: int
    latest_at: datetime | None
    """Of the newest item; null: no item has a date."""
    per_week: float | None
    """New items a week, lately; null: no item has a date."""
    freshness: str
    """All that in words."""
    why: str
    """How it was found, a sentence."""
    also: tuple[str, ...]
    """Further addresses of the same feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFields:
    """What was found at an address."""

    typed: str
    url: str
    """What was made of it."""
    requests: int
    """How many were made."""
    error: str | None
    """Why the address itself could not be had, a sentence; null: it could."""
    candidates: tuple[CandidateFields, ...]
    """Those that are alive first, then the likeliest."""
    misses: tuple[Miss, ...]
    """What was asked and is no feed."""


def found_fields(findings: Findings) -> FoundFields:
    return FoundFields(
        typed=findings.typed,
        url=findings.url,
        requests=findings.requests,
        error=findings.trouble,
        candidates=tuple(
            _candidate_fields(number, feed) for number, feed in enumerate(findings.feeds, start=1)
        ),
        misses=findings.misses,
    )


def _candidate_fields(number: int, feed: FoundFeed) -> CandidateFields:
    fresh = feed.freshness
    return CandidateFields(
        number=number,
        url=feed.url,
        title=feed.name,
        format=feed.parsed.format,
        items=fresh.items,
        latest_at=fresh.latest_at,
        per_week=fresh.per_week,
        freshness=fresh.says,
        why=feed.why,
        also=feed.also,
    )
