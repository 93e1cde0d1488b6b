"""Whether an article matches a search: what the stores answer, without a store.

The words of an article, and what is looked for, are those of the full-text index
(core.searchwords, core.search_terms). An inflected word matches when its stem, in the article's
language, is that of a word in the headline or in the text. An article is taken for one that has
just come: nobody has read it or marked it.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from aggregator.core.language_tags import primary_subtag
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
)
from aggregator.core.search_terms import Term, term_of
from aggregator.core.searchwords import index_words
from aggregator.core.source_keys import (
    is_on_site,
    language_key,
    names_source,
    site_of,
    text_of,
)
from aggregator.core.stemming import stem, stems
from aggregator.types.summaries import Relation
from aggregator.types.watching import WatchItem


class Column:
    """The words of one part of an article, in order."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.distinct = frozenset(words)

    @cached_property
    def line(self) -> str:
        """The words parted by single spaces, with one before and one behind: a phrase is looked
        for in it as quickly as can be."""
        return f" {' '.join(self.words)} "

    def has(self, term: Term) -> bool:
        """Exactly; side by side, where there are several words."""
        words = term.words
        if term.prefix:
            return bool(words) and f" {' '.join(words)}" in self.line
        if len(words) == 1:
            return words[0] in self.distinct
        return self.distinct.issuperset(words) and f" {' '.join(words)} " in self.line

    def places(self, term: Term) -> list[int]:
        """Where `term` begins, as numbers of words, in order."""
        if not self.has(term):
            return []
        if term.prefix and len(term.words) == 1:
            begin = term.words[0]
            return [place for place, word in enumerate(self.words) if word.startswith(begin)]
        return [place for place in self._places(term.words[0]) if self._goes_on(place, term)]

    def _places(self, word: str) -> Iterator[int]:
        place = -1
        for _ in range(self.words.count(word)):
            place = self.words.index(word, place + 1)
            yield place

    def _goes_on(self, place: int, term: Term) -> bool:
        *whole, last = term.words
        end = place + len(whole)
        if self.words[place:end] != whole or end >= len(self.words):
            return False
        return _is(self.words[end], last, prefix=term.prefix)


class Text:
    """An article as searches see it; what they need of it is worked out once, when it is asked
    for."""

    def __init__(self, item: WatchItem) -> None:
        self.item = item
        self.language = primary_subtag(item.language) if item.language else ""
        """"" where it is not known."""

    @cached_property
    def title(self) -> Column:
        return Column(index_words(self.item.title))

    @cached_property
    def text(self) -> Column:
        return Column(index_words(self.item.text))

    @cached_property
    def authors(self) -> Column:
        return Column([word for one in self.item.authors for word in index_words(one)])

    @cached_property
    def site(self) -> str:
        return site_of(self.item.url) if self.item.url else ""

    @cached_property
    def words(self) -> frozenset[str]:
        """Of title and text."""
        return self.title.distinct | self.text.distinct

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of title and text."""
        return self._stems(self.words)

    @cached_property
    def title_stems(self) -> frozenset[str]:
        return self._stems(self.title.distinct)

    def _stems(self, words: frozenset[str]) -> frozenset[str]:
        return frozenset(map(stems(self.language).__getitem__, words))


Test = Callable[[Text], bool]


def predicate_of(node: Node) -> Test:
    """Whether a search, or a part of one, finds an article. What can be known before there is one
    is worked out now."""
    match node:
        case Word() | Phrase():
            test = _anywhere(term_of(node))
        case Near():
            test = _near([term_of(item) for item in node.items], node.distance)
        case Field():
            test = _field(node)
        case And():
            test = _all([predicate_of(item) for item in node.items])
        case Or():
            test = _any([predicate_of(item) for item in node.items])
        case Not():
            test = _not(predicate_of(node.item))
        case _:
            test = _fact(node)
    return test


def are_near(places: Sequence[Sequence[int]], sizes: Sequence[int], distance: int) -> bool:
    """Whether terms that begin at `places` and are `sizes` words long stand near each other: at
    most `distance` words between the end of each and the beginning of the last one, as FTS5 has
    it."""
    for last in sorted({place for begins in places for place in begins}):
        if all(
            _any_between(begins, last - size - distance, last)
            for begins, size in zip(places, sizes, strict=True)
        ):
            return True
    return False


def _any_between(places: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(places, first)
    return at < len(places) and places[at] <= last


def _is(word: str, wanted: str, *, prefix: bool) -> bool:
    return word.startswith(wanted) if prefix else word == wanted


def _not(inner: Test) -> Test:
    return lambda item: not inner(item)


def _all(tests: Sequence[Test]) -> Test:
    def test(item: Text) -> bool:
        for one in tests:  # noqa: SIM110 - a generator costs more than most of the tests
            if not one(item):
                return False
        return True

    return test


def _any(tests: Sequence[Test]) -> Test:
    def test(item: Text) -> bool:
        for one in tests:  # noqa: SIM110 - as above
            if one(item):
                return True
        return False

    return test


def _anywhere(term: Term) -> Test:
    if not term.words:
        return _never
    if term.exact:
        return lambda item: item.title.has(term) or item.text.has(term)
    (word,) = term.words
    return lambda item: word in item.words or stem(item.language, word) in item.stems


def _in_title(term: Term) -> Test:
    if not term.words:
        return _never
    if term.exact:
        return lambda item: item.title.has(term)
    (word,) = term.words
    return lambda item: stem(item.language, word) in item.title_stems


def _near(terms: Sequence[Term], distance: int) -> Test:
    if not all(term.words for term in terms):
        return _never
    sizes = [len(term.words) for term in terms]

    def test(item: Text) -> bool:
        return any(
            all(map(column.has, terms))
            and are_near([column.places(term) for term in terms], sizes, distance)
            for column in (item.title, item.text)
        )

    return test


def _field(node: Field) -> Test:
    term = term_of(node.match)
    match node.name:
        case "title":
            return _in_title(term)
        case "author":
            return (lambda item: item.authors.has(term)) if term.words else _never
        case "lang":
            wanted = language_key(text_of(node.match))
            return lambda item: wanted != "" and language_key(item.language) == wanted
        case _:
            return lambda item: names_source(node, item.item.source, item.item.tags)


def _fact(node: Site | InStory | Is | Has | Outlets | After | Before) -> Test:
    match node:
        case Site(host):
            test = _on_site(host)
        case InStory(story_id):
            test = _in_story(story_id)
        case Is():
            test = _is_kind(node)
        case Has():
            test = _has_image
        case Outlets():
            test = _outlets(node)
        case After(at):
            test = _after(at)
        case Before(at):
            test = _not(_after(at))
    return test


def _on_site(host: str) -> Test:
    return lambda item: is_on_site(item.site, host)


def _in_story(story_id: int) -> Test:
    return lambda item: item.item.story_id == story_id


def _has_image(item: Text) -> bool:
    return item.item.image_url is not None


def _outlets(node: Outlets) -> Test:
    compare, count = _COMPARE[node.operator], node.count
    return lambda item: compare(item.item.outlets, count)


def _after(moment: datetime) -> Test:
    return lambda item: item.item.at >= moment


_COMPARE: dict[Operator, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
_RELATIONS = {
    "same": frozenset({Relation.SAME}),
    "copy": frozenset({Relation.COPY, Relation.SAME}),
    "rewrite": frozenset({Relation.REWRITE}),
    "report": frozenset({Relation.REPORT}),
    "translation": frozenset({Relation.TRANSLATION}),
}


def _is_kind(node: Is) -> Test:
    if node.kind == "first":
        return lambda item: item.item.is_first
    if node.kind == "unread":
        return _always  # nobody has seen it yet
    if node.kind in ("starred", "read"):
        return _never
    wanted = _RELATIONS[node.kind]
    return lambda item: item.item.relation in wanted


def _always(_: Text) -> bool:
    return True


def _never(_: Text) -> bool:
    return False
