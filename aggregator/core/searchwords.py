"""The words of a text as a search index has them: without case, diacritics and ways of writing.

A text and a search that are read by these rules agree, whatever database keeps the words.

What a character becomes depends on that character alone, after canonical composition: its
compatibility decomposition without the marks above and below, case-folded, its letter in place of
one with a stroke or hook. Two ways of writing one letter are one (`ё` is `е`, `ß` is `ss`, Persian
`ی` is `ي`, digits of any script are ASCII); letters of their own stay (`й`, `ї`, `が`), as do the
vowel signs of Indic scripts. Letters, digits, marks and private-use characters are of words;
anything else parts them, but format characters (soft hyphens, joiners) count for nothing.

Scripts that put no spaces between words become overlapping pairs of characters, each with its
marks, and each run's last character once more by itself: `東京都` is `東京`, `京都`, `都`. So a
search for any two characters or more is one for pairs in a row, and one for a single character is
one for words that begin with it; each finds every place where they stand and no other. Hangul is
read so too, though Korean has spaces: particles and compounds are written together, and a noun
must be found with whatever follows or precedes it (as Lucene's CJK analyser has it).

Python brings its own Unicode tables. What a character is does not change from one version to the
next, but characters are added, and those that a version does not know part words there (Han never
does). 3.12 and 3.13 read any text alike; 3.11 differs in 244 letters and digits of rare scripts
that came in 2022, and finds them in no index. Nothing else depends on the machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from itertools import count, zip_longest
from operator import add
from typing import Final

WORDS_VERSION: Final = 1
"""Goes up whenever a text gets other words than before: an index of another version is rebuilt."""

LONGEST: Final = 200
"""Characters of a word that are kept: what has more is no word, and databases limit them."""

KNOWN: Final = 200_000
"""So many words as written are remembered; then it begins anew."""
_PIECE = 32
"""Characters of a piece that is worth remembering."""

# Han with its radicals and marks, kana, bopomofo, Hangul; Thai, Lao, Burmese, Khmer, and the
# smaller scripts of South-East Asia that put no spaces between words.
_PAIRED = (
    "\u0e01-\u0e4e\u0e81-\u0edf\u1000-\u109f\u1100-\u11ff\u1780-\u17dd\u1950-\u19df\u1a20-\u1aad"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c\u3041-\u318f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua980-\ua9df\ua9e0-\ua9ff\uaa60-\uaadf"
    "\uac00-\ud7ff\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003fffd"
)
# Marks of those scripts that a form keeps; a letter's marks stay with it.
_SIGNS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059"
    "\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u108f\u109a-\u109d"
    "\u17b4-\u17d3\u17dd\u1a55-\u1a7f\u3099\u309a\ua980-\ua983\ua9b3-\ua9c0\ua9e5\uaa7b-\uaa7d"
    "\uaab0-\uaabf\uaac1"
)


class _Scripts:
    """The patterns of those scripts, made when a text is not in ASCII alone: it takes a while."""

    @cached_property
    def run(self) -> re.Pattern[str]:
        return re.compile(f"[{_PAIRED}]+|[^ {_PAIRED}]+")

    @cached_property
    def paired(self) -> re.Pattern[str]:
        return re.compile(f"[{_PAIRED}]")

    @cached_property
    def signs(self) -> re.Pattern[str]:
        return re.compile(f"[{_SIGNS}]")

    @cached_property
    def cluster(self) -> re.Pattern[str]:
        """A stacked consonant (Khmer, Burmese, Tai Tham) belongs to the one it stands under."""
        return re.compile(f".(?:[\u1039\u17d2\u1a60].|[{_SIGNS}])*", re.DOTALL)


_SCRIPTS = _Scripts()


_ASCII: Final = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() and code < 128 else 32 if code < 128 else code
    for code in range(256)
)
"""For UTF-8: small letters, digits, blanks; bytes of other characters as they are."""


def index_words(text: str) -> list[str]:
    """The words of a text, in order. Any str will do."""
    if text.isascii():
        return _cut(text.encode("ascii").translate(_ASCII).decode("ascii").split())
    words: list[str] = []
    for piece in _parted(text).split():
        if piece.isascii():
            words.append(piece)
        else:
            words += _FOLDED[piece]
    return _cut(words)


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """The words of `index_words`, each with its beginning and end in the text."""
    spans: list[tuple[str, int, int]] = []
    begin = 0
    for piece in _parted(text).split(" "):
        end = begin + len(piece)
        if piece.isascii():
            if piece:
                spans.append((piece[:LONGEST], begin, end))
        else:
            spans += [(word, begin + first, begin + last) for word, first, last in _PLACED[piece]]
        begin = end + 1
    return spans


def _cut(words: list[str]) -> list[str]:
    if max(map(len, words), default=0) > LONGEST:
        return [word[:LONGEST] for word in words]
    return words


def _parted(text: str) -> str:
    """The text, as long as before, with ASCII in small letters and blanks for its other marks."""
    whole = text.encode("utf-8", "surrogatepass").translate(_ASCII)
    return whole.decode("utf-8", "surrogatepass")


def is_paired(word: str) -> bool:
    """Whether a word of an index is a pair of characters, or one, of a script without spaces."""
    return not word.isascii() and _SCRIPTS.paired.match(word) is not None


def clusters(word: str) -> list[str]:
    """The characters of such a word, each with its marks: one or two."""
    return _SCRIPTS.cluster.findall(word) if _SCRIPTS.signs.search(word) else list(word)


# --- what a character becomes ---------------------------------------------------------------------

_KANA_MARKS = "\u3099\u309a"
_VOWELS = {9, 84, 91, 103, 107, 118, 122, 129, 130, 132}
"""Combining classes of marks that are letters: virama, and the signs of vowels and tones of Telugu,
Thai, Lao and Tibetan. 0 is that of the others; 7, the nukta, is left out as often as written."""
_NO_MARKS = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors and joiners, of class 0."""
_LETTERS = {
    **dict(zip("æœþðıŋĸſ", ("ae", "oe", "th", "d", "i", "n", "k", "s"), strict=True)),
    **dict(zip("ёѐѝ", "еей", strict=True)),
    # Arabic as it is written for Persian, Urdu, Kurdish and Uighur.
    **dict(zip("ىیېےۍۑ", "يييييي", strict=True)),
    **dict(zip("کڪگ", "ككگ", strict=True)),
    **dict(zip("ةہۃۀەۂۿ", "ههههههه", strict=True)),
    **dict(zip("ٱٲٳ", "ااا", strict=True)),
    "\u0640": "",  # it only makes a word longer
    "\u0901": "\u0902",  # Hindi writes either for a nasal vowel
    "\u0e33": "\u0e33",  # Thai and Lao "am": not parted into two signs
    "\u0eb3": "\u0eb3",
}
_APOSTROPHES = re.compile("[\u02b9-\u02bf\u02c6-\u02d1\u02ee]")
_NAMED = re.compile(r"LATIN SMALL LETTER (\w) WITH ")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003fffd]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_JAMO = re.compile("[\u3131-\u318e\uffa0-\uffdc]")


class _Forms(dict[int, str]):
    """Of each character, composed: its form; a blank for what parts words. At most KNOWN."""

    def __missing__(self, code: int) -> str:
        if len(self) >= KNOWN:
            self.clear()
        form = self[code] = _form(chr(code))
        return form


def _form(char: str) -> str:
    if char in _LETTERS:
        return _LETTERS[char]
    if _HAN.match(char) and not unicodedata.decomposition(char):
        return char
    category = unicodedata.category(char)
    if category == "Cf" or _NO_MARKS.match(char):
        return ""
    if (category[0] not in "LMN" and category != "Co") or _APOSTROPHES.match(char):
        return " "
    if category[0] == "M":
        return char if _stays(char) else ""
    return str(unicodedata.decimal(char)) if category == "Nd" else _letter(char)


def _letter(char: str) -> str:
    """Of a letter, or a number that is no digit."""
    if _JAMO.match(char):
        return char
    if _CYRILLIC.match(char):
        small = char.casefold()
        return _LETTERS.get(small, small)
    parts = unicodedata.normalize("NFKD", char)
    if parts == char:
        parts = char.casefold()
    if parts == char:
        named = _NAMED.match(unicodedata.name(char, ""))
        return named[1].lower() if named else char
    return unicodedata.normalize("NFC", "".join(map(_form, parts)))


def _stays(mark: str) -> bool:
    """Whether it is a letter of its script, not a diacritic."""
    kind = unicodedata.combining(mark)
    if kind == 0:
        return unicodedata.category(mark) != "Me"
    return kind in _VOWELS or mark in _KANA_MARKS


_FORMS: Final = _Forms()


# --- what a piece becomes -------------------------------------------------------------------------

_ZWNJ = re.compile("(?<=[\u0600-\u06ff\u0750-\u077f])\u200c")
"""In Persian it stands between a word and its ending, and is as often a space."""


class _Folded(dict[str, tuple[str, ...]]):
    """Of each piece of a text that is more than ASCII: its words. At most KNOWN."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        words = tuple(_words(_folded(piece)))
        if len(piece) <= _PIECE:
            if len(self) >= KNOWN:
                self.clear()
            self[piece] = words
        return words


class _Placed(dict[str, list[tuple[str, int, int]]]):
    """Of each such piece: its words, and where they begin and end in it. At most KNOWN."""

    def __missing__(self, piece: str) -> list[tuple[str, int, int]]:
        placed = [(word[:LONGEST], begin, end) for word, begin, end in _placed(piece)]
        if len(piece) <= _PIECE:
            if len(self) >= KNOWN:
                self.clear()
            self[piece] = placed
        return placed


_FOLDED: Final = _Folded()
_PLACED: Final = _Placed()


def _folded(piece: str) -> str:
    """Words parted by blanks."""
    if "\u200c" in piece:
        piece = _ZWNJ.sub(" ", piece)
    composed = unicodedata.normalize("NFC", piece)
    return unicodedata.normalize("NFC", composed.translate(_FORMS))


def _words(folded: str) -> list[str]:
    if not _SCRIPTS.paired.search(folded):
        return folded.split()
    words: list[str] = []
    for run in _SCRIPTS.run.findall(folded):
        if is_paired(run):
            letters = clusters(run)
            words += map(add, letters, letters[1:])
            words.append(letters[-1])
        else:
            words.append(run)
    return words


def _placed(piece: str) -> list[tuple[str, int, int]]:
    """The words of a piece, each with its beginning and end in it."""
    forms = [_FORMS[ord(char)] for char in piece]
    folded = "".join(forms)
    if (
        len(folded) == len(piece)
        and all(forms)
        and unicodedata.is_normalized("NFC", piece)
        and unicodedata.is_normalized("NFC", folded)
    ):  # character by character
        return _spans(folded)
    parts: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    for begin, end in _letters(piece):
        part = _folded(piece[begin:end])
        parts.append(part)
        begins += [begin] * len(part)
        ends += [end] * len(part)
    spans = _spans("".join(parts))
    return [(word, begins[first], ends[last - 1]) for word, first, last in spans]


def _spans(folded: str) -> list[tuple[str, int, int]]:
    """The words of what is folded, each with its beginning and end in that."""
    spans: list[tuple[str, int, int]] = []
    for run in _SCRIPTS.run.finditer(folded):
        word, begin, end = run[0], run.start(), run.end()
        if not is_paired(word):
            spans.append((word, begin, end))
        elif not _SCRIPTS.signs.search(word):
            spans += zip(map(add, word, word[1:]), count(begin), count(begin + 2), strict=False)
            spans.append((word[-1], end - 1, end))
        else:
            letters = clusters(word)
            for letter, after in zip_longest(letters, letters[1:], fillvalue=""):
                spans.append((letter + after, begin, begin + len(letter) + len(after)))
                begin += len(letter)
    return spans


def _letters(piece: str) -> Iterator[tuple[int, int]]:
    """Where each letter begins and ends, with what may be composed with it."""
    begin = 0
    for at, char in enumerate(piece):
        if at and not _follows(char):
            yield begin, at
            begin = at
    yield begin, len(piece)


def _follows(char: str) -> bool:
    return (
        unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"}
        or "\u1160" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7ff"
        or char in "\uff9e\uff9f"
    )
