"""group --again: what it says would change and has changed, and what goes with what."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from outlets import Outlets, text_about
from program import Cli

from aggregator.cli.regroup import print_report, report_fields
from aggregator.pipeline.regrouping import Moved, RegroupReport
from aggregator.types import Relation

FERRY, BRIDGE = text_about(1), text_about(2)


@pytest.fixture
def outlets(cli: Cli) -> Iterator[Outlets]:
    """A copy in two outlets; the second one is to stand alone from now on."""
    with Outlets(cli.folder, "Gull", "Heron") as made:
        gull, heron = made.sources
        cli.write(
            f"sources:\n  - {{url: '{gull.url}', name: Gull}}\n"
            f"  - {{url: '{heron.url}', name: Heron, stories: off}}\n"
        )
        made.publish("Gull", ferry=FERRY, bridge=BRIDGE)
        made.run()
        made.publish("Heron", ferry=FERRY)
        made.run()
        assert len(made.partition()) == 2
        yield made


def test_what_would_change_is_listed_and_nothing_is_changed(cli: Cli, outlets: Outlets) -> None:
    copy, story = outlets.number("Heron/ferry"), outlets.story("Gull/ferry")
    output = cli("group", "--again", "--dry-run").stdout.splitlines()
    assert output[0] == (
        "3 articles looked at: 1 would be moved; 2 stories before, 3 then (0 merged, 1 split)"
    )
    assert output[1].startswith(
        f"article {copy} “{FERRY[0]}” (Heron): story {story} → story {copy}: "
    )
    assert output[2] == "Nothing was changed; without --dry-run it is."
    assert outlets.story("Heron/ferry") == story


def test_what_has_changed_is_listed(cli: Cli, outlets: Outlets) -> None:
    copy, story = outlets.number("Heron/ferry"), outlets.story("Gull/ferry")
    done = json.loads(cli("group", "--again", "--json").stdout)
    (moved,) = done.pop("moved")
    assert done == {
        "seen": 3,
        "stories_before": 2,
        "stories_after": 3,
        "merged": 0,
        "split": 1,
        "stored": True,
    }
    assert (moved["id"], moved["from"], moved["to"]) == (copy, story, copy)
    assert outlets.story("Heron/ferry") == copy
    assert cli("group", "--again").stdout.startswith("3 articles looked at: 0 moved; 3 stories")


def test_only_what_was_published_since_is_looked_at(cli: Cli, outlets: Outlets) -> None:
    assert outlets.partition()
    output = cli("group", "--again", "--since", "2026-03-02").stdout
    assert output.startswith("No such article has a story yet")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a FILE, or - for standard input; or give --again"),
        (("--again", "-"), "leave out FILE"),
        (("-", "--since", "3d"), "--since goes with --again"),
        (("-", "--dry-run"), "--dry-run goes with --again"),
    ],
)
def test_what_does_not_go_together_is_said(
    cli: Cli, arguments: tuple[str, ...], message: str
) -> None:
    assert message in cli("group", *arguments, check=2, stdin=b"").stderr


def test_a_database_that_is_missing_is_not_made(cli: Cli) -> None:
    cli.write("sources: [https://gull.example.org/feed]\n")
    assert cli("group", "--again", check=4).stderr
    assert not (cli.folder / "aggregator.db").exists()


def moved(number: int) -> Moved:
    return Moved(
        article_id=number,
        title="Boats counted",
        source="Gull",
        before=1,
        after=2,
        relation=Relation.REPORT,
        why="same event",
    )


def test_many_that_moved_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    report = RegroupReport(
        seen=1, moved=tuple(map(moved, range(40))), before=1, after=1, stored=True
    )
    print_report(report)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "1 article looked at: 40 moved; 1 story before, 1 after (0 merged, 0 split)"
    assert lines[1] == "article 0 “Boats counted” (Gull): story 1 → story 2: same event"
    assert len(lines) == 32
    assert lines[-1] == "… and 10 more; --json has them all"
    listed = report_fields(report)["moved"]
    assert isinstance(listed, list)
    assert len(listed) == 40
