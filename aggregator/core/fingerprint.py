"""A text as numbers: what is kept of an article to recognise it again.

Copies are recognised by word 3-grams and sentences, events by stems, each the weightier the
earlier and the more often it stands, and by names, numbers and dates. Nothing here depends on the
process or the machine: hashes are made with CRC-32, and sums are of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final
from zlib import crc32

import numpy as np

from aggregator.core.arrays import Counts, as_bytes
from aggregator.core.commonwords import guess_language
from aggregator.core.language_tags import read_language
from aggregator.core.lexicon import lexicon
from aggregator.core.names import BREAK, PARAGRAPH, SENTENCE, find_names
from aggregator.core.packed import pack, unpack
from aggregator.core.reading import Reading
from aggregator.core.shingles import SHINGLES, shingles
from aggregator.core.terms import FORCE, PLACE, TERMS, terms
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
    "fingerprints",
    "pack",
    "plain_number",
    "unpack",
]

VERSION: Final = 2
SENTENCES: Final = 64
"""At most so many are kept."""
SENTENCE_WORDS: Final = 4
"""Shorter sentences are turns of phrase."""

_GUESSED = 1_500
"""Characters of the text by which its language is guessed."""
_TOGETHER = 32
"""At most so many texts are worked on at once."""
_LARGE = 250_000
"""Characters in all from which no further text is added."""
_ENDS = bytes(kind in {SENTENCE, PARAGRAPH} for kind in range(256))
"""By kind: what a sentence ends with."""


def fingerprint(title: str, text: str, language: str | None) -> Fingerprint:
    """Of an article; `language` is a BCP 47 tag, None: it is guessed from the words.

    A text without words gives the fingerprint of its title.
    """
    return next(fingerprints([(title, text, language)]))


def fingerprints(articles: Iterable[tuple[str, str, str | None]]) -> Iterator[Fingerprint]:
    """Of each article, given by title, text and language, in order: faster than one at a time."""
    waiting, size = list[tuple[str, str, str]](), 0
    for title, text, language in articles:
        waiting.append((_language(language, title, text), title, text))
        size += len(title) + len(text)
        if len(waiting) == _TOGETHER or size > _LARGE:
            yield from _together(*_read(waiting))
            waiting, size = [], 0
    if waiting:
        yield from _together(*_read(waiting))


def _read(articles: Sequence[tuple[str, str, str]]) -> tuple[Sequence[str], Sequence[Reading]]:
    """Codes of languages, and readings, of codes, titles and texts."""
    codes = [code for code, _, _ in articles]
    texts: dict[int, Reading] = {}
    for code in dict.fromkeys(codes):
        at = [number for number, other in enumerate(codes) if other == code]
        texts.update(zip(at, lexicon(code).read_all(articles[one][1:] for one in at), strict=True))
    return codes, [texts[number] for number in range(len(articles))]


def _together(codes: Sequence[str], texts: Sequence[Reading]) -> list[Fingerprint]:
    """Of texts in languages of these codes, no more than _TOGETHER.

    What can be is done to one row of the tokens of all texts: where a row has a few hundred
    numbers, a call costs more than what is done in it.
    """
    row = Reading(b"".join([read.records for read in texts]), 0, (), "")
    written, stems = row.kinds, np.ascontiguousarray(row.stems)
    kinds = np.frombuffer(written, np.uint8)
    is_word = kinds < BREAK
    place = is_word.cumsum()  # of each token, how many words there are up to it
    words = row.words[is_word]
    ends = list(accumulate([len(read) for read in texts]))
    starts = [0, *ends[:-1]]
    titles = [start + read.title for start, read in zip(starts, texts, strict=True)]
    bodies = list(zip(_before(place, titles), _before(place, ends), strict=True))
    alone = zip(_before(place, starts), bodies, strict=True)
    sampled = shingles(
        words, [(begin if begin < end else first, end) for first, (begin, end) in alone]
    )
    told = terms(
        stems=stems,
        kinds=kinds,
        levels=row.levels,
        places=place,
        starts=starts,
        titles=[begin for begin, _ in bodies],
    )
    sentences = _sentences(written, place, as_bytes(words), titles, ends)
    return [
        Fingerprint(
            version=VERSION,
            language=code,
            length=end - begin,
            step=step,
            shingles=kept,
            terms=hashes,
            forces=forces,
            places=places,
            title=pack(dict.fromkeys(filter(None, stems[start:title].tolist()))),
            names=names,
            sentences=said,
            facts=facts.hashes,
            counts=facts.counts,
            named=facts.named,
        )
        for code, start, title, (begin, end), (kept, step), (
            hashes,
            forces,
            places,
        ), (names, facts), said in zip(
            codes,
            starts,
            titles,
            bodies,
            sampled,
            told,
            find_names(texts, row, starts),
            sentences,
            strict=True,
        )
    ]


def _before(place: Counts, tokens: Sequence[int]) -> list[int]:
    """How many words there are before each of these tokens."""
    return [int(place[at - 1]) if at else 0 for at in tokens]


def _language(tag: str | None, title: str, text: str) -> str:
    if tag and (primary := read_language(tag)):
        return primary
    found = [
        token for piece in pieces(f"{title}\n{text[:_GUESSED]}") for token in tokens(piece, "")
    ]
    return guess_language(token for token in found[:200] if token[0].isalpha())


def _sentences(
    kinds: bytes, place: Counts, words: bytes, titles: Sequence[int], ends: Sequence[int]
) -> Iterator[bytes]:
    """Of each text the hashes of its sentences; `titles` says where its title ends."""
    at = np.frombuffer(kinds.translate(_ENDS), np.bool_).nonzero()[0]
    places = place.take(at).tolist()
    # A title is a line, whose end is where the first sentence of the text begins.
    edges = at.searchsorted(np.array([title - 1 for title in titles] + [*ends])).tolist()
    firsts, lasts = edges[: len(ends)], edges[len(ends) :]
    for first, last, end in zip(firsts, lasts, _before(place, ends), strict=True):
        found = [
            crc32(words[4 * begin : 4 * end])
            for begin, end in pairwise([*places[first:last], end])
            if end - begin >= SENTENCE_WORDS
        ]
        yield pack(list(dict.fromkeys(found))[:SENTENCES])
