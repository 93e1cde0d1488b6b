"""What an article is recognised by, and which story it was given to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Relation(StrEnum):
    """What an article is to the article of its story that it resembles most."""

    NEW = "new"
    """It resembles none: it starts a story."""
    SAME = "same"
    """The outlet's same article again, under another address or in another feed."""
    COPY = "copy"
    """The same text; headline, dateline and boilerplate may differ."""
    REWRITE = "rewrite"
    """Much of the text, rephrased or extended."""
    REPORT = "report"
    """An independent report of the same event."""
    TRANSLATION = "translation"
    """A report of the same event in another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of a text to recognise it. Made by core.fingerprint, read by core.cluster.

    Hashes are unsigned and stable across processes, machines and Python versions.
    """

    version: int
    """Of the method; fingerprints of different versions are not compared."""
    language: str
    """Primary subtag, or "" when not known."""
    length: int
    """Words in the text."""
    step: int
    """A power of two: kept are the word 3-grams whose hash it divides; 1: all of them."""
    shingles: bytes
    """Hashes of the word 3-grams outside quotations: sorted, 4 bytes each, little-endian."""
    quoted: bytes
    """The same for those that occur in quotations only."""
    terms: bytes
    """Hashes of the stems of title and text, 4 bytes each, little-endian."""
    counts: bytes
    """How often each of `terms` occurs, one byte each."""
    lead: bytes
    """Hashes of the stems of the title and the first words, 4 bytes each, little-endian."""
    names: tuple[tuple[str, int], ...]
    """(name or number as written, count), the most frequent ones, those of the beginning first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """An article whose text is as ready as it will be, and that has no story yet."""

    article_id: int
    source: str
    title: str
    url: str | None
    """None: no address."""
    at: datetime
    """Publication time, never later than first seen."""
    language: str | None
    """None: not known."""
    text: str
    version: int = 0
    """How often its text has changed: what was decided upon another version is not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupInput:
    """An article as grouping sees it."""

    article_id: int | str
    source: str
    """Outlet; the same name means the same outlet."""
    title: str
    url: str | None
    """None: no address."""
    at: datetime
    """Publication time, never later than first seen."""
    fingerprint: Fingerprint
    version: int = 0
    """That of the text which the fingerprint is made from: see `Unassigned`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which story an article belongs to, and why."""

    article_id: int | str
    story: int | str
    """Identifier of the article that started the story."""
    relation: Relation
    of: int | str | None
    """The article it resembles most; None: it starts the story."""
    score: float
    """0 to 1: how sure."""
    why: str
    """A sentence that a person can check."""
