"""search --follow: what matches is printed as it comes, each article once."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pressfeeds import feeds_of
from program import Cli
from watchroom import NOON, Room

from aggregator.demo.press import Press
from aggregator.errors import QueryError, UsageError
from aggregator.service import placing
from aggregator.service.following import Follower
from aggregator.storage.backends import open_storage

SEALS = (
    "Seals return to the bay",
    """Forty grey seals lay on the sandbank this morning, the warden said, more than in any autumn
    since the cannery closed. Boats are asked to keep to the northern channel for now.""",
)
BRIDGE = (
    "Swing bridge opens again",
    "Lorries crossed the swing bridge for the first time since the bearing gave way last week.",
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    storage = open_storage(tmp_path / "aggregator.db")
    try:
        made = Room(storage, [])
        made.follow("Gull", "Heron")
        yield made
    finally:
        storage.close()


def following(room: Room, query: str) -> Follower:
    return Follower(storage=room.storage, query=query, clock=lambda: room.now)


def titles(follower: Follower) -> list[str]:
    return [hit.article.title for hit in follower.news()]


def test_only_what_comes_from_now_on_is_news(room: Room) -> None:
    room.publish("Gull", SEALS)
    follower = following(room, "seals")
    assert titles(follower) == []
    room.publish("Heron", BRIDGE, SEALS)
    (hit,) = follower.news()
    assert (hit.article.source, hit.outlets, hit.relation) == ("Heron", 2, "copy")
    assert "\x02seals\x03" in hit.snippet
    assert titles(follower) == []


def test_an_article_that_gets_another_story_is_not_told_again(room: Room) -> None:
    follower = following(room, "seals OR bridge")
    room.publish("Gull", SEALS)
    room.publish("Heron", BRIDGE)
    told = follower.news()
    assert [hit.article.title for hit in told] == [SEALS[0], BRIDGE[0]]
    placing.merge(room.storage, [hit.article.article_id for hit in told])
    assert titles(follower) == []


def test_times_in_the_query_go_on_with_the_clock(room: Room) -> None:
    follower = following(room, "after:3h")  # what `feed_of` has was published two hours before noon
    room.publish("Gull", SEALS)
    assert titles(follower) == [SEALS[0]]
    room.now = NOON + timedelta(hours=2)
    room.publish("Heron", BRIDGE)
    assert titles(follower) == []


def test_what_no_new_article_can_match_is_refused(room: Room) -> None:
    with pytest.raises(UsageError, match="not marked yet"):
        following(room, "is:starred")
    with pytest.raises(UsageError, match="leave it out"):
        following(room, "seals is:unread")
    with pytest.raises(QueryError, match="column 7"):
        following(room, 'seals "open')


# --- beside a pass


def started(cli: Cli, *arguments: str) -> subprocess.Popen[str]:
    """The program, when it has begun to wait."""
    process = subprocess.Popen(
        [*cli.command, "search", *arguments, "--follow"],
        cwd=cli.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=cli.environment(),
        text=True,
    )
    assert process.stderr is not None
    assert "Ctrl-C" in process.stderr.readline()
    return process


@pytest.mark.timeout(180)
def test_it_prints_beside_whoever_works_on_the_store(cli: Cli, press: Press) -> None:
    cli.write(feeds_of(press, "aggregator.db", "The Europe Today"))
    cli("update", "--polls-only")
    with started(cli, "seals", "-n", "2", "--json") as limited, started(cli, "seals") as endless:
        for title in ("Seals return", "Seals leave"):
            press.publish("The Europe Today", title=title, text=f"{title}. {SEALS[1]}")
            cli("update", "--force")
        output, _ = limited.communicate(timeout=60)
        assert limited.returncode == 0
        rows = [json.loads(row) for row in output.splitlines()]
        assert [row["title"] for row in rows] == ["Seals return", "Seals leave"]
        assert endless.stdout is not None
        assert "Seals return" in endless.stdout.readline()
        endless.send_signal(signal.SIGINT)
        assert endless.wait(timeout=60) == 0
        assert endless.stderr is not None
        assert endless.stderr.read() == ""
