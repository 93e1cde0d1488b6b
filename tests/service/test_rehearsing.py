"""What a watch would have sent is what it has sent, where it was there at the time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from outlets import text_about
from watchmaker import watch
from watchroom import MINUTE, Room

from aggregator.service.rehearsing import rehearse
from aggregator.storage.backends import open_storage
from aggregator.types import Rate, Watch, WatchPer

FERRY, BRIDGE, HARBOUR = (
    (f"The {thing} {title}", f"{text} All because of the {thing}.")
    for thing, (title, text) in zip(
        ("ferry", "bridge", "harbour"), map(text_about, (1, 2, 3)), strict=True
    )
)
STORY = WatchPer.STORY
HOURLY = Rate(most=1, span=timedelta(hours=1))
WATCHES = [
    watch("All", query="ferry OR bridge", to=("all",)),
    watch("Once", query="ferry", per=STORY, to=("once",)),
    watch("Without", query="ferry -bridge -source:heron", to=("without",)),
    watch("Two", query="sources:>=2", per=STORY, to=("two",)),
    watch("Three", query="sources:>=3 ferry", per=STORY, to=("three",)),
    watch("Alone", query="sources:<2", to=("alone",)),
    watch("First", query="is:first (ferry OR harbour)", to=("first",)),
    watch("Copies", query="is:copy", to=("copies",)),
    watch("Fresh", query="after:150min", to=("fresh",)),
    watch("Slow", query="ferry OR bridge OR harbour", to=("slow",), at_most=HOURLY),
    watch("Names", query="source:gull OR title:harbour", to=("names",)),
]


@pytest.mark.parametrize("one", WATCHES, ids=lambda one: one.name)
def test_it_is_what_was_sent(tmp_path: Path, one: Watch) -> None:
    storage = open_storage(tmp_path / "aggregator.db")
    try:
        room = Room(storage, [one])
        room.follow("Gull", "Heron", "Tern")
        room.run(after=MINUTE)
        begun = room.now
        days: Sequence[tuple[str, tuple[str, str]]] = (
            ("Gull", FERRY), ("Heron", BRIDGE), ("Heron", FERRY),
            ("Tern", HARBOUR), ("Tern", FERRY), ("Gull", BRIDGE),
        )  # fmt: skip
        for name, item in days:
            room.now += 10 * MINUTE
            room.publish(name, item)
            room.run()
        room.run(after=timedelta(hours=1))
        sent = room.channels[one.to[0]].taken
        done = rehearse(storage, one, since=begun, now=room.now, timezone=UTC)
        assert [
            sorted(item.article_id or 0 for item in message.items) for message in done.messages
        ] == [sorted(item.article_id or 0 for item in notice.content.items) for notice in sent]
        assert sent, "the test shows nothing"
    finally:
        storage.close()
