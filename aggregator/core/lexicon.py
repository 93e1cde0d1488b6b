"""What the words of a language are, worked out once for each.

A text becomes a row of records of tokens, and whole pieces of it are remembered with theirs, so
that a text that holds nothing new is read without a loop over its words.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import accumulate
from threading import Lock
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from aggregator.core import names, wordshares
from aggregator.core.arrays import Places
from aggregator.core.commonwords import calendar_words, common_words
from aggregator.core.monthnames import CAPITALISED, ORDINAL_POINT, months_of
from aggregator.core.piece_table import Hashes, Pieces, PieceTable, pieces_of
from aggregator.core.reading import SIZE, Reading, record, renumbered
from aggregator.core.segments import is_function
from aggregator.core.stemming import STEMMERS, stemmer
from aggregator.core.text import fold
from aggregator.core.tokens import LINE_END, PUNCTUATION, plain_number, spaced, tokens

KNOWN: Final = 100_000
"""So many tokens are remembered of a language, or `PIECES` pieces; then it begins anew, and takes
over from the one before what it meets again. All together take 35 MB."""
PIECES: Final = 200_000
ALL_PIECES: Final = 4 * PIECES
"""When those of all languages are more, the language is let go that was not met for longest."""
_KEPT = 2 * KNOWN
"""One that a single text has made larger is let go at once."""
_PIECE = 32
"""Bytes of a piece that is worth remembering."""

_LETTERS = 64
"""Longer words are none (core.tokens)."""
_SHORT = 4
"""Characters of a month in short."""

_ROW: Final = np.dtype((np.void, SIZE))

Rows = npt.NDArray[np.void]

_DAY = re.compile(r"(\d\d?)(?:st|nd|rd|th|er|º|ª|일)?")


class Lexicon:
    """Pieces of text, and the records of their tokens, one after the other."""

    def __init__(self, language: str, older: Lexicon | None = None) -> None:
        """`older` is the one before it, which takes no part any more but to be asked by this."""
        self.language = language
        self.written: list[str] = []
        """Tokens by number; never shortened, for readings refer to it."""
        self._pieces = PieceTable()
        """Of each the first of its records, and how many it has."""
        self._rows: Rows = np.zeros(1_024, _ROW)
        """Records of pieces."""
        self._filled = 0
        """So many rows are records."""
        self._records: dict[str, bytes] = {}
        """Of tokens."""
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

    def __len__(self) -> int:
        """Pieces that are remembered."""
        return len(self._pieces)

    @property
    def is_full(self) -> bool:
        return len(self.written) >= KNOWN or len(self) >= PIECES

    def read(self, title: str, text: str) -> Reading:
        """The title, which is a line of its own, and the text."""
        return self.read_all([(title, text)])[0]

    def read_all(self, articles: Iterable[tuple[str, str]]) -> list[Reading]:
        """Titles and texts: several at once take a fraction of the time."""
        parts: list[bytes] = []
        for title, text in articles:
            parts.append(f" {spaced(title)} {LINE_END} ".encode(errors="surrogatepass"))
            parts.append(f"{spaced(text)} ".encode(errors="surrogatepass"))
        data = b"".join(parts)
        found = pieces_of(data)
        with self._lock:
            firsts, counts = self._known(data, found)
            tokens = np.append(0, counts.cumsum())
            rows = np.arange(tokens[-1]) + (firsts - tokens[:-1]).repeat(counts)
            records = self._rows.take(rows).tobytes()
        ends = found.begins.searchsorted([*accumulate(map(len, parts))])
        edges = [0, *tokens.take(ends).tolist()]
        return [
            Reading(records[SIZE * begin : SIZE * end], head - begin, self.written, self.language)
            for begin, head, end in zip(edges[:-1:2], edges[1::2], edges[2::2], strict=True)
        ]

    def _known(self, data: bytes, found: Pieces) -> tuple[Places, Places]:
        """Of each piece where its records begin in `_rows`, and how many there are."""
        places = self._pieces.look_up(found.hashes)
        firsts, counts = self._pieces.found(places)
        new = (places < 0).nonzero()[0]
        if len(new):
            hashes, at, again = np.unique(
                found.hashes.take(new), return_index=True, return_inverse=True
            )
            begins, ends = found.begins.take(new.take(at)), found.ends.take(new.take(at))
            starts, numbers = self._learn(hashes, data, begins, ends)
            firsts[new], counts[new] = starts.take(again), numbers.take(again)
        return firsts, counts

    def _learn(
        self, hashes: Hashes, data: bytes, begins: Places, ends: Places
    ) -> tuple[Places, Places]:
        """The same of pieces that are not known; long ones are let go with the next text."""
        is_long = ends - begins > _PIECE
        order = is_long.argsort(kind="stable")
        made = [
            self._make(data[begin:end].decode(errors="surrogatepass"))
            for begin, end in zip(begins[order].tolist(), ends[order].tolist(), strict=True)
        ]
        numbers = np.fromiter(map(len, made), np.intp, len(made)) // SIZE
        starts = self._filled + numbers.cumsum() - numbers
        self._write(b"".join(made))
        kept = len(made) - int(np.count_nonzero(is_long))
        self._filled += int(numbers[:kept].sum())
        self._pieces.add(hashes[order[:kept]], starts[:kept], numbers[:kept])
        back = order.argsort()
        return starts[back], numbers[back]

    def _write(self, records: bytes) -> None:
        """Behind those that are remembered."""
        first, last = self._filled, self._filled + len(records) // SIZE
        if last > len(self._rows):
            rows = np.zeros(2 * last, _ROW)
            rows[:first] = self._rows[:first]
            self._rows = rows
        self._rows[first:last] = np.frombuffer(records, _ROW)

    def _make(self, piece: str) -> bytes:
        """The records of a piece."""
        if piece.isalpha() and piece.isascii() and len(piece) < _LETTERS:
            found = [piece]
        else:
            found = self._with_points(tokens(piece, self.language))
        return b"".join([self._records.get(token) or self._add(token) for token in found])

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


class Lexicons:
    """Those of all languages."""

    def __init__(self, *, most: int = ALL_PIECES) -> None:
        """`most`: pieces that are remembered in all."""
        self._most = most
        self._known: OrderedDict[str, Lexicon] = OrderedDict()
        """Those last that were asked for last."""
        self._lock = Lock()

    def of(self, language: str) -> Lexicon:
        """The one of a language; keep it while you use its numbers, for a full one is replaced, and
        one that was not asked for for longest is let go where there is no room for all."""
        if language not in self._known and not _is_known(language):
            language = ""
        with self._lock:
            found = self._known.get(language)
            if found is None or found.is_full:
                found = self._known[language] = Lexicon(language, found)
            self._known.move_to_end(language)
            while len(self._known) > 1 and sum(map(len, self._known.values())) > self._most:
                self._known.popitem(last=False)
        return found


lexicon = Lexicons().of


def _is_known(language: str) -> bool:
    """Whether anything tells it from others; or it is the one of all that are not known."""
    return (
        language in {"", *STEMMERS}
        or bool(common_words(language) or months_of(language))
        or bool(wordshares.levels(language))
    )
