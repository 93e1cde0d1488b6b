"""search: what is shown, what is folded, how one goes on to the next page, what is refused."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from outlets import Outlets
from program import Cli

FERRY = (
    "Night ferry to Corran is saved",
    """The night ferry to Corran will sail for another ten years, the harbour board said on Monday.
    Eleven members voted for the lease and two against it. The old boat goes to the breakers in
    spring, and a new one of the same length is on order at a yard in the north. Fares stay as they
    are until the end of the year, and islanders keep their half-price books of tickets.""",
)
BRIDGE = (
    "Swing bridge stuck for a third day",
    """Nothing has crossed the swing bridge at Tarbet since Thursday, when a bearing gave way under
    a gravel lorry. Engineers have jacked up the eastern span and found the ferry slip below it
    cracked as well. A diver goes down tomorrow to look at the piers, and lorries go round by the
    glen, which takes them an hour and a half longer than the bridge does on a quiet day.""",
)
NUMBERED = [
    (
        f"Lighthouse {number} is painted",
        f"Painters have begun on lighthouse number {number} of the northern lights. " * 3,
    )
    for number in range(12)
]


@pytest.fixture
def outlets(cli: Cli) -> Iterator[Outlets]:
    """A story that two outlets ran, one that only one did, and twelve short pieces."""
    with Outlets(cli.folder, "Gull", "Heron") as made:
        cli.write(
            "sources:\n"
            + "".join(f"  - {{url: '{one.url}', name: {one.name}}}\n" for one in made.sources)
        )
        made.publish("Gull", ferry=FERRY, bridge=BRIDGE)
        made.run()
        made.publish("Heron", ferry=FERRY)
        made.run()
        made.publish("Gull", **{f"light-{at}": one for at, one in enumerate(NUMBERED)})
        made.run()
        yield made


def hits(cli: Cli, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in cli("search", *arguments, "--json").stdout.splitlines()]


def test_of_a_story_one_hit_stands_for_all_and_names_the_others(cli: Cli, outlets: Outlets) -> None:
    output = cli("search", "corran").stdout.splitlines()
    assert output[0] == "1  Night ferry to Corran is saved"
    number, story = outlets.number("Heron/ferry"), outlets.story("Gull/ferry")
    assert output[1].endswith(f" · Heron · copy · 2 outlets · article {number} · story {story}")
    assert output[3] == "   and 1 more: Gull"
    assert output[4] == "   https://heron.example.org/ferry"
    assert len(output) == 5


def test_flat_shows_each_article(cli: Cli, outlets: Outlets) -> None:
    assert [hit["source"] for hit in hits(cli, "corran")] == ["Heron"]
    assert [one["source"] for hit in hits(cli, "corran") for one in hit["folded"]] == ["Gull"]
    flat = hits(cli, "corran", "--flat")
    assert [hit["source"] for hit in flat] == ["Heron", "Gull"]
    assert [hit["folded"] for hit in flat] == [[], []]


def test_matches_are_marked_in_colour_on_a_terminal_only(cli: Cli, outlets: Outlets) -> None:
    plain = cli("search", "lease").stdout
    assert "for the lease and" in plain
    assert "\x1b" not in plain
    assert "\x1b[1;33mlease\x1b[0m" in cli.on_terminal("search", "lease")
    assert "the **lease** and" in hits(cli, "lease")[0]["snippet"]


def test_a_terminal_is_told_how_many_match_and_whose_they_are(cli: Cli, outlets: Outlets) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", cli.on_terminal("search", "ferry"))
    assert shown.lstrip().startswith("3 articles match  █ 2026-03-01  Gull 2 · Heron 1\r\n")
    assert not cli("search", "ferry").stdout.startswith("3 articles")


def test_what_a_terminal_wraps_stays_indented_and_addresses_stay_whole(
    cli: Cli, outlets: Outlets
) -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", cli.on_terminal("search", "corran", columns=60))
    rows = [row.rstrip("\r") for row in shown.splitlines()]
    first = next(at for at, row in enumerate(rows) if row.startswith("1  "))
    below = [row for row in rows[first + 1 :] if row]
    assert len(below) > 4
    assert all(row.startswith("   ") for row in below)
    assert any(row.strip() == "https://heron.example.org/ferry" for row in rows)


def test_pages_follow_each_other_by_the_command_that_is_told(cli: Cli, outlets: Outlets) -> None:
    seen: list[str] = []
    arguments = ["search", "light*", "-ferry", "--limit", "5", "--format", "{title}"]
    for _ in range(3):
        done = cli(*arguments)
        seen += done.stdout.splitlines()
        told = done.stderr.strip()
        if not told:
            break
        assert told.startswith("Next page: aggregator search --limit 5 --format '{title}' 'light*'")
        arguments = shlex.split(told.removeprefix("Next page: "))[1:]
    assert sorted(seen) == sorted(title for title, _ in NUMBERED)
    assert not told


def test_the_next_page_is_the_last_line_on_a_terminal(cli: Cli, outlets: Outlets) -> None:
    shown = cli.on_terminal("search", "light*", "-n", "2")
    last = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()[-1]
    assert last.startswith("Next page: aggregator search --limit 2 'light*' --after ")


def test_pages_in_json_end_with_their_place_on_stderr(cli: Cli, outlets: Outlets) -> None:
    first = cli("search", "light*", "-n", "7", "--json")
    place = json.loads(first.stderr)
    assert place["ranked_from"] is None
    second = cli("search", "light*", "-n", "7", "--json", "--after", place["after"])
    ids = [json.loads(row)["id"] for row in (first.stdout + second.stdout).splitlines()]
    assert len(ids) == len({*ids}) == 12
    assert second.stderr == ""


def test_what_arrives_between_two_pages_is_on_neither(cli: Cli, outlets: Outlets) -> None:
    first = cli("search", "light*", "-n", "7", "--json")
    outlets.publish("Heron", late=("A lighthouse too late", "The lighthouse came last. " * 5))
    outlets.run()
    assert hits(cli, "light*", "-n", "1")[0]["title"] == "A lighthouse too late"
    after = json.loads(first.stderr)["after"]
    titles = [one["title"] for one in hits(cli, "light*", "-n", "7", "--after", after)]
    assert len(titles) == 5
    assert "A lighthouse too late" not in titles


def test_a_place_of_another_search_is_refused(cli: Cli, outlets: Outlets) -> None:
    after = json.loads(cli("search", "light*", "-n", "2", "--json").stderr)["after"]
    assert "begin anew" in cli("search", "ferry", "--after", after, check=2).stderr
    assert "begin anew" in cli("search", "light*", "--after", "nonsense", check=2).stderr


def test_by_relevance_the_headline_counts_most(cli: Cli, outlets: Outlets) -> None:
    assert [hit["title"] for hit in hits(cli, "ferry", "--by", "relevance")] == [
        FERRY[0],
        BRIDGE[0],
    ]


def test_nothing_found_is_exit_code_1(cli: Cli, outlets: Outlets) -> None:
    done = cli("search", "zeppelin", check=1)
    assert (done.stdout, done.stderr) == ("Nothing matches.\n", "")
    for form in ("--json", "--csv", "--md"):
        assert cli("search", "zeppelin", form, check=1).stdout == ""
    assert cli("search", "zeppelin", "--counts", check=1).stdout == "0 articles match\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("ferry", "-bridge"),
        ("-bridge", "ferry"),
        ("ferry -bridge",),
        ("ferry", "-n", "5", "-bridge"),
        ("ferry", "--", "-bridge"),
        ("--by", "relevance", "-bridge", "ferry"),
    ],
)
def test_words_to_leave_out_stand_anywhere(
    cli: Cli, outlets: Outlets, arguments: tuple[str, ...]
) -> None:
    assert [hit["title"] for hit in hits_of(cli, arguments)] == [FERRY[0]]


def hits_of(cli: Cli, arguments: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = cli("search", "--json", *arguments).stdout.splitlines()
    return [json.loads(row) for row in rows]


def test_one_character_can_be_left_out_too(cli: Cli, outlets: Outlets) -> None:
    assert cli("search", "ferry", "-橋").stdout.startswith("1  ")


def test_a_search_that_cannot_be_read_names_the_column(cli: Cli, outlets: Outlets) -> None:
    assert "column 7" in cli("search", 'ferry "open', check=2).stderr
    assert "did you mean title:?" in cli("search", "titel:ferry", check=2).stderr


def test_counts_are_tables(cli: Cli, outlets: Outlets) -> None:
    rows = cli("search", "ferry", "--counts").stdout.splitlines()
    assert rows[0] == "3 articles match"
    assert [
        row.split() for row in rows if row.startswith(("2026", "Gull", "Heron", "not known"))
    ] == [
        ["2026-03-01", "3", "█" * 30],
        ["Gull", "2", "█" * 30],
        ["Heron", "1", "█" * 15],
        ["not", "known", "3", "█" * 30],
    ]


def test_counts_in_json_are_one_object(cli: Cli, outlets: Outlets) -> None:
    (row,) = hits(cli, "ferry", "--counts")
    assert row == {
        "articles": 3,
        "counted_from": None,
        "by_day": [{"day": "2026-03-01", "articles": 3}],
        "by_source": [{"source": "Gull", "articles": 2}, {"source": "Heron", "articles": 1}],
        "by_language": [{"language": None, "articles": 3}],
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--csv", "--json"), "--json and --csv are two forms"),
        (("--counts", "--follow"), "--counts and --follow do not go together"),
        (("--counts", "--md"), "--counts has no form for --md"),
        (("--counts", "--limit", "3"), "--limit says nothing beside --counts"),
        (("--follow", "--flat"), "--flat says nothing beside --follow"),
        (("--follow", "--by", "relevance"), "--by relevance says nothing beside --follow"),
        (("--limit", "0"), "0 is not in the range"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    cli: Cli, outlets: Outlets, options: tuple[str, ...], message: str
) -> None:
    assert message in cli("search", "ferry", *options, check=2).stderr


def test_a_search_works_while_another_part_of_the_file_is_wrong(cli: Cli, outlets: Outlets) -> None:
    path = cli.folder / "feeds.yaml"
    path.write_text(path.read_text() + "digest:\n  at: noonish\n")
    assert cli("check", check=2).stderr
    assert cli("search", "corran").stdout


# --- the browser


@pytest.fixture
def browser(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A browser that only notes what it is to open."""
    script = cli.write('#!/bin/sh\nprintf "%s\\n" "$1" >> opened\n', "browser.sh")
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    return cli


def opened(cli: Cli) -> list[str]:
    path = cli.folder / "opened"
    return path.read_text().splitlines() if path.exists() else []


def test_the_first_hit_is_opened_in_a_browser(browser: Cli, outlets: Outlets) -> None:
    output = browser("search", "--open", "ferry", "-bridge").stdout
    assert opened(browser) == ["https://heron.example.org/ferry"]
    assert output.startswith("1  Night ferry")


def test_the_hit_with_a_number_is_opened(browser: Cli, outlets: Outlets) -> None:
    browser("search", "ferry", "--open", "2", "-n", "1")
    assert opened(browser) == ["https://gull.example.org/bridge"]


def test_what_is_not_there_is_not_opened(browser: Cli, outlets: Outlets) -> None:
    assert "there is no hit 9" in browser("search", "ferry", "--open", "9", check=2).stderr
    assert browser("search", "zeppelin", "--open", check=1).stdout == "Nothing matches.\n"
    assert opened(browser) == []


LOADED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
from aggregator.cli import main
main()
"""


def test_a_search_loads_little_more_than_it_needs(cli: Cli, outlets: Outlets) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "search", "corran"],
        cwd=cli.folder,
        env=cli.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("1  Night ferry to Corran is saved\n")
    loaded = {*done.stderr.split()}
    assert not loaded & {"asyncio", "concurrent.futures", "importlib.resources", "logging"}
    ours = {name for name in loaded if name.startswith("aggregator.")}
    named = {name.partition(".")[0] for name in loaded - ours if "_cython_" not in name}
    assert named - {*sys.stdlib_module_names, "aggregator", "__main__"} <= {
        *("click", "rich", "msgspec", "typing_extensions"),
        *("snowballstemmer", "Stemmer", "cython_runtime"),
        *("_distutils_hack", "sitecustomize"),
    }
    assert {name for name in ours if name.startswith("aggregator.config.")} == {
        "aggregator.config.excerpt"
    }
    assert {name for name in ours if name.startswith("aggregator.types.")} == {
        *("aggregator.types.database", "aggregator.types.searching", "aggregator.types.summaries")
    }
    verbs = {"articles", "grouping", "housekeeping", "notices", "polls", "reading", "texts"}
    assert not ours & {f"aggregator.storage.{verb}" for verb in verbs}
