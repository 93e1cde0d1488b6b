"""What is known of a text besides the text: what its page is, where it was taken from, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.cli.output import Cell, line, zoned
from aggregator.core.durations import offset_of
from aggregator.core.kind_names import KIND_NAMES
from aggregator.types import Article, Extraction, PageKind, TextOrigin

ORIGINS = {
    TextOrigin.RULES: "page, by the source's rules",
    TextOrigin.LINKED_DATA: "page's linked data",
    TextOrigin.PAGE: "page",
    TextOrigin.AMP: "page's AMP form",
    TextOrigin.PRINT: "page's form for printing",
    TextOrigin.CONTENT: "feed",
    TextOrigin.SUMMARY: "feed's summary",
}
"""As in "text from the …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """As the fields of `Article` and `Extraction` that have these names, or stand for them."""

    kind: PageKind
    kind_why: str
    why: str
    confidence: float | None
    """None: not known."""
    published_at: datetime | None
    """None: not known."""
    updated_at: datetime | None
    """None: not known."""
    utc_offset: timedelta | None
    """None: not known."""
    site_name: str | None
    """None: not known."""
    canonical_url: str | None
    """None: not known."""
    image_url: str | None
    """None: there is none."""
    image_alt: str
    dateline: str | None
    """None: there is none."""
    credits: tuple[str, ...]


def facts_of_article(found: Article) -> Facts:
    return Facts(
        kind=found.kind,
        kind_why=found.kind_why,
        why=found.text_why,
        confidence=found.confidence,
        published_at=found.summary.published_at,
        updated_at=found.updated_at,
        utc_offset=found.utc_offset,
        site_name=found.site_name,
        canonical_url=found.canonical_url,
        image_url=found.image_url,
        image_alt=found.image_alt,
        dateline=found.dateline,
        credits=found.credits,
    )


def facts_of_extraction(found: Extraction) -> Facts:
    article = found.article
    return Facts(
        kind=found.kind,
        kind_why=found.kind_why,
        why=found.why,
        confidence=found.confidence,
        published_at=article.published_at,
        updated_at=article.updated_at,
        utc_offset=article.utc_offset,
        site_name=article.site_name,
        canonical_url=article.canonical_url,
        image_url=article.image_url,
        image_alt=article.image_alt,
        dateline=article.dateline,
        credits=article.credits,
    )


def print_facts(facts: Facts, *, url: str | None) -> None:
    """A line for each fact that is known. `url`: where the page is, not to be said again."""
    if facts.kind is not PageKind.ARTICLE:
        line(_label("kind"), Cell(f"{KIND_NAMES[facts.kind]}: ", "warn"), facts.kind_why)
    for label, text in _rows(facts, url):
        line(_label(label), text)


def _rows(facts: Facts, url: str | None) -> Iterator[tuple[str, str]]:
    if facts.why:
        yield "text", facts.why
    if facts.confidence is not None:
        yield "confidence", f"{facts.confidence:.2f}"
    if facts.published_at is not None and facts.utc_offset is not None:
        yield "published", zoned(facts.published_at, facts.utc_offset)
    if facts.updated_at is not None and facts.updated_at != facts.published_at:
        yield "updated", zoned(facts.updated_at, facts.utc_offset)
    if facts.dateline:
        yield "dateline", facts.dateline
    if facts.credits:
        yield "credits", ", ".join(facts.credits)
    if facts.image_url:
        yield "image", " · ".join(filter(None, (facts.image_url, facts.image_alt)))
    if facts.site_name:
        yield "site", facts.site_name
    if facts.canonical_url and facts.canonical_url != url:
        yield "canonical", facts.canonical_url


def fact_fields(facts: Facts) -> dict[str, object]:
    """What `article --json` and `extract --json` call alike."""
    return {
        "kind": facts.kind,
        "kind_why": facts.kind_why,
        "confidence": facts.confidence,
        "utc_offset": None if facts.utc_offset is None else offset_of(facts.utc_offset),
        "image_alt": facts.image_alt,
        "site_name": facts.site_name,
        "canonical_url": facts.canonical_url,
        "dateline": facts.dateline,
        "credits": facts.credits,
    }


def _label(word: str) -> Cell:
    return Cell(f"{word:<12}", "dim")
