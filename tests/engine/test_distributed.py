"""The engine of many processes, on a real PostgreSQL: several of them, deaths, outages."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from enginemaker import NOW, SOON, SwitchedRole, engine, ready, rows, until
from postgres import Postgres

from aggregator.engine.distributed import DistributedEngine
from aggregator.engine.protocol import AssignStories, CleanUp, Job, PollHost, SendDigests

pytestmark = pytest.mark.anyio

HOSTS: list[Job] = [PollHost(f"{number}.example.com") for number in range(20)]
CONNECTED = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
LEADERS: list[Job] = [AssignStories(), SendDigests(), CleanUp()]


@pytest.fixture(autouse=True)
def nothing_goes_wrong_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No task ends with an exception that nobody takes, and no library fills the log."""
    yield
    gc.collect()
    assert [item.getMessage() for item in caplog.records if item.levelno >= logging.WARNING] == []


@pytest.fixture
async def uri(postgres: Postgres) -> AsyncIterator[str]:
    """Of a database in which every test leaves nothing behind but jobs that wait."""
    uri = ready(postgres)
    yield uri
    assert rows(uri, "SELECT * FROM procrastinate_jobs WHERE status <> 'todo'") == []
    assert rows(uri, "SELECT * FROM procrastinate_workers") == []
    gc.collect()  # one that was being made when it was no longer wanted ends with its object
    await until(lambda: len(rows(uri, CONNECTED)) == 1)  # this one


class Desk:
    """Handles jobs: keeps which were done where, and holds those that a test wants held."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Job]] = []
        self.begun: list[tuple[str, Job]] = []
        self.errors: list[str] = []
        self.led: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    @asynccontextmanager
    async def engine(self, name: str, uri: str, **more: object) -> AsyncIterator[DistributedEngine]:
        async def handler(job: Job) -> None:
            self.begun.append((name, job))
            await self.gate.wait()
            self.done.append((name, job))

        running = await engine(
            uri,
            handler,
            on_error=lambda part, error: self.errors.append(f"{name}: {part}: {error}"),
            on_lead=lambda: self.led.append(name),
            **more,  # type: ignore[arg-type]  # as the maker of engines wants them
        )
        try:
            yield running
        finally:
            await running.stop(grace=NOW)

    def jobs(self) -> list[Job]:
        return [job for _, job in self.done]


async def nothing(_: Job) -> None: ...


async def leader_of(*engines: DistributedEngine) -> DistributedEngine:
    await until(lambda: sum(one.leads for one in engines) == 1)
    return next(one for one in engines if one.leads)


async def done_again(leader: DistributedEngine, desk: Desk, jobs: Sequence[Job]) -> None:
    """Submit until all have been done, as the service does."""
    desk.done.clear()
    deadline = asyncio.get_running_loop().time() + SOON.total_seconds()
    while missing := set(jobs) - set(desk.jobs()):
        assert asyncio.get_running_loop().time() < deadline, (missing, desk.errors)
        await leader.submit(jobs)
        await asyncio.sleep(0.05)


# --- side by side


async def test_processes_share_the_hosts_and_one_leads(uri: str) -> None:
    desk = Desk()
    desk.gate.clear()
    async with (
        desk.engine("one", uri, concurrency=2) as one,
        desk.engine("two", uri, concurrency=2) as two,
    ):
        leader = await leader_of(one, two)
        await leader.submit([*HOSTS[:4], *LEADERS])
        await until(lambda: one.running + two.running == 7)
        assert sorted([one.running, two.running]) == [2, 5]
        desk.gate.set()
        await until(lambda: len(desk.done) == 7)
        await until(lambda: rows(uri, "SELECT * FROM procrastinate_jobs") == [])
        [led] = desk.led
        assert {name for name, job in desk.done if job in LEADERS} == {led}
        assert {name for name, job in desk.done if job in HOSTS} == {"one", "two"}
    assert desk.errors == []


async def test_only_the_leader_has_room_and_it_grows_with_the_workers(uri: str) -> None:
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri, concurrency=2) as one:
        await until(lambda: one.leads)
        assert await one.room() == 3 * 2
        async with desk.engine("two", uri, concurrency=4) as two:
            assert await two.room() == 0
            await one.submit(HOSTS)
            await until(lambda: one.running + two.running == 6)
            deadline = asyncio.get_running_loop().time() + SOON.total_seconds()
            while await one.room() != 3 * 6 - (len(HOSTS) - 6):
                assert asyncio.get_running_loop().time() < deadline
                await asyncio.sleep(0.05)
            desk.gate.set()
            await until(lambda: len(desk.done) == len(HOSTS))


async def test_many_may_submit_the_same_at_once(uri: str) -> None:
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri, concurrency=30) as one, desk.engine("two", uri) as two:
        await asyncio.gather(
            *(each.submit(jobs) for each in (one, two) for jobs in (HOSTS, HOSTS[::-1], HOSTS))
        )
        await until(lambda: one.running + two.running == len(HOSTS))
        await asyncio.gather(one.submit(HOSTS), two.submit(HOSTS))
        desk.gate.set()
        await until(lambda: len(desk.done) >= len(HOSTS))
        await until(lambda: one.running + two.running == 0)
        assert sorted(map(str, desk.jobs())) == sorted(map(str, HOSTS))
    assert desk.errors == []


async def test_actions_run_where_they_should(uri: str) -> None:
    desk, calls = Desk(), set()

    async def call(name: str) -> None:
        calls.add(name)

    async with desk.engine("one", uri) as one, desk.engine("two", uri) as two:
        leader = await leader_of(one, two)
        other = two if leader is one else one
        short = timedelta(milliseconds=10)
        leader.every(short, "status", lambda: call("leader's status"), everywhere=True)
        other.every(short, "status", lambda: call("other's status"), everywhere=True)
        other.every(short, "tick", lambda: call("other's tick"))
        leader.every(short, "tick", lambda: call("leader's tick"))
        await until(lambda: len(calls) == 3)
        assert "other's tick" not in calls
        await leader.stop(grace=SOON)
        await until(lambda: "other's tick" in calls)


async def test_a_schema_of_its_own(postgres: Postgres) -> None:
    uri = postgres.create()
    rows(uri, "CREATE SCHEMA news")
    rows(uri, "CREATE TABLE news.engine_migrations (name TEXT PRIMARY KEY)")
    desk = Desk()
    async with desk.engine("one", f"{uri}&options=-csearch_path%3Dnews") as one:
        await one.submit(HOSTS)
        await until(lambda: len(desk.done) == len(HOSTS))
    assert rows(uri, "SELECT to_regclass('public.procrastinate_jobs')") == [(None,)]
    assert rows(uri, "SELECT count(*) FROM news.procrastinate_jobs") == [(0,)]


async def test_opening_can_be_cut_short(postgres: Postgres) -> None:
    uri = ready(postgres)
    busy = SwitchedRole(held=False)
    opening = asyncio.create_task(
        DistributedEngine.open(
            nothing,
            uri=uri,
            role=SwitchedRole(),
            schema_role=busy,
            concurrency=1,
            on_error=lambda _name, _error: None,
            on_lead=lambda: None,
        )
    )
    await until(lambda: len(rows(uri, CONNECTED)) > 1)
    opening.cancel()
    await asyncio.wait([opening])
    assert opening.cancelled()
    gc.collect()
    await until(lambda: len(rows(uri, CONNECTED)) == 1)


# --- leading


async def test_another_leads_as_soon_as_the_leader_stops(uri: str) -> None:
    desk = Desk()
    async with desk.engine("one", uri) as one:
        await until(lambda: one.leads)
        async with desk.engine("two", uri) as two:
            assert not two.leads
            assert await one.stop(grace=SOON)
            assert not one.leads
            await until(lambda: two.leads)
            await done_again(two, desk, LEADERS)
    assert desk.led == ["one", "two"]
    assert {name for name, _ in desk.done} == {"two"}


async def test_the_role_is_free_before_the_last_host_is_done(uri: str) -> None:
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri) as one:
        await until(lambda: one.leads)
        await one.submit(HOSTS[:1])
        await until(lambda: one.running)
        async with desk.engine("two", uri) as two:
            stopping = asyncio.create_task(one.stop(grace=SOON))
            await until(lambda: two.leads)
            assert one.running == 1
            desk.gate.set()
            assert await stopping


async def test_what_the_leader_does_is_cut_short_when_it_leads_no_more(uri: str) -> None:
    desk, role = Desk(), SwitchedRole()
    desk.gate.clear()
    cut = asyncio.Event()

    async def action() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()

    async with desk.engine("one", uri, role=role) as one:
        one.every(timedelta(hours=1), "slow", action)
        await until(lambda: one.leads)
        await one.submit([AssignStories(), HOSTS[0]])
        await until(lambda: one.running == 2)
        role.held = False
        await until(lambda: not one.leads and cut.is_set())
        await until(lambda: one.running == 1)  # what is about a host goes on
        assert await one.room() == 0
        cut.clear()
        role.held = True
        await until(lambda: one.leads)
        desk.gate.set()
        await done_again(one, desk, [AssignStories()])
        assert not cut.is_set()
    assert desk.led == ["one", "one"]
    assert desk.errors == []


async def test_connections_may_be_cut(uri: str, postgres: Postgres) -> None:
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri) as one, desk.engine("two", uri) as two:
        leader = await leader_of(one, two)
        await leader.submit(HOSTS[:10])
        await until(lambda: one.running + two.running == 10)
        for _ in range(3):
            postgres.kill_connections()
            await leader_of(one, two)
        assert one.running + two.running == 10  # nobody's work is lost
        desk.gate.set()
        leader = await leader_of(one, two)
        await done_again(leader, desk, [*HOSTS, *LEADERS])
    assert len(desk.errors) <= 2, desk.errors


# --- deaths


async def test_the_jobs_of_a_killed_process_are_swept_and_run_elsewhere(uri: str) -> None:
    program = Path(__file__).with_name("killed_engine.py")
    search = [str(program.parent), str(program.parent.parent / "support")]
    child = subprocess.Popen(  # noqa: ASYNC220 - it starts at once
        [sys.executable, program, uri],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": ":".join(search)},
    )
    try:
        assert child.stdout is not None
        begun = {await asyncio.to_thread(child.stdout.readline) for _ in range(2)}
        assert begun == {b"AssignStories()\n", b"PollHost(host='example.com')\n"}
        desk = Desk()
        async with desk.engine("two", uri) as two:
            await two.submit([AssignStories(), PollHost("example.com")])
            assert not two.leads
            child.send_signal(signal.SIGKILL)
            await until(lambda: two.leads)
            await done_again(two, desk, [AssignStories(), PollHost("example.com")])
            # The leader has also forgotten the dead worker.
            await until(lambda: len(rows(uri, "SELECT * FROM procrastinate_workers")) == 2)
    finally:
        child.kill()
        child.communicate()


async def test_a_worker_taken_for_dead_works_on(uri: str) -> None:
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri) as one:
        await one.submit(HOSTS[:2])
        await until(lambda: one.running == 2)
        # As the sweep of another process does after a long pause of this one.
        rows(uri, "DELETE FROM procrastinate_jobs")
        rows(uri, "DELETE FROM procrastinate_workers")
        desk.gate.set()
        await done_again(one, desk, HOSTS)
    # At most the failure of the question that found the worker gone.
    assert len(desk.errors) <= 1, desk.errors


async def test_a_job_that_was_taken_without_our_knowing_is_given_up(uri: str) -> None:
    desk = Desk()
    async with desk.engine("one", uri) as one:
        await until(lambda: rows(uri, "SELECT * FROM procrastinate_workers"))
        # The answer to taking a job may get lost with a connection.
        rows(
            uri,
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status,"
            " worker_id) SELECT 'hosts', 'poll_host', 'lost', 'doing', min(id)"
            " FROM procrastinate_workers",
        )
        await until(lambda: rows(uri, "SELECT * FROM procrastinate_jobs") == [])
        assert not one.running
    assert desk.errors == []


async def test_a_job_of_another_version_is_reported_and_dropped(uri: str) -> None:
    desk = Desk()
    async with desk.engine("one", uri) as one:
        rows(
            uri,
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            """ VALUES ('hosts', 'poll_host', '{"moon": "example.com"}')""",
        )
        await until(lambda: desk.errors)
        await one.submit(HOSTS)
        await until(lambda: len(desk.done) == len(HOSTS))
    assert desk.errors == ["one: poll_host: unknown job poll_host with moon"]


# --- outages


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server that may be stopped at once, and keeps what it has committed."""
    with Postgres(synchronous_commit="on") as server:
        if not server.is_ours:
            pytest.skip("the server belongs to somebody else")
        yield server


async def test_a_server_that_comes_back_finds_everybody_at_work(own: Postgres) -> None:
    uri = ready(own)
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri) as one, desk.engine("two", uri) as two:
        leader = await leader_of(one, two)
        await leader.submit([*HOSTS[:10], *LEADERS])
        await until(lambda: one.running + two.running == 13)
        await asyncio.to_thread(own.stop, at_once=True)
        await until(lambda: not one.leads and not two.leads)
        await leader.submit(HOSTS)  # lost, without harm
        desk.gate.set()
        await until(lambda: {error.split(":")[0] for error in desk.errors} == {"one", "two"})
        await asyncio.to_thread(own.start)
        leader = await leader_of(one, two)
        await done_again(leader, desk, [*HOSTS, *LEADERS])
        await until(lambda: rows(uri, "SELECT * FROM procrastinate_jobs") == [])
        # One line an outage and process.
        assert [error.split(":")[1] for error in desk.errors] == [" engine", " engine"]
    assert rows(uri, "SELECT * FROM procrastinate_workers") == []


async def test_stop_does_not_wait_for_a_server_that_is_away(own: Postgres) -> None:
    uri = ready(own)
    desk = Desk()
    desk.gate.clear()
    async with desk.engine("one", uri) as one:
        await until(lambda: one.leads)
        await one.submit([*HOSTS[:5], AssignStories()])
        await until(lambda: one.running == 6)
        await asyncio.to_thread(own.stop, at_once=True)
        await until(lambda: desk.errors)
        assert not await asyncio.wait_for(one.stop(grace=NOW), SOON.total_seconds())
    assert len(desk.errors) == 1
    await asyncio.to_thread(own.start)
