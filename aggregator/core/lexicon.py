"""What the words of a language are, worked out once for each.

A text becomes a row of records of tokens, and whole pieces of it are remembered with theirs, so
that a text that holds nothing new is read without a loop over its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from threading import Lock
from typing import Final
from zlib import crc32

from aggregator.core import names, wordshares
from aggregator.core.commonwords import calendar_words, common_words
from aggregator.core.monthnames import CAPITALISED, ORDINAL_POINT, months_of
from aggregator.core.reading import SIZE, Reading, record, renumbered
from aggregator.core.segments import is_function
from aggregator.core.stemming import STEMMERS, stemmer
from aggregator.core.text import fold
from aggregator.core.tokens import LINE_END, PUNCTUATION, pieces, plain_number, tokens

KNOWN: Final = 70_000
"""So many tokens or pieces are remembered of a language; then it begins anew, and takes over from
the one before what it meets again."""
_KEPT = 2 * KNOWN
"""One that a single text has made larger is let go at once."""
_PIECE = 32
"""Characters of a piece that is worth remembering."""

_SHORT = 4
"""Characters of a month in short."""

_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|er|º|ª|일)?")


class Lexicon(dict[str, bytes]):
    """Pieces of text, and the records of their tokens, one after the other."""

    def __init__(self, language: str, older: Lexicon | None = None) -> None:
        """`older` is the one before it, which takes no part any more but to be asked by this."""
        super().__init__()
        self.language = language
        self.written: list[str] = []
        """Tokens by number; never shortened, for readings refer to it."""
        self._records: dict[str, bytes] = {}
        self._older: Mapping[str, bytes] = {}
        if older is not None:
            older._older = {}  # noqa: SLF001 - two generations are kept, not all
            if len(older.written) < _KEPT:
                self._older = older._records  # noqa: SLF001 - its kind
        self._common = common_words(language)
        self._calendar = frozenset(map(fold, calendar_words(language)))
        self._months = months_of(language)
        self._special = self._common.union(self._calendar, self._months)
        self._levels = wordshares.levels(language)
        self._stem = stemmer(language)
        self._lock = Lock()  # threads of one process share it

    @property
    def is_full(self) -> bool:
        return len(self.written) >= KNOWN or len(self) >= KNOWN

    def read(self, title: str, text: str) -> Reading:
        """The title, which is a line of its own, and the text."""
        known = self.__getitem__
        head = b"".join(map(known, [*pieces(title), LINE_END]))
        records = b"".join([head, *map(known, pieces(text))])
        return Reading(records, len(head) // SIZE, self.written, self.language)

    def __missing__(self, piece: str) -> bytes:
        is_short = len(piece) <= _PIECE
        if is_short and piece.isalpha() and piece.isascii():
            found = [piece]
        else:
            found = self._with_points(tokens(piece, self.language))
            if found == [piece]:
                found = [piece]  # one string is enough
        with self._lock:
            records = [self._records.get(token) or self._add(token) for token in found]
        packed = records[0] if len(records) == 1 else b"".join(records)
        if is_short:
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

    def _add(self, token: str) -> bytes:
        number = len(self.written)
        known = self._older.get(token)
        if known is not None:
            made = renumbered(known, number)
        elif token.isalpha() and token.isascii() and (folded := token.lower()) not in self._special:
            made = self._word(token, folded, number)
        else:
            made = self._read(token, number)
        self.written.append(token)
        self._records[token] = made
        return made

    def _word(self, token: str, folded: str, number: int) -> bytes:
        """The record of a word of Latin letters without marks of which nothing else is known."""
        kind = names.WORD
        if token != folded:
            kind = names.kind_of(token)
        stem = crc32(fold(self._stem(folded)).encode())
        return record(
            word=crc32(folded.encode()),
            stem=stem,
            number=number,
            kind=kind,
            level=self._levels.get(stem, wordshares.UNKNOWN),
            dated=0,
            role=names.role_of(token, kind),
        )

    def _read(self, token: str, number: int) -> bytes:
        """The record of a token."""
        month = day = word = stem = 0
        if token in PUNCTUATION or token == names.POINT_MARK:
            kind = names.kind_of(token)
        else:
            numeric = token[0].isdecimal()
            plain = plain_number(token) if numeric else token.replace(".", "")
            folded = fold(plain)
            word = crc32(folded.encode())
            month = self._month(token, folded)
            if folded in self._common or is_function(token, self.language):
                kind = names.MONTH if month else names.COMMON
            else:
                stem = crc32((folded if numeric else fold(self._stem(plain.lower()))).encode())
                kind = self._kind(token, plain, folded, month)
                if kind == names.NUMBER and (found := _DAY.fullmatch(plain)):
                    day = int(found[1]) if 1 <= int(found[1]) <= 31 else 0
        return record(
            word=word,
            stem=stem,
            number=number,
            kind=kind,
            level=self._levels.get(stem, wordshares.UNKNOWN),
            dated=names.dated_as(kind, day=day, month=month),
            role=names.role_of(token, kind),
        )

    def _kind(self, token: str, plain: str, folded: str, month: int) -> int:
        """Of a token that is no function word, as written, as it counts and folded."""
        if month and (token[0].isdecimal() or not token[0].isupper()):
            return names.MONTH
        kind = names.kind_of(plain)
        if kind == names.CAPITAL and (month or folded in self._calendar):
            short = len(folded) <= _SHORT and folded not in self._calendar
            return names.SHORT_MONTH if short else names.CALENDAR
        return kind

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
        found = _LEXICONS[language] = Lexicon(language, found)
    return found


def _is_known(language: str) -> bool:
    """Whether anything tells it from others; or it is the one of all that are not known."""
    return (
        language in {"", *STEMMERS}
        or bool(common_words(language) or months_of(language))
        or bool(wordshares.levels(language))
    )
