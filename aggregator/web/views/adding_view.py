"""What was found at an address, as the page shows it before anything is followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.core.decide import page_needed
from aggregator.core.standing import without_login
from aggregator.notify.links import safe_link, safe_name
from aggregator.service.findings import Findings, FoundFeed, format_name, own_name
from aggregator.types import PagePolicy, PageSelectors, ParsedEntry, ParsedFeed
from aggregator.web.views.texts import TextView, headline_view
from aggregator.web.views.times import Times, TimeView

ITEMS = 5
"""Of a feed, that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed, to be shown again."""

    url: str = ""
    item: str = ""
    """Selectors, here and below; "": none."""
    title: str = ""
    link: str = ""
    date: str = ""
    summary: str = ""

    @property
    def selectors(self) -> PageSelectors | None:
        """None: feeds are looked for."""
        if not self.item.strip():
            return None
        return PageSelectors(
            item=self.item.strip(),
            title=self.title.strip() or None,
            link=self.link.strip() or None,
            date=self.date.strip() or None,
            summary=self.summary.strip() or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    headline: TextView
    href: str | None
    time: TimeView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateView:
    url: str
    """What would be followed."""
    address: str
    """The same to be shown."""
    name: str
    """What it would be called; "": after its address."""
    format: str
    """As in "RSS 2.0"."""
    says: str
    """How alive it is."""
    why: str
    """How it was found, a sentence."""
    texts: str
    """Whether it carries the full text, a sentence; "" where nothing is known."""
    warning: str | None
    items: tuple[ItemView, ...]
    more: int
    followed_as: str | None
    """The source that is this feed already; None: none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundView:
    url: str
    """What was made of what was typed."""
    candidates: tuple[CandidateView, ...]
    misses: tuple[tuple[str, str], ...]
    """(address, what came of it) of what is no feed."""
    trouble: str | None
    """Why the address itself could not be had; None: it could."""
    requests: int


def found_view(found: Findings, followed: Mapping[str, str], times: Times) -> FoundView:
    """`followed`: by address, the name of the source that a feed is already."""
    return FoundView(
        url=without_login(found.url),
        candidates=tuple(_candidate(feed, followed.get(feed.url), times) for feed in found.feeds),
        misses=tuple((without_login(miss.url), miss.error) for miss in found.misses),
        trouble=found.trouble,
        requests=found.requests,
    )


def _candidate(feed: FoundFeed, followed_as: str | None, times: Times) -> CandidateView:
    parsed = feed.parsed
    return CandidateView(
        url=feed.url,
        address=without_login(feed.url),
        name=own_name(feed),
        format=format_name(parsed.format),
        says=feed.freshness.says,
        why=feed.why,
        texts=_texts(parsed),
        warning=parsed.warning,
        items=tuple(_item(entry, parsed, times) for entry in parsed.entries[:ITEMS]),
        more=max(len(parsed.entries) - ITEMS, 0),
        followed_as=safe_name(followed_as) if followed_as else None,
    )


def _texts(parsed: ParsedFeed) -> str:
    if not parsed.entries:
        return ""
    short = sum(page_needed(entry, PagePolicy.AUTO) for entry in parsed.entries)
    if not short:
        return "It carries the full text of its items."
    if short == len(parsed.entries):
        return "It has no full texts; those are read from the page of each item."
    return "It carries the full text of some items; the others are read from their pages."


def _item(entry: ParsedEntry, parsed: ParsedFeed, times: Times) -> ItemView:
    return ItemView(
        headline=headline_view(entry.title, entry.language or parsed.language),
        href=safe_link(entry.url),
        time=times.at(entry.published_at) if entry.published_at else None,
    )
