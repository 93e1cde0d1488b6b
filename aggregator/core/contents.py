"""What an entry says, reduced to what can be compared: hashes of folded words.

A content hash is one string of five fields parted by dots: the hash of the title's words, the
number of words of the text, their hash, the hash of the summary's words, and the hashes of the
text's first 4, 8, 16, … 1,024 words. The last two let a later, shorter version be recognised as a
part of the same text without that text at hand.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+")
# ASCII in lower case, with a space for what belongs to no word.
_ONLY_WORDS = bytes(
    code if _WORD.fullmatch(chr(code).lower()) else 0x20 for code in range(0x80)
).lower() + bytes(0x80)
_TAG = re.compile(r"<[^>]*>")
_HEADS = tuple(2**power for power in range(2, 11))
_DIGITS = 8
"""Hexadecimal digits of the hash of a head; of the others, twice as many."""

# How feeds say that a text goes on elsewhere, in lower case; a title may still follow.
_MORE = (
    *("read more", "read the full", "read the whole", "read the rest", "read full"),
    *("continue reading", "keep reading", "full story", "full article", "weiterlesen"),
    *("mehr lesen", "zum artikel", "zum ganzen artikel", "lire la suite", "lire plus"),
    *("la suite sur", "leer más", "leer mas", "seguir leyendo", "sigue leyendo"),
    *("continúa leyendo", "leggi tutto", "continua a leggere", "leia mais", "continue a ler"),
    *("lees meer", "lees verder", "läs mer", "les mer", "læs mere", "lue lisää"),
    *("czytaj więcej", "czytaj dalej", "číst dále", "celý článek", "čítať ďalej", "celý článok"),
    *("citește mai mult", "citeşte mai mult", "tovább olvas", "olvass tovább", "devamını oku"),
    *("читать далее", "читать дальше", "читать полностью", "читати далі", "прочети още"),
    *(
        "διαβάστε περισσότερα",
        "続きを読む",
        "全文を読む",
        "阅读全文",
        "閱讀全文",
        "더 보기",
        "더보기",
    ),
    *("اقرأ المزيد", "और पढ़ें", "पूरा पढ़ें", "baca selengkapnya", "xem thêm"),
)
_MORE_AT_END = re.compile(
    rf"\s*[\[(]?(?<!\w)(?:{'|'.join(_MORE)})(?!\w)[^.!?\n]{{0,120}}[\s»›→>.\])]*\Z", re.IGNORECASE
)
_ELLIPSIS_AT_END = re.compile(r"\s*[\[(]?\s*(?:…|\.{3,})\s*[\])]?[\s»›→>]*\Z")
# What WordPress appends to every entry, cut or whole.
_FIRST_ON = (
    *("appeared first on", "first appeared on", "erschien zuerst auf"),
    *("est apparu en premier sur", "apareció primero en", "proviene da"),
)
_CREDIT_AT_END = re.compile(
    r"\s*\b(?:the post|der beitrag|l['’]article|la entrada|l['’]articolo) .{1,300}?"
    rf"\b(?:{'|'.join(_FIRST_ON)})\b.{{0,200}}\Z",
    re.IGNORECASE | re.DOTALL,
)
_CREDIT_TAIL, _MORE_TAIL, _ELLIPSIS_TAIL = 600, 250, 20
"""Characters at the end of a text in which such a notice can stand."""


def content_hash(title: str, text: str, *, summary_html: str = "") -> str:
    """See the module's docstring; white space, case and punctuation do not count."""
    body = words(without_notice(text))
    running, heads, start = _hash(), [], 0
    for end in (*(head for head in _HEADS if head <= len(body)), len(body)):
        running.update(" ".join([*body[start:end], ""]).encode(errors="replace"))
        heads.append(running.hexdigest())
        start = end
    whole = heads.pop()
    summary = _digest(words(without_notice(plain(summary_html)))) if summary_html else whole
    begins = "".join(head[:_DIGITS] for head in heads)
    return ".".join((_digest(words(title)), str(len(body)), whole, summary, begins))


def is_edit(old: str, new: str) -> bool:
    """Whether a content hash means that the publisher changed something.

    Feeds that switch between a summary and the full text of one article do not change it. So under
    an equal title these are no edits: the text shrinks to the former summary; the text is gone;
    or it shrinks to less than half and begins as it did. The way back is one, once, for the longer
    version is the one to keep.
    """
    if old == new:
        return False
    before, after = _parse(old), _parse(new)
    if before is None or after is None or before.title != after.title:
        return True
    if after.text == before.text:
        return False
    if after.words >= before.words:
        return True
    return not (
        after.words == 0
        or after.text == before.summary
        or (2 * after.words < before.words and _begins(before, after))
    )


def is_cut(text: str) -> bool:
    """Whether a text ends in an ellipsis or in an invitation to read on elsewhere."""
    return _cut_at(_without_credit(text)) is not None


def without_notice(text: str) -> str:
    """The text without the notice at its end that it goes on elsewhere, or where it appeared."""
    text = _without_credit(text)
    return text[: _cut_at(text)]


def _without_credit(text: str) -> str:
    return text[: _notice(_CREDIT_AT_END, text, _CREDIT_TAIL, _FIRST_ON)]


def _cut_at(text: str) -> int | None:
    at = _notice(_ELLIPSIS_AT_END, text, _ELLIPSIS_TAIL, ("…", "..."))
    return _notice(_MORE_AT_END, text, _MORE_TAIL, _MORE) if at is None else at


def _notice(pattern: re.Pattern[str], text: str, reach: int, hints: Sequence[str]) -> int | None:
    """Where the notice begins. Hints save the search, which costs as much as all else here."""
    start = max(0, len(text) - reach)
    tail = text[start:].lower()
    if not any(hint in tail for hint in hints):
        return None
    match = pattern.search(text, start)
    return match.start() if match else None


def plain(fragment: str) -> str:
    """The words of an HTML fragment, good enough to compare."""
    return html.unescape(_TAG.sub(" ", fragment))


def follow(old: str, new: str) -> str:
    """The hash to store for an edit: `new`, which remembers the text before it as its summary when
    it has none of its own, so that a feed that switches between two texts is noticed."""
    before, after = _parse(old), _parse(new)
    if before is None or after is None or after.summary != after.text:
        return new
    return ".".join(map(str, after._replace(summary=before.text)))


class _Parsed(NamedTuple):
    title: str
    words: int
    text: str
    summary: str
    heads: str


def _parse(value: str) -> _Parsed | None:
    """None: made by another method."""
    fields = value.split(".")
    if len(fields) != 5 or not fields[1].isdecimal():
        return None
    return _Parsed(fields[0], int(fields[1]), fields[2], fields[3], fields[4])


def _begins(longer: _Parsed, shorter: _Parsed) -> bool:
    """Whether the longest head that both have is the same."""
    start = len(shorter.heads) - _DIGITS
    return start >= 0 and longer.heads.startswith(shorter.heads[start:], start)


def words(text: str) -> list[str]:
    """In order, without case."""
    if text.isascii():  # to the same effect in a quarter of the time
        return text.encode().translate(_ONLY_WORDS).decode().split()
    return _WORD.findall(text.casefold())


def _digest(parts: list[str]) -> str:
    return _hash(" ".join([*parts, ""]).encode(errors="replace")).hexdigest()


def _hash(data: bytes = b"") -> hashlib.blake2b:
    return hashlib.blake2b(data, digest_size=8)
