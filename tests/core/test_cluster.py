"""Stories: what is joined, how, and what stays apart; and that a restart changes nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import newsdesk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsdesk import START, Piece

from aggregator.core.cluster import Grouper
from aggregator.types import Assignment, GroupInput, Relation

WINDOW = timedelta(days=6)


def short() -> Grouper:
    """With a window in which little has room."""
    return Grouper(copy_window=WINDOW, event_window=timedelta(days=3))


def assign(*pieces: Piece) -> list[Assignment]:
    grouper = Grouper()
    return [grouper.add(piece.item(number)) for number, piece in enumerate(pieces)]


def relations(*pieces: Piece) -> list[str]:
    return [assignment.relation.value for assignment in assign(*pieces)]


# --- what is joined


@pytest.mark.parametrize(
    ("piece", "relation"),
    [
        (newsdesk.FLOOD_COPY, Relation.COPY),
        (newsdesk.FLOOD_CUT, Relation.COPY),
        (newsdesk.FLOOD_LOCAL, Relation.COPY),
        (newsdesk.FLOOD_CORRECTED, Relation.COPY),
        (newsdesk.FLOOD_REWRITE, Relation.COPY),
        (newsdesk.FLOOD_REPORT, Relation.REPORT),
        (newsdesk.FLOOD_SPANISH, Relation.TRANSLATION),
    ],
)
def test_relation_to_the_first_article(piece: Piece, relation: Relation) -> None:
    first, second = assign(newsdesk.FLOOD, piece)
    assert (first.relation, first.story, first.of) == (Relation.NEW, 0, None)
    assert (second.relation, second.story, second.of) == (relation, 0, 0)
    assert 0 < second.score <= 1
    assert newsdesk.FLOOD.title in second.why


def test_half_the_text_rephrased_is_a_rewrite() -> None:
    half = newsdesk.FLOOD_REWRITE.text.replace(
        "shortly before midnight", "when the church clock had just struck twelve"
    )
    assert relations(newsdesk.FLOOD, replace(newsdesk.FLOOD_REWRITE, text=half)) == [
        "new",
        "rewrite",
    ]


def test_a_long_article_around_a_short_one_is_a_rewrite() -> None:
    brief = replace(newsdesk.FLOOD, text=newsdesk.FLOOD.text.split("\n\n")[0])
    assert relations(brief, replace(newsdesk.FLOOD, source="Coast Herald")) == ["new", "rewrite"]


def test_the_outlets_own_article_again() -> None:
    again = replace(newsdesk.FLOOD, hours=30, url="https://news.example.com/again")
    assert relations(newsdesk.FLOOD, again) == ["new", "same"]


def test_one_address_in_two_feeds_is_the_same_article() -> None:
    first = replace(newsdesk.FLOOD, url="https://news.example.com/2024/flood?utm_source=rss")
    other = replace(
        newsdesk.FLOOD_REPORT,
        source="Links of the day",
        url="http://www.news.example.com/2024/flood",
    )
    answer = assign(first, other)[1]
    assert answer.relation is Relation.SAME
    assert answer.score == 1.0
    assert "address" in answer.why


def test_an_address_proves_nothing_of_unrelated_articles() -> None:
    first = replace(newsdesk.SINGLES[0], url="https://news.example.com/today")
    other = replace(newsdesk.SINGLES[1], url="https://news.example.com/today", source="Else")
    assert relations(first, other) == ["new", "new"]


def test_a_front_page_is_no_address() -> None:
    first = replace(newsdesk.FLOOD, url="https://news.example.com/")
    other = replace(newsdesk.FLOOD_REPORT, url="https://news.example.com/")
    assert relations(first, other) == ["new", "report"]


@pytest.mark.parametrize(
    ("original", "copy"),
    [
        (newsdesk.ARABIC, newsdesk.ARABIC_COPY),
        (newsdesk.RUSSIAN, newsdesk.RUSSIAN_COPY),
        (newsdesk.CHINESE, newsdesk.CHINESE_COPY),
    ],
)
def test_copies_in_every_script(original: Piece, copy: Piece) -> None:
    assert relations(original, copy) == ["new", "copy"]


def test_headlines_alone() -> None:
    bare = [replace(piece, text="") for piece in (newsdesk.FLOOD, newsdesk.FLOOD_SPANISH)]
    again = replace(bare[0], source="Else")
    worded = replace(bare[0], source="Third", title="Hundreds in safety as Oskel floods Lindhaven")
    first, copy, report, single = assign(
        bare[0], again, worded, replace(newsdesk.SINGLES[0], text="")
    )
    assert copy.relation is Relation.COPY
    assert "headline" in copy.why
    assert (report.relation, report.story) == (Relation.REPORT, first.story)
    assert single.relation is Relation.NEW


def test_a_bare_headline_finds_the_article_under_it() -> None:
    bare = Piece(source="Links", title=newsdesk.FLOOD.title, text="", language=None)
    assert relations(newsdesk.FLOOD, bare) == ["new", "report"]


def test_the_reason_names_what_is_shared() -> None:
    why = assign(newsdesk.FLOOD, newsdesk.FLOOD_REPORT)[1].why
    assert "Henrike Solveig" in why
    assert "Jasper Quill" in why
    why = assign(newsdesk.FLOOD, newsdesk.FLOOD_CUT)[1].why
    assert why.startswith("shares 4 of its 4 sentences with “River Oskel")


def test_of_is_the_article_that_it_resembles_most() -> None:
    answers = assign(
        newsdesk.FLOOD, newsdesk.FLOOD_CUT, replace(newsdesk.FLOOD_CUT, source="Another")
    )
    assert answers[2].of == 1


# --- what stays apart


def test_each_of_these_is_a_story_of_its_own() -> None:
    by_time = sorted(newsdesk.APART, key=lambda piece: piece.hours)
    joined = [answer.why for answer in assign(*by_time) if answer.of is not None]
    assert joined == []


def test_the_same_person_meets_somebody_else_a_day_later() -> None:
    stories = [
        answer.story
        for answer in assign(
            newsdesk.MEETING,
            newsdesk.PORT_STRIKE,
            newsdesk.MEETING_NEXT_DAY,
            newsdesk.MEETING_OTHER_OUTLET,
        )
    ]
    assert stories == [0, 1, 2, 2]


def test_a_long_quotation_does_not_make_a_copy() -> None:
    assert relations(newsdesk.QUOTE_ONE, newsdesk.QUOTE_TWO) == ["new", "report"]


def test_a_template_is_named_in_the_reason() -> None:
    elsewhere = replace(newsdesk.WEATHER_ELSEWHERE, title="Fog along the Hask coast")
    answer = assign(newsdesk.WEATHER_MONDAY, elsewhere)[1]
    assert answer.relation is Relation.NEW
    assert "other names or numbers" in answer.why


def test_a_series_is_named_in_the_reason() -> None:
    answer = assign(newsdesk.WEATHER_MONDAY, newsdesk.WEATHER_ELSEWHERE)[1]
    assert answer.relation is Relation.NEW
    assert "the series of “Weather for Tilburn: Monday” (Valley Times)" in answer.why


def test_an_outlets_own_furniture_does_not_make_copies() -> None:
    furniture = (
        " Your daily companion for the whole valley. Subscribe today for the price of a cup of "
        "coffee and read all of our stories on every device. Our editors work independently of "
        "advertisers. Send us your tips by letter or by pigeon, we answer every one of them."
    )
    pieces = [replace(piece, source="Valley") for piece in newsdesk.SINGLES]
    pieces = [replace(piece, text=piece.text + furniture) for piece in pieces]
    assert relations(*pieces) == ["new"] * 4
    elsewhere = replace(newsdesk.SINGLES[3], source="Elsewhere")
    answer = assign(*pieces, elsewhere)[-1]
    assert (answer.relation, answer.score) == (Relation.COPY, 1.0)


def test_eighty_copies_are_one_story() -> None:
    pieces = [
        replace(newsdesk.FLOOD_COPY, source=f"Outlet {number}", title=f"Edition {number}")
        for number in range(80)
    ]
    assert {answer.story for answer in assign(newsdesk.FLOOD, *pieces)} == {0}


# --- time


def test_an_event_is_over_after_the_event_window() -> None:
    late = replace(newsdesk.FLOOD_REPORT, hours=24 * 6)
    assert relations(newsdesk.FLOOD, late) == ["new", "new"]


def test_a_copy_is_recognised_longer() -> None:
    late = replace(newsdesk.FLOOD_COPY, hours=24 * 13)
    assert relations(newsdesk.FLOOD, late) == ["new", "copy"]
    too_late = replace(newsdesk.FLOOD_COPY, hours=24 * 15)
    assert relations(newsdesk.FLOOD, too_late) == ["new", "new"]


def test_a_back_dated_article_meets_those_of_its_time() -> None:
    grouper = Grouper()
    grouper.add(replace(newsdesk.FLOOD, hours=24 * 10).item("flood"))
    grouper.add(replace(newsdesk.SINGLES[0], hours=24 * 20).item("later"))
    back_dated = grouper.add(replace(newsdesk.FLOOD_REPORT, hours=24 * 9).item("back"))
    assert (back_dated.relation, back_dated.story) == (Relation.REPORT, "flood")


def test_the_window_is_bounded() -> None:
    grouper = short()
    for number in range(120):
        piece = replace(newsdesk.SINGLES[number % 4], hours=12.0 * number)
        grouper.add(piece.item(number))
    assert len(grouper) <= 7 * 2 + 1


def test_times_at_the_ends_of_the_calendar() -> None:
    grouper = Grouper()
    for number, at in enumerate(
        [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    ):
        assert grouper.add(newsdesk.FLOOD.item(number, at=at)).relation is Relation.NEW


# --- forgetting, and other versions


def test_a_changed_article_is_assigned_anew() -> None:
    grouper = Grouper()
    grouper.add(newsdesk.FLOOD.item(1))
    grouper.add(newsdesk.SINGLES[0].item(2))
    grouper.forget(2)
    grouper.forget(99)
    again = grouper.add(replace(newsdesk.FLOOD_REPORT, hours=2).item(2))
    assert (again.story, len(grouper)) == (1, 2)


def test_adding_again_takes_out_first() -> None:
    grouper = Grouper()
    first = grouper.add(newsdesk.FLOOD.item(1))
    assert grouper.add(newsdesk.FLOOD.item(1)) == first
    assert len(grouper) == 1


def test_another_versions_fingerprint_is_compared_with_nothing() -> None:
    grouper = Grouper()
    grouper.add(newsdesk.FLOOD.item(1))
    item = newsdesk.FLOOD_COPY.item(2)
    item = replace(item, fingerprint=replace(item.fingerprint, version=0))
    assert grouper.add(item).relation is Relation.NEW
    assert len(grouper) == 1


# --- the same after a restart, in any order


def stream(seed: int, length: int = 60) -> list[GroupInput]:
    """Every article at some time within two weeks, not in order of time."""
    rng = random.Random(seed)
    pieces = [rng.choice(newsdesk.ALL) for _ in range(length)]
    items = []
    for number, piece in enumerate(pieces):
        late = rng.choice([0, 0, 0, 2, 30, 100, 200])
        at = START + timedelta(hours=6 * number - late)
        source = piece.source if rng.random() < 0.5 else f"Outlet {rng.randrange(9)}"
        items.append(replace(piece.item(number, at=at), source=source))
    return items


def rebuilt(items: Sequence[GroupInput], answers: Sequence[Assignment]) -> Grouper:
    """As the program does at its start: from the articles that are still within the window, which
    is counted from the beginning of the day."""
    latest = max(item.at for item in items)
    since = latest.replace(hour=0, minute=0) - WINDOW
    grouper = short()
    for item, answer in zip(items, answers, strict=True):
        if item.at >= since:
            grouper.restore(item, answer)
    return grouper


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(1, 59))
def test_a_restart_at_any_point_changes_nothing(seed: int, cut: int) -> None:
    items = stream(seed)
    grouper = short()
    answers = [grouper.add(item) for item in items]
    again = rebuilt(items[:cut], answers[:cut])
    assert [again.add(item) for item in items[cut:]] == answers[cut:]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(2, 59), data=st.data())
def test_a_restart_after_forgetting_changes_nothing(
    seed: int, cut: int, data: st.DataObject
) -> None:
    items = stream(seed)
    grouper = short()
    answers = [grouper.add(item) for item in items[:cut]]
    index = data.draw(st.integers(0, cut - 1))
    kept = [number for number in range(cut) if number != index]
    again = rebuilt([items[number] for number in kept], [answers[number] for number in kept])
    grouper.forget(index)
    rest = [items[index], *items[cut:]]
    assert [grouper.add(item) for item in rest] == [again.add(item) for item in rest]


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(len(newsdesk.FLOODS) + len(newsdesk.APART))))
def test_no_order_of_arrival_joins_what_is_apart(order: list[int]) -> None:
    pieces = [*newsdesk.FLOODS, *newsdesk.APART]
    grouper = Grouper()
    story_of = {}
    for number in order:
        story_of[number] = grouper.add(pieces[number].item(number)).story
    floods = {story_of[number] for number in range(len(newsdesk.FLOODS))}
    apart = [story_of[number] for number in range(len(newsdesk.FLOODS), len(pieces))]
    assert len(set(apart) | floods) == len(apart) + len(floods)
