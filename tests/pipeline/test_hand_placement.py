"""What a person has put somewhere stays there, whatever the stages do afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from outlets import Outlets, text_about

from aggregator.pipeline import assign_stories
from aggregator.service import placing
from aggregator.storage.backends import open_storage
from aggregator.types import PostgresUrl, Relation

FERRY, BRIDGE, HARBOUR = (text_about(seed) for seed in (1, 2, 3))
NAMES = ("Gull", "Heron", "Ibis")


@pytest.fixture
def outlets(tmp_path: Path) -> Iterator[Outlets]:
    with Outlets(tmp_path, *NAMES) as made:
        furnish(made)
        yield made


def furnish(outlets: Outlets) -> None:
    """A text in two outlets, and two others in one each."""
    outlets.publish("Gull", ferry=FERRY, bridge=BRIDGE)
    outlets.publish("Heron", ferry=FERRY)
    outlets.publish("Ibis", harbour=HARBOUR)
    outlets.run()
    assert sorted(map(sorted, outlets.partition())) == [
        ["Gull/bridge"],
        ["Gull/ferry", "Heron/ferry"],
        ["Ibis/harbour"],
    ]


def edited(item: tuple[str, str]) -> tuple[str, str]:
    title, text = item
    return title, f"{text} This has been added since."


def test_what_was_split_off_stays_so_when_the_publisher_edits_it(outlets: Outlets) -> None:
    copy = outlets.number("Heron/ferry")
    placed = placing.split(outlets.storage, outlets.story("Heron/ferry"), [copy])
    assert (placed.story, placed.moved, placed.ended) == (copy, (copy,), ())
    for _ in range(2):
        outlets.publish("Heron", ferry=edited(FERRY))
        outlets.run()
        assert {"Heron/ferry"} in outlets.partition()
        outlets.restart()


def test_what_was_merged_stays_so_and_gets_the_copies_of_both(outlets: Outlets) -> None:
    first, other = outlets.story("Gull/bridge"), outlets.story("Ibis/harbour")
    placed = placing.merge(outlets.storage, [first, other])
    assert (placed.story, placed.ended) == (first, (other,))
    # The process has a window in memory in which they are apart.
    outlets.publish("Heron", harbour=HARBOUR)
    outlets.publish("Ibis", bridge=BRIDGE)
    outlets.run()
    together = {"Gull/bridge", "Ibis/bridge", "Ibis/harbour", "Heron/harbour"}
    assert together in outlets.partition()
    outlets.restart()
    outlets.publish("Gull", harbour=HARBOUR)
    outlets.run()
    assert together | {"Gull/harbour"} in outlets.partition()


def test_a_copy_joins_what_was_split_off_or_what_was_left_and_not_both(outlets: Outlets) -> None:
    copy = outlets.number("Heron/ferry")
    placing.split(outlets.storage, outlets.story("Heron/ferry"), [copy])
    outlets.publish("Ibis", ferry=FERRY)
    outlets.run()
    assert outlets.story("Gull/ferry") != outlets.story("Heron/ferry")
    assert outlets.story("Ibis/ferry") in {outlets.story("Gull/ferry"), copy}


def test_what_was_moved_is_a_report_there_and_says_why(outlets: Outlets) -> None:
    harbour, ferry = outlets.number("Ibis/harbour"), outlets.story("Gull/ferry")
    placing.move(outlets.storage, [harbour], to=ferry)
    story = outlets.storage.story(ferry)
    assert story is not None
    (moved,) = [one for one in story.articles if one.article.article_id == harbour]
    assert moved.relation is Relation.REPORT
    assert moved.why.startswith("put here by hand; ")
    assert moved.placed_at is not None


def test_a_story_whose_first_article_is_moved_away_goes_on(outlets: Outlets) -> None:
    first, second = outlets.number("Gull/ferry"), outlets.number("Heron/ferry")
    bridge = outlets.story("Gull/bridge")
    placed = placing.move(outlets.storage, [first], to=bridge)
    assert placed.renamed == ((first, second),)
    assert outlets.story("Heron/ferry") == second
    assert outlets.story("Gull/ferry") == bridge
    outlets.restart()
    outlets.publish("Gull", ferry=edited(FERRY))
    outlets.run()
    assert {"Gull/bridge", "Gull/ferry"} in outlets.partition()
    assert outlets.storage.check() == []


@pytest.mark.parametrize("shared", [False, True])
def test_another_process_notices_before_it_assigns_anything(
    tmp_path: Path, request: pytest.FixtureRequest, *, shared: bool
) -> None:
    place = PostgresUrl(request.getfixturevalue("postgres_url")) if shared else tmp_path
    with Outlets(place, *NAMES) as outlets:
        furnish(outlets)
        with closing(open_storage(outlets.database)) as other:
            placing.merge(other, [outlets.story("Gull/bridge"), outlets.story("Ibis/harbour")])
        outlets.publish("Heron", harbour=HARBOUR)
        outlets.run()
        assert outlets.story("Heron/harbour") == outlets.story("Gull/bridge")


def test_what_is_placed_while_a_batch_is_decided_counts_for_the_batch(outlets: Outlets) -> None:
    outlets.publish("Heron", harbour=HARBOUR)
    outlets.poll()
    first, other = outlets.story("Gull/bridge"), outlets.story("Ibis/harbour")
    prints, calls = outlets.line.sandbox.fingerprints, []

    async def slow(items: object) -> object:
        calls.append(items)
        if len(calls) == 1:
            with closing(open_storage(outlets.database)) as store:
                placing.merge(store, [first, other])
        return await prints(items)  # type: ignore[arg-type]  # as they came

    outlets.line.sandbox.fingerprints = slow  # type: ignore[assignment, method-assign]  # the same
    assert asyncio.run(assign_stories(outlets.line)) == 1
    assert len(calls) == 2
    assert outlets.story("Heron/harbour") == first
