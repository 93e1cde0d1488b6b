"""What an article must have one of for a search to match, such that few articles have it.

Of things that are all wanted it is that of the one that fewest articles have, going by how usual
words are in a language; of alternatives, that of every one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp
from typing import Final, Literal
from zlib import crc32

from aggregator.core import wordshares
from aggregator.core.commonwords import common_words
from aggregator.core.query_tree import (
    And,
    Field,
    InStory,
    Is,
    Near,
    Node,
    Or,
    Phrase,
    Site,
    Word,
)
from aggregator.core.search_terms import Term, term_of
from aggregator.core.source_keys import language_key, text_of
from aggregator.core.stemming import STEMMERS, stem
from aggregator.core.text import fold

Place = Literal["words", "title", "authors"]
Form = Literal["word", "stem", "head"]
Kind = tuple[Place, Form] | Literal["language", "site", "story"]

HEAD: Final = 4
"""Words that only begin so are found by so many of their first characters."""

# Guesses of the share of articles that have something; only their order counts.
_IN_PLACE: dict[Place, float] = {"words": 1.0, "title": 0.1, "authors": 0.05}
_LANGUAGE, _SITE, _STORY, _SOURCE = 0.3, 0.01, 0.0001, 0.01
_NUMBER, _YEAR = 0.2, 4
"""That of a number of so many digits."""
_UNKNOWN = 0.001
_WIDE = "\u2e80"
"""From here on words are pairs of characters."""


@dataclass(frozen=True, slots=True)
class Required:
    """Neither literals nor fields: nothing can match."""

    share: float
    """About so many of all articles have one of them."""
    literals: tuple[tuple[Kind, str], ...] = ()
    fields: tuple[Field, ...] = ()
    """`source` and `tag`."""


_NOTHING = Required(0.0)


def index_language(language: str) -> str:
    """Where nothing is known of a language, its articles are as those of none: ""."""
    known = language in STEMMERS or common_words(language) or wordshares.levels(language)
    return language if known else ""


class Rarity:
    """How usual words are in one language."""

    def __init__(self, language: str) -> None:
        """`language`: primary subtag, or "" when not known."""
        self.language = language
        self._shares = wordshares.shares(language)
        self._common = common_words(language)

    def share(self, word: str) -> float:
        """Of articles with this word; about."""
        if word in self._common:
            return 1.0
        # The table is of stems without any marks: an index keeps those that make other letters.
        share = self._shares.get(crc32(fold(stem(self.language, word)).encode()))
        if share is not None:
            return share
        if word.isdecimal() and len(word) <= _YEAR:
            return _NUMBER
        # The usual words are all in the table, where there is one.
        return _guess(word) * (_UNKNOWN if self._shares else 1.0)


def _guess(word: str) -> float:
    """Short words are common ones."""
    size = len(word) * (3 if word[0] >= _WIDE else 1)
    return exp(-min(size, 12) / 2) / 4


def required(node: Node, rarity: Rarity) -> Required | None:
    """None: there is nothing that an article could be found by."""
    match node:
        case And():
            return _rarest(required(item, rarity) for item in node.items)
        case Or():
            return _either([required(item, rarity) for item in node.items])
        case Near():
            terms = (term_of(item) for item in node.items)
            return _rarest(_of_term(term, "words", rarity, exact=True) for term in terms)
        case Word() | Phrase():
            return _of_term(term_of(node), "words", rarity)
        case Field():
            return _of_field(node, rarity)
        case _:
            return _of_fact(node)


def _of_fact(node: Node) -> Required | None:
    match node:
        case Site():
            return Required(_SITE, (("site", node.host),))
        case InStory():
            return Required(_STORY, (("story", str(node.story_id)),))
        case Is("starred" | "read"):
            return _NOTHING
        case _:
            return None


def _of_field(node: Field, rarity: Rarity) -> Required:
    match node.name:
        case "title":
            return _of_term(term_of(node.match), "title", rarity)
        case "author":
            return _of_term(term_of(node.match), "authors", rarity, exact=True)
        case "lang":
            return Required(_LANGUAGE, (("language", language_key(text_of(node.match))),))
        case _:
            return Required(_SOURCE, fields=(node,))


def _of_term(term: Term, place: Place, rarity: Rarity, *, exact: bool = False) -> Required:
    """Of several words, the rarest one."""
    if not term.words:
        return _NOTHING
    weight = _IN_PLACE[place]
    if term.prefix and len(term.words) == 1:
        head = term.words[0][:HEAD]
        return Required(_guess(head) * weight, (((place, "head"), head),))
    whole = term.words[:-1] if term.prefix else term.words
    rarest = min(whole, key=rarity.share)
    if term.exact or exact:
        return Required(rarity.share(rarest) * weight, (((place, "word"), rarest),))
    stemmed = stem(rarity.language, rarest)
    return Required(rarity.share(rarest) * weight, (((place, "stem"), stemmed),))


def _rarest(choices: Iterable[Required | None]) -> Required | None:
    known = [choice for choice in choices if choice is not None]
    return min(known, key=lambda choice: choice.share) if known else None


def _either(choices: list[Required | None]) -> Required | None:
    known = [choice for choice in choices if choice is not None]
    if len(known) < len(choices):
        return None
    return Required(
        sum(choice.share for choice in known),
        tuple(literal for choice in known for literal in choice.literals),
        tuple(field for choice in known for field in choice.fields),
    )
