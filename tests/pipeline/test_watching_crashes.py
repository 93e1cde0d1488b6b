"""What watches catch is sent, whenever the process dies."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from alertmaker import watch
from killed_watching import WATCHES
from watchroom import MINUTE, Crash, Dying, Room

from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import NoticeState, WatchPer

HOUR = timedelta(hours=1)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SqliteStorage]:
    made = open_storage(tmp_path / "aggregator.db")
    yield made
    made.close()


def publish(room: Room) -> None:
    room.follow("Harbour", "Inland")
    room.publish("Harbour", ("Ferry back", "The ferry is back."), ("Wheat is in", "Wheat rises."))
    room.publish("Inland", ("Ferry gone", "The ferry is gone."))


def busy(storage: Storage) -> Room:
    """With several messages to make and to send."""
    watches = (
        watch("Ferries", "ferry", to=("desk", "phone")),
        watch("Wheat", "wheat", per=WatchPer.STORY),
    )
    room = Room(storage, watches)
    publish(room)
    return room


COMMITS = 1 + 2 + 2 * 3
"""Of the hits, of the messages of each watch, and of the tries to send these: before and after."""


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("at", range(1, COMMITS + 1))
def test_a_crash_between_any_two_commits_loses_and_doubles_nothing(
    storage: SqliteStorage, at: int, *, committed: bool
) -> None:
    room = busy(storage)
    dying = cast("Storage", Dying(storage, at, committed=committed))
    room.storage = room.watching.storage = dying
    with pytest.raises(Crash):
        room.run()
    # Another process takes over.
    after = Room(storage, room.watching.watches, now=room.now + MINUTE)
    after.channels = room.channels
    after.run()
    after.run(after=HOUR)
    assert {name: one.told for name, one in room.channels.items()} == {
        "desk": ["Ferry back", "Ferry gone", "Wheat is in"],
        "phone": ["Ferry back", "Ferry gone"],
    }
    doubled = sum(
        len(one.taken) - len({two.key for two in one.taken}) for one in room.channels.values()
    )
    assert doubled == (at in {5, 7, 9} and not committed)
    assert {one.state for one in storage.notices(limit=99)} == {NoticeState.SENT}


def test_without_a_crash_there_are_as_many_commits(storage: SqliteStorage) -> None:
    room = busy(storage)
    dying = cast("Storage", Dying(storage, COMMITS + 1, committed=False))
    room.storage = room.watching.storage = dying
    room.run()
    assert room.channels["desk"].told == ["Ferry back", "Ferry gone", "Wheat is in"]


def lines_of(mailbox: Path) -> list[tuple[str, str, list[str]]]:
    """(key, watch, headlines) of what has been written whole."""
    if not mailbox.exists():
        return []
    lines = mailbox.read_text(encoding="utf-8").splitlines(keepends=True)
    return [tuple(json.loads(line)) for line in lines if line.endswith("\n")]


@pytest.mark.timeout(120)
def test_a_killed_process_loses_and_doubles_nothing(tmp_path: Path) -> None:
    database, mailbox = tmp_path / "aggregator.db", tmp_path / "mailbox"
    with closing(open_storage(database)) as storage:
        publish(Room(storage, WATCHES))
    command = [
        sys.executable,
        str(Path(__file__).parents[1] / "support" / "killed_watching.py"),
        str(database),
        str(mailbox),
    ]
    for enough in (1, 6, 13):
        process = subprocess.Popen(command)
        while process.poll() is None and len(lines_of(mailbox)) < enough:
            time.sleep(0.001)
        process.kill()
        process.wait()
    assert len(lines_of(mailbox)) >= 13
    subprocess.run(command, check=True, timeout=60)

    lines = lines_of(mailbox)
    by_key = {key: (name, headlines) for key, name, headlines in lines}
    assert all(by_key[key] == (name, headlines) for key, name, headlines in lines)
    told = sorted((name, headline) for name, several in by_key.values() for headline in several)
    assert told == sorted(
        [("wheat", "Wheat is in")]
        + [
            (f"ferries {number}", headline)
            for number in range(20)
            for headline in ("Ferry back", "Ferry gone")
        ]
    )
    with closing(open_storage(database)) as storage:
        assert storage.open_hits() == []
        assert {one.state for one in storage.notices(limit=99)} == {NoticeState.SENT}
