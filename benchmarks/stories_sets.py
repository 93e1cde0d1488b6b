"""The labelled sets of stories in ../shared/data, and how they are fed to the grouping.

A row has `text`, and as far as its set has them `title`, `source`, `published`, `url` and `lang`.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from aggregator.core.cluster import Grouper
from aggregator.core.fingerprint import fingerprints
from aggregator.core.meaning import with_meaning
from aggregator.sandbox.pool import TEXTS_AT_A_TIME
from aggregator.types import Assignment, GroupInput

STORIES = Path(__file__).parents[1].parent / "shared" / "data" / "stories"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SETTLE_EVERY = 500
"""Articles between two calls of `Grouper.settle`."""
PUBLISHED_ORDER = 11
"""The seed of the order of `mixed` that figures have been published for."""
OTHER_ORDERS = (12, 13, 14, 15, 16)

Row = Mapping[str, Any]


def load(name: str) -> list[Row]:
    """A labelled set; rows have id, text, and what the set's README says."""
    with gzip.open(STORIES / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def mixed(seed: int = PUBLISHED_ORDER) -> list[Row]:
    """Two sets in one stream, shuffled."""
    rows = load("ecbplus_events") + load("fnc1_stories")
    random.Random(seed).shuffle(rows)
    return rows


def headlines() -> list[Row]:
    """Distinct headlines alone."""
    rows = {
        (title, row["cluster"]): {"title": title, "cluster": row["cluster"], "lang": "en"}
        for row in load("fnc1_stories")
        for title in row["headlines"]
    }
    shuffled: list[Row] = list(rows.values())
    random.Random(PUBLISHED_ORDER).shuffle(shuffled)
    return shuffled


def scoop() -> list[Row]:
    """The items of a news aggregator, most of them single."""
    return load("scoop_dedup")


def syndication() -> list[Row]:
    """Articles and their copies; `copy_group` is the text, `event` the event."""
    return load("synth_syndication")


def originals() -> list[Row]:
    """The articles that `syndication` has copies of."""
    return [row for row in syndication() if row["kind"] == "original"]


def published(row: Row) -> datetime:
    """Where a set has no times, all of its articles have the same."""
    at = datetime.fromisoformat(row["published"]) if row.get("published") else EPOCH
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def source(row: Row, number: int) -> str:
    """Where a set has no outlets, each article has one of its own."""
    return row.get("source") or f"#{number}"


def inputs(rows: Iterable[Row], *, first: int = 0) -> Iterator[GroupInput]:
    """As `aggregator group` reads them, without addresses; their ids count up from `first`. As the
    service does it, a batch is fingerprinted at once."""
    waiting = iter(rows)
    while batch := list(islice(waiting, TEXTS_AT_A_TIME)):
        texts = [(row.get("title", ""), row.get("text", ""), row.get("lang")) for row in batch]
        printed = zip(batch, texts, fingerprints(texts), strict=True)
        for number, (row, (title, text, _), found) in enumerate(printed, first):
            yield GroupInput(
                article_id=number,
                source=source(row, number),
                title=title,
                url=None,
                at=published(row),
                # With what it means, where the extra `semantic` is installed.
                fingerprint=with_meaning(found, title, text),
            )
        first += len(batch)


def assign(
    grouper: Grouper, items: Iterable[GroupInput], keep: Callable[[GroupInput], None]
) -> Iterator[Assignment]:
    """Assign one after the other; `keep` puts each where the grouper's `recall` will find it."""
    for number, item in enumerate(items, 1):
        keep(item)
        yield grouper.add(item)
        if number % SETTLE_EVERY == 0:
            grouper.settle()


def ours(rows: Iterable[Row]) -> list[Assignment]:
    """What we make of them, one at a time, in this order."""
    kept: dict[int | str, GroupInput] = {}

    def recall(keys: Sequence[int | str]) -> Mapping[int | str, GroupInput]:
        return {key: kept[key] for key in keys}

    def keep(item: GroupInput) -> None:
        kept[item.article_id] = item

    return list(assign(Grouper(recall=recall), inputs(rows), keep))


@cache
def named(name: str) -> tuple[Sequence[Row], Sequence[str]]:
    """A set for stories by its name in the report, with its labels."""
    rows = {"mixed": mixed, "headlines": headlines, "scoop": scoop}[name]()
    return rows, [row["cluster"] for row in rows]
