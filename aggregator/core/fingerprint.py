"""A text as numbers: what is kept of an article to recognise it again.

Copies are recognised by word 3-grams and sentences, events by stems, each the weightier the
earlier and the more often it stands, and by names, numbers and dates. Nothing here depends on the
process or the machine: hashes are made with CRC-32, and sums are of whole numbers.
"""

from __future__ import annotations

from math import expm1
from typing import Final
from zlib import crc32

import numpy as np

from aggregator.core.arrays import Counts, Hashes, as_bytes
from aggregator.core.commonwords import guess_language
from aggregator.core.language_tags import read_language
from aggregator.core.lexicon import Lexicon, Reading, lexicon
from aggregator.core.names import BREAK, NUMBER, PARAGRAPH, SENTENCE, Tokens, find_names
from aggregator.core.packed import pack, unpack
from aggregator.core.shingles import (
    SHINGLES,
    sample,
    sequences,
    sort_with_places,
    starts_of_groups,
)
from aggregator.core.tokens import pieces, plain_number, tokens
from aggregator.types import Fingerprint

__all__ = [
    "FORCE",
    "PLACE",
    "SENTENCES",
    "SHINGLES",
    "TERMS",
    "VERSION",
    "fingerprint",
    "pack",
    "plain_number",
    "unpack",
]

VERSION: Final = 2
TERMS: Final = 320
"""At most so many distinct stems are kept."""
FORCE: Final = 40
"""Units of a force in one of its logarithm."""
PLACE: Final = 8
"""Words of the text in a unit of place."""
SENTENCES: Final = 64
"""At most so many are kept."""
SENTENCE_WORDS: Final = 4
"""Shorter sentences are turns of phrase."""

_GUESSED = 1_500
"""Characters of the text by which its language is guessed."""
_ONE = 1 << 16
"""An occurrence of weight one."""
_FIRST_WEIGHT = 3
_FADING = 15
"""Words; where so many have gone before, an occurrence weighs half as much as in front."""
_TIMES = np.where(np.arange(256) == NUMBER, 4, 1)
"""By kind: how often an occurrence counts."""
_ENDS = np.isin(np.arange(256), [SENTENCE, PARAGRAPH])
"""By kind: what a sentence ends with."""


def _weights(count: int) -> Counts:
    """What an occurrence counts at each of the first so many positions, in units of 1 / _ONE."""
    places = np.arange(_FADING, _FADING + count, dtype=np.int64)
    return (_FIRST_WEIGHT * _ONE * _FADING + places // 2) // places


_WEIGHTS = _weights(4_096)
# The least sum for each force from 1 to 255.
_SUMS = np.array([round(_ONE * expm1((force - 0.5) / FORCE)) for force in range(1, 256)], np.int64)


def fingerprint(title: str, text: str, language: str | None) -> Fingerprint:
    """Of an article; `language` is a BCP 47 tag, None: it is guessed from the words.

    A text without words gives the fingerprint of its title.
    """
    code = _language(language, title, text)
    known = lexicon(code)
    read = known.read(title, text)
    is_word = read.kinds < BREAK
    place = is_word.cumsum()  # of each token, how many words there are up to it
    of_title = int(place[read.title - 1])
    words = known.words[read.ids[is_word]]
    body = words[of_title:]
    shingles, step = sample(sequences(body if len(body) else words))
    stems = known.stems[read.ids]
    title_stems = stems[: read.title].tolist()
    terms, forces, places = _terms(known, read, stems, place - of_title)
    return Fingerprint(
        version=VERSION,
        language=code,
        length=len(body),
        step=step,
        shingles=as_bytes(shingles),
        terms=terms,
        forces=forces,
        places=places,
        title=pack(dict.fromkeys(filter(None, title_stems))),
        names=_names(known, read),
        sentences=_sentences(read, place, of_title, words),
    )


def _language(tag: str | None, title: str, text: str) -> str:
    if tag and (primary := read_language(tag)):
        return primary
    found = [
        token for piece in pieces(f"{title}\n{text[:_GUESSED]}") for token in tokens(piece, "")
    ]
    return guess_language(token for token in found[:200] if token[0].isalpha())


def _names(known: Lexicon, read: Reading) -> tuple[tuple[str, int], ...]:
    return find_names(
        Tokens(
            ids=read.ids,
            kinds=read.kinds,
            written=known.tokens,
            days=known.days,
            months=known.months,
            language=known.language,
            title=read.title,
        )
    )


def _terms(
    known: Lexicon, read: Reading, stems: Hashes, place: Counts
) -> tuple[bytes, bytes, bytes]:
    """The stems, those first that tell most; their forces; their places.

    `stems` are those of all tokens, `place` the places of these among the words of the text.
    """
    at = stems.nonzero()[0]
    if not len(at):
        return b"", b"", b""
    weights = _WEIGHTS[: len(at)] if len(at) <= len(_WEIGHTS) else _weights(len(at))
    weights = weights * _TIMES[read.kinds[at]]
    ordered, order = sort_with_places(stems[at])
    begins = starts_of_groups(ordered).nonzero()[0]
    first = at[order[begins]]
    forces = _SUMS.searchsorted(np.add.reduceat(weights[order], begins), "right")
    telling = forces * known.levels[read.ids[first]]
    best = ((-telling << 32) + first).argsort()[:TERMS]
    first = first[best]
    places = np.maximum(np.minimum((place[first] + (PLACE - 1)) // PLACE, 255), 0)
    return as_bytes(stems[first]), _as_octets(forces[best]), _as_octets(places)


def _as_octets(numbers: Counts) -> bytes:
    return numbers.astype(np.uint8).tobytes()


def _sentences(read: Reading, place: Counts, of_title: int, words: Hashes) -> bytes:
    """Hashes of the sentences of the text."""
    bounds = place[_ENDS[read.kinds]].tolist()
    packed = as_bytes(words)
    found: dict[int, None] = {}
    start = of_title
    for end in [*bounds, len(words)]:
        if end - start >= SENTENCE_WORDS:
            found[crc32(packed[4 * start : 4 * end])] = None
            if len(found) == SENTENCES:
                break
        start = max(end, start)
    return pack(found)
