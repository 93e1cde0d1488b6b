"""What a document of articles says about them, besides their texts: its title and its contents.

Texts may be many, and are written as they come; of each article only an `Entry` is kept, and in
the end the entries are put in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from itertools import groupby

from aggregator.core.enumerating import enumerate_names
from aggregator.core.export_times import day_of, minute, when
from aggregator.core.kind_names import kind_mark
from aggregator.core.lead_report import lead_article
from aggregator.core.moments import moment_of
from aggregator.core.origin import origin_of
from aggregator.core.precedence import first_outlets
from aggregator.core.timeline import describe
from aggregator.types import Article, Relation, Story

_NAMED = 3
"""Outlets that a line about them names at most."""
_LISTED = 12
"""The same of all those of a document."""
_ROLES = {
    Relation.SAME: "same article again",
    Relation.COPY: "copy",
    Relation.REWRITE: "rewrite",
    Relation.TRANSLATION: "translation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article in the contents."""

    article_id: int
    story_id: int | None
    """None: it has none yet."""
    source: str
    title: str
    """Never empty."""
    language: str | None
    """None: not known."""
    at: datetime
    seen_at: datetime
    when: str
    """Its time, in words."""
    role: str
    """What it is to its story; empty: nothing to be said."""
    mark: str
    """What its page is, and whether it is withdrawn; empty: an article that is not."""
    authors: tuple[str, ...]
    url: str | None
    """None: it has none."""
    revision: int

    @property
    def key(self) -> str:
        """Names it within the document."""
        return f"article-{self.article_id}"

    @property
    def about(self) -> str:
        """Outlet, time and what it is."""
        return " · ".join(filter(None, (self.source, self.when, self.role, self.mark)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    title: str
    language: str | None
    """Of the title; None: not known."""
    facts: tuple[str, ...]
    """Sentences that stand below the title."""
    entries: tuple[Entry, ...]
    """At least one, in the order in which they are read."""
    story_id: int | None = None
    """Of a document about one story; None: it is a list."""

    @property
    def main_language(self) -> str | None:
        """That of most articles; None: of none is it known."""
        known = Counter(entry.language for entry in self.entries if entry.language)
        return max(sorted(known), key=lambda one: known[one], default=None)


def entry_of(article: Article, zone: tzinfo) -> Entry:
    """By itself, as a list shows it."""
    summary, assignment = article.summary, article.assignment
    return Entry(
        article_id=summary.article_id,
        story_id=summary.story_id,
        source=summary.source,
        title=summary.title or "(no title)",
        language=summary.language,
        at=summary.at,
        seen_at=summary.first_seen_at,
        when=minute(summary.at, zone),
        role="" if assignment is None else _ROLES.get(assignment.relation, ""),
        mark=_mark(article),
        authors=article.authors,
        url=summary.url,
        revision=article.revision,
    )


def list_outline(title: str, entries: Iterable[Entry], *, zone: tzinfo, more: bool) -> Outline:
    """Of articles that match something, by time. `more`: others match, which were
    stored earlier."""
    ordered = tuple(sorted(entries, key=lambda entry: (entry.at, entry.article_id)))
    sources = tuple(dict.fromkeys(entry.source for entry in ordered))
    first, last = day_of(ordered[0].at, zone), day_of(ordered[-1].at, zone)
    said = _counted(len(ordered), "article")
    facts = (
        f"{f'The newest {said}; others match, too' if more else said}.",
        f"From {first} to {last}; times are those of {zone}."
        if first != last
        else f"On {first}; times are those of {zone}.",
        f"By {enumerate_names(sources, most=_LISTED)}.",
    )
    return Outline(title=title, language=None, facts=facts, entries=ordered)


def story_outline(story: Story, entries: Iterable[Entry], *, zone: tzinfo, more: bool) -> Outline:
    """Of one story, in the order of its timeline, with what each article is to it."""
    known = {entry.article_id: entry for entry in entries}
    ordered = [
        replace(
            known[item.article.article_id],
            when=when(moment_of(item), zone),
            role=describe(item, story),
        )
        for item in story.articles
        if item.article.article_id in known
    ]
    lead = lead_article(story).article
    shown = f"Here are the newest {_counted(len(ordered), 'article')} of it." if more else ""
    return Outline(
        title=lead.title or "(no title)",
        language=lead.language,
        facts=tuple(filter(None, (*_facts(story, zone), shown))),
        entries=tuple(ordered),
        story_id=story.story_id,
    )


def by_day(entries: Sequence[Entry], zone: tzinfo) -> list[tuple[date, list[Entry]]]:
    """Entries that are in order of time."""
    return [(day, [*group]) for day, group in groupby(entries, lambda one: day_of(one.at, zone))]


def by_story(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Those of one story together, where the first of them stands."""
    groups: dict[tuple[bool, int], list[Entry]] = {}
    for entry in entries:
        in_story = entry.story_id is not None
        key = (in_story, entry.story_id if entry.story_id is not None else entry.article_id)
        groups.setdefault(key, []).append(entry)
    return [*groups.values()]


def _mark(article: Article) -> str:
    withdrawn = "" if article.withdrawn_at is None else "withdrawn by the publisher"
    return ", ".join(filter(None, (kind_mark(article.kind), withdrawn)))


def _facts(story: Story, zone: tzinfo) -> Iterator[str]:
    yield (
        f"{_counted(len(story.articles), 'article')} of "
        f"{_counted(len(story.outlets), 'outlet')}; times are those of {zone}."
    )
    first = first_outlets(story)
    at = when(moment_of(story.first), zone)
    if first.certain or first.at_once:
        yield f"First: {enumerate_names(first.outlets, most=_NAMED)}, {at}."
    else:
        others = enumerate_names(first.outlets[1:], most=_NAMED)
        yield (
            f"First: {first.outlets[0]}, {at}, as far as can be told; {others} may have been"
            " earlier."
        )
    if origin := origin_of(story):
        yield f"Origin: {enumerate_names(origin.names)} ({origin.why.removesuffix('.')})."
    for label, linked in (("Continues", story.continues), ("Continued by", story.continued_by)):
        for other in linked:
            day = day_of(other.first_at, zone)
            yield f"{label}: story {other.story_id} “{other.title or '(no title)'}” ({day})."


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
