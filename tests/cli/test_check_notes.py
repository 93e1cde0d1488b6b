"""check notes what leads nowhere, though nothing is wrong with the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import Cli

from aggregator.cli.check_notes import notes
from aggregator.config import parse

SOURCES = "sources:\n  - {url: https://example.org/feed, name: Gull, tags: [coast]}\n"


def noted(text: str) -> list[str]:
    return [*notes(parse(text, file="feeds.yaml", folder=Path("/srv"), environ={}))]


@pytest.mark.parametrize("host", ["10.0.0.5:8080", "[::1]", "127.1", "hooks.internal", "printer"])
def test_a_webhook_at_home_is_noted(host: str) -> None:
    (note,) = noted(f"{SOURCES}channels: {{desk: 'http://{host}/hook'}}\n")
    assert note.startswith("the channel “desk” is not reached: ")
    assert "is not asked, for it is" in note


@pytest.mark.parametrize(
    "channel",
    [
        "channels: {desk: https://hooks.example.org/x}",
        "channels: {desk: 'http://10.0.0.5:8080/hook'}\nallow: [10.0.0.0/8]",
        "channels: {desk: 'http://hooks.internal/hook'}\nallow: [hooks.internal]",
        "channels: {desk: 'ntfy://10.0.0.5/topic'}",
    ],
)
def test_what_may_be_asked_is_not_noted(channel: str) -> None:
    assert noted(f"{SOURCES}{channel}\n") == []


def test_a_source_at_home_is_noted() -> None:
    (note,) = noted("sources: ['http://192.168.1.9/feed']")
    assert "is not public (private network)" in note


WATCHES = SOURCES + "channels: {desk: https://hooks.example.org/x}\nwatches:\n"


@pytest.mark.parametrize(
    ("query", "is_noted"),
    [
        ("source:gull", False),
        ("tag:coast", False),
        ("source:heron OR tag:coast", False),
        ("source:heron", True),
        ("tag:coast -source:gull", True),
    ],
)
def test_a_watch_for_the_silence_of_nobody_is_noted(query: str, is_noted: bool) -> None:
    found = noted(f"{WATCHES}  - {{name: Still, query: '{query}', silent: 1d, to: desk}}\n")
    wanted = f"no source is meant by “{query}” of the watch “Still”"
    assert found == ([wanted] if is_noted else [])


def test_other_watches_may_name_what_is_not_there_yet() -> None:
    paused = "sources:\n  - {url: https://example.org/feed, name: Gull, paused: true}\n"
    assert noted(f"{WATCHES}  - {{name: News, query: 'source:heron', to: desk}}\n") == []
    watch = "  - {name: Still, query: 'source:gull', silent: 1d, to: desk}\n"
    assert noted(WATCHES.replace(SOURCES, f"{paused}  - https://example.net/\n") + watch) == []


def test_check_prints_what_it_notes_and_the_file_is_in_order(cli: Cli) -> None:
    cli.write("sources: ['http://127.0.0.1:9/feed']\n")
    done = cli("check")
    assert "In order" in done.stdout
    assert "Note:      the source “127.0.0.1:9” is not reached: " in done.stdout
