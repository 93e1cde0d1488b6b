"""Articles of made-up words, as unevenly used as real ones (Zipf), and a store full of them.

A million articles of 250 words come to three gigabytes with their index. They come over three
years from 500 sources, in seven languages, in stories of up to twelve articles.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from aggregator.storage.articles import insert_articles
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session, insert
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import NewArticle, Source, TextOrigin

SOURCES = 500
WORDS = 250
"""Of a text."""
VOCABULARY = 400_000
FLAT, CORE, STEEP = 2.7, 10_000, 1.8
"""Of Zipf's law in Mandelbrot's form, 1 / (rank + FLAT), up to the rank CORE; beyond, the shares of
words fall with the power STEEP (Ferrer i Cancho and Solé, "Two regimes in the frequency of words",
2001)."""
END = datetime(2026, 5, 31, 12, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
AT_A_TIME = 25
LANGUAGES = ("en",) * 12 + ("de", "de", "fr", "fr", "es", "ru", "it", "pt")
STORIES = (1, 1, 1, 1, 1, 1, 2, 2, 3, 12)
"""Articles of the stories of AT_A_TIME articles."""


class Words:
    """Made-up words by rank."""

    def __init__(self, seed: int = 1, size: int = VOCABULARY) -> None:
        rng = random.Random(seed)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
        found: dict[str, None] = {}
        while len(found) < size:
            length = 2 if len(found) < 2_000 else 3 if len(found) < 100_000 else 4
            word = "".join(rng.choices(syllables, k=length))
            found[word + (rng.choice(("s", "n", "ing", "ed")) if rng.random() < 0.3 else "")] = None
        self.by_rank = np.array(list(found), dtype=object)
        ranks = np.arange(size) + 1.0
        shares = np.where(
            ranks <= CORE, 1 / (ranks + FLAT), 1 / CORE * (CORE / np.maximum(ranks, CORE)) ** STEEP
        )
        self._cumulated = np.cumsum(shares / shares.sum())

    def draw(self, rng: np.random.Generator, count: int, language: str) -> Sequence[str]:
        """Each language has words of its own."""
        ranks = np.searchsorted(self._cumulated, rng.random(count)).clip(0, len(self.by_rank) - 1)
        drawn: list[str] = self.by_rank[ranks].tolist()
        return drawn if language == "en" else [written(word, language) for word in drawn]


def written(word: str, language: str) -> str:
    """A word of the vocabulary as it is in a language."""
    return word if language == "en" else f"{language[0]}{word}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What filling took; measured while words were not being made."""

    articles: int
    cpu: float
    """Seconds: rows, keys, texts and index."""


def sources() -> list[Source]:
    return [
        Source(
            name=f"{'Daily' if number % 3 else 'Evening'} Outlet{number}",
            url=f"https://h{number}.example{number % 40}.com/feed",
            tags=(f"t{number % 20}",),
        )
        for number in range(SOURCES)
    ]


def fill(path: Path, articles: int) -> Filled:
    """Raises StorageError."""
    words = Words()
    rng = np.random.default_rng(2)
    storage = open_storage(path)
    try:
        storage.sync_sources(sources(), now=END - YEARS)
        cpu = 0.0
        for number, batch in enumerate(_batches(words, rng, articles)):
            seen_at = END - YEARS + YEARS * (number * AT_A_TIME / articles)
            began = time.process_time()
            # A poll without its claim.
            storage._write(  # noqa: SLF001
                partial(
                    insert_articles,
                    source_id=number % SOURCES + 1,
                    articles=batch,
                    seen_at=seen_at,
                    unseen_at=None,
                )
            )
            cpu += time.process_time() - began
        _assign(storage, articles)
        storage._write_alone(  # noqa: SLF001
            lambda session: session.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        )
    finally:
        storage.close()
    return Filled(articles=articles, cpu=cpu)


def _batches(
    words: Words, rng: np.random.Generator, articles: int
) -> Iterator[tuple[NewArticle, ...]]:
    for number in range(articles // AT_A_TIME):
        source = number % SOURCES
        language = LANGUAGES[source % len(LANGUAGES)]
        drawn = words.draw(rng, AT_A_TIME * (WORDS + 9), language)
        at = END - YEARS + YEARS * (number * AT_A_TIME / articles)
        yield tuple(
            _article(number * AT_A_TIME + place, source, at, drawn[place * (WORDS + 9) :])
            for place in range(AT_A_TIME)
        )


def _article(number: int, source: int, at: datetime, drawn: Sequence[str]) -> NewArticle:
    url = f"https://www.h{source}.example{source % 40}.com/articles/{number}"
    return NewArticle(
        keys=frozenset({f"u:{url}"}),
        guid=url,
        url=url,
        title=" ".join(drawn[:9]).capitalize(),
        authors=(f"Ann{number % 97} Author{number % 1_009}",),
        published_at=at - timedelta(minutes=number % 90),
        updated_at=None,
        language=LANGUAGES[source % len(LANGUAGES)],
        image_url=f"{url}.jpg" if number % 3 else None,
        categories=(),
        text=". ".join(
            " ".join(drawn[start : start + 25]).capitalize() for start in range(9, WORDS + 9, 25)
        ),
        html="",
        text_origin=TextOrigin.CONTENT,
        content_hash=str(number),
        page_host=None,
    )


def _assign(storage: SqliteStorage, articles: int) -> None:
    """Stories of articles that lie 25 apart, so that they are of different sources."""
    group = AT_A_TIME * max(STORIES)
    for first in range(1, articles + 1, group):
        count = min(group, articles + 1 - first)
        storage._write(partial(_assign_group, first=first, count=count))  # noqa: SLF001


def _assign_group(session: Session, first: int, count: int) -> None:
    rows = []
    for column in range(AT_A_TIME):
        members = list(range(first + column, first + count, AT_A_TIME))
        at = 0
        while at < len(members):
            size = STORIES[(column + at) % len(STORIES)]
            story = members[at]
            for place, member in enumerate(members[at : at + size]):
                relation = ("copy", "report", "rewrite")[place % 3] if place else "new"
                rows.append((member, story, relation, story if place else None))
            at += size
    assigned = to_us(END)
    session.many(
        insert(
            "assignments",
            ("article_id", "story_id", "relation", "of_id", "score", "why", "assigned_at"),
        ),
        [(member, story, relation, of, 0.9, "", assigned) for member, story, relation, of in rows],
    )
    session.many(
        "UPDATE articles SET story_id = ? WHERE id = ?",
        [(story, member) for member, story, *_ in rows],
    )
    session.run(
        "INSERT INTO stories (id, articles, outlets, first_at, last_at) "
        "SELECT story_id, count(*), count(DISTINCT source_id), min(at), max(at) FROM articles "
        "WHERE id >= ? AND id < ? GROUP BY story_id",
        (first, first + count),
    )
