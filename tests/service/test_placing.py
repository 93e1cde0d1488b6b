"""What cannot be put right by hand is said in a sentence, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from outlets import Outlets, text_about

from aggregator.errors import StorageError, UsageError
from aggregator.service import placing

FERRY, BRIDGE = text_about(1), text_about(2)


@pytest.fixture
def outlets(tmp_path: Path) -> Iterator[Outlets]:
    """Story 1 with a copy, and another story."""
    with Outlets(tmp_path, "Gull", "Heron") as made:
        made.publish("Gull", ferry=FERRY, bridge=BRIDGE)
        made.publish("Heron", ferry=FERRY)
        made.run()
        yield made


def test_a_story_that_does_not_exist(outlets: Outlets) -> None:
    with pytest.raises(UsageError, match="there is no story 99; `aggregator stories` lists"):
        placing.merge(outlets.storage, [outlets.story("Gull/ferry"), 99])
    copy = outlets.number("Heron/ferry")
    home = outlets.story("Heron/ferry")
    assert copy != home
    with pytest.raises(UsageError, match=f"no story {copy}; article {copy} is in story {home}"):
        placing.merge(outlets.storage, [copy, outlets.story("Gull/bridge")])


def test_merging_takes_two(outlets: Outlets) -> None:
    home = outlets.story("Gull/ferry")
    with pytest.raises(UsageError, match="two stories or more"):
        placing.merge(outlets.storage, [home, home])


def test_an_article_of_another_story_is_not_split_off(outlets: Outlets) -> None:
    home, bridge = outlets.story("Gull/ferry"), outlets.number("Gull/bridge")
    with pytest.raises(UsageError, match=f"{bridge} is not in story {home} but in story {bridge}"):
        placing.split(outlets.storage, home, [bridge])
    with pytest.raises(UsageError, match="there is no article 99"):
        placing.split(outlets.storage, home, [99])


def test_not_all_of_a_story_is_split_off(outlets: Outlets) -> None:
    both = [outlets.number("Gull/ferry"), outlets.number("Heron/ferry")]
    with pytest.raises(UsageError, match="that is all of story"):
        placing.split(outlets.storage, outlets.story("Gull/ferry"), both)
    bridge = outlets.story("Gull/bridge")
    with pytest.raises(UsageError, match="that is all of story"):
        placing.split(outlets.storage, bridge, [bridge, bridge])


def test_what_is_there_already_is_not_moved(outlets: Outlets) -> None:
    home = outlets.story("Gull/ferry")
    with pytest.raises(UsageError, match=f"is in story {home} already"):
        placing.move(outlets.storage, [outlets.number("Heron/ferry")], to=home)
    with pytest.raises(UsageError, match=f"all of them are in story {home} already"):
        placing.move(
            outlets.storage,
            [outlets.number("Heron/ferry"), outlets.number("Gull/ferry")],
            to=home,
        )


def test_an_article_without_a_story_is_not_moved_yet(outlets: Outlets) -> None:
    outlets.publish("Heron", bridge=BRIDGE)
    outlets.poll()
    waiting = outlets.number("Heron/bridge")
    with pytest.raises(UsageError, match=f"article {waiting} has no story yet"):
        placing.move(outlets.storage, [waiting], to=outlets.story("Gull/ferry"))


def test_after_an_error_all_is_as_it_was(outlets: Outlets) -> None:
    before, state = outlets.partition(), outlets.storage.grouping_state()
    with pytest.raises(UsageError):
        placing.move(outlets.storage, [outlets.number("Gull/bridge"), 99], to=1)
    assert (outlets.partition(), outlets.storage.grouping_state()) == (before, state)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    with pytest.raises(StorageError):
        placing.open_present(path)
    assert not path.exists()
