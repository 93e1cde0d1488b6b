"""What an article is recognised by, and which story it was given to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.types.summaries import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is kept of a text to recognise it. Made by core.fingerprint, read by core.cluster.

    Hashes are unsigned, 4 bytes each, little-endian, and stable across processes, machines and
    Python versions.
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
    """Hashes of the distinct word 3-grams, in the order in which they first occur. Those of the
    title where there is no text."""
    terms: bytes
    """Hashes of the distinct stems of title and text; those first that tell most as far as the
    language tells."""
    forces: bytes
    """One byte for each of `terms`: FORCE times the logarithm of one more than its occurrences,
    each counted the higher the earlier it stands."""
    places: bytes
    """One byte for each of `terms`: where in the text it stands first, in units of PLACE words;
    0: in the title, 255: there or further back."""
    title: bytes
    """Hashes of the distinct stems of the title, in order."""
    names: tuple[tuple[str, int], ...]
    """(name, number or date as written, count), the most frequent ones, those of the beginning
    first."""
    sentences: bytes = b""
    """Hashes of the sentences of the text without case and marks, in order."""
    facts: bytes = b""
    """Hashes of what `names` are made of, each once: first the words of names, the most frequent
    first, then numbers and dates. Empty in one that was made before there was this field."""
    counts: bytes = b""
    """One byte for each of `facts`: how often it occurs; 255: so often, or more."""
    named: int = 0
    """So many of `facts` are words of names."""
    meaning: bytes = b""
    """The text as a vector of a model: signed bytes, one a dimension; empty: there is no model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the user wants of a source's articles when stories are found."""

    grouped: bool = True
    """False: each is a story of its own, and nothing is compared with it."""
    never_join: frozenset[str] = frozenset()
    """Names of sources with whose articles they are never put together because of a likeness;
    "*" means every other source. It holds in both directions."""


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
    manners: Manners = field(default_factory=Manners)
    """Of its source."""
    placed_with: int | None = None
    """A person has put it into the story of this article; itself: it begins one of its own.
    None: nobody has."""
    placed_in: int | None = None
    """The story of `placed_with`; None: that has none yet, or nobody has placed it."""

    def printed(self, fingerprint: Fingerprint) -> GroupInput:
        """As grouping sees it."""
        return GroupInput(
            article_id=self.article_id,
            source=self.source,
            title=self.title,
            url=self.url,
            at=self.at,
            fingerprint=fingerprint,
            version=self.version,
            manners=self.manners,
            placed_with=self.placed_with,
            placed_in=self.placed_in,
        )


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
    manners: Manners = field(default_factory=Manners)
    """Of its source."""
    placed_with: int | str | None = None
    """As in `Unassigned`."""
    placed_in: int | str | None = None
    """As in `Unassigned`."""


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
    continues: int | str | None = None
    """The earlier story that this one follows upon; None: none is known, or it starts no story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What became of articles that a person has put somewhere."""

    story: int
    """Where they are now."""
    moved: tuple[int, ...]
    """Articles that were elsewhere before."""
    renamed: tuple[tuple[int, int], ...]
    """(old, new) ids of stories whose first article was taken out: a story has the id of its
    first article."""
    ended: tuple[int, ...]
    """Ids of stories that have no article any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """An article whose story is found anew, with what was decided before."""

    article: Unassigned
    seq: int
    """Its place in the order of assignment."""
    before: Assignment
