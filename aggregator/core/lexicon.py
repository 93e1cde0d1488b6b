"""What the words of a language are, worked out once for each. The only importer of snowballstemmer.

A text becomes an array of numbers of tokens, and what is known of tokens stands in arrays by that
number, so that a text that holds nothing new is read without a loop over its words.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeVar
from zlib import crc32

import numpy as np
import snowballstemmer
from numpy.typing import NDArray

from aggregator.core import names, wordshares
from aggregator.core.arrays import Bytes, Hashes, Ids
from aggregator.core.commonwords import calendar_words, common_words
from aggregator.core.monthnames import CAPITALISED, ORDINAL_POINT, months_of
from aggregator.core.segments import is_function
from aggregator.core.text import fold
from aggregator.core.tokens import LINE_END, PUNCTUATION, pieces, plain_number, tokens

KNOWN: Final = 100_000
"""So many tokens or pieces are remembered of a language; then it begins anew."""
_PIECE = 32
"""Characters of a piece that is worth remembering."""

_SHORT = 4
"""Characters of a month in short."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "nn": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_Number = TypeVar("_Number", bound=np.generic)
_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|er|º|ª|일)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """A title and a text as the numbers of their tokens."""

    ids: Ids
    kinds: Bytes
    """Of each, as core.names has them."""
    title: int
    """How many of them are the title's, the end of its line included."""


class Lexicon(dict[str, bytes]):
    """Pieces of text, and the numbers of their tokens, 4 bytes each, in the machine's order."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language
        self.tokens: list[str] = []
        """As written, by number."""
        self.days: dict[int, int] = {}
        """Tokens that can be the day of a month."""
        self.months: dict[int, int] = {}
        """Tokens that can be a month, 1 to 12."""
        self._numbers: dict[str, int] = {}
        self._common = common_words(language)
        self._calendar = frozenset(map(fold, calendar_words(language)))
        self._months = months_of(language)
        self._levels = wordshares.levels(language)
        name = _STEMMERS.get(language)
        available = name in snowballstemmer.algorithms()
        self._stem = snowballstemmer.stemmer(name).stemWord if available else str
        # The arrays are replaced when they are full, never shortened: who has numbers of tokens
        # finds them in the arrays that are there then.
        self.words: Hashes = np.zeros(1 << 12, np.uint32)
        """Hash of the folded token."""
        self.stems: Hashes = np.zeros(1 << 12, np.uint32)
        """Hash of the stem; 0 for what says nothing."""
        self.kinds: Bytes = np.zeros(1 << 12, np.uint8)
        self.levels: Bytes = np.zeros(1 << 12, np.uint8)
        """How unusual the stem is, as core.wordshares has it."""
        self._lock = Lock()  # threads of one process share it

    @property
    def is_full(self) -> bool:
        return len(self.tokens) >= KNOWN or len(self) >= KNOWN

    def read(self, title: str, text: str) -> Reading:
        """The title, which is a line of its own, and the text."""
        number = self.__getitem__
        head = b"".join(map(number, [*pieces(title), LINE_END]))
        ids = np.frombuffer(head + b"".join(map(number, pieces(text))), np.uint32)
        return Reading(ids=ids, kinds=self.kinds[ids], title=len(head) // 4)

    def __missing__(self, piece: str) -> bytes:
        found = tokens(piece, self.language)
        with self._lock:
            numbers = [
                self._numbers[token] if token in self._numbers else self._add(token)
                for token in self._with_points(found)
            ]
        packed = array("I", numbers).tobytes()
        if len(piece) <= _PIECE:
            self[piece] = packed
        return packed

    def _with_points(self, found: list[str]) -> list[str]:
        """With each full stop that ends no sentence told apart."""
        if "." not in found:
            return found
        return [
            names.POINT_MARK if mark == "." and at and self._is_short(found[at - 1]) else mark
            for at, mark in enumerate(found)
        ]

    def _is_short(self, token: str) -> bool:
        """An abbreviation, an initial, or a number that a point makes an ordinal one."""
        if token in names.ABBREVIATIONS or (len(token) == 1 and token.isupper()):
            return True
        if token.isdecimal():
            return len(token) < 3 and self.language in ORDINAL_POINT
        return len(token) <= _SHORT and self._month(token, fold(token)) > 0

    def _add(self, token: str) -> int:
        number = len(self.tokens)
        if number == len(self.words):
            self.words, self.stems = _longer(self.words), _longer(self.stems)
            self.kinds, self.levels = _longer(self.kinds), _longer(self.levels)
        word, stem, kind = self._read(token, number)
        self.words[number] = word
        self.stems[number] = stem
        self.kinds[number] = kind
        self.levels[number] = self._levels.get(stem, wordshares.UNKNOWN)
        self.tokens.append(token)
        self._numbers[token] = number
        return number

    def _read(self, token: str, number: int) -> tuple[int, int, int]:
        """Hash of the word, hash of its stem, kind."""
        if token in PUNCTUATION or token == names.POINT_MARK:
            return 0, 0, names.kind_of(token)
        numeric = token[0].isdecimal()
        plain = plain_number(token) if numeric else token.replace(".", "")
        folded = fold(plain)
        word = crc32(folded.encode())
        month = self._month(token, folded)
        if month:
            self.months[number] = month
        if folded in self._common or is_function(token, self.language):
            return word, 0, names.MONTH if month else names.COMMON
        stem = crc32((folded if numeric else fold(self._stem(plain.lower()))).encode())
        if month and (numeric or not token[0].isupper()):
            return word, stem, names.MONTH
        if numeric and (day := _DAY.fullmatch(plain)) and 1 <= int(day[1]) <= 31:
            self.days[number] = int(day[1])
        kind = names.kind_of(plain)
        if kind == names.CAPITAL and (month or folded in self._calendar):
            short = len(folded) <= _SHORT and folded not in self._calendar
            kind = names.SHORT_MONTH if short else names.CALENDAR
        return word, stem, kind

    def _month(self, token: str, folded: str) -> int:
        month = self._months.get(folded, 0)
        return 0 if month and self.language in CAPITALISED and not token[0].isupper() else month


_LEXICONS: dict[str, Lexicon] = {}


def lexicon(language: str) -> Lexicon:
    """The one of a language; keep it while you use its numbers, for a full one is replaced."""
    found = _LEXICONS.get(language)
    if found is None or found.is_full:
        if not _is_known(language):
            return lexicon("")
        found = _LEXICONS[language] = Lexicon(language)
    return found


def _is_known(language: str) -> bool:
    """Whether anything tells it from others; or it is the one of all that are not known."""
    return (
        language in {"", *_STEMMERS}
        or bool(common_words(language) or months_of(language))
        or bool(wordshares.levels(language))
    )


def _longer(array: NDArray[_Number]) -> NDArray[_Number]:
    return np.concatenate([array, np.zeros_like(array)])
