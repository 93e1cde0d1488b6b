"""Other engines on the same articles and questions, each as its documentation begins.

Bare FTS5 is in Python's SQLite. tantivy and DuckDB are no dependencies of the project: they are
looked for beside the rivals of `make bench-extract`, and left out where they are missing.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from aggregator.core.query import parse
from aggregator.core.query_tree import Query
from aggregator.storage.protocol import Order
from benchmarks.search_duckdb import DuckDb
from benchmarks.search_engines import Article, Fts5, Missing, Rival, Unasked
from benchmarks.search_spread import HITS, Spread, spread
from benchmarks.search_tantivy import Tantivy
from benchmarks.search_texts import END

RIVALS: tuple[type[Rival], ...] = (Fts5, Tantivy, DuckDb)
ORDERS: tuple[Order, Order] = ("newest", "relevance")

SLOW, FEW = 0.5, 5
"""Where the first question of a kind takes more seconds, only the first few are asked."""

Say = Callable[[str, Mapping[str, object]], None]
"""Shows a line, or its fields as JSON."""

_ARTICLES = """
    SELECT a.id, t.title, t.text, s.name, a.language, a.at
    FROM articles a JOIN texts t ON t.article_id = a.id JOIN sources s ON s.id = a.source_id
    ORDER BY a.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    articles: int
    cpu: float
    """Seconds, of all threads."""
    text_bytes: int
    index_bytes: int


def rivals(
    path: Path, asked: Mapping[str, Sequence[str]], directory: Path, say: Say
) -> Iterator[Spread]:
    """Of all that are installed, filled with the articles of the store at `path`."""
    for number, make in enumerate(RIVALS):
        folder = directory / f"rival{number}"
        folder.mkdir()
        try:
            rival = make(folder)
        except Missing as missing:
            say(
                f"{make.name} is left out: {missing}", {"rival": make.name, "missing": f"{missing}"}
            )
            continue
        built = build(rival, stored(path))
        speed, share = built.articles / built.cpu, built.index_bytes / built.text_bytes
        say(
            f"{rival.name} {rival.version}, {rival.at_once:,} articles a commit: {speed:,.0f} "
            f"stored and indexed a second of CPU; index {share:.2f} of the text",
            {
                "rival": rival.name,
                "version": rival.version,
                "stored_per_cpu_second": speed,
                "text_bytes": built.text_bytes,
                "index_bytes": built.index_bytes,
            },
        )
        for kind, texts in asked.items():
            yield from _spreads(rival, kind, [parse(text, now=END) for text in texts])
        rival.close()


def stored(path: Path) -> Iterator[Article]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield from map(Article._make, connection.execute(_ARTICLES))


def build(rival: Rival, articles: Iterable[Article]) -> Built:
    source = iter(articles)
    count = text_bytes = 0
    reading = 0.0
    began = time.process_time()
    while True:
        since = time.thread_time()
        batch = list(islice(source, rival.at_once))
        count += len(batch)
        text_bytes += sum(len(one.title.encode()) + len(one.text.encode()) for one in batch)
        reading += time.thread_time() - since
        if not batch:
            break
        rival.add(batch)
    index_bytes = rival.finish()
    cpu = time.process_time() - began - reading
    return Built(articles=count, cpu=cpu, text_bytes=text_bytes, index_bytes=index_bytes)


def _spreads(rival: Rival, kind: str, queries: Sequence[Query]) -> Iterator[Spread]:
    """The first question is asked once more than ours: that is in the rival's favour."""
    for order in ORDERS:
        questions = [
            lambda query=query, order=order: len(rival.ask(query, order, HITS)) for query in queries
        ]
        began = time.process_time()
        try:
            questions[0]()
        except Unasked:
            return
        slow = time.process_time() - began > SLOW
        yield spread(kind, f"{rival.name}, {order}", questions[:FEW] if slow else questions)
