"""A process that dies between any two steps of a digest: each recipient gets it all the same, and
at most once more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from digesthouse import DigestHouse
from mailserver import Mailbox, mail_server

from aggregator.storage.protocol import Storage
from aggregator.types import DeliveryState

PEOPLE = ("ann@example.com", "bob@example.com")


class Killed(Exception):
    """The process is gone: the store hears no more of it."""


class Dying:
    """A store, until the process that uses it dies: before or after the first call with which
    `dies` comes true of all calls so far."""

    def __init__(
        self, storage: Storage, dies: Callable[[list[str]], bool], *, after: bool = False
    ) -> None:
        self._storage = storage
        self._dies = dies
        self._after = after
        self._dead = False
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._storage, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if self._dead:
                raise Killed(name)
            self.calls.append(name)
            self._dead = self._dies(self.calls)
            if self._dead and not self._after:
                raise Killed(name)
            result = method(*arguments, **named)
            if self._dead:
                raise Killed(name)
            return result

        return call


@pytest.fixture
def room(tmp_path: Path) -> Iterator[DigestHouse]:
    with DigestHouse(tmp_path) as made:
        yield made


def steps(room: DigestHouse) -> list[str]:
    """The calls of a run that nothing disturbs."""
    whole = Dying(room.storage, lambda _: False)
    room.run(storage=cast("Storage", whole))
    return whole.calls


def test_who_dies_at_any_step_sends_at_most_once_more(room: DigestHouse) -> None:
    """Every hour at another step, and then begins anew."""
    box, hours = Mailbox(), ", ".join(f"'{hour:02}:00'" for hour in range(24))
    with mail_server(box) as port:
        room.write(
            f"  from: news@example.org\n  to: [{', '.join(PEOPLE)}]\n  at: [{hours}]\n",
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none}}\n",
        )
        room.publish("Gull", "story-0")
        room.at("2026-03-01 13:00")
        calls = steps(room)
        assert calls.count("record_delivery") == 2 * len(PEOPLE)
        assert {"keep_digest", "prepare_deliveries", "open_deliveries"} <= set(calls)
        deaths = [(number, after) for number in range(1, len(calls) + 1) for after in (0, 1)]
        twice = 0
        for hour, (number, after) in enumerate(deaths, start=1):
            room.at("2026-03-01 12:30")
            room.outlets.now += timedelta(hours=hour)
            room.publish("Gull", f"story-{hour}")
            room.at("2026-03-01 13:00")
            room.outlets.now += timedelta(hours=hour)
            box.envelopes.clear()
            dying = Dying(room.storage, lambda made: len(made) == number, after=bool(after))  # noqa: B023 - done with within the round
            with pytest.raises(Killed):
                room.run(storage=cast("Storage", dying))
            for _ in range(3):
                room.outlets.now += timedelta(minutes=5)
                room.run()
            twice += seen_to(room, box)
        assert twice > 0  # somebody died between sending and recording it
    assert len(room.made()) == len(deaths) + 1


def seen_to(room: DigestHouse, box: Mailbox) -> int:
    """Whether all have had the last edition, and the same when they had it twice; who did."""
    states = {one.state for one in room.deliveries().values()}
    assert states == {DeliveryState.SENT}
    contents = defaultdict(set)
    times = Counter[str]()
    for envelope in box.envelopes:
        (recipient,) = envelope.rcpt_tos
        contents[recipient].add(envelope.content)
        times[recipient] += 1
    assert set(times) == set(PEOPLE)
    assert max(times.values()) <= 2
    assert all(len(found) == 1 for found in contents.values())
    return sum(count == 2 for count in times.values())


def test_who_dies_of_each_try_is_given_up(room: DigestHouse) -> None:
    """Between sending and recording it."""
    room.write("  from: news@example.org\n  to: 'file:today.eml'\n")
    room.publish("Gull", "ferry")
    room.at("2026-03-02 07:00")
    for _ in range(9):
        dying = Dying(room.storage, lambda calls: calls.count("record_delivery") == 2)
        with pytest.raises(Killed):
            room.run(storage=cast("Storage", dying))
        room.outlets.now += timedelta(minutes=10)
    room.run()
    (delivery,) = room.deliveries().values()
    assert delivery.state is DeliveryState.FAILED
    assert delivery.error == "It was never heard what came of it."
    assert delivery.attempts == 9
