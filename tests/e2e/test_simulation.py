"""Ten days of polling one scripted host of every kind: intervals, requests, and nothing missed.

`make bench-simulate` does the same for thirty days and 200 hosts (benchmarks/simulate.py).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sim.checks import complaints
from sim.clock import START, now
from sim.drive import Rules, Run, simulate
from sim.figures import Figures, figures, plain, total
from sim.kinds import KINDS, Scenario, cast
from sim.stored import Stored, stored_articles

from aggregator.pipeline import Fetching
from aggregator.types import (
    Database,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    PostgresUrl,
)

DAYS = 10
ON_A_SERVER = {
    "gone", "lost", "max-age", "merged", "moved", "renewing", "silent", "skipDays", "throttling",
    "touched", "watched page",
}  # fmt: skip
"""Kinds that are asked seldom, for a server takes longer over each poll."""


@dataclass(frozen=True)
class Outcome:
    run: Run
    articles: list[Stored]
    complaints: list[str]
    kinds: dict[str, Figures]


def outcome(scenario: Scenario, database: Database) -> Outcome:
    run = simulate(scenario, database)
    articles = stored_articles(database)
    found = {one.kind: one for one in figures(run, articles)}
    return Outcome(run, articles, complaints(run, articles), found)


@pytest.fixture(scope="module")
def on_file(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return outcome(cast(days=DAYS, few=True), tmp_path_factory.mktemp("sim") / "aggregator.db")


class TestTenDays:
    def test_keep_every_rule(self, on_file: Outcome) -> None:
        assert on_file.complaints == []

    def test_lose_no_item_and_store_none_twice(self, on_file: Outcome) -> None:
        everything = total(list(on_file.kinds.values()))
        assert everything.published > 2_000
        lost = everything.published - everything.stored
        # Those came and went while their host showed a page in place of its feed.
        relaunched = on_file.kinds["relaunched"]
        assert lost == relaunched.unavoidable + relaunched.put_off

    def test_have_every_kind_of_answer(self, on_file: Outcome) -> None:
        """What is not there proves nothing."""
        statuses = Counter(hit.status for hit in on_file.run.log.hits)
        wanted = {200, 301, 302, 304, 308, 404, 410, 429, 500, 503, None}
        assert wanted - {302} <= set(statuses)
        assert statuses[302] + statuses[307]
        assert {one.crash for one in on_file.run.interruptions} == {True, False}

    def test_ask_no_more_than_half_as_often_as_a_plain_poller(self, on_file: Outcome) -> None:
        ours = total(list(on_file.kinds.values()))
        theirs = plain(on_file.run)
        assert ours.requests < 0.6 * theirs.requests
        assert ours.size < 0.3 * theirs.size

    def test_are_answered_by_a_304_wherever_nothing_is_new(self, on_file: Outcome) -> None:
        for kind in ("bursts", "silent", "renewing"):
            figure = on_file.kinds[kind]
            assert figure.confirmed / figure.good > 0.8, kind


def test_ten_days_on_a_server_are_the_same(tmp_path: Path, postgres_url: str) -> None:
    scenario = cast(days=DAYS, few=True, only=ON_A_SERVER)
    file = outcome(scenario, tmp_path / "aggregator.db")
    server = outcome(scenario, PostgresUrl(postgres_url))
    assert server.complaints == file.complaints == []
    found, wanted = (
        {(one.source, one.url, one.title) for one in these.articles} for these in (server, file)
    )
    assert found == wanted


def test_the_table_has_two_hundred_hosts() -> None:
    assert sum(kind.hosts for kind in KINDS) == 200


# --- that the checks can fail --------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """Before the wire: changes what is asked, or what is answered."""

    wire: Fetching
    asked: Callable[[FetchRequest], FetchRequest] = lambda request: request
    answered: Callable[[FetchOutcome], FetchOutcome] = lambda outcome: outcome

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        return self.answered(await self.wire.fetch(self.asked(request)))


def without_validators(request: FetchRequest) -> FetchRequest:
    return replace(request, etag=None, last_modified=None)


def without_wishes(outcome: FetchOutcome) -> FetchOutcome:
    if isinstance(outcome, FetchFailed):
        return replace(outcome, retry_after=None, status=500)
    return replace(outcome, headers={})


def without_moves(outcome: FetchOutcome) -> FetchOutcome:
    return outcome if isinstance(outcome, FetchFailed) else replace(outcome, moved_to=None)


def never_gone(outcome: FetchOutcome) -> FetchOutcome:
    return replace(outcome, status=404) if isinstance(outcome, FetchFailed) else outcome


def cut_short(outcome: FetchOutcome) -> FetchOutcome:
    """A feed without its newest item."""
    if not isinstance(outcome, Fetched) or not outcome.body.startswith(b"{"):
        return outcome
    document = json.loads(outcome.body)
    return replace(outcome, body=json.dumps(document | {"items": document["items"][1:]}).encode())


def twice_as_quick() -> datetime:
    return START + 2 * (now() - START)


@pytest.mark.parametrize(
    ("broken", "kind", "rules"),
    [
        ("validators", "bursts", Rules(fetcher=lambda wire: Changed(wire, without_validators))),
        ("unwished", "Expires", Rules(fetcher=lambda wire: Changed(wire, answered=without_wishes))),
        ("held", "throttling", Rules(fetcher=lambda wire: Changed(wire, answered=without_wishes))),
        ("address", "moved", Rules(fetcher=lambda wire: Changed(wire, answered=without_moves))),
        ("gone", "gone", Rules(fetcher=lambda wire: Changed(wire, answered=never_gone))),
        ("missed", "newsroom", Rules(fetcher=lambda wire: Changed(wire, answered=cut_short))),
        ("too soon", "newsroom", Rules(clock=twice_as_quick)),
        ("too soon", "hourly", Rules(patient=False)),
        ("held", "throttling by date", Rules(patient=False)),
        ("crowded", "20 feeds", Rules(delay=timedelta())),
    ],
)
def test_a_wrong_rule_is_noticed(tmp_path: Path, broken: str, kind: str, rules: Rules) -> None:
    scenario = cast(days=DAYS, few=True, only=[kind])
    run = simulate(scenario, tmp_path / "aggregator.db", rules=rules)
    found = {one.partition(":")[0] for one in complaints(run)}
    assert broken in found
