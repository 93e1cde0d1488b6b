"""Which watches an article is for.

An article is not tried against every watch. Its distinct words, and their stems in its language,
are looked up once in an index of the watches by a word that each requires, the one that is rarest
in that language; only what is found so is tried. So what an article costs is that of splitting it
into words, the same for one watch as for thousands, and a few microseconds for each watch whose
rarest word it has: that grows with the number of watches, times the share of articles that have
such a word, which is small. A watch that requires no word, source, site, language or story at all
(`has:image`, `sources:>=5`, and exclusions do not count) is tried on every article.
`python -m benchmarks.watches` measures it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.core.highlighting import snippet
from aggregator.core.matching import Test, Text, predicate_of
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Is,
    Node,
    Not,
    Or,
    Outlets,
    Query,
    nodes_of,
    told_by_reading,
)
from aggregator.core.watch_index import Index
from aggregator.core.watch_literals import index_language
from aggregator.core.watch_rules import subject_of, watch_key
from aggregator.types.watching import Watch, WatchHit, WatchItem, WatchPer


class Matcher:
    """Watches for articles; those for silent sources are passed over.

    Moments (`after:3d`) are as the queries have them, so where there are some (`is_timed`), a
    Matcher is made anew, from queries that were parsed anew, before each round of looking.
    """

    def __init__(self, watches: Iterable[tuple[Watch, Query]]) -> None:
        """The names of watches are unique, whatever their case."""
        for_articles = [(watch, query.root) for watch, query in watches if watch.silent is None]
        self._roots = {watch.name: root for watch, root in for_articles}
        self._articles = _Watches(for_articles)
        self._stories = _Watches(
            [(watch, root) for watch, root in for_articles if needs_story(watch, root)]
        )
        self.is_timed = any(is_timed(root) for _, root in for_articles)
        """Whether what matches depends on when the queries were parsed."""
        self.needs_stories = bool(self._stories)
        """Whether there is any use in `match_story`."""

    def match(self, item: WatchItem) -> list[Watch]:
        """The watches that an article matches, in the order in which they were given."""
        return self._articles.match(Text(item))

    def match_story(self, items: Sequence[WatchItem]) -> list[tuple[Watch, WatchItem]]:
        """Of the watches whose query asks for the number of outlets and that send a story once,
        those that one of its articles matches, each with the first such of `items`.

        For when a story has got a further outlet: what did not match may match now.
        """
        first: dict[str, tuple[Watch, WatchItem]] = {}
        for item in items:
            for watch in self._stories.match(Text(item)):
                first.setdefault(watch.name, (watch, item))
        return list(first.values())

    def hit(self, watch: Watch, item: WatchItem, *, now: datetime) -> WatchHit:
        """What is stored of a match that was found at `now`."""
        return WatchHit(
            watch=watch_key(watch.name),
            subject=subject_of(watch, item),
            article_id=item.article_id,
            source_id=item.source_id,
            snippet=snippet(item.text, self._roots[watch.name], Text(item).language),
            at=now,
        )


class _Watches:
    """Some watches, with an index for each language that has been met and of which anything is
    known: some dozens at most."""

    def __init__(self, watches: Sequence[tuple[Watch, Node]]) -> None:
        self._watches = [watch for watch, _ in watches]
        self._roots = [root for _, root in watches]
        self._tests: list[Test] = [predicate_of(root) for root in self._roots]
        self._indexes: dict[str, Index] = {}

    def __len__(self) -> int:
        return len(self._watches)

    def match(self, article: Text) -> list[Watch]:
        if not self._watches:
            return []
        tests = self._tests
        found = self._index(article.language).candidates(article)
        return [self._watches[number] for number in sorted(found) if tests[number](article)]

    def _index(self, language: str) -> Index:
        index = self._indexes.get(language)
        if index is None:
            known = index_language(language)
            if known != language:
                return self._index(known)
            index = self._indexes[language] = Index(self._roots, language)
        return index


def needs_story(watch: Watch, root: Node) -> bool:
    """Whether a watch is to be tried on a whole story when that has got a further outlet: it sends
    a story once, and asks how many outlets ran it."""
    return watch.per is WatchPer.STORY and any(isinstance(node, Outlets) for node in nodes_of(root))


def is_timed(root: Node) -> bool:
    """Whether a query asks for a moment, which may be relative to when it is read."""
    return any(isinstance(node, After | Before) for node in nodes_of(root))


def why_unfit(root: Node) -> str | None:
    """Why this query is none for a watch, in a sentence: it cannot ever catch an article, or asks
    what is not known of a new one. None: it is one."""
    if (kind := told_by_reading(root)) is not None:
        return (
            f"is:{kind} tells what a person has read, and nobody has read a new article yet: "
            "leave it out, or search for it"
        )
    if _needs_star(root):
        return (
            "is:starred finds what a person has marked, and a new article is not marked yet: "
            "leave it out, or search for it"
        )
    return None


def _needs_star(node: Node) -> bool:
    match node:
        case Is("starred"):
            return True
        case And():
            return any(map(_needs_star, node.items))
        case Or():
            return all(map(_needs_star, node.items))
        case Not() | _:
            return False
