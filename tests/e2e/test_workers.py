"""Many processes on one PostgreSQL: nothing lost, nothing doubled, every host asked politely.

Processes and PostgreSQL are killed, stopped and started meanwhile.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from manyhosts import Layout, worker_of
from postgres import Postgres
from requestlog import BROKEN_OFF, by_host
from scene import LEASE, Scene, scene
from workers import Crew, Process

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8"
)

TICK = 6.0
"""Seconds within which what has fallen due is begun, by one process on a busy machine."""
SMALL = Layout(feeds=160, hosts=32)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One that may be restarted, and keeps what it has acknowledged."""
    with Postgres(synchronous_commit="on") as running:
        yield running


@pytest.fixture
def small(server: Postgres, tmp_path: Path) -> Iterator[Scene]:
    """Slow enough for things to happen amid the work."""
    with scene(server.create(), tmp_path, SMALL, delay=0.15, concurrency=4) as made:
        yield made


def start_three(made: Scene) -> Crew:
    made.crew.start("one", "run")
    made.crew.start("two")
    made.crew.start("three")
    return made.crew


def test_three_processes_over_2000_feeds_on_400_hosts(server: Postgres, tmp_path: Path) -> None:
    layout = Layout(feeds=2000, hosts=400, entries=2, paged=8)
    with scene(server.create(), tmp_path, layout, delay=0.02, concurrency=40) as big:
        start_three(big)

        big.until_all(within=100)

        big.assert_polite()
        big.assert_asked_once()
        requests = big.press.requests()
        shares = Counter(worker_of(one.agent) for one in requests)
        assert {one.status for one in requests} == {200}
        assert set(shares) == {"one", "two", "three"}
        assert min(shares.values()) > len(requests) / 10, f"one did hardly anything: {shares}"


def test_hosts_of_a_worker_that_dies_or_sleeps_are_asked_within_the_lease(small: Scene) -> None:
    crew = start_three(small)
    small.until_stored(0.4)  # what is asked for the first time shall not be in the way for long
    leader = small.until_leader()
    sleeper, victim = (one for one in crew.all if one is not leader)
    asleep = small.put_to_sleep(sleeper)
    slept_at = time.monotonic()
    caught = small.until_busy(victim)
    died_at = victim.kill()

    crew.until(lambda: victim.left, within=10, what="sandboxes of the dead worker")
    small.until_all(within=40)

    assert_taken_over(small, asleep, slept_at, by=leader)
    assert_taken_over(small, caught, died_at, by=leader)
    broken_off = {one.host for one in small.press.requests() if one.status == BROKEN_OFF}
    assert caught <= broken_off, f"{caught - broken_off} had answered"

    # What the other knew when it fell asleep is outdated.
    sleeper.resume()
    crew.until(lambda: not sleeper.events("claim ran out"), within=20, what="no claim ran out")
    small.assert_complete()
    small.assert_polite()


def assert_taken_over(made: Scene, hosts: set[str], since: float, *, by: Process) -> None:
    """Each of the hosts was asked by that process in time."""
    asked = by_host(made.press.requests())
    for host in hosts:
        later = [one for one in asked[host] if one.start > since]
        assert later, f"nobody has asked {host} again"
        assert worker_of(later[0].agent) == by.name
        waited = later[0].start - since
        assert waited <= LEASE + TICK, f"{host} was asked again after {waited:.1f} s"


def test_when_the_leader_is_killed_another_leads_and_stories_go_on(small: Scene) -> None:
    press = small.press
    start_three(small)
    small.until_all(within=60)
    leader = small.until_leader()
    press.publish(range(0, SMALL.feeds, 2))
    small.wake()
    small.until_busy(leader)

    leader.kill()

    # The other half are copies: they join stories that the dead leader has begun, or its heir.
    press.publish(range(1, SMALL.feeds, 2))
    small.wake()
    assert small.until_leader() is not leader
    small.until_all(within=60)
    small.assert_polite()


def test_a_restarted_postgresql_is_taken_up_again(server: Postgres, small: Scene) -> None:
    if not server.is_ours:
        pytest.skip("another's server is not restarted")
    crew = start_three(small)
    small.until_stored(0.2)
    server.restart()
    small.until_stored(0.5)
    server.restart(at_once=True)

    small.until_all(within=60)

    small.assert_polite()
    assert len(crew.alive) == 3


def test_workers_come_and_go(small: Scene) -> None:
    crew = small.crew
    first, second = crew.start("one", "run"), crew.start("two")
    small.until_stored(0.15)
    third = crew.start("three")
    small.until_busy(third)
    second.stop()
    small.until_stored(0.4)
    crew.start("four")
    small.until_busy(third)
    first.stop()

    small.until_all(within=60)

    small.assert_polite()
    small.assert_asked_once()
    assert len(crew.alive) == 2
