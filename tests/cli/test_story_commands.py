"""story merge, split, move: what they print, what they refuse, and that a service goes by them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lines import feed_of
from newssite import NewsSite, Page
from outlets import Outlets, text_about
from program import Cli

FERRY, BRIDGE, HARBOUR = (text_about(seed) for seed in (1, 2, 3))
REMEMBERED = "This is remembered: the program does not undo it."


@pytest.fixture
def outlets(cli: Cli) -> Iterator[Outlets]:
    """A story with a copy, and two others; the process that made them still has the store open."""
    with Outlets(cli.folder, "Gull", "Heron") as made:
        cli.write(feeds(made))
        made.publish("Gull", ferry=FERRY, bridge=BRIDGE)
        made.publish("Heron", ferry=FERRY, harbour=HARBOUR)
        made.run()
        yield made


def feeds(outlets: Outlets) -> str:
    entries = [f"  - {{url: '{one.url}', name: {one.name}}}\n" for one in outlets.sources]
    return f"sources:\n{''.join(entries)}"


def test_merge_says_what_has_become_of_the_stories(cli: Cli, outlets: Outlets) -> None:
    bridge, harbour = outlets.story("Gull/bridge"), outlets.story("Heron/harbour")
    output = cli("story", "merge", str(bridge), str(harbour)).stdout
    assert output.splitlines() == [
        f"1 article is in story {bridge} now: {harbour}.",
        f"Story {harbour} has no article any more.",
        REMEMBERED,
    ]
    shown = json.loads(cli("story", str(bridge), "--json").stdout)
    assert {one["id"] for one in shown["articles"]} == {bridge, harbour}


def test_split_says_how_the_stories_are_called_now(cli: Cli, outlets: Outlets) -> None:
    first, copy = outlets.number("Gull/ferry"), outlets.number("Heron/ferry")
    story = outlets.story("Gull/ferry")
    placed = json.loads(cli("story", "split", str(story), str(story), "--json").stdout)
    other = copy if story == first else first
    assert placed == {
        "story": story,
        "moved": [story],
        "renamed": [{"from": story, "to": other}],
        "ended": [],
    }
    assert outlets.story("Gull/ferry") != outlets.story("Heron/ferry")


def test_what_is_left_of_a_story_is_named(cli: Cli, outlets: Outlets) -> None:
    story = outlets.story("Gull/ferry")
    (other,) = {outlets.number("Gull/ferry"), outlets.number("Heron/ferry")} - {story}
    output = cli("story", "move", str(story), "--to", str(outlets.story("Gull/bridge"))).stdout
    assert f"What is left of story {story} is story {other} now" in output


def test_move_takes_articles_of_several_stories(cli: Cli, outlets: Outlets) -> None:
    bridge, harbour = outlets.number("Gull/bridge"), outlets.number("Heron/harbour")
    target = outlets.story("Gull/ferry")
    output = cli("story", "move", str(bridge), str(harbour), "--to", str(target)).stdout
    assert output.startswith(f"2 articles are in story {target} now: ")
    assert len(outlets.partition()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("merge", "99", "98"), "there is no story 99; `aggregator stories` lists them"),
        (("merge", "1"), "name two stories or more"),
        (("split", "1", "99"), "there is no article 99"),
        (("move", "99", "--to", "1"), "there is no article 99"),
        (("move", "1"), "Missing option '--to'"),
        (("merge", "one"), "'one' is not a valid integer"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    cli: Cli, outlets: Outlets, arguments: tuple[str, ...], message: str
) -> None:
    assert outlets.story("Gull/bridge") or outlets.story("Gull/ferry")
    before = outlets.partition()
    result = cli("story", *arguments, check=2)
    assert message in result.stderr
    assert result.stdout == ""
    assert outlets.partition() == before


def test_a_database_that_is_missing_is_not_made(cli: Cli) -> None:
    cli.write("sources: [https://gull.example.org/feed]\n")
    assert cli("story", "merge", "1", "2", check=4).stderr
    assert not (cli.folder / "aggregator.db").exists()


def test_a_story_is_found_by_an_article_that_has_moved(cli: Cli, outlets: Outlets) -> None:
    bridge, harbour = outlets.story("Gull/bridge"), outlets.story("Heron/harbour")
    cli("story", "merge", str(bridge), str(harbour))
    result = cli("story", str(harbour))
    assert f"Story {bridge} " in result.stdout
    assert f"There is no story {harbour}; article {harbour} is in story {bridge}." in result.stderr
    assert "there is no story 99" in cli("story", "99", check=2).stderr


def test_options_of_a_story_stand_before_and_after_its_number(cli: Cli, outlets: Outlets) -> None:
    story = str(outlets.story("Gull/ferry"))
    for arguments in (("--why", story), (story, "--why")):
        assert "(Gull)" in cli("story", *arguments).stdout
    assert json.loads(cli("story", "--json", story).stdout)["id"] == int(story)


# --- beside a service


def answer(host: str, *items: tuple[str, str]) -> Page:
    rows = [(f"story-{number}", *item) for number, item in enumerate(items)]
    return Page(feed_of(host, *rows))


@contextmanager
def service(cli: Cli) -> Iterator[None]:
    with (cli.folder / "log.jsonl").open("wb") as log:
        process = subprocess.Popen(
            [*cli.command, "run"], cwd=cli.folder, stderr=log, env=cli.environment()
        )
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(timeout=60) == 0


def wait_for(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def grouped(folder: Path, articles: int) -> bool:
    """Whether the service says that so many articles all have their story."""
    path = folder / "aggregator.db.status.json"
    said = json.loads(path.read_text()) if path.exists() else {}
    return said.get("articles") == articles and said["unassigned"] == 0


def rows(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in cli(*arguments, "--json").stdout.splitlines()]


@pytest.mark.timeout(180)
def test_a_service_goes_by_what_is_put_right_beside_it(cli: Cli) -> None:
    with NewsSite() as gull, NewsSite() as heron:
        gull.pages["/feed"] = answer("gull.example.org", FERRY)
        heron.pages["/feed"] = answer("heron.example.org", BRIDGE)
        cli.write(
            "pages: never\nhost_delay: 0s\nallow: [127.0.0.1]\nsources:\n"
            f"  - {{url: '{gull.url('/feed')}', name: Gull}}\n"
            f"  - {{url: '{heron.url('/feed')}', name: Heron}}\n"
        )
        with service(cli):
            wait_for(lambda: grouped(cli.folder, 2), "two articles")
            ids = [one["id"] for one in rows(cli, "stories")]
            assert len(ids) == 2
            cli("story", "merge", *map(str, ids))
            # Each text comes once more, in the other outlet.
            gull.pages["/feed"] = answer("gull.example.org", FERRY, BRIDGE)
            heron.pages["/feed"] = answer("heron.example.org", BRIDGE, FERRY)
            cli("refresh")
            wait_for(lambda: grouped(cli.folder, 4), "four articles")
            (story,) = rows(cli, "stories")
            assert (story["id"], len(story["articles"])) == (ids[0], 4)
            again = json.loads(cli("group", "--again", "--json").stdout)
            assert (again["seen"], again["moved"], again["stored"]) == (4, [], True)
        assert cli("check", "--database").returncode == 0
