"""Stories found anew: what changes, what stays, what is only tried."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from outlets import Outlets, text_about

from aggregator.errors import DatabaseBusy
from aggregator.pipeline.regrouping import Moved, Progress, Regrouping, RegroupReport
from aggregator.sandbox import InlineSandbox
from aggregator.service import placing
from aggregator.types import Fingerprint, Manners, PostgresUrl, Relation

FERRY, BRIDGE, HARBOUR = (text_about(seed) for seed in (1, 2, 3))
NAMES = ("Gull", "Heron", "Ibis")
ALONE = Manners(grouped=False)


@pytest.fixture
def outlets(tmp_path: Path) -> Iterator[Outlets]:
    with Outlets(tmp_path, *NAMES) as made:
        furnish(made)
        yield made


def furnish(outlets: Outlets) -> None:
    """A text in three outlets, and two others in one each."""
    outlets.publish("Gull", ferry=FERRY, bridge=BRIDGE)
    outlets.publish("Heron", ferry=FERRY)
    outlets.publish("Ibis", ferry=FERRY, harbour=HARBOUR)
    outlets.run()
    assert len(outlets.partition()) == 3


class Interfering(InlineSandbox):
    """Somebody else is at work whenever fingerprints are made."""

    def __init__(self, outlets: Outlets, *, times: int) -> None:
        self.outlets = outlets
        self.times = times

    async def fingerprints(self, items: object) -> list[Fingerprint]:
        if self.times:
            self.times -= 1
            store = self.outlets.storage
            gull, ibis = self.outlets.number("Gull/bridge"), self.outlets.number("Ibis/harbour")
            home = self.outlets.story("Ibis/harbour")
            if self.outlets.story("Gull/bridge") == home:
                placing.split(store, home, [ibis if home == gull else gull])
            else:
                placing.move(store, [gull], to=home)
        return await super().fingerprints(items)  # type: ignore[arg-type]  # as they came


def again(
    outlets: Outlets,
    *,
    manners: Mapping[str, Manners] | None = None,
    since: datetime | None = None,
    store: bool = True,
    sandbox: InlineSandbox | None = None,
    progress: Progress = lambda _done: None,
) -> RegroupReport:
    work = Regrouping(
        storage=outlets.storage,
        sandbox=sandbox or InlineSandbox(),
        clock=lambda: outlets.now,
        copy_window=timedelta(days=14),
        event_window=timedelta(days=5),
        manners=manners or {},
    )
    return asyncio.run(work.run(since=since, store=store, progress=progress))


def test_what_is_right_stays_as_it_is(outlets: Outlets) -> None:
    before = outlets.partition()
    report = again(outlets)
    assert report == RegroupReport(seen=5, before=3, after=3, stored=True)
    assert outlets.partition() == before
    assert outlets.storage.check() == []


def test_what_a_source_wants_now_counts_for_what_is_stored(outlets: Outlets) -> None:
    old, copy = outlets.story("Heron/ferry"), outlets.number("Heron/ferry")
    report = again(outlets, manners={"Heron": ALONE})
    (moved,) = report.moved
    assert moved == Moved(
        article_id=copy,
        title=FERRY[0],
        source="Heron",
        before=old,
        after=copy,
        relation=Relation.NEW,
        why=moved.why,
    )
    assert (report.before, report.after, report.merged, report.split) == (3, 4, 0, 1)
    assert {"Gull/ferry", "Ibis/ferry"} in outlets.partition()
    assert {"Heron/ferry"} in outlets.partition()


def test_what_is_only_tried_changes_nothing(outlets: Outlets) -> None:
    before, state = outlets.partition(), outlets.storage.grouping_state()
    report = again(outlets, manners={"Heron": ALONE}, store=False)
    assert (len(report.moved), report.stored) == (1, False)
    assert (outlets.partition(), outlets.storage.grouping_state()) == (before, state)


def test_what_was_put_somewhere_by_hand_stays_there(outlets: Outlets) -> None:
    placing.split(outlets.storage, outlets.story("Heron/ferry"), [outlets.number("Heron/ferry")])
    placing.merge(outlets.storage, [outlets.story("Ibis/harbour"), outlets.story("Gull/bridge")])
    before = outlets.partition()
    assert sorted(map(len, before)) == [1, 2, 2]
    report = again(outlets)
    assert (report.seen, report.moved) == (5, ())
    assert outlets.partition() == before
    outlets.restart()
    assert again(outlets).moved == ()
    assert outlets.partition() == before


def test_a_story_without_its_first_article_is_followed_to_where_it_was(outlets: Outlets) -> None:
    first = outlets.number("Gull/ferry")
    placing.split(outlets.storage, outlets.story("Gull/ferry"), [first])
    before = outlets.partition()
    assert {"Heron/ferry", "Ibis/ferry"} in before
    assert again(outlets).moved == ()
    assert outlets.partition() == before


def test_only_what_was_published_since_is_looked_at(outlets: Outlets) -> None:
    outlets.now += timedelta(days=1)
    report = again(outlets, since=outlets.now, manners={"Heron": ALONE})
    assert report == RegroupReport()
    since = outlets.storage.article(1)
    assert since is not None
    report = again(outlets, since=since.summary.at, manners={"Heron": ALONE})
    assert (report.seen, len(report.moved)) == (5, 1)


def test_what_is_looked_at_is_compared_with_what_stays(tmp_path: Path) -> None:
    with Outlets(tmp_path, "Gull", "Heron") as outlets:
        outlets.publish("Gull", ferry=FERRY)
        outlets.run()
        outlets.want("Heron", ALONE)
        outlets.publish("Heron", ferry=FERRY)
        outlets.run()
        assert len(outlets.partition()) == 2
        report = again(
            outlets, since=outlets.article("Heron/ferry").summary.at, manners={"Heron": Manners()}
        )
        assert report.merged == 1
        assert outlets.partition() == [{"Gull/ferry", "Heron/ferry"}]


def test_it_begins_anew_when_stories_are_put_right_meanwhile(outlets: Outlets) -> None:
    report = again(outlets, sandbox=Interfering(outlets, times=1))
    assert (report.stored, report.moved) == (True, ())
    assert {"Ibis/harbour", "Gull/bridge"} in outlets.partition()


def test_it_gives_up_when_they_are_put_right_all_the_time(outlets: Outlets) -> None:
    with pytest.raises(DatabaseBusy, match="run this again"):
        again(outlets, sandbox=Interfering(outlets, times=100))
    assert outlets.storage.check() == []


def test_the_process_that_follows_notices(outlets: Outlets) -> None:
    again(outlets, manners={"Heron": ALONE, "Ibis": ALONE})
    outlets.publish("Gull", ferry2=FERRY)
    outlets.run()
    assert {"Gull/ferry", "Gull/ferry2"} in outlets.partition()


def test_a_shared_database_is_put_in_order_like_a_file(postgres_url: str) -> None:
    with Outlets(PostgresUrl(postgres_url), *NAMES) as outlets:
        furnish(outlets)
        copy = outlets.number("Heron/ferry")
        placing.split(outlets.storage, outlets.story("Heron/ferry"), [copy])
        report = again(outlets, manners={"Ibis": ALONE})
        assert (report.seen, [one.source for one in report.moved]) == (5, ["Ibis"])
        assert sorted(map(len, outlets.partition())) == [1, 1, 1, 1, 1]
        assert outlets.storage.check() == []


def test_progress_counts_the_articles(outlets: Outlets) -> None:
    seen: list[int] = []
    again(outlets, progress=seen.append)
    assert seen == [5]


def test_nothing_is_stored_yet(tmp_path: Path) -> None:
    with Outlets(tmp_path, "Gull") as outlets:
        assert again(outlets) == RegroupReport()
