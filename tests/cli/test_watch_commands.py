"""watch: the list in feeds.yaml, what a watch would have sent, and the outbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from alertmaker import content, hit, item, notice, watch
from hookserver import Reply, hook_server
from outlets import NOON, Outlets
from program import Cli
from watchmaker import query

from aggregator.core.query_relaxed import relaxed
from aggregator.core.query_tree import After, And, Has, Is, Not, Or, Word
from aggregator.core.query_tree import Outlets as OutletsAre
from aggregator.service.rehearsing import ROUND, bundles
from aggregator.types import NoticeState, QuietHours, Rate

LONG_AGO = "2026-01-01"
FERRY = (
    "Night ferry to Corran is saved",
    """The night ferry to Corran will sail for another ten years, the harbour board said on Monday.
    Eleven members voted for the lease and two against it. The old boat goes to the breakers in
    spring, and a new one of the same length is on order at a yard in the north.""",
)
BRIDGE = (
    "Swing bridge stuck for a third day",
    """Nothing has crossed the swing bridge at Tarbet since Thursday, when a bearing gave way under
    a gravel lorry. Engineers have jacked up the eastern span and found the slip cracked.""",
)
WATCHES = """\
channels:
  desk: http://127.0.0.1:9/hook  # ours
watches:
  - name: Ferries                # of the north
    query: ferry -bridge
    to: desk
"""


@pytest.fixture
def outlets(cli: Cli) -> Iterator[Outlets]:
    """A story that a second outlet ran a minute after the first, and one that only one ran."""
    with Outlets(cli.folder, "Gull", "Heron") as made:
        rows = (f"  - {{url: '{one.url}', name: {one.name}}}\n" for one in made.sources)
        cli.write(f"allow: [127.0.0.1]\nsources:\n{''.join(rows)}{WATCHES}")
        made.publish("Gull", ferry=FERRY, bridge=BRIDGE)
        made.run()
        made.publish("Heron", ferry=FERRY)
        made.run()
        yield made


def add_to_file(cli: Cli, text: str) -> None:
    path = cli.folder / "feeds.yaml"
    path.write_text(path.read_text() + text)


def rows(cli: Cli, *arguments: str, check: int = 0) -> list[dict[str, Any]]:
    output = cli("watch", *arguments, "--json", check=check).stdout
    return [json.loads(row) for row in output.splitlines()]


def rehearsed(cli: Cli, name: str) -> list[list[str]]:
    """Of each message, the sources and headlines of its items."""
    return [
        [f"{one['source']}: {one['headline']}" for one in row["items"]]
        for row in rows(cli, "test", name, "--since", LONG_AGO)
    ]


# --- the list


def test_a_watch_is_added_below_the_others_and_comments_stay(cli: Cli, outlets: Outlets) -> None:
    before = (cli.folder / "feeds.yaml").read_text()
    done = cli(
        "watch", "add", "Big", "sources:>=3", "-football", "--to", "desk", "--per", "story",
        "--at-most", "1/h", "--quiet", "22:00-07:00",
    )  # fmt: skip
    assert done.stdout == "Added: Big\n"
    after = (cli.folder / "feeds.yaml").read_text()
    assert after.startswith(before)
    assert after.removeprefix(before) == (
        '  - name: Big\n    query: "sources:>=3 -football"\n    to: desk\n    per: story\n'
        '    at_most: 1/h\n    quiet: "22:00-07:00"\n'
    )
    listed = rows(cli, "list")
    assert [one["name"] for one in listed] == ["Ferries", "Big"]
    assert listed[1] == {
        "name": "Big", "query": "sources:>=3 -football", "to": ["desk"], "per": "story",
        "at_most": "1/h", "quiet": "22:00-07:00", "timezone": "UTC", "silent": None,
        "last_at": None, "waiting": 0, "unsent": 0, "dead": 0,
    }  # fmt: skip


def test_a_watch_is_removed_whatever_its_case(cli: Cli, outlets: Outlets) -> None:
    assert cli("watch", "remove", "FÉRRIES").stdout == "Removed: Ferries\n"
    assert rows(cli, "list") == []
    assert cli("watch", "list").stdout.startswith("No watches yet")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("add", "New", 'baku "open', "--to", "desk"), "unclosed quote at column 6"),
        (("add", "New", "baku", "--to", "dsk"), 'did you mean "desk"?'),
        (("add", "New", "baku", "--to", "dsk"), 'aggregator: --to "dsk" names no channel'),
        (
            ("add", "New", "baku", "--to", "https://hooks.example.org/x"),
            "aggregator: --to is the address of a webhook, which may be a secret",
        ),
        (
            ("add", "New", "baku", "--to", "desk", "--to", "ntfy://ann:pw@ntfy.sh/room"),
            "aggregator: --to holds a password or key, which does not belong in this file",
        ),
        (("add", "ferries", "baku", "--to", "desk"), "has a watch “Ferries” already"),
        (("add", "New", "is:starred", "--to", "desk"), "not marked yet"),
        (("add", "New", "--to", "desk"), "say what to look for"),
        (("add", "New", "--silent", "1d"), "say where it is sent"),
        (("add", "New", "baku", "--to", "desk", "--at-most", "often"), "as in 1/h"),
        (("add", "New", "baku", "--to", "desk", "--silent", "1d"), "may have only source:"),
        (("remove", "Ferris"), "did you mean “Ferries”?"),
        (("test", "Ferris"), "did you mean “Ferries”?"),
        (("test", "Something"), "`aggregator watch list` names all"),
        (("retry",), "name the messages by their numbers, or all by --all"),
        (("retry", "3", "--all"), "name the messages by their numbers, or all by --all"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    cli: Cli, outlets: Outlets, arguments: tuple[str, ...], message: str
) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    assert message in cli("watch", *arguments, check=2).stderr
    assert (cli.folder / "feeds.yaml").read_bytes() == before


def test_watches_are_listed_before_anything_is_stored(cli: Cli) -> None:
    cli.write(f"sources: [https://gull.example.org/feed]\n{WATCHES}")
    assert "ferry -bridge" in cli("watch", "list").stdout
    assert not (cli.folder / "aggregator.db").exists()


def test_the_list_tells_what_waits(cli: Cli, outlets: Outlets) -> None:
    number = outlets.number("Gull/ferry")
    outlets.storage.record_hits([hit(number, "ferries")], cursor=None)
    outlets.storage.put_notices(
        [notice("k1", watch="ferries"), notice("k2", watch="ferries", state=NoticeState.DEAD)],
        [],
        now=NOON,
    )
    (row,) = rows(cli, "list")
    assert (row["waiting"], row["unsent"], row["dead"]) == (1, 1, 1)
    assert row["last_at"] is not None
    assert "1, 1 unsent, 1 dead" in cli("watch", "list").stdout


# --- what it would have sent


def test_each_article_that_matched_is_in_a_message(cli: Cli, outlets: Outlets) -> None:
    assert rehearsed(cli, "Ferries") == [[f"Gull: {FERRY[0]}"], [f"Heron: {FERRY[0]}"]]
    output = cli("watch", "test", "ferries", "--since", LONG_AGO).stdout
    assert "It would have sent 2 items in 2 messages since 2026-01-01 00:00, to desk." in output
    assert "  Night ferry to Corran is saved\n" in output
    assert "· Heron · copy · 2 outlets" in output


def test_a_watch_needs_no_channels(cli: Cli, outlets: Outlets) -> None:
    cli("watch", "add", "Told", "ferry -bridge")
    add_to_file(cli, "digest: {sections: [watch:told, tag:harbours]}\n")
    output = cli("watch", "test", "Told", "--since", LONG_AGO).stdout
    assert "It would have sent 2 items in 2 messages" in output
    assert "if it had a channel" in output
    assert "has no channels to try" in cli("watch", "test", "Told", "--send", check=2).stderr
    assert re.search("Told +ferry -bridge +nobody", cli("watch", "list").stdout)
    checked = cli("check").stdout
    assert "Digest:    digest: daily at 07:00 UTC, to nobody\n           next at 07:00" in checked
    assert "no source has the tag “harbours”" in checked


def test_of_a_story_its_first_article_only(cli: Cli, outlets: Outlets) -> None:
    add_to_file(cli, "  - {name: Once, query: ferry -bridge, to: desk, per: story}\n")
    assert rehearsed(cli, "Once") == [[f"Gull: {FERRY[0]}"]]


def test_a_story_is_told_when_it_had_so_many_outlets(cli: Cli, outlets: Outlets) -> None:
    add_to_file(cli, "  - {name: Big, query: 'sources:>=2', to: desk, per: story}\n")
    (message,) = rows(cli, "test", "Big", "--since", LONG_AGO)
    assert message["items"][0]["article"] == outlets.number("Heron/ferry")
    assert datetime.fromisoformat(message["at"]) >= NOON + timedelta(minutes=2)


def test_what_had_few_outlets_at_that_time_is_told(cli: Cli, outlets: Outlets) -> None:
    add_to_file(cli, "  - {name: Alone, query: 'ferry sources:<2', to: desk}\n")
    assert rehearsed(cli, "Alone") == [[f"Gull: {FERRY[0]}"]]


def test_times_in_a_query_are_those_of_each_article(cli: Cli, outlets: Outlets) -> None:
    add_to_file(cli, "  - {name: Fresh, query: 'ferry after:1d', to: desk}\n")
    assert len(rehearsed(cli, "Fresh")) == 2


def test_a_rate_puts_what_waits_into_one_message(cli: Cli, outlets: Outlets) -> None:
    add_to_file(cli, "  - {name: Slow, query: ferry OR bridge, to: desk, at_most: 1/d}\n")
    first, second = rows(cli, "test", "Slow", "--since", LONG_AGO)
    assert [len(one["items"]) for one in (first, second)] == [2, 1]
    apart = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert apart == timedelta(days=1)


def test_what_was_first_seen_earlier_is_left_out(cli: Cli, outlets: Outlets) -> None:
    done = cli("watch", "test", "Ferries", "--since", "2026-03-02", check=1)
    assert "It would have sent nothing since 2026-03-02" in done.stdout


def test_a_watch_for_silent_sources_tells_of_those_that_are_silent_now(
    cli: Cli, outlets: Outlets
) -> None:
    add_to_file(
        cli,
        "  - {name: Silent, silent: 1h, query: 'source:gull', to: desk}\n"
        "  - {name: Mute, silent: 90d, to: desk}\n",
    )
    silent = cli("watch", "test", "Silent").stdout  # its newest is two hours older than the poll
    assert "It would tell now of 1 source, to desk." in silent
    assert "Gull is silent" in silent
    mute = cli("watch", "test", "Mute", check=1).stdout
    assert "It would tell now of no source, to desk." in mute


QUIET = QuietHours(begin=time(22), end=time(7), timezone="UTC")


def test_quiet_hours_end_in_one_message() -> None:
    at = datetime(2026, 3, 1, 23, tzinfo=UTC)
    caught = [hit(number, at=at + timedelta(hours=number)) for number in range(3)]
    ((due, told),) = bundles(watch(quiet=QUIET), caught)
    assert due == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert told == caught


def test_a_rate_counts_the_messages_that_were_made() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    often = watch(at_most=Rate(most=2, span=timedelta(hours=1)))
    caught = [hit(number, at=at + timedelta(minutes=10 * number)) for number in range(5)]
    made = [(due - at - ROUND, len(told)) for due, told in bundles(often, caught)]
    assert made == [(timedelta(), 1), (timedelta(minutes=10), 1), (timedelta(hours=1), 3)]


def test_what_changes_with_time_is_left_open_and_nothing_else() -> None:
    ferry, image = Word("ferry"), Has("image")
    assert relaxed(And((ferry, OutletsAre(">=", 3)))) == ferry
    assert relaxed(And((ferry, image, Not(Is("copy"))))) == And((ferry, image))
    assert relaxed(And((After(NOON), Not(ferry)))) == Not(ferry)
    assert relaxed(Or((ferry, Is("first")))) is None
    assert relaxed(Or((ferry, And((Is("first"), Not(image)))))) is None
    assert relaxed(Or((And((ferry, Is("first"))), image))) == Or((ferry, image))
    assert relaxed(query(Is("first")).root) is None


# --- its channels


def test_a_test_message_goes_to_each_channel_now(cli: Cli, outlets: Outlets) -> None:
    with hook_server() as hooks:
        path = cli.folder / "feeds.yaml"
        path.write_text(path.read_text().replace("http://127.0.0.1:9/hook", hooks.url("/hook")))
        assert cli("watch", "test", "Ferries", "--send").stdout == "sent to desk\n"
        (received,) = hooks.received
    body = json.loads(received.body)
    assert body["data"]["watch"] == "Ferries"
    assert body["data"]["items"][0]["headline"] == "A test of the watch Ferries"
    assert outlets.storage.notices(limit=9) == []


def test_a_channel_that_refuses_is_exit_code_6(cli: Cli, outlets: Outlets) -> None:
    with hook_server([Reply(status=410)]) as hooks:
        path = cli.folder / "feeds.yaml"
        path.write_text(path.read_text().replace("http://127.0.0.1:9/hook", hooks.url("/hook")))
        done = cli("watch", "test", "Ferries", "--send", check=6)
        assert done.stderr.startswith("aggregator: not sent to desk: ")
        (row,) = rows(cli, "test", "Ferries", "--send", check=6)
    assert (row["channel"], row["sent"]) == ("desk", False)
    assert "410" in row["error"]


# --- the outbox


@pytest.fixture
def outbox(outlets: Outlets) -> Outlets:
    """A message that waits, one that was sent, and two that were given up."""
    refused = "The webhook “desk” answered 410."
    made = [
        notice("k1", content=content(item("Wheat is in"), item("Rye is not"), more=3)),
        notice("k2", state=NoticeState.SENT, attempts=1, due_at=None, sent_at=NOON),
        notice("k3", state=NoticeState.DEAD, attempts=1, due_at=None, error=refused),
        notice("k4", state=NoticeState.DEAD, attempts=17, due_at=None, error=refused),
    ]
    outlets.storage.put_notices(made, [], now=NOON)
    return outlets


def test_messages_are_listed_with_what_is_wrong(cli: Cli, outbox: Outlets) -> None:
    output = cli("watch", "notices").stdout
    assert output.count("desk") == 6
    assert "Wheat is in and 4 more" in output
    assert "The webhook “desk” answered 410." in output
    dead = cli("watch", "notices", "--dead").stdout.splitlines()
    assert [row.split()[0] for row in dead if "Baku" in row] == ["4", "3"]
    assert cli("watch", "notices", "--watch", "Other").stdout == "No messages.\n"


def test_messages_in_json_say_how_they_fared(cli: Cli, outbox: Outlets) -> None:
    assert [row["state"] for row in rows(cli, "notices")] == ["dead", "dead", "sent", "waiting"]
    (waiting,) = rows(cli, "notices", "--waiting")
    assert waiting["headlines"] == ["Wheat is in", "Rye is not"]
    assert (waiting["more"], waiting["attempts"], waiting["error"]) == (3, 0, None)


def test_a_dead_message_is_tried_again(cli: Cli, outbox: Outlets) -> None:
    done = cli("watch", "retry", "3", "1", "99")
    assert done.stdout == "To be tried again: 1 message\n2 messages of these are not dead.\n"
    assert [row["id"] for row in rows(cli, "notices", "--dead")] == [4]
    assert {row["id"] for row in rows(cli, "notices", "--waiting")} == {1, 3}


def test_all_dead_messages_are_tried_again(cli: Cli, outbox: Outlets) -> None:
    assert rows(cli, "retry", "--all") == [{"retried": 2, "not_dead": 0}]
    assert cli("watch", "retry", "--all", check=1).stdout == "No message is dead.\n"


def test_a_database_that_is_missing_is_not_made(cli: Cli) -> None:
    cli.write(f"sources: [https://gull.example.org/feed]\n{WATCHES}")
    assert cli("watch", "retry", "--all", check=4).stderr
    assert cli("watch", "notices", check=4).stderr
    assert not (cli.folder / "aggregator.db").exists()
