"""A text as numbers: what is kept of an article to recognise it again.

Copies are recognised by word 3-grams (shingles; Broder 1997), kept whole up to `SHINGLES` and
sampled by their hash beyond, so that the sample of a part is in the sample of the whole. Shingles
inside quotations are kept apart, for two reports may share a long quotation. Events are recognised
by stems, the stems of the beginning, and names and numbers. Scripts without spaces are read as
overlapping pairs of characters. Nothing here depends on the process: hashes are CRC-32.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from sys import byteorder
from zlib import crc32

import snowballstemmer

from aggregator.core import names
from aggregator.core.commonwords import calendar_words, common_words, guess_language
from aggregator.core.text import fold
from aggregator.types import Fingerprint

VERSION = 1
SHINGLES = 384
"""At most so many are kept."""
TERMS = 320
"""At most so many distinct stems are kept, the most frequent ones."""
LEAD_WORDS = 80

_PUNCTUATION = ".!?…;:,()\n“”。，、！？؟،؛।"
_DOTTED = r"[A-Z]\.(?:[A-Z]\.)+"  # U.S., read as US
_TOKEN = re.compile(rf"{_DOTTED}|[^\W\d]\w*|\d+(?:[.,]\d+)*\w*|[{_PUNCTUATION}]")

# Vowel signs and points, which `\w` does not hold: Latin, Cyrillic, Hebrew, Arabic, Indic.
_POINTS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0900-\u0963\u0966-\u0dff"
)
# Thai, Burmese, Khmer, kana, Han: written without spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0002ffff"
)
_SPECIAL = re.compile(f"[{_POINTS}{_UNSPACED}]")
_RUN = re.compile(f"[{_UNSPACED}]+")
_POINTED_TOKEN = re.compile(
    rf"{_DOTTED}|[^\W\d][\w{_POINTS}]*|\d+(?:[.,]\d+)*[\w{_POINTS}]*|[{_PUNCTUATION}]"
)

_OPENING = re.compile(r'"(?=\w)')
_QUOTES = (("«", "“"), ("»", "”"), ("「", "“"), ("」", "”"), ("『", "“"), ("』", "”"))
_INWARD = str.maketrans({"»": "«", "«": "»"})
_LOW_FIRST = str.maketrans({"“": "”", "„": "“"})
_QUOTATION = range(8, 300)
"""Words in a quotation; shorter ones are turns of phrase."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "nn": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_Entry = tuple[int, int, int]
"""Hash of the folded word, 0 for punctuation; hash of its stem, 0 for what says nothing; kind."""


class _Lexicon(dict[str, _Entry]):
    """What the tokens of a language are, worked out once for each; bounded."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._common = common_words(language)
        self._calendar = frozenset(map(fold, calendar_words(language)))
        name = _STEMMERS.get(language)
        available = name in snowballstemmer.algorithms()
        self._stem = snowballstemmer.stemmer(name).stemWord if available else str

    def __missing__(self, token: str) -> _Entry:
        if len(self) >= 100_000:
            self.clear()
        entry = self[token] = self._read(token)
        return entry

    def _read(self, token: str) -> _Entry:
        if token in _PUNCTUATION:
            return 0, 0, names.kind_of(token)
        token = plain_number(token) if token[0].isdecimal() else token.replace(".", "")
        folded = fold(token)
        word = crc32(folded.encode())
        if folded in self._common:
            return word, 0, names.kind_of(token, common=True)
        stem = fold(self._stem(token.lower())) if token[0].isalpha() else folded
        kind = names.kind_of(token)
        if kind == names.CAPITAL and folded in self._calendar:
            kind = names.NUMBER  # stands alone: no part of the name that it is next to
        return word, crc32(stem.encode()), kind


_LEXICONS: dict[str, _Lexicon] = {}


def fingerprint(title: str, text: str, language: str | None) -> Fingerprint:
    """Of an article; `language` is a BCP 47 tag, None: it is guessed from the words.

    A text without words gives the fingerprint of its title. Well under a millisecond for 500 words.
    """
    head, body = _tokens(title), _tokens(text)
    code = _language(language, head, body)
    lexicon = _lexicon(code)
    head_words, head_stems, head_kinds = _columns(map(lexicon.__getitem__, head))
    words, stems, kinds = _columns(map(lexicon.__getitem__, body))
    shingles, quoted, step = _shingles(words, kinds) if any(words) else _shingles(head_words, ())
    beginning, rest = list(filter(None, head_stems)), list(filter(None, stems))
    counted = Counter(beginning)
    counted.update(rest)
    terms = list(counted.items())
    if len(terms) > TERMS:  # as most_common, which takes three times as long for so many
        terms = sorted(terms, key=itemgetter(1), reverse=True)[:TERMS]
    return Fingerprint(
        version=VERSION,
        language=code,
        length=len(words) - words.count(0),
        step=step,
        shingles=pack(sorted(shingles)),
        quoted=pack(sorted(quoted)),
        terms=pack([term for term, _ in terms]),
        counts=bytes([min(count, 255) for _, count in terms]),
        lead=pack(dict.fromkeys(beginning + rest[:LEAD_WORDS])),
        names=names.find_names(head, head_kinds, body, kinds),
    )


def pack(numbers: Iterable[int]) -> bytes:
    """Unsigned 32-bit numbers as little-endian bytes."""
    packed = array("I", numbers)
    if byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def unpack(data: bytes) -> Sequence[int]:
    """What `pack` has packed."""
    numbers = array("I", data)
    if byteorder == "big":
        numbers.byteswap()
    return numbers


def plain_number(token: str) -> str:
    """`1,200`, `1.200` and `1200` are one number; `3,5` is `3.5`."""
    parts = re.split("[.,]", token)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return "".join(parts)
    return ".".join(parts)


def _lexicon(language: str) -> _Lexicon:
    if language not in _LEXICONS:
        _LEXICONS[language] = _Lexicon(language)
    return _LEXICONS[language]


def _language(tag: str | None, head: list[str], body: list[str]) -> str:
    if tag:
        return re.split("[-_]", tag.lower(), maxsplit=1)[0]
    return guess_language(token for token in (head + body)[:200] if token[0].isalpha())


def _tokens(text: str) -> list[str]:
    pattern = _TOKEN
    if not text.isascii():
        text = _one_kind_of_quotes(unicodedata.normalize("NFC", text))
        if _SPECIAL.search(text):
            pattern = _POINTED_TOKEN
            text = _RUN.sub(_pairs, text)
    if '"' in text:
        text = _OPENING.sub("“", text).replace('"', "”")
    return pattern.findall(text)


def _one_kind_of_quotes(text: str) -> str:
    if "„" in text:
        text = text.translate(_LOW_FIRST)
    if -1 < text.find("»") < text.find("«"):
        text = text.translate(_INWARD)
    for written, read in _QUOTES:
        text = text.replace(written, read)
    return text


def _pairs(run: re.Match[str]) -> str:
    chars = run[0]
    if len(chars) == 1:
        return f" {chars} "
    return f" {' '.join(map(str.__add__, chars, chars[1:]))} "


def _columns(entries: Iterable[_Entry]) -> Sequence[tuple[int, ...]]:
    return tuple(zip(*entries, strict=True)) or ((), (), ())


def _shingles(words: Sequence[int], kinds: Sequence[int]) -> tuple[set[int], set[int], int]:
    """Outside quotations, in quotations only, and the step by which both are sampled."""
    packed = array("I", filter(None, words)).tobytes()
    hashes = [crc32(packed[at : at + 12]) for at in range(0, len(packed) - 8, 4)]
    distinct = set(hashes)
    step = 1
    while len(distinct) > SHINGLES:
        step *= 2
        distinct = {value for value in distinct if not value % step}
    if names.OPEN not in kinds:
        return distinct, set(), step
    inside: set[int] = set()
    outside: set[int] = set()
    end = 0
    for first, last in _quotations(kinds):
        outside.update(hashes[end:first])
        inside.update(hashes[first:last])
        end = last
    outside.update(hashes[end:])
    spoken = distinct & inside - outside
    return distinct - spoken, spoken, step


def _quotations(kinds: Sequence[int]) -> list[tuple[int, int]]:
    """Where among the shingles the quotations are: pairs of first and one behind the last."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    marks = 0
    for index, kind in enumerate(kinds):
        if kind < names.BREAK:
            continue
        position = index - marks
        marks += 1
        if kind == names.OPEN:
            opened = position
        elif opened is not None and kind in {names.CLOSE, names.PARAGRAPH}:
            if position - opened in _QUOTATION:
                found.append((opened, position - 2))
            opened = None
    return found
