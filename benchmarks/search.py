"""Searching a million articles: what each kind of question costs, beside other engines.

    python -m benchmarks.search [--articles 1000000] [--keep FILE] [--questions 40] [--json]
                                [--times 1] [--rivals]

Times are milliseconds of CPU of one question, its page of 20 hits with their snippets included;
the machine may be busy with other things meanwhile: then ask each several times (`--times`), of
which the shortest counts. Questions of a kind are asked one after the other.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from aggregator.core.query import parse
from aggregator.storage.protocol import Order
from aggregator.storage.sqlite import SqliteStorage, open_storage
from benchmarks.measure import machine
from benchmarks.search_spread import HEADING, HITS, Spread, say, spread, tell
from benchmarks.search_texts import END, LANGUAGES, SOURCES, Words, fill, written

_STARTS = 10
"""Of each command; the shortest counts, for others use the machine as well."""
_SIZES = """
    SELECT
      (SELECT sum(length(CAST(title AS BLOB)) + length(CAST(text AS BLOB))) FROM texts) AS text,
      (SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND
        (name GLOB 'search_*' OR name = 'word_forms')) AS search
"""


def main() -> None:
    arguments = _arguments()
    say(arguments.json, machine(), {"machine": machine()})
    with tempfile.TemporaryDirectory() as directory:
        path = arguments.keep or Path(directory) / "search.db"
        if not path.exists():
            filled = fill(path, arguments.articles)
            say(
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
        say(arguments.json, HEADING, None)
        with closing(open_storage(path, read_only=True)) as storage:
            for one in _ours(storage, asked, arguments.times):
                tell(one, as_json=arguments.json)
        if arguments.rivals:
            from benchmarks.search_rivals import rivals  # noqa: PLC0415 - libraries of their own

            for one in rivals(path, asked, Path(directory), partial(say, arguments.json)):
                tell(one, as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a store that an earlier run has kept, or keeps")
    parser.add_argument("--questions", type=int, default=40, help="of each kind")
    parser.add_argument("--times", type=int, default=1, help="each is asked; the shortest counts")
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


def _ours(
    storage: SqliteStorage, asked: Mapping[str, Sequence[str]], times: int
) -> Iterator[Spread]:
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
                times=times,
            )
        yield spread(
            kind,
            "counts",
            [lambda query=query: storage.search_counts(query).articles for query in queries],  # type: ignore[misc]
            times=times,
        )


def _sizes(path: Path, *, as_json: bool) -> None:
    with closing(sqlite3.connect(path)) as connection:
        try:
            text, search = connection.execute(_SIZES).fetchone()
        except sqlite3.OperationalError:  # SQLite was built without dbstat
            return
    say(
        as_json,
        f"{text / 1e6:,.0f} MB of text, {search / 1e6:,.0f} MB of index: {search / text:.2f} of it",
        {"text_bytes": text, "index_bytes": search},
    )


def _opening(path: Path, *, as_json: bool) -> None:
    """`aggregator search` from its start to its end: of a common, of a rare and of no word."""
    program = Path(sys.executable).with_name("aggregator")
    with tempfile.TemporaryDirectory() as directory:
        feeds = Path(directory) / "feeds.yaml"
        feeds.write_text(f"storage: {path.absolute()}\nsources:\n  - https://example.org/feed\n")
        words = Words().by_rank
        for name, word in (("common", words[30]), ("rare", words[200_000]), ("unknown", "qqzz")):
            took, cpu = [], []
            for _ in range(_STARTS):
                before, began = getrusage(RUSAGE_CHILDREN), time.perf_counter()
                subprocess.run(
                    [program, "-c", feeds, "search", word],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,  # how to go on
                    check=False,
                )
                took.append((time.perf_counter() - began) * 1_000)
                after = getrusage(RUSAGE_CHILDREN)
                spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                cpu.append(spent * 1_000)
            say(
                as_json,
                f"`aggregator search` of a word that is {name} takes {min(took):,.0f} ms, "
                f"{min(cpu):,.0f} ms of CPU",
                {"command_ms": min(took), "command_cpu_ms": min(cpu), "word": name},
            )


if __name__ == "__main__":
    main()
