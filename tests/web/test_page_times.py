"""Times as pages show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from storymaker import NOON, article, undated

from aggregator.core.moments import moment_of
from aggregator.types import StoryArticle
from aggregator.web.views.texts import headline_view, isolated, text_view
from aggregator.web.views.times import Times, span_in_words

TIMES = Times(now=NOON + timedelta(hours=3), zone=UTC)
"""It is Sunday, 29 March 2026."""


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 3, 29, 6, 12, tzinfo=UTC), "06:12"),
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 3, 24, 6, 12, tzinfo=UTC), "Tue 06:12"),
        (datetime(2026, 3, 22, 6, 12, tzinfo=UTC), "22 Mar 06:12"),
        (datetime(2025, 3, 29, 6, 12, tzinfo=UTC), "29 Mar 2025 06:12"),
        (datetime(2026, 3, 30, 6, 12, tzinfo=UTC), "30 Mar 06:12"),
    ],
)
def test_a_time_is_as_short_as_it_can_be(at: datetime, text: str) -> None:
    assert TIMES.at(at).text == text


def test_it_is_told_in_full_and_for_machines_too() -> None:
    found = Times(now=NOON, zone=ZoneInfo("Asia/Tehran")).at(NOON)
    assert found.text == "15:30"
    assert found.iso == "2026-03-29T15:30:00+03:30"
    assert found.title == "Sunday, 29 March 2026, 15:30 +0330"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (article(1, "A", -60), "11:00"),
        (undated(article(1, "A", -60)), "by 11:00"),
        (undated(article(1, "A", -60, unseen=-80)), "about 11:00"),
        (undated(article(1, "A", -60, unseen=-240)), "08:00–11:00"),
        (article(1, "A", -720, seen=-60), "today"),
        (article(1, "A", -720 - 3 * 1440, seen=-60 - 3 * 1440), "on Thu"),
    ],
)
def test_what_is_not_known_exactly_is_told_as_exact_as_it_is(item: StoryArticle, text: str) -> None:
    assert TIMES.moment(moment_of(item)).text == text


def test_a_day_begins_where_the_reader_is() -> None:
    east = Times(now=NOON, zone=timezone(timedelta(hours=13)))
    assert east.today == date(2026, 3, 30)
    assert east.starts(date(2026, 3, 30)) == datetime(2026, 3, 29, 11, tzinfo=UTC)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    berlin = Times(now=NOON, zone=ZoneInfo("Europe/Berlin"))
    assert berlin.starts(date(2026, 3, 30)) - berlin.starts(date(2026, 3, 29)) == timedelta(
        hours=23
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        *[(0, "0 minutes"), (1, "1 minute"), (89, "89 minutes"), (90, "2 hours")],
        *[(180, "3 hours"), (47 * 60, "47 hours"), (48 * 60, "2 days"), (10 * 24 * 60, "10 days")],
    ],
)
def test_a_duration_is_told_in_one_unit(minutes: int, words: str) -> None:
    assert span_in_words(timedelta(minutes=minutes)) == words


def test_names_that_are_written_from_the_right_are_kept_apart() -> None:
    assert isolated("The Harbour Post") == "The Harbour Post"
    assert isolated("مرسى") == "\u2068مرسى\u2069"


def test_texts_know_their_language_and_direction() -> None:
    assert (text_view("x", "fa-IR").lang, text_view("x", "fa-IR").dir) == ("fa", "rtl")
    assert (text_view("x", None).lang, text_view("x", None).dir) == ("", "auto")
    assert text_view("x", '"><script>').lang == ""
    assert headline_view(" \n ", "en").text == "(no title)"
