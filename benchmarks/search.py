"""Searching a million articles: what each kind of question costs, beside other engines.

    python -m benchmarks.search [--articles 1000000] [--keep FILE] [--questions 40] [--json]
                                [--rivals]

Times are milliseconds of CPU of one question, its page of 20 hits with their snippets included;
the machine may be busy with other things meanwhile. Questions of a kind are asked one after the
other, each once.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from aggregator.core.query import parse
from aggregator.storage.protocol import Order
from aggregator.storage.sqlite import SqliteStorage, open_storage
from benchmarks.measure import machine
from benchmarks.search_texts import END, LANGUAGES, SOURCES, Words, fill, written

HITS = 20
_SIZES = """
    SELECT
      (SELECT sum(length(CAST(title AS BLOB)) + length(CAST(text AS BLOB))) FROM texts) AS text,
      (SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND
        (name GLOB 'search_*' OR name = 'word_forms')) AS search
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Milliseconds."""

    kind: str
    how: str
    p50: float
    p95: float
    most: float
    hits: float
    """On the first page, on average."""


def main() -> None:
    arguments = _arguments()
    _say(arguments.json, machine(), {"machine": machine()})
    with tempfile.TemporaryDirectory() as directory:
        path = arguments.keep or Path(directory) / "search.db"
        if not path.exists():
            filled = fill(path, arguments.articles)
            _say(
                arguments.json,
                f"{filled.articles:,} articles stored and indexed: "
                f"{filled.articles / filled.cpu:,.0f} a second of CPU",
                {
                    "articles": filled.articles,
                    "stored_per_cpu_second": filled.articles / filled.cpu,
                },
            )
        _sizes(path, as_json=arguments.json)
        _opening(path, as_json=arguments.json)
        asked = questions(path, arguments.questions)
        _say(arguments.json, f"{'':<24}{'':<20}{'p50':>8}{'p95':>8}{'most':>8}{'hits':>8}", None)
        with closing(open_storage(path, read_only=True)) as storage:
            for spread in _ours(storage, asked):
                _tell(spread, as_json=arguments.json)
        if arguments.rivals:
            from benchmarks.search_rivals import rivals  # noqa: PLC0415 - libraries of their own

            say = partial(_say, arguments.json)
            for spread in rivals(path, asked, Path(directory), say):
                _tell(spread, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a store that an earlier run has kept, or keeps")
    parser.add_argument("--questions", type=int, default=40, help="of each kind")
    parser.add_argument("--rivals", action="store_true", help="bare FTS5, tantivy and DuckDB, too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


# --- what is asked


def questions(path: Path, count: int) -> Mapping[str, Sequence[str]]:
    """By kind, from words of the vocabulary and passages of the texts."""
    rng = random.Random(3)
    words: list[str] = Words().by_rank.tolist()
    pairs = list(_neighbours(path, count, rng))

    def some(low: int, high: int) -> str:
        return words[rng.randrange(low, high)]

    def english(most: int) -> int:
        """The number of a source, a tag or a host that speaks English."""
        return rng.choice([n for n in range(most) if LANGUAGES[n % len(LANGUAGES)] == "en"])

    def in_language(word: str, language: str) -> str:
        return f"{written(word, language)} lang:{language}"

    kinds: dict[str, Callable[[int], str]] = {
        "commonest words": lambda n: words[n],
        "common words": lambda _: some(50, 1_000),
        "words": lambda _: some(1_000, 10_000),
        "rare words": lambda _: some(10_000, 300_000),
        "unknown words": lambda n: f"qq{n}zz",
        "two common words": lambda _: f"{some(0, 200)} {some(0, 200)}",
        "two words": lambda _: f"{some(0, 2_000)} {some(500, 10_000)}",
        "either word": lambda _: f"{some(0, 2_000)} OR {some(0, 10_000)} OR {some(0, 10_000)}",
        "without a word": lambda _: f"{some(0, 2_000)} -{some(0, 2_000)}",
        "phrases": lambda n: f'"{pairs[n][0]} {pairs[n][1]}"',
        "phrases of three": lambda n: '"{} {} {}"'.format(*pairs[n]),
        "near": lambda n: f"NEAR({pairs[n][0]} {pairs[n][2]}, 5)",
        "prefixes": lambda n: f"{pairs[n][1][:4]}*",
        "short prefixes": lambda n: f"{pairs[n][1][:2]}*",
        "title:": lambda _: f"title:{some(0, 5_000)}",
        "source:": lambda _: f"{some(0, 2_000)} source:outlet{english(SOURCES)}",
        "lang:": lambda n: in_language(some(0, 2_000), LANGUAGES[n % len(LANGUAGES)]),
        "tag:": lambda _: f"{some(0, 2_000)} tag:t{english(20)}",
        "site:": lambda _: f"{some(0, 2_000)} site:example{english(40)}.com",
        "author:": lambda _: f"author:author{rng.randrange(1_009)}",
        "after:": lambda _: f"{some(0, 2_000)} after:{rng.randrange(1, 900)}d",
        "before:": lambda _: f"{some(0, 2_000)} before:{rng.randrange(1, 900)}d",
        "only times": lambda _: f"after:{rng.randrange(100, 900)}d before:{rng.randrange(1, 900)}d",
        "is:copy": lambda _: f"{some(0, 2_000)} is:copy",
        "is:first": lambda _: f"{some(0, 2_000)} is:first",
        "sources:": lambda _: f"{some(0, 2_000)} sources:>{rng.randrange(2, 11)}",
        "has:image": lambda _: f"{some(0, 2_000)} has:image",
    }
    return {kind: [make(n) for n in range(count)] for kind, make in kinds.items()}


def _neighbours(path: Path, count: int, rng: random.Random) -> Iterator[Sequence[str]]:
    """Three words side by side, of `count` English articles."""
    with closing(sqlite3.connect(path)) as connection:
        (last,) = connection.execute("SELECT max(id) FROM articles").fetchone()
        while count:
            row = connection.execute(
                "SELECT t.text FROM texts t JOIN articles a ON a.id = t.article_id "
                "WHERE a.id = ? AND a.language = 'en'",
                (rng.randrange(1, last + 1),),
            ).fetchone()
            if row is not None:
                words = row[0].lower().replace(".", "").split()
                at = rng.randrange(len(words) - 3)
                yield words[at : at + 3]
                count -= 1


# --- what it costs


def _ours(storage: SqliteStorage, asked: Mapping[str, Sequence[str]]) -> Iterator[Spread]:
    for kind, texts in asked.items():
        queries = [parse(text, now=END) for text in texts]
        ways: list[tuple[str, Order, bool]] = [
            ("newest", "newest", False),
            ("newest, folded", "newest", True),
            ("relevance", "relevance", False),
            ("relevance, folded", "relevance", True),
        ]
        for how, order, fold in ways:
            yield spread(
                kind,
                how,
                [
                    lambda query=query, order=order, fold=fold: len(  # type: ignore[misc]
                        storage.search(query, limit=HITS, order=order, fold=fold).hits
                    )
                    for query in queries
                ],
            )
        yield spread(
            kind,
            "counts",
            [lambda query=query: storage.search_counts(query).articles for query in queries],  # type: ignore[misc]
        )


def spread(kind: str, how: str, questions: Sequence[Callable[[], int]]) -> Spread:
    """Of what questions take that return how many hits there are."""
    times: list[float] = []
    hits = 0
    for ask in questions:
        began = time.process_time()
        hits += ask()
        times.append((time.process_time() - began) * 1_000)
    times.sort()
    return Spread(
        kind=kind,
        how=how,
        p50=times[len(times) // 2],
        p95=times[min(len(times) * 95 // 100, len(times) - 1)],
        most=times[-1],
        hits=hits / len(times),
    )


def _sizes(path: Path, *, as_json: bool) -> None:
    with closing(sqlite3.connect(path)) as connection:
        try:
            text, search = connection.execute(_SIZES).fetchone()
        except sqlite3.OperationalError:  # SQLite was built without dbstat
            return
    _say(
        as_json,
        f"{text / 1e6:,.0f} MB of text, {search / 1e6:,.0f} MB of index: {search / text:.2f} of it",
        {"text_bytes": text, "index_bytes": search},
    )


def _opening(path: Path, *, as_json: bool) -> None:
    """A process of its own, from its start to its first hit: of a common and of a rare word."""
    for name, word in (("common", 30), ("rare", 200_000)):
        program = (
            "from pathlib import Path; from datetime import UTC, datetime\n"
            "from aggregator.core.query import parse\n"
            "from aggregator.storage.backends import open_storage\n"
            f"storage = open_storage(Path({str(path)!r}), read_only=True)\n"
            f"storage.search(parse({Words().by_rank[word]!r}, now=datetime.now(UTC)), limit=20)"
        )
        took = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            took.append((time.perf_counter() - began) * 1_000)
        _say(
            as_json,
            f"a process that looks for a {name} word ends after {min(took):,.0f} ms",
            {"process_ms": min(took), "word": name},
        )


def _tell(one: Spread, *, as_json: bool) -> None:
    numbers = f"{one.p50:8.2f}{one.p95:8.2f}{one.most:8.2f}{one.hits:8.1f}"
    _say(as_json, f"{one.kind:<24}{one.how:<20}{numbers}", asdict(one))


def _say(as_json: bool, text: str, fields: Mapping[str, object] | None) -> None:
    if not as_json:
        print(text, flush=True)
    elif fields is not None:
        print(json.dumps(fields), flush=True)


if __name__ == "__main__":
    main()
