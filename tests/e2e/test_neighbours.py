"""Bad neighbours: servers that hang, break off or err cost the others nothing.

No figure of time is asserted: what is compared is the order in which the servers were done.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing

import pytest
from program import Cli
from rogues import BAD, LATE, Rogues, good, hangs

from aggregator.core.outage import ENOUGH

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8"
)

CROWDED = "127.5.0.1"
"""A host of many feeds, which takes longer than anybody hangs."""


def stored(cli: Cli) -> dict[str, int]:
    """Articles by source."""
    with closing(sqlite3.connect(cli.folder / "aggregator.db")) as database:
        rows = database.execute(
            "SELECT s.name, count(*) FROM articles a JOIN sources s ON s.id = a.source_id "
            "GROUP BY s.name"
        )
        return dict(rows.fetchall())


def failing(cli: Cli) -> Mapping[str, str]:
    """What is wrong, by source."""
    lines = cli("sources", "--failing", "--json").stdout.splitlines()
    return {one["name"]: one["last_error"] for one in map(json.loads, lines)}


def test_of_200_feeds_22_are_bad_and_a_host_has_500_beside_them(cli: Cli) -> None:
    bad = {f"127.3.0.{number}": behave for number, (behave, _) in enumerate(BAD, 1)}
    fine = {f"127.9.0.{number}": good() for number in range(1, 179)}
    with Rogues({**bad, **fine, CROWDED: good(items=1, delay=0.05)}) as press:
        crowd = {f"crowded {number}": press.url(CROWDED, f"/{number}") for number in range(500)}
        cli.write(
            press.feeds_yaml(
                {**{host: press.url(host) for host in (*bad, *fine)}, **crowd},
                timeout="20s",
                host_delay="0s",
                concurrency="8",  # fewer than hang
                pages="never",
            )
        )
        summary = json.loads(cli("update", "--json").stdout)

    assert summary["polled"] == 200 + 500
    assert (summary["errors"], len(summary["failed"])) == ([], len(BAD))
    assert stored(cli) == dict.fromkeys(fine, 2) | dict.fromkeys(crowd, 1)

    done = max(press.when("done", host)[-1] for host in fine)
    hanging = [host for host, (_, why) in zip(bad, BAD, strict=True) if why == LATE]
    assert all(press.when("asked", host) for host in hanging)
    assert done < min(press.when("done", host)[0] for host in hanging)
    assert done < press.when("done", CROWDED)[-1]

    sentences = failing(cli)
    assert set(sentences) == set(bad)
    for host, (_, why) in zip(bad, BAD, strict=True):
        assert why in sentences[host]


def test_a_host_that_answers_nothing_is_not_asked_for_each_of_its_500_feeds(cli: Cli) -> None:
    dead, alive = "127.3.1.1", "127.9.1.1"
    with Rogues({dead: hangs, alive: good()}) as press:
        crowd = {f"feed {number}": press.url(dead, f"/{number}") for number in range(500)}
        cli.write(
            press.feeds_yaml(
                {"alive": press.url(alive), **crowd}, timeout="1s", host_delay="0s", pages="never"
            )
        )
        cli("update")
        assert len(press.when("asked", dead)) == ENOUGH
        again = json.loads(cli("update", "--json").stdout)

        # All are put off, and told why.
        assert len(press.when("asked", dead)) == ENOUGH
        assert (again["polled"], again["not_due"]) == (0, 501)
    assert stored(cli) == {"alive": 2}
    sentences = failing(cli)
    assert set(sentences) == set(crowd)
    told = [why for why in sentences.values() if why.startswith("not asked, as 127.3.1.1")]
    assert len(told) == 500 - ENOUGH
    assert told[0].endswith("has answered none of 3 requests just before: took longer than 1 s")
    shown = cli("sources", "show", "feed 499").stdout
    assert "Its host did not answer other requests" in shown


def test_a_pass_ends_at_its_deadline_and_says_what_is_left(cli: Cli) -> None:
    bad = {f"127.3.2.{number}": hangs for number in range(1, 4)}
    fine = {f"127.9.2.{number}": good() for number in range(1, 6)}
    with Rogues({**bad, **fine}) as press:
        cli.write(
            press.feeds_yaml(
                {host: press.url(host) for host in (*bad, *fine)}, timeout="10m", lease="20m"
            )
        )
        summary = json.loads(cli("update", "--json", "--within", "4s").stdout)
        assert (summary["sources_left"], summary["polled"]) == (3, 5)
        # What is left is due and nobody's: the next pass begins with it.
        said = cli("update", "--within", "1s").stdout
        assert "3 sources and 0 pages are left, and come first in the next pass" in said
        assert [len(press.when("asked", host)) for host in bad] == [2, 2, 2]
    assert stored(cli) == dict.fromkeys(fine, 2)


@pytest.mark.parametrize("span", ["soon", "0s", "5"])
def test_a_deadline_that_is_none_is_refused(cli: Cli, span: str) -> None:
    assert "--within" in cli("update", "--within", span, check=2).stderr
