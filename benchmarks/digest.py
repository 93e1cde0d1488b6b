"""CPU seconds from the articles of a day to a rendered digest, by what else the store holds.

    python -m benchmarks.digest [--day 10000] [--stores 10000 110000]

The articles are invented (benchmarks.search_texts): 250 words each, of 500 sources, in stories of
up to twelve articles; the newest ones are of the last day, the others of the three years before.
The digest has three sections (a tag, a watch that caught a hundredth of the articles, a query),
shows 20 stories and 40 single items, and a tenth of its articles have been told before. Three runs;
the first, for which caches are cold, and the best of all.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from aggregator.config import Config, DigestConfig, load
from aggregator.notify.render import render
from aggregator.service.editions import Span, content_of, digest_key
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import (
    Digest,
    Edition,
    KeptDigest,
    RenderedDigest,
    Schedule,
    SectionKind,
    SectionRule,
    WatchHit,
)
from benchmarks.measure import machine, print_table
from benchmarks.search_texts import END, Words, fill

DAY = timedelta(days=1)
RUNS = 3
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    content: float
    """Seconds: reading the store, choosing, ranking."""
    rendering: float
    """Seconds."""
    digest: Digest
    rendered: RenderedDigest

    @property
    def whole(self) -> float:
        return self.content + self.rendering


def configured(folder: Path, words: Words) -> tuple[Config, DigestConfig]:
    (folder / "feeds.yaml").write_text(
        "sources: [{url: 'https://news.example.org/feed'}]\n"
        "channels: {desk: desk@example.org}\n"
        "smtp: {host: mail.example.org}\n"
        "digest: {from: news@example.org}\n"
        "watches: [{name: Rare, query: rare, to: desk}]\n",
        encoding="utf-8",
    )
    config = load(folder / "feeds.yaml", environ={})
    query = " OR ".join(str(words.by_rank[rank]) for rank in (300, 400, 500))
    sections = (
        SectionRule(kind=SectionKind.TAG, value="t3", title="Of a tag"),
        SectionRule(kind=SectionKind.WATCH, value="Rare", title="Of a watch"),
        SectionRule(kind=SectionKind.QUERY, value=query, title="Of a query"),
    )
    return config, DigestConfig(
        name="digest",
        title="News digest",
        schedule=Schedule(
            hours=(clock_time(7),), days=frozenset(range(7)), timezone="Europe/Berlin"
        ),
        timezone=ZoneInfo("Europe/Berlin"),
        to=(),
        sender=None,
        language="en",
        query="",
        tags=(),
        sections=sections,
        max_stories=20,
        max_items=40,
        send_empty=False,
        images=False,
        unsubscribe=None,
    )


def spread(storage: SqliteStorage, day: int) -> None:
    """Have the newest so many articles be of the last day, some of them caught and told before."""
    begins, step = to_us(END - DAY), 86_400_000_000 // day

    def write(session: Session) -> list[int]:
        last = session.rows("SELECT max(id) AS id FROM articles")[0]["id"]
        first = last - day + 1
        session.run(
            "UPDATE articles SET first_seen_at = ? + (id - ?) * ? WHERE id >= ?",
            (begins, first, step, first),
        )
        session.run(
            "UPDATE articles SET at = first_seen_at, published_at = first_seen_at WHERE id >= ?",
            (first,),
        )
        session.run(
            "UPDATE articles SET first_seen_at = ? - 1 WHERE id < ? AND first_seen_at >= ?",
            (begins, first, begins),
        )
        return list(range(first, last + 1))

    numbers = storage._write(write)  # noqa: SLF001
    hits = [
        WatchHit(
            watch="rare",
            subject=f"article:{number}",
            article_id=number,
            source_id=1,
            snippet="",
            at=END - DAY / 2,
        )
        for number in numbers[::100]
    ]
    storage.record_hits(hits, cursor=None)
    storage.keep_digest(
        KeptDigest(
            edition=Edition(digest="digest", local_date=(END - DAY).date(), slot=1),
            title="News digest",
            since_at=END - 2 * DAY,
            until_at=END - DAY,
            made_at=END - DAY,
            rendered=RenderedDigest(subject="", text="", html="", short=""),
            stories=0,
            singles=0,
            left_out=0,
        ),
        numbers[::10],
    )


def measured(storage: SqliteStorage, config: Config, one: DigestConfig) -> Cost:
    span = Span(
        edition=Edition(digest=digest_key(one.name), local_date=END.date(), slot=1),
        since_at=END - DAY,
        until_at=END,
    )
    content, digest = timed(lambda: content_of(storage, config, one, span))
    rendering, rendered = timed(lambda: render(digest))
    return Cost(content=content, rendering=rendering, digest=digest, rendered=rendered)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def row(name: str, costs: Sequence[Cost]) -> list[str]:
    best = min(costs, key=lambda cost: cost.whole)
    digest = best.digest
    shown = sum(len(part.stories) + len(part.brief) for part in digest.sections)
    return [
        name,
        f"{costs[0].whole:.2f}",
        f"{best.whole:.2f}",
        f"{best.content:.2f}",
        f"{best.rendering:.2f}",
        f"{shown}",
        f"{len(digest.singles)}",
        f"{digest.left_out:,}",
        f"{len(best.rendered.html.encode()) / 1000:.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--day", type=int, default=10_000, help="articles of the day")
    parser.add_argument("--stores", type=int, nargs="+", default=[10_000, 110_000])
    options = parser.parse_args()
    print(f"{options.day:,} articles of a day; {machine()}\n", flush=True)
    rows = []
    for articles in options.stores:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "aggregator.db"
            fill(path, articles)
            config, one = configured(Path(name), Words())
            with closing(open_storage(path)) as storage:
                spread(storage, options.day)
                rows.append(
                    row(f"{articles:,}", [measured(storage, config, one) for _ in range(RUNS)])
                )
    head = ["articles stored", "first, CPU s", "best", "content", "rendering"]
    print_table([*head, "stories", "items", "left out", "kB of HTML"], rows)


if __name__ == "__main__":
    main()
