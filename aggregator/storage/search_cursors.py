"""What a page of a search gives to the next one: where it ended, as a short string.

It holds what has been shown, not how many: what arrives meanwhile has higher ids than `top`. By
relevance what is shown is known by score and id; scores that change as articles arrive are not
relied upon: of the articles of `unsettled` ids it says which have been shown.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b32decode, b32encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from aggregator.core.query_tree import Query
from aggregator.errors import UsageError
from aggregator.storage.protocol import Order

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_ID = 2**63 - 1
_MAX_LENGTH = 8_000
_SCORE = struct.Struct(">d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Go on with ids below `below`, the highest one first."""

    top: int
    """The highest id that there was."""
    below: int
    floor: int = 0
    """Ids from here on have been ranked, and shown; 0: it is no part of a ranking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """Go on in the ranking of the ids from `floor` to `top`."""

    top: int
    floor: int
    score: float
    article_id: int
    """The last one that was shown or passed over, and its score."""
    unsettled: int
    """From this id on, `passed` tells, not the score."""
    passed: frozenset[int]


Cursor = Newest | Best


def written(cursor: Cursor, query: Query, order: Order, *, fold: bool) -> str:
    """Letters, digits, "-" and "." only."""
    digest = _digest(query, order, fold=fold)
    match cursor:
        case Newest():
            ends = (cursor.top, cursor.below, cursor.floor)
            return ".".join(["n", digest, *map(_base36, ends)])
        case Best():
            numbers = (cursor.top, cursor.floor, cursor.article_id, cursor.unsettled)
            score = _SCORE.pack(cursor.score).hex()
            passed = _bits(cursor.passed, cursor.unsettled)
            return ".".join(["r", digest, *map(_base36, numbers), score, passed])


def read(text: str, query: Query, order: Order, *, fold: bool) -> Cursor:
    """What `written` gave for the same search. Raises UsageError."""
    kind, _, rest = text[:_MAX_LENGTH].partition(".")
    digest, _, rest = rest.partition(".")
    try:
        if digest == _digest(query, order, fold=fold):
            if kind == "n":
                return _newest(*rest.split("."))
            if kind == "r":
                return _best(rest.split("."))
    except (ValueError, TypeError, struct.error, zlib.error):
        pass
    raise UsageError(
        "this is no place where a page of this search ended: give what the page before said, with "
        "the same search, or begin anew without it"
    )


def _newest(top: str, below: str, floor: str) -> Newest:
    return Newest(top=_number(top), below=_number(below), floor=_number(floor))


def _best(parts: Sequence[str]) -> Best:
    top, floor, last, unsettled, score, passed = parts
    (number,) = _SCORE.unpack(bytes.fromhex(score))
    first = _number(unsettled)
    return Best(
        top=_number(top),
        floor=_number(floor),
        score=number,
        article_id=_number(last),
        unsettled=first,
        passed=_from_bits(passed, first),
    )


def _digest(query: Query, order: Order, *, fold: bool) -> str:
    """By what was typed: times in it that are counted from now move on."""
    said = f"{order} {fold} {query.text}".encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=5).hexdigest()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _number(digits: str) -> int:
    number = int(digits, 36)
    if not 0 <= number <= _MAX_ID:
        raise ValueError(digits)
    return number


def _bits(passed: Collection[int], first: int) -> str:
    bits = 0
    for one in passed:
        bits |= 1 << (one - first)
    packed = zlib.compress(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), 9)
    return b32encode(packed).decode("ascii").rstrip("=").lower()


def _from_bits(text: str, first: int) -> frozenset[int]:
    packed = b32decode(text.upper() + "=" * (-len(text) % 8))
    bits = int.from_bytes(zlib.decompressobj().decompress(packed, _MAX_LENGTH), "little")
    return frozenset(first + at for at in range(bits.bit_length()) if bits >> at & 1)
