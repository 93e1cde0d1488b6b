"""The numbers that the Fever API has for groups, which are tags here."""

from __future__ import annotations

from hashlib import blake2b

from aggregator.core.source_keys import tag_key

EVERYTHING = 0
"""Fever's “Kindling”: all feeds."""


def group_number(tag: str) -> int:
    """The same for ever, whatever other tags there are: 1 to 2^31 - 1."""
    digest = blake2b(tag_key(tag).encode(), digest_size=4).digest()
    return (int.from_bytes(digest, "big") & 0x7FFF_FFFF) or 1


def numbers_in(written: str, *, most: int) -> list[int]:
    """A list with commas, without what is no number above 0; the first `most`."""
    found = (part.strip() for part in written.split(",", most)[:most])
    return [int(part) for part in found if part.isascii() and part.isdigit() and len(part) < 19]
