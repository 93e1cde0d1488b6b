"""The interval follows how often a feed has something new; figures come from `pacesim`."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pacesim import DAY, HOUR, START, Adaptive, fixed, kinds, poisson, simulate

from aggregator.core.pace import Pace, next_interval, observe

MINUTE = timedelta(minutes=1)
SHORTEST, LONGEST = MINUTE * 15, HOUR * 6
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def interval(pace: Pace) -> timedelta:
    return next_interval(pace, shortest=SHORTEST, longest=LONGEST).value


def why(pace: Pace) -> str:
    return next_interval(pace, shortest=SHORTEST, longest=LONGEST).why


def every(gap: timedelta, span: timedelta = DAY * 14) -> Pace:
    """Of a feed whose first answer had an item every `gap`, the last one half a gap ago."""
    return observe(None, [NOW - gap * (n + 0.5) for n in range(span // gap)], now=NOW)


AGES = st.lists(st.timedeltas(timedelta(), DAY * 40), max_size=30)
PACES = AGES.map(lambda ages: observe(None, [NOW - age for age in ages], now=NOW))


class TestIntervals:
    @pytest.mark.parametrize(
        ("gap", "low", "high"),
        [
            (MINUTE * 2, 15, 15),
            (MINUTE * 15, 15, 16),
            (HOUR, 29, 31),
            (HOUR * 4, 55, 63),
            (DAY, 130, 150),
            (DAY * 4, 200, 300),
        ],
    )
    def test_are_the_mean_of_the_shortest_and_the_gap(
        self, gap: timedelta, low: int, high: int
    ) -> None:
        assert low <= interval(every(gap)) / MINUTE <= high

    def test_of_a_new_feed_without_dates_begin_in_the_middle(self) -> None:
        assert interval(observe(None, [], now=NOW)) == MINUTE * 30

    def test_old_items_tell_nothing(self) -> None:
        old = [NOW - DAY * 29 - HOUR * n for n in range(50)]
        assert observe(None, old, now=NOW) == observe(None, [], now=NOW)

    def test_items_of_one_batch_are_one_arrival(self) -> None:
        pace = every(DAY)
        batch = observe(
            pace, [NOW + HOUR + timedelta(seconds=n) for n in range(50)], now=NOW + HOUR * 2
        )
        single = observe(pace, [NOW + HOUR], now=NOW + HOUR * 2)
        assert interval(batch) == interval(single)

    def test_an_item_came_after_the_last_poll_whatever_its_date(self) -> None:
        pace = every(DAY)
        late = observe(pace, [NOW - DAY * 300, NOW + DAY * 300], now=NOW + HOUR)
        right = observe(pace, [NOW, NOW + HOUR], now=NOW + HOUR)
        assert late == right

    @given(PACES, st.timedeltas(MINUTE, DAY), st.timedeltas(MINUTE, DAY * 7))
    def test_stay_within_their_bounds(
        self, pace: Pace, shortest: timedelta, more: timedelta
    ) -> None:
        found = next_interval(pace, shortest=shortest, longest=shortest + more)
        assert shortest <= found.value <= shortest + more

    @given(PACES, st.timedeltas(MINUTE, DAY))
    def test_grow_no_longer_when_something_comes(self, pace: Pace, later: timedelta) -> None:
        nothing = observe(pace, [], now=NOW + later)
        something = observe(pace, [NOW + later], now=NOW + later)
        assert interval(something) <= interval(nothing)


class TestMemory:
    def test_has_the_same_size_for_ever(self) -> None:
        kinds_of_fields = {field.type for field in fields(Pace)}
        assert kinds_of_fields == {"datetime", "float", "timedelta", "datetime | None"}

    @given(PACES, st.lists(st.timedeltas(timedelta(), HOUR * 12), max_size=20))
    def test_an_answer_of_not_modified_leaves_no_trace(
        self, pace: Pace, pauses: list[timedelta]
    ) -> None:
        end = NOW + sum(pauses, timedelta())
        polled, now = pace, NOW
        for pause in pauses:
            now += pause
            polled = observe(polled, [], now=now)
        once = observe(pace, [], now=end)
        assert abs(interval(polled) - interval(once)) <= timedelta(seconds=1)
        assert polled.usual == pytest.approx(once.usual)
        assert polled.observed / HOUR == pytest.approx(once.observed / HOUR)

    def test_a_clock_that_goes_back_does_no_harm(self) -> None:
        pace = every(HOUR)
        assert interval(observe(pace, [], now=NOW - DAY)) == interval(pace)


class TestWakingUp:
    def test_one_arrival_is_enough(self) -> None:
        asleep = observe(None, [], now=NOW - DAY * 60)
        asleep = observe(asleep, [], now=NOW)
        assert interval(asleep) == LONGEST
        awake = observe(asleep, [NOW], now=NOW)
        assert interval(awake) <= HOUR * 1.5
        for n in range(1, 4):
            awake = observe(awake, [NOW + HOUR * n], now=NOW + HOUR * n)
        assert interval(awake) <= MINUTE * 45

    def test_and_it_falls_asleep_again(self) -> None:
        pace = every(HOUR)
        lengths = [interval(observe(pace, [], now=NOW + DAY * n)) for n in range(40)]
        assert lengths == sorted(lengths)
        assert lengths[1] >= HOUR
        assert lengths[-1] == LONGEST


class TestReasons:
    def test_say_what_came_and_what_follows(self) -> None:
        assert (
            why(every(HOUR)) == "Something new comes every 59m usually, so it is polled every 29m."
        )
        assert why(every(MINUTE * 2)).endswith("polled every 15m, the shortest interval.")
        silent = observe(every(HOUR), [], now=NOW + DAY * 2)
        assert why(silent) == "Nothing new has come for 2d, so it is polled every 1h44m."
        gone = observe(every(HOUR), [], now=NOW + DAY * 90)
        assert (
            why(gone)
            == "Nothing new has come for 90d, so it is polled every 6h, the longest interval."
        )
        awake = observe(gone, [NOW + DAY * 90], now=NOW + DAY * 90)
        assert why(awake) == "Something new comes every 5h46m lately, so it is polled every 1h12m."


class TestSimulation:
    """Against a fixed interval, over sixty days of every kind of feed; `pacesim` prints it."""

    BEGIN, END = START + DAY * 14, START + DAY * 74

    def test_a_third_fewer_requests(self) -> None:
        asked = total = 0.0
        for _, items in kinds(74):
            found = simulate(items, Adaptive(SHORTEST, LONGEST), begin=self.BEGIN, end=self.END)
            asked += found.requests_a_day
            total += simulate(
                items, fixed(MINUTE * 30), begin=self.BEGIN, end=self.END
            ).requests_a_day
        assert asked < 0.70 * total

    def test_for_the_same_requests_items_are_found_sooner(self) -> None:
        adaptive = [
            simulate(items, Adaptive(SHORTEST, LONGEST), begin=self.BEGIN, end=self.END)
            for _, items in kinds(74)
        ]
        requests = sum(one.requests_a_day for one in adaptive) / len(adaptive)
        even = [
            simulate(items, fixed(DAY / requests), begin=self.BEGIN, end=self.END)
            for _, items in kinds(74)
        ]
        ours, theirs = (
            sum((sum(one.delays, timedelta()) for one in results), timedelta()) / HOUR
            for results in (adaptive, even)
        )
        assert ours < 0.45 * theirs

    @pytest.mark.parametrize("seed", range(3))
    def test_a_steady_feed_is_polled_steadily(self, seed: int) -> None:
        policy = Adaptive(SHORTEST, LONGEST)
        waits: list[timedelta] = []

        def watched(now: datetime, found: list[datetime]) -> timedelta:
            waits.append(policy(now, found))
            return waits[-1]

        items = poisson(1, seed=seed, days=44)
        simulate(items, watched, begin=START + DAY * 14, end=START + DAY * 44)
        waits.sort()
        middle = waits[len(waits) // 2]
        assert MINUTE * 25 <= middle <= MINUTE * 35
        assert waits[-1] <= 2 * middle
        assert waits[0] >= middle / 2
