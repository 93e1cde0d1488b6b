"""Plain text: what may be stored and shown, and how it is compared."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, zero-width and bidirectional overrides, line separators, noncharacters and
# lone surrogates: none of them belongs in a headline, and each has broken a mail or a terminal.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_PARAGRAPHS = re.compile(r"\n\n\n+")
_SIMPLE = bytes(range(0x20, 0x7F)) + b"\n"
_WIDE = re.compile("[\u3040-\u9fff]+")


def clean_line(value: str) -> str:
    """One line of plain text: controls removed, white space folded, NFC."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()
    value = _UNSAFE.sub(_unsafe_replacement, value)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", value).strip())


def clean_text(value: str) -> str:
    """Paragraphs of plain text parted by one empty line; single line breaks inside are kept."""
    if _is_simple(value):
        lines = "\n".join(map(str.strip, value.split("\n")))
        return _PARAGRAPHS.sub("\n\n", lines.strip())
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = _PARAGRAPHS.sub("\n\n", value)  # few lines are quickly folded
    lines = "\n".join(map(_fold_line, value.split("\n")))
    return unicodedata.normalize("NFC", _PARAGRAPHS.sub("\n\n", lines.strip()))


def _is_simple(value: str) -> bool:
    """Whether it is of printable ASCII and line breaks, without two spaces in a row.

    Bytes are looked at several times as fast as characters.
    """
    if not value.isascii() or "  " in value:
        return False
    return not value.encode().translate(None, _SIMPLE)


def fold(value: str) -> str:
    """For comparing: without case and diacritics."""
    if value.isascii():
        return value.lower()
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def letters_of(value: str) -> str:
    """For comparing: letters and digits only, without case."""
    return "".join(filter(str.isalnum, value.casefold()))


def shorten(value: str, limit: int) -> str:
    """At most `limit` characters on one line, cut between words, with an ellipsis when cut."""
    line = clean_line(value)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    space = head.rfind(" ")
    if space > limit // 2:
        head = head[:space]
    return head.rstrip(" ,;:–—-") + "…"


def count_words(value: str, *, enough: int = -1) -> int:
    """Words parted by white space; for scripts that write none, two characters count as one.

    It may stop counting where `enough` of them are found.
    """
    spaced = len(value.split(maxsplit=enough))
    wide = 0 if value.isascii() or spaced > enough >= 0 else sum(map(len, _WIDE.findall(value)))
    return max(spaced, wide // 2)


def join_words(value: str) -> str:
    """What is parted by white space, parted by single spaces."""
    if _is_simple(value):
        line = value.replace("\n\n", " ").replace("\n", " ")
        if "  " not in line:
            return line.strip(" ")
    return " ".join(value.split())


def _fold_line(line: str) -> str:
    # What is printable holds nothing unsafe and no white space but the common one.
    if line.isprintable() and "  " not in line:
        return line.strip()
    return " ".join(_UNSAFE.sub(_unsafe_replacement, line).split())


def _unsafe_replacement(match: re.Match[str]) -> str:
    return " " if match[0] in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" else ""
