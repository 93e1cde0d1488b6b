"""`sources show` explains the next poll in words; `refresh` polls what is not due."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from newssite import NewsSite, Page
from program import Cli

FEED = (
    b"<rss version='2.0'><channel><title>Harbour News</title><link>http://example.org/</link>"
    b"<ttl>90</ttl><item><title>Pier opens</title><guid>pier</guid>"
    b"<description>The pier is open again.</description></item></channel></rss>"
)


@pytest.fixture
def desk() -> Iterator[NewsSite]:
    """A publisher whose answers can be changed."""
    with NewsSite() as running:
        running.pages["/feed"] = Page(FEED)
        yield running


def follow(cli: Cli, desk: NewsSite, *more: str) -> None:
    lines = ["host_delay: 0s", "allow: [127.0.0.1]", "sources:"]
    lines += [f"  - {{url: '{desk.url('/feed')}', name: Harbour News}}", *more]
    cli.write("\n".join(lines) + "\n")


def shown(cli: Cli, name: str = "harbour") -> dict[str, object]:
    fields: dict[str, object] = json.loads(cli("sources", "show", name, "--json").stdout)
    return fields


def test_show_tells_what_was_asked_for_and_by_whom(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    desk.pages["/feed"] = Page(FEED, headers={"Cache-Control": "max-age=7200"}, etag='"pier-1"')
    cli("update")
    text = cli("sources", "show", "Harbour News").stdout
    for words in (
        "Harbour News",
        "ok",
        desk.url("/feed"),
        "status 200",
        'ETag "pier-1"',
        "from every 30m to every 2h",
        "Cache-Control allows 2h: not before",
        "feed's ttl is 1h30m: not before",
        "next poll     in ",
    ):
        assert words in text, words
    fields = shown(cli)
    assert fields["state"] == "ok"
    assert fields["etag"] == '"pier-1"'
    assert any("ttl" in str(one) for one in fields["reasons"])  # type: ignore[attr-defined]  # JSON


def test_show_of_one_that_is_held_and_refresh_that_does_not_bypass_it(
    cli: Cli, desk: NewsSite
) -> None:
    follow(cli, desk)
    desk.pages["/feed"] = Page(status=503, headers={"Retry-After": "3600"})
    cli("update", check=1)
    assert "asked for a pause of 1h" in cli("sources", "show", "harbour").stdout
    assert shown(cli)["state"] == "held"
    cli("refresh")
    assert len(desk.asked) == 1
    desk.pages["/feed"] = Page(FEED)
    cli("refresh", "--force")
    assert len(desk.asked) == 2
    assert shown(cli)["state"] == "ok"


def test_refresh_without_a_service_polls_by_itself(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    cli("refresh")  # the first pass, on a database that is not there yet
    cli("refresh", "Harbour News")
    assert "1 source polled" in cli("refresh", "--within", "10m").stdout
    assert len(desk.asked) == 3
    cli("update")
    assert len(desk.asked) == 3


def test_refresh_has_a_running_service_poll_at_once(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    with subprocess.Popen(
        [*cli.command, "run"], cwd=cli.folder, env=cli.environment(), stderr=subprocess.DEVNULL
    ) as service:
        try:
            wait_until(lambda: len(desk.asked) == 1)
            wait_until(lambda: shown(cli)["state"] == "ok")  # what was found is stored
            wait_until(lambda: "due now" in cli("refresh").stdout)
            assert "leave it out" in cli("refresh", "--within", "1m", check=2).stderr
            wait_until(lambda: len(desk.asked) == 2)
        finally:
            service.terminate()
            service.wait(timeout=20)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_source_that_is_gone_is_visible_and_can_be_revived(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    desk.pages["/feed"] = Page(status=410)
    cli("update", check=1)
    assert "410 Gone since" in cli("sources", "show", "harbour").stdout
    assert shown(cli)["state"] == "failing"
    set_gone_two_days_ago(cli)
    cli("refresh", "harbour", check=1)
    assert shown(cli)["state"] == "retired"
    assert "next poll     never" in cli("sources", "show", "harbour").stdout
    assert "retired" in cli("sources", "--failing").stdout
    assert "410 Gone" in cli("digest").stdout
    asked = len(desk.asked)
    cli("refresh")
    cli("update", "--force", check=None)
    assert len(desk.asked) == asked
    desk.pages["/feed"] = Page(FEED)
    cli("refresh", "harbour", "--force")
    assert shown(cli)["state"] == "ok"


def set_gone_two_days_ago(cli: Cli) -> None:
    """As if the first 410 had been then."""
    with closing(sqlite3.connect(cli.folder / "aggregator.db")) as database, database:
        database.execute("UPDATE sources SET gone_at = gone_at - 172800000000")


def test_paused_sources_are_listed_and_shown(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk, "  - {url: 'http://quiet.example.org/feed', name: Quiet, paused: true}")
    cli("update")
    rows = [json.loads(row) for row in cli("sources", "--json").stdout.splitlines()]
    assert {row["name"]: row["state"] for row in rows} == {
        "Harbour News": "ok",
        "Quiet": "paused",
    }
    assert "paused" in cli("sources").stdout
    assert "aggregator resume" in cli("sources", "show", "Quiet").stdout
    assert "sources" in cli("sources", "show", "Nobody's", check=2).stderr


def states(cli: Cli) -> dict[object, object]:
    rows = [json.loads(row) for row in cli("sources", "--json").stdout.splitlines()]
    assert len({row["url"] for row in rows}) == len(rows)
    return {row["name"]: row["state"] for row in rows}


def test_the_list_is_that_of_the_file_before_anything_is_stored(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    assert states(cli) == {"Harbour News": "new"}
    assert "`aggregator update`" in cli("sources").stdout
    assert shown(cli)["state"] == "new"
    assert "with the next `aggregator update`" in cli("sources", "show", "harbour").stdout
    assert not (cli.folder / "aggregator.db").exists()


def test_the_list_follows_an_edited_file_at_once(cli: Cli, desk: NewsSite) -> None:
    address = desk.url("/feed")
    cli.write(f"host_delay: 0s\nallow: [127.0.0.1]\nsources:\n  - {address}\n")
    cli("update")
    called = json.loads(cli("sources", "--json").stdout)["name"]
    cli("pause", called)
    assert states(cli) == {called: "paused"}
    assert cli("sources").stdout.count(called) == 1
    assert "articles      1" in cli("sources", "show", called).stdout
    cli("resume", called)
    follow(cli, desk, "  - http://quiet.example.org/feed")
    assert states(cli) == {"Harbour News": "ok", "quiet.example.org": "new"}
    cli("remove", "quiet.example.org")
    assert states(cli) == {"Harbour News": "ok"}
    assert "no source is called" in cli("sources", "show", "quiet", check=2).stderr


def test_errors_stand_below_the_list_where_it_has_no_room_for_them(
    cli: Cli, desk: NewsSite
) -> None:
    follow(cli, desk, f"  - {{url: '{desk.url('/gone')}', name: Gone}}")
    cli("update")
    narrow = cli.on_terminal("sources", columns=80)
    assert "what is wrong" not in narrow
    assert "Gone: " in narrow
    wide = cli("sources").stdout
    assert "what is wrong" in wide
    assert "Gone: " not in wide


def test_a_list_without_errors_has_no_column_for_them(cli: Cli, desk: NewsSite) -> None:
    follow(cli, desk)
    cli("update")
    assert "what is wrong" not in cli("sources").stdout
