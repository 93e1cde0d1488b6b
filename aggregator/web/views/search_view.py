"""A search and what it finds, as its page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from aggregator.core.day_bins import Bin, bins
from aggregator.core.highlighting import CLOSED, OPENED
from aggregator.core.kind_names import RELATION_NAMES, kind_mark
from aggregator.core.sparkline import heights
from aggregator.errors import QueryError
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import Marks, SearchCounts, SearchHit
from aggregator.web.views.outlets import counted
from aggregator.web.views.query_terms import (
    DAYS,
    Term,
    field_term,
    terms_of,
    with_days,
    with_term,
    without,
)
from aggregator.web.views.sentences import sentence_of
from aggregator.web.views.texts import TextView, headline_view
from aggregator.web.views.times import Times, TimeView, short_day

BARS = 31
"""At most, of the histogram."""
BAR_HEIGHT = 48
"""Units of its pictures."""
FOLDED = 4
"""Further articles of a story that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address says."""

    q: str = ""
    by: str = "newest"
    """"newest" or "relevance"."""
    flat: bool = False
    """Every article for itself; False: one for its story."""
    after: str = ""
    """Where the page begins, as the one before names it; "": the first."""

    @property
    def address(self) -> str:
        values = {
            "q": self.q,
            "by": self.by if self.by != "newest" else "",
            "flat": "1" if self.flat else "",
            "after": self.after,
        }
        said = urlencode({key: value for key, value in values.items() if value})
        return f"/search?{said}" if said else "/search"

    def but(self, **changes: object) -> str:
        """The address of the first page of another search."""
        return replace(self, **{"after": "", **changes}).address  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A search that cannot be read, in three parts, the second being where it goes wrong."""

    sentence: str
    before: str
    at: str
    """One character; "": behind the end."""
    after: str
    column: int


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    matches: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldedView:
    source: str
    href: str
    mark: str
    """"copy", "rewrite", …; or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    article_id: int
    headline: TextView
    snippet: tuple[Part, ...]
    source: str
    source_href: str
    time: TimeView
    signs: tuple[str, ...]
    """What it is: "copy", "paywall", …"""
    outlets: str
    """As in "3 outlets"; "" for one."""
    story_href: str | None
    folded: tuple[FoldedView, ...]
    more: int
    """Folded ones that are not named."""
    out: str | None
    """At the outlet."""
    read: bool
    starred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    text: str
    count: int
    share: float
    """Of all that match; 0 to 1."""
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBar:
    label: str
    """Below it, short; "" where there is no room."""
    says: str
    """As in "30 Mar: 12 articles"."""
    height: float
    """0 to BAR_HEIGHT."""
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A field of the search, and the search without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsView:
    says: str
    """As in "1,204 articles"."""
    days: tuple[DayBar, ...]
    """The newest first."""
    sources: tuple[Facet, ...]
    languages: tuple[Facet, ...]


def mistake_of(text: str, error: QueryError) -> Mistake:
    """`text`: as it was read."""
    at = min(error.column - 1, len(text))
    return Mistake(
        sentence=sentence_of(error),
        before=text[:at],
        at=text[at : at + 1],
        after=text[at + 1 :],
        column=error.column,
    )


def parts_of(snippet: str) -> tuple[Part, ...]:
    """A passage with marks, in pieces that match and others."""
    parts: list[Part] = []
    for piece in snippet.split(OPENED):
        inside, mark, outside = piece.partition(CLOSED)
        if mark:
            parts.append(Part(inside, matches=True))
        else:
            outside = inside
        if outside:
            parts.append(Part(outside, matches=False))
    return tuple(parts)


def hit_view(hit: SearchHit, marks: Mapping[int, Marks], times: Times) -> HitView:
    article = hit.article
    mark = marks.get(article.article_id)
    relation = RELATION_NAMES[hit.relation] if hit.relation is not None else ""
    return HitView(
        article_id=article.article_id,
        headline=headline_view(article.title, article.language),
        snippet=parts_of(hit.snippet),
        source=safe_name(article.source),
        source_href=f"/sources/{article.source_id}",
        time=times.at(article.at),
        signs=tuple(sign for sign in (relation, kind_mark(article.kind)) if sign),
        outlets=counted(hit.outlets, "outlet") if hit.outlets > 1 else "",
        story_href=None if article.story_id is None else f"/stories/{article.story_id}",
        folded=tuple(
            FoldedView(
                source=safe_name(one.source),
                href=f"/articles/{one.article_id}",
                mark=RELATION_NAMES[one.relation],
            )
            for one in hit.folded[:FOLDED]
        ),
        more=max(len(hit.folded) - FOLDED, 0),
        out=safe_link(article.url),
        read=mark.read if mark else False,
        starred=mark.starred if mark else False,
    )


def filters_of(asked: Asked) -> tuple[Filter, ...]:
    """Those that can be taken away by a link."""
    terms = terms_of(asked.q)
    return tuple(
        Filter(text=term.text, href=asked.but(q=without(asked.q, [term]))) for term in terms
    )


def marks_of(asked: Asked) -> tuple[tuple[str, str], ...]:
    """Links that narrow it by what a person has read or marked; none where it asks that already."""
    chosen = {term.value.lower() for term in terms_of(asked.q) if term.name == "is"}
    read = [] if chosen & {"unread", "read"} else [("Unread", "unread"), ("Read", "read")]
    starred = [] if "starred" in chosen else [("Starred", "starred")]
    return tuple(
        (text, asked.but(q=with_term(asked.q, f"is:{kind}"))) for text, kind in (*read, *starred)
    )


def counts_view(counts: SearchCounts, asked: Asked, times: Times) -> CountsView:
    terms = terms_of(asked.q)
    says = counted(counts.articles, "article")
    if counts.counted_from is not None:
        says += f" since {times.at(counts.counted_from).text}; older ones are not counted"
    sources = [(name, name, number) for name, number in counts.by_source]
    languages = [(code, code, number) for code, number in counts.by_language if code]
    return CountsView(
        says=says,
        days=tuple(_bars(counts.by_day, asked, times)),
        sources=_facets("source", sources, counts.articles, asked, terms),
        languages=_facets("lang", languages, counts.articles, asked, terms),
    )


def _facets(
    field: str,
    named: Sequence[tuple[str, str, int]],
    total: int,
    asked: Asked,
    terms: Sequence[Term],
) -> tuple[Facet, ...]:
    """None where the search has such a field already: there is nothing left to choose."""
    if any(term.name == field for term in terms) or len(named) < 2:
        return ()
    return tuple(
        Facet(
            text=safe_name(text),
            count=count,
            share=count / total,
            href=asked.but(q=with_term(asked.q, field_term(field, value))),
        )
        for value, text, count in named
    )


def _bars(by_day: Sequence[tuple[date, int]], asked: Asked, times: Times) -> Iterator[DayBar]:
    drawn = bins(by_day, most=BARS)
    if len(drawn) < 2:
        return
    highs = heights([one.count for one in drawn], height=BAR_HEIGHT)
    for at in reversed(range(len(drawn))):
        one = drawn[at]
        yield DayBar(
            label=_label(drawn, at),
            says=f"{_days(one, times)}: {counted(one.count, 'article')}",
            height=round(highs[at], 1),
            href=asked.but(q=with_days(asked.q, one.first, one.last)),
        )


def _label(drawn: Sequence[Bin], at: int) -> str:
    """The day of the month, with the month where it begins or changes."""
    first = drawn[at].first
    if at == 0 or first.month != drawn[at - 1].first.month:
        return short_day(first)
    return str(first.day)


def _days(one: Bin, times: Times) -> str:
    year = one.last.year != times.today.year
    last = short_day(one.last, year=year)
    return last if one.first == one.last else f"{short_day(one.first, year=year)} to {last}"


def days_chosen(asked: Asked) -> str | None:
    """The search of all days, where it is of some only; None: it is of all."""
    terms = [term for term in terms_of(asked.q) if term.name in DAYS]
    return asked.but(q=without(asked.q, terms)) if terms else None
