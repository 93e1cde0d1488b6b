from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watchmaker import NOON, item, watch

from aggregator.core.pace import observe, watched_since
from aggregator.core.query_tree import And, Field, Node, Not, Or, Phrase, Word
from aggregator.core.quiet_hours import quiet_until
from aggregator.core.watch_rules import (
    next_time,
    silent_sources,
    subject_of,
    watch_key,
)
from aggregator.types.sources import FeedState, Pace, Source, SourceStatus
from aggregator.types.watching import QuietHours, Rate, Watch, WatchHit, WatchPer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BERLIN = "Europe/Berlin"
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "America/Nuuk",  # 23:00 jumps to the next date
    "Africa/Cairo",  # 00:00 jumps to 01:00
    "America/Sao_Paulo",  # the same, and 00:00 back to 23:00
    "Pacific/Apia",  # 30 December 2011 does not exist
    "Asia/Kathmandu",
    "UTC",
]
TIMES = [time(0), time(0, 30), time(2, 15), time(2, 30), time(3), time(7), time(22), time(23, 30)]
MOMENTS = st.datetimes(
    min_value=datetime(2010, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2027, 1, 1),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
QUIET = st.builds(
    lambda begin, end, zone: QuietHours(begin=begin, end=end, timezone=zone),
    st.sampled_from(TIMES),
    st.sampled_from([time(1), time(2, 45), time(6), time(12), time(23, 45)]),
    st.sampled_from(ZONES),
)


def quiet(begin: str, end: str, zone: str = BERLIN) -> QuietHours:
    return QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end), timezone=zone)


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


# --- what is told once


def test_an_article_or_its_story_is_told_once() -> None:
    story = watch(per=WatchPer.STORY)
    assert subject_of(watch(), item(article_id=12, story_id=34)) == "article:12"
    assert subject_of(story, item(article_id=12, story_id=34)) == "story:34"
    assert subject_of(story, item(article_id=12)) == "article:12"


def test_names_of_watches_differ_by_more_than_case() -> None:
    assert watch_key(" Große  Häfen") == watch_key("GROSSE HÄFEN") == "grosse hafen"


# --- quiet hours


@pytest.mark.parametrize(
    ("hours", "at", "end"),
    [
        (("22:00", "07:00"), "2026-05-04T22:00", "2026-05-05T07:00"),
        (("22:00", "07:00"), "2026-05-05T06:59:59.999999", "2026-05-05T07:00"),
        (("22:00", "07:00"), "2026-05-05T07:00", None),
        (("22:00", "07:00"), "2026-05-04T21:59:59.999999", None),
        (("12:00", "14:00"), "2026-05-04T13:00", "2026-05-04T14:00"),
        (("12:00", "14:00"), "2026-05-04T14:00", None),
        (("00:00", "23:59"), "2026-05-04T00:00", "2026-05-04T23:59"),
        (("07:00", "00:00"), "2026-05-04T23:59", "2026-05-05T00:00"),
        (("22:00", "07:00"), "2026-03-28T23:00", "2026-03-29T07:00"),
        (("22:00", "07:00"), "2026-10-24T23:00", "2026-10-25T07:00"),
        (("01:00", "02:30"), "2026-03-29T01:30", "2026-03-29T03:30"),
        (("02:10", "02:50"), "2026-03-29T03:20", "2026-03-29T03:50"),
    ],
)
def test_quiet_hours_end_by_the_local_clock(
    hours: tuple[str, str], at: str, end: str | None
) -> None:
    expected = None if end is None else local(end).astimezone(UTC)
    assert quiet_until(quiet(*hours), local(at)) == expected


def test_an_hour_that_comes_twice_ends_them_once() -> None:
    hours = quiet("22:00", "02:30")
    assert quiet_until(hours, datetime(2026, 10, 25, 0, 29, tzinfo=UTC)) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert quiet_until(hours, datetime(2026, 10, 25, 1, 15, tzinfo=UTC)) is None


def test_no_time_between_begin_and_end_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no length"):
        quiet_until(quiet("07:00", "07:00"), NOON)


@given(hours=QUIET, at=MOMENTS)
def test_quiet_hours_are_what_the_clock_on_the_wall_says_but_for_changes(
    hours: QuietHours, at: datetime
) -> None:
    zone = ZoneInfo(hours.timezone)
    here = at.astimezone(zone)
    steady = len({(at + days * DAY).astimezone(zone).utcoffset() for days in (-2, 0, 2)}) == 1
    shown = here.time()
    if hours.begin < hours.end:
        expected = hours.begin <= shown < hours.end
    else:
        expected = shown >= hours.begin or shown < hours.end
    end = quiet_until(hours, at)
    if steady:
        assert (end is not None) is expected
    if end is not None:
        assert at < end <= at + DAY + 25 * HOUR
        if steady:
            assert end.astimezone(zone).time() == hours.end
            assert end - at < DAY


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("begin", "end"), [("22:00", "07:00"), ("01:30", "03:15")])
def test_through_a_year_every_night_is_quiet_once_and_every_day_is_heard(
    zone: str, begin: str, end: str
) -> None:
    hours = quiet(begin, end, zone)
    now, stop = datetime(2011, 1, 1, 12, tzinfo=UTC), datetime(2012, 1, 10, tzinfo=UTC)
    ends: list[datetime] = []
    while now < stop:
        until = quiet_until(hours, now)
        if until is None:
            now += timedelta(minutes=25)
        else:
            assert now < until
            assert quiet_until(hours, until) is None, "what waits is sent when they end"
            ends.append(until)
            now = until + timedelta(hours=10)
    for earlier, later in pairwise(ends):
        assert timedelta(hours=22) <= later - earlier <= timedelta(hours=26)


# --- how often


RATES = st.builds(
    lambda most, minutes: Rate(most=most, span=timedelta(minutes=minutes)),
    st.integers(1, 4),
    st.sampled_from((1, 15, 60, 24 * 60)),
)


@given(
    rate=st.one_of(st.none(), RATES),
    hours=st.one_of(st.none(), QUIET),
    start=MOMENTS,
    gaps=st.lists(st.integers(0, 400), min_size=1, max_size=30),
)
def test_messages_are_as_early_as_rate_and_quiet_hours_allow(
    rate: Rate | None, hours: QuietHours | None, start: datetime, gaps: list[int]
) -> None:
    rule = watch(at_most=rate, quiet=hours)
    made: list[datetime] = []
    now = start
    for gap in gaps:
        now = max(now + timedelta(minutes=gap), made[-1] if made else now)
        at = next_time(rule, now=now, made=made)
        assert at >= now
        assert next_time(rule, now=at, made=made) == at
        if at > now:
            between = now + (at - now) / 2
            assert next_time(rule, now=between, made=made) == at, "it is no earlier"
        made.append(at)
        if hours is not None:
            assert quiet_until(hours, at) is None
        if rate is not None:
            within = len(made) - bisect_left(made, at - rate.span + timedelta(microseconds=1))
            assert within <= rate.most


def test_without_rules_it_is_now() -> None:
    assert next_time(watch(), now=NOON, made=[NOON] * 9) == NOON


def test_any_such_time_counts_not_the_hour_of_the_clock() -> None:
    rule = watch(at_most=Rate(most=2, span=HOUR))
    made = [NOON - timedelta(minutes=50), NOON - timedelta(minutes=20)]
    assert next_time(rule, now=NOON, made=made) == NOON + timedelta(minutes=10)
    assert next_time(rule, now=NOON, made=made[1:]) == NOON


def test_what_the_rate_puts_off_into_the_night_comes_in_the_morning() -> None:
    rule = watch(at_most=Rate(most=1, span=HOUR), quiet=quiet("22:00", "07:00"))
    evening = local("2026-05-04T21:30")
    assert next_time(rule, now=evening, made=[evening - timedelta(minutes=10)]) == local(
        "2026-05-05T07:00"
    )


# --- silent sources


def status(
    source_id: int = 5,
    *,
    name: str = "The Gulf Observer",
    tags: tuple[str, ...] = ("world",),
    last_at: datetime | None = NOON,
    asked_at: datetime | None = NOON + DAY,
    pace: Pace | None = None,
    newest_at: datetime | None = None,
    last_error: str | None = None,
    retired_at: datetime | None = None,
) -> SourceStatus:
    if pace is None and last_at is not None and asked_at is not None:
        pace = Pace(at=asked_at, usual=1.0, observed=DAY, lately=0.0, last_at=last_at)
    return SourceStatus(
        source_id=source_id,
        source=Source(name=name, url=f"https://example.org/{source_id}", tags=tags),
        state=FeedState(
            next_poll_at=NOON,
            last_poll_at=asked_at,
            pace=pace,
            last_error=last_error,
            retired_at=retired_at,
        ),
        articles=0,
        newest_at=newest_at,
    )


SILENT = watch("Silent", silent=DAY)


def silent(
    *statuses: SourceStatus, rule: Watch = SILENT, root: Node | None = None,
    now: datetime = NOON + DAY,
) -> list[WatchHit]:  # fmt: skip
    return silent_sources(statuses, rule, root, now=now)


def test_a_source_is_silent_when_its_last_news_is_so_long_ago() -> None:
    (hit,) = silent(status())
    assert (hit.watch, hit.source_id, hit.article_id, hit.at) == ("silent", 5, None, NOON + DAY)
    assert hit.subject == f"silent:5:{int(NOON.timestamp())}"
    assert hit.snippet == "Nothing new for 24 hours, although the feed can be read."
    assert silent(status(last_at=NOON + timedelta(seconds=1))) == []


def test_each_silence_is_told_once_and_the_next_one_again() -> None:
    subjects = [
        hit.subject
        for asked in range(1, 100)
        for hit in silent(
            status(last_at=NOON + (2 * DAY if asked > 50 else timedelta()),
                   asked_at=NOON + asked * HOUR),
            now=NOON + asked * HOUR,
        )
    ]  # fmt: skip
    assert len(subjects) > 40
    assert list(dict.fromkeys(subjects)) == [
        f"silent:5:{int((NOON + days * DAY).timestamp())}" for days in (0, 2)
    ]


def test_why_is_said_where_it_cannot_be_read() -> None:
    (hit,) = silent(status(last_error="The server answers 500."), now=NOON + 5 * DAY)
    assert hit.snippet == (
        "Nothing new for 5 days, and the last poll failed: The server answers 500."
    )


def test_when_nothing_was_running_nothing_was_silent() -> None:
    assert silent(status(asked_at=NOON + HOUR), now=NOON + 9 * DAY) == []


def test_retired_sources_and_those_never_asked_are_not_told() -> None:
    assert silent(status(retired_at=NOON)) == []
    assert silent(status(last_at=None, asked_at=None)) == []
    assert silent(status(last_at=None, last_error="There is no such host.")) == []


def test_where_no_arrival_is_noted_the_newest_article_tells() -> None:
    (hit,) = silent(status(last_at=None, newest_at=NOON - HOUR))
    assert hit.subject == f"silent:5:{int((NOON - HOUR).timestamp())}"


@given(gaps=st.lists(st.integers(1, 5000), min_size=1, max_size=40))
def test_a_source_that_never_brought_anything_is_told_once_when_it_is_old_enough(
    gaps: list[int],
) -> None:
    now, pace = NOON, observe(None, (), now=NOON)
    subjects: set[tuple[str, str]] = set()
    for gap in gaps:
        now += timedelta(minutes=gap)
        pace = observe(pace, (), now=now)
        assert abs(watched_since(pace) - NOON) < timedelta(seconds=10)
        found = silent(status(last_at=None, asked_at=now, pace=pace), now=now)
        if abs(now - NOON - DAY) > timedelta(seconds=10):
            assert bool(found) is (now - NOON >= DAY)
        subjects.update((hit.subject, hit.snippet) for hit in found)
    assert subjects <= {("silent:5:0", "Nothing has come yet, although the feed can be read.")}


def test_a_query_chooses_the_sources() -> None:
    statuses = [
        status(1, name="Le Quai", tags=("port", "world")),
        status(2, name="Gulf News", tags=()),
        status(3, name="The Gulf Observer", tags=("World News",)),
    ]
    gulf, world = Field("source", Word("gulf")), Field("tag", Word("world"))
    for root, expected in [
        (None, [1, 2, 3]),
        (gulf, [2, 3]),
        (world, [1]),
        (Or((gulf, world)), [1, 2, 3]),
        (And((gulf, Not(Field("tag", Word("wor", prefix=True))))), [2]),
        (Field("source", Phrase(("le", "quai"))), [1]),
    ]:
        assert [hit.source_id for hit in silent(*statuses, root=root)] == expected


@pytest.mark.parametrize(
    "root", [Word("flood"), Field("lang", Word("en")), Field("title", Word("a"))]
)
def test_a_query_about_articles_chooses_no_sources(root: Node) -> None:
    with pytest.raises(ValueError, match="nothing of a source"):
        silent(status(), root=And((Field("tag", Word("world")), root)))


def test_only_a_watch_for_silent_sources_looks_at_them() -> None:
    with pytest.raises(ValueError, match="Harbour"):
        silent(status(), rule=watch())
