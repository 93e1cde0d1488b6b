"""Which of many searches an article can match at all: an index from words to searches.

A search that matches is a candidate; a candidate may not match. What no literal can be required of
(core.watch_literals), such as `has:image` alone, is a candidate for every article.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from aggregator.core.matching import Text
from aggregator.core.query_tree import Field, Node
from aggregator.core.source_keys import hosts_above, language_key, names_source
from aggregator.core.watch_literals import Kind, Place, Rarity, required

_SOURCES: Final = 10_000
"""Of so many sources it is remembered which searches name them; then that begins anew."""


class Index:
    """Numbers of searches, for articles in one language."""

    def __init__(self, roots: Sequence[Node], language: str) -> None:
        """`language`: primary subtag, or "" when not known."""
        self._heads: set[int] = set()
        """How long the beginnings of words are."""
        self._always: list[int] = []
        self._literals: dict[Kind, dict[str, list[int]]] = {}
        self._fields: dict[Field, list[int]] = {}
        self._sources: dict[tuple[str, tuple[str, ...]], tuple[int, ...]] = {}
        rarity = Rarity(language)
        for number, root in enumerate(roots):
            needed = required(root, rarity)
            if needed is None:
                self._always.append(number)
                continue
            for kind, literal in needed.literals:
                self._literals.setdefault(kind, {}).setdefault(literal, []).append(number)
                if not isinstance(kind, str) and kind[1] == "head":
                    self._heads.add(len(literal))
            for field in needed.fields:
                self._fields.setdefault(field, []).append(number)

    def candidates(self, article: Text) -> set[int]:
        """An article's words are looked up once, however many searches there are."""
        found = set(self._always)
        for kind, known in self._literals.items():
            for literal in known.keys() & _literals(kind, article, self._heads):
                found.update(known[literal])
        if self._fields:
            found.update(self._naming(article))
        return found

    def _naming(self, article: Text) -> tuple[int, ...]:
        """Those that name its source."""
        source = article.item.source, article.item.tags
        numbers = self._sources.get(source)
        if numbers is None:
            numbers = tuple(
                number
                for field, named in self._fields.items()
                if names_source(field, *source)
                for number in named
            )
            if len(self._sources) >= _SOURCES:
                self._sources.clear()
            self._sources[source] = numbers
        return numbers


def _literals(kind: Kind, article: Text, heads: AbstractSet[int]) -> AbstractSet[str]:
    """What the article has of a kind; `heads`: how long the beginnings of words are."""
    match kind:
        case "language":
            return {language_key(article.language)}
        case "site":
            return {*hosts_above(article.site)}
        case "story":
            return {str(article.item.story_id)}
        case place, "stem":
            return article.title_stems if place == "title" else article.stems
        case place, "word":
            return _words(place, article)
        case place, _:
            words = _words(place, article)
            return {word[:size] for size in heads for word in words}


def _words(place: Place, article: Text) -> AbstractSet[str]:
    match place:
        case "words":
            return article.words
        case "title":
            return article.title.distinct
        case "authors":
            return article.authors.distinct
