"""Which article was out first, and whether that is certain."""

from __future__ import annotations

from itertools import permutations
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from storymaker import article, story, undated

from aggregator.core.moments import is_before, moment_of
from aggregator.core.precedence import First, credited, credits_outlet, first_outlets, in_order
from aggregator.types import Relation, StoryArticle

COPY, REPORT = Relation.COPY, Relation.REPORT
MIDNIGHT = -12 * 60


def numbers(items: list[StoryArticle]) -> list[int]:
    return [item.article.article_id for item in items]


# --- order


def test_a_day_alone_never_wins_over_a_time_of_that_day() -> None:
    day = article(1, "A", MIDNIGHT, seen=600)
    timed = article(2, "B", 300, REPORT, 1)
    later = article(3, "C", 601, REPORT, 1)
    assert numbers(in_order([day, timed, later])) == [2, 1, 3]


def test_what_is_dated_back_stands_where_it_was_seen() -> None:
    back = article(1, "A", 0, seen=240, unseen=225)
    honest = article(2, "B", 90, REPORT, 1)
    assert numbers(in_order([back, honest])) == [2, 1]


def test_of_two_with_one_end_the_one_that_may_be_earlier_comes_first() -> None:
    between = undated(article(1, "A", 0, seen=60, unseen=30))
    given_time = article(2, "B", 60)
    unknown = undated(article(3, "C", 0, seen=60))
    assert numbers(in_order([unknown, given_time, between])) == [1, 2, 3]


def test_whom_a_text_credits_was_out_before_it_if_time_allows() -> None:
    day = article(1, "The Gulf Observer", MIDNIGHT, seen=600)
    crediting = article(2, "Bay Herald", 30, COPY, 1, credit=("Gulf Observer",))
    assert numbers(in_order([day, crediting])) == [1, 2]


def test_a_credit_does_not_turn_times_round_that_are_certain() -> None:
    crediting = article(1, "Bay Herald", 30, credit=("Gulf Observer",))
    named = article(2, "The Gulf Observer", 32, COPY, 1)
    assert numbers(in_order([named, crediting])) == [1, 2]


def test_credits_are_followed_and_may_run_in_a_circle() -> None:
    chain = [
        article(1, "A", 10, credit=("Bay Herald",)),
        article(2, "Bay Herald", MIDNIGHT, seen=300, credit=("Cape Courier",)),
        article(3, "Cape Courier", MIDNIGHT, seen=600),
    ]
    circle = [
        article(1, "Bay Herald", MIDNIGHT, seen=300, credit=("Cape Courier",)),
        article(2, "Cape Courier", MIDNIGHT, seen=600, credit=("Bay Herald",)),
    ]
    assert {tuple(numbers(in_order(items))) for items in permutations(chain)} == {(3, 2, 1)}
    assert {tuple(numbers(in_order(items))) for items in permutations(circle)} == {(2, 1)}


@st.composite
def articles(draw: st.DrawFn) -> list[StoryArticle]:
    names = ["Bay Herald", "Cape Courier", "The Gulf Observer", "AFP"]
    made = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        item = article(
            number,
            draw(st.sampled_from(names)),
            draw(st.sampled_from([MIDNIGHT, *range(-200, 200, 40)])),
            seen=draw(st.integers(-100, 400)),
            unseen=draw(st.none() | st.integers(-300, 100)),
            credit=tuple(draw(st.lists(st.sampled_from(names), max_size=2))),
        )
        made.append(undated(item) if draw(st.booleans()) else item)
    return made


@given(articles(), st.randoms(use_true_random=False))
def test_the_order_is_total_and_keeps_to_what_is_certain(
    items: list[StoryArticle], random: Random
) -> None:
    ordered = in_order(items)
    assert sorted(numbers(ordered)) == sorted(numbers(items))
    for place, item in enumerate(ordered):
        for later in ordered[place + 1 :]:
            assert not is_before(moment_of(later), moment_of(item))
    shuffled = list(items)
    random.shuffle(shuffled)
    assert in_order(shuffled) == ordered


# --- first


def test_a_plain_time_before_all_others_is_certainly_first() -> None:
    whole = story(
        article(1, "A", 0), article(2, "B", 1, COPY, 1), article(3, "A", MIDNIGHT, REPORT, 1)
    )
    assert first_outlets(whole) == First(outlets=("A",), certain=True, at_once=False)


def test_who_gives_the_same_minute_is_first_as_well() -> None:
    whole = story(article(1, "A", 0), article(2, "B", 0.5, REPORT, 1), article(3, "C", 1, COPY, 1))
    assert first_outlets(whole) == First(outlets=("A", "B"), certain=False, at_once=True)


def test_who_gives_a_day_or_nothing_may_have_been_first() -> None:
    whole = story(
        article(1, "A", 0),
        article(2, "Day", MIDNIGHT, REPORT, 1, seen=600),
        undated(article(3, "Nothing", 0, COPY, 1, seen=50)),
        undated(article(4, "After", 0, COPY, 1, seen=50, unseen=20)),
    )
    first = first_outlets(whole)
    assert (first.outlets, first.certain, first.at_once) == (("A", "Nothing", "Day"), False, False)


def test_who_credits_the_first_was_not() -> None:
    whole = story(
        article(1, "The Gulf Observer", 0),
        article(2, "Day", MIDNIGHT, COPY, 1, seen=600, credit=("Gulf Observer",)),
    )
    assert first_outlets(whole).certain


# --- credits


def test_an_outlet_does_not_credit_itself() -> None:
    item = article(1, "Reuters World News", 0, credit=("Reuters", "Gulf Observer"))
    assert credited(item) == ("Gulf Observer",)
    assert credits_outlet(item, "The Gulf Observer")
    assert not credits_outlet(item, "Bay Herald")
