"""B14: what a feed itself asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.cache_headers import MAX_WAIT
from aggregator.core.feed_hints import hinted, outside_skipped
from aggregator.core.parse import parse_feed
from aggregator.types import PollHints

AT = datetime(2026, 3, 3, 12, 20, tzinfo=UTC)  # a Tuesday
URL = "https://feeds.example.com/feed.xml"
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def hints(channel: str, items: str = "<item><title>a</title></item>") -> PollHints | None:
    body = f'<rss version="2.0" {SY}><channel><title>T</title>{channel}{items}</channel></rss>'
    return parse_feed(body.encode(), url=URL).hints


def minutes(given_hints: PollHints) -> float | None:
    at = hinted(given_hints, now=AT, fetched_at=AT).at
    return (at - AT) / MINUTE if at else None


class TestReading:
    @pytest.mark.parametrize(
        ("channel", "expected"),
        [
            ("<ttl>60</ttl>", PollHints(ttl=HOUR)),
            ("<ttl> 60\n</ttl>", PollHints(ttl=HOUR)),
            ("<ttl>0</ttl>", None),
            ("<ttl>-5</ttl>", None),
            ("<ttl>1h</ttl>", None),
            ("<ttl>99999999999999</ttl>", None),
            ("<sy:updatePeriod>hourly</sy:updatePeriod>", PollHints(update_every=HOUR)),
            (
                "<sy:updatePeriod>\nhourly\t</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
                PollHints(update_every=MINUTE * 15),
            ),
            (
                "<sy:updateFrequency>2</sy:updateFrequency>",
                PollHints(update_every=HOUR * 12),
            ),
            (
                "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
                PollHints(update_every=timedelta(weeks=1)),
            ),
            (
                (
                    "<sy:updatePeriod>daily</sy:updatePeriod>"
                    "<sy:updateBase>2000-01-01T06:00+00:00</sy:updateBase>"
                ),
                PollHints(update_every=HOUR * 24, update_base=datetime(2000, 1, 1, 6, tzinfo=UTC)),
            ),
            ("<sy:updateBase>2000-01-01T06:00+00:00</sy:updateBase>", None),
            (
                (
                    "<skipHours><hour>22</hour><hour> 3 </hour><hour>24</hour><hour>25</hour>"
                    "<hour>x</hour></skipHours>"
                ),
                PollHints(skip_hours=(0, 3, 22)),
            ),
            (
                "<skipDays><day>Sunday</day>\n<day>saturday</day><day>Caturday</day></skipDays>",
                PollHints(skip_days=(5, 6)),
            ),
            (f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(24))}</skipHours>", None),
            ("<skipHours/><skipDays></skipDays>", None),
            ("", None),
        ],
    )
    def test_b14_of_a_channel(self, channel: str, expected: PollHints | None) -> None:
        assert hints(channel) == expected

    def test_b14_of_rss_1(self) -> None:
        body = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            f'xmlns="http://purl.org/rss/1.0/" {SY}><channel><title>T</title>'
            "<sy:updatePeriod>hourly</sy:updatePeriod></channel><item><title>a</title></item></rdf:RDF>"
        )
        assert parse_feed(body.encode(), url=URL).hints == PollHints(update_every=HOUR)

    def test_b14_after_the_items_and_never_within_them(self) -> None:
        example = "<![CDATA[<skipHours><hour>1</hour></skipHours>]]>"
        items = f"<item><description>{example}</description><ttl>9</ttl></item>"
        assert hints("", items) is None
        after = items + "<skipHours><hour>2</hour></skipHours><ttl>60</ttl>"
        assert hints("", after) == PollHints(ttl=HOUR, skip_hours=(2,))

    def test_b14_json_feeds_and_atom_have_none(self) -> None:
        atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>'
        json = b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}'
        for body in (atom, json):
            assert parse_feed(body, url=URL).hints is None


class TestWaiting:
    @pytest.mark.parametrize(
        ("given_hints", "expected"),
        [
            (PollHints(), None),
            (PollHints(ttl=HOUR), 60),
            (PollHints(ttl=HOUR, update_every=HOUR * 2), 120),
            (PollHints(ttl=HOUR * 3, update_every=HOUR * 2), 180),
            (PollHints(ttl=timedelta(days=3)), 1440),
            (PollHints(update_every=timedelta(weeks=1)), 1440),
            # Counted from the base: the next full hour.
            (PollHints(update_every=HOUR, update_base=datetime(2000, 1, 1, 12, tzinfo=UTC)), 40),
            (PollHints(update_every=HOUR, update_base=datetime(2030, 1, 1, 12, tzinfo=UTC)), 40),
            (PollHints(update_every=HOUR, update_base=AT), 60),
            (PollHints(skip_hours=(13,)), None),
        ],
    )
    def test_b14_the_longer_one_counts(
        self, given_hints: PollHints, expected: float | None
    ) -> None:
        assert minutes(given_hints) == expected

    def test_b14_it_may_be_over(self) -> None:
        found = hinted(PollHints(ttl=HOUR), now=AT + HOUR, fetched_at=AT)
        assert (found.at, found.why) == (None, "The feed's ttl is 1h, which is over.")

    def test_b14_it_is_told_in_words(self) -> None:
        found = hinted(PollHints(update_every=HOUR / 2), now=AT, fetched_at=AT)
        assert found.why == "The feed is updated every 30m: not before 2026-03-03 12:50 UTC."
        nothing = hinted(PollHints(), now=AT, fetched_at=AT)
        assert nothing.why == "The feed does not say how often it is updated."


class TestSkipping:
    @pytest.mark.parametrize(
        ("hours", "days", "expected"),
        [
            ((), (), None),
            ((13,), (), None),
            ((12,), (), "2026-03-03T13:00"),
            ((12, 13, 14), (), "2026-03-03T15:00"),
            ((0, 1, 12), (), "2026-03-03T13:00"),
            ((), (1,), "2026-03-04T00:00"),
            ((0, 1), (1,), "2026-03-04T02:00"),
            ((), (0,), None),
            ((), (1, 2), "2026-03-04T12:20"),  # put off for a day at most
        ],
    )
    def test_b14_to_the_next_hour_that_is_none_of_them(
        self, hours: tuple[int, ...], days: tuple[int, ...], expected: str | None
    ) -> None:
        skipping = PollHints(skip_hours=hours, skip_days=days)
        found = outside_skipped(skipping, AT, fetched_at=AT)
        assert (found.at and f"{found.at:%Y-%m-%dT%H:%M}") == expected

    def test_b14_what_is_due_later_than_a_day_stays(self) -> None:
        due = AT + timedelta(days=7)
        assert outside_skipped(PollHints(skip_days=(1,)), due, fetched_at=AT).at is None

    def test_b14_it_is_told_in_words(self) -> None:
        found = outside_skipped(PollHints(skip_hours=(12,)), AT, fetched_at=AT)
        assert found.why == (
            "The feed brings nothing at 12 h UTC on Tuesdays: not before 2026-03-03 13:00 UTC."
        )


@given(
    st.builds(
        PollHints,
        ttl=st.none() | st.timedeltas(MINUTE, timedelta(days=999)),
        update_every=st.none() | st.timedeltas(timedelta(microseconds=36), timedelta(days=365)),
        update_base=st.none()
        | st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds have no zone
        skip_hours=st.sets(st.integers(0, 23), max_size=23).map(lambda one: tuple(sorted(one))),
        skip_days=st.sets(st.integers(0, 6), max_size=6).map(lambda one: tuple(sorted(one))),
    )
)
def test_b14_nothing_keeps_a_feed_away_for_more_than_a_day(given_hints: PollHints) -> None:
    asked = hinted(given_hints, now=AT, fetched_at=AT).at
    assert asked is None or AT < asked <= AT + MAX_WAIT
    due = asked or AT
    later = outside_skipped(given_hints, due, fetched_at=AT).at
    assert later is None or due < later <= AT + MAX_WAIT
