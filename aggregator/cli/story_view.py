"""How stories look: a table of them, and one with its timeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aggregator.cli.output import (
    LONGEST_HEADLINE,
    Cell,
    Column,
    Style,
    blank,
    heading,
    is_narrow,
    line,
    table,
)
from aggregator.cli.story_times import day_of, local_day, minute, reason_of_time, when
from aggregator.core.enumerating import counted, enumerate_names
from aggregator.core.kind_names import kind_mark
from aggregator.core.lead_report import lead_article, lead_of
from aggregator.core.moments import moment_of
from aggregator.core.origin import origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.story_texts import (
    carried_outlets,
    copying_outlets,
    independent_outlets,
    rewriting_outlets,
)
from aggregator.core.text import shorten
from aggregator.core.timeline import describe
from aggregator.types import ArticleSummary, Relation, Story, StoryArticle
from aggregator.types.stories import StoryLink

_STYLES: dict[Relation, Style] = {
    Relation.NEW: "good",
    Relation.SAME: "dim",
    Relation.COPY: "warn",
    Relation.REWRITE: "warn",
    Relation.REPORT: "good",
    Relation.TRANSLATION: "accent",
}
_NAMED = 3
"""Outlets that a line about them names at most."""
_LISTED = 6
"""The same of a story in the table."""


def print_stories(found: list[Story]) -> None:
    """A table, one story a row; on a narrow terminal two, for headlines need the width."""
    if is_narrow():
        _print_narrow(found)
        return
    table(
        [
            Column("story", right=True),
            Column("outlets", right=True),
            Column("reports", right=True),
            Column("since"),
            Column("headline", grow=True),
            Column("run by, the first one first", grow=True),
        ],
        [
            (
                str(item.story_id),
                Cell(str(len(item.outlets)), "bold"),
                str(len(independent_outlets(item))),
                when(moment_of(item.first)),
                Cell(headline(lead_article(item).article), "bold"),
                enumerate_names(item.outlets, most=_LISTED),
            )
            for item in found
        ],
    )


def _print_narrow(found: list[Story]) -> None:
    rows: list[tuple[Cell | str, ...]] = []
    for item in found:
        counts = Cell(str(len(item.outlets)), "bold"), str(len(independent_outlets(item)))
        title = Cell(headline(lead_article(item).article), "bold")
        rows.append((str(item.story_id), *counts, when(moment_of(item.first)), title))
        rows.append(("", "", "", "", enumerate_names(item.outlets, most=_LISTED)))
    table(
        [
            Column("story", right=True),
            Column("outlets", right=True),
            Column("reports", right=True),
            Column("since"),
            Column("headline, outlets by time", grow=True),
        ],
        rows,
    )


def print_story(found: Story, *, why: bool) -> None:
    """Headline, who was first, where it comes from, the timeline."""
    lead = lead_of(found)
    heading(lead.article.article.title or "(no title)")
    line(Cell(f"Story {found.story_id}", "dim"), f" · {_counts(found)}")
    line(Cell("First: ", "dim"), _first(found))
    if origin := origin_of(found):
        line(
            Cell("Origin: ", "dim"),
            Cell(enumerate_names(origin.names), "bold"),
            _because(origin.why),
        )
    for label, others in (("Continues", found.continues), ("Continued by", found.continued_by)):
        for other in others:
            line(Cell(f"{label}: ", "dim"), _link(other))
    blank()
    table(
        [
            Column("published"),
            Column("outlet and headline", grow=True),
            Column("article", right=True),
        ],
        [row for item in found.articles for row in _rows(item, found)],
    )
    if why:
        blank()
        line(Cell("Lead: ", "dim"), f"{lead.article.article.source}. {lead.why}")
        often = Counter(item.article.source for item in found.articles)
        for item in found.articles:
            if reasons := "; ".join(_reasons(item)):
                source, number = item.article.source, item.article.article_id
                name = source if often[source] == 1 else f"{source} ({number})"
                line(Cell(f"{name}: ", "accent"), reasons)


def _rows(item: StoryArticle, found: Story) -> Iterator[tuple[Cell | str, ...]]:
    """Two of the timeline: headlines need the width."""
    said = f"{item.article.source}, {describe(item, found)}"
    number = Cell(str(item.article.article_id), "dim")
    yield when(moment_of(item)), Cell(said, _STYLES[item.relation]), number
    yield "", Cell(headline(item.article), "bold"), ""


def headline(article: ArticleSummary) -> str:
    """As lists show it, with what its page is where that is no plain article."""
    mark = kind_mark(article.kind)
    title = shorten(article.title, LONGEST_HEADLINE) or "(no title)"
    return f"{title}{f' [{mark}]' if mark else ''}"


def _counts(found: Story) -> str:
    """Every outlet is counted once, by the best that it ran."""
    copying = copying_outlets(found)
    parts = [
        counted(len(outlets), what)
        for outlets, what in (
            (independent_outlets(found), "independent report"),
            (rewriting_outlets(found), "rewrite"),
            (copying, "outlet"),
        )
        if outlets
    ]
    if copying:
        parts[-1] += " with copies only"
    carried = carried_outlets(found)
    if carried:
        run = enumerate_names(carried, most=_NAMED)
        parts[0] += f" ({len(carried)} of an agency, first run by {run})"
    return " · ".join(parts)


def _first(found: Story) -> str:
    first = first_outlets(found)
    if first.certain or first.at_once:
        return f"{enumerate_names(first.outlets, most=_NAMED)}, {when(moment_of(found.first))}"
    others = enumerate_names(first.outlets[1:], most=_NAMED)
    return (
        f"{found.first.article.source}, {when(moment_of(found.first))}, as far as can be told; "
        f"{others} may have been earlier"
    )


def _because(why: str) -> str:
    return f" ({why.removesuffix('.')})"


def _link(other: StoryLink) -> str:
    day = day_of(local_day(other.first_at))
    return f"story {other.story_id} “{other.title or '(no title)'}” ({day})"


def _reasons(item: StoryArticle) -> Iterator[str]:
    if item.placed_at is not None:
        yield f"put here by hand on {minute(item.placed_at)}"
    if item.why:
        yield item.why
    if item.dateline:
        yield f"its dateline is “{item.dateline}”"
    if sentence := reason_of_time(item):
        yield sentence
