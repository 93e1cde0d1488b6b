from __future__ import annotations

from collections import Counter

import pytest
from digestroom import SINCE, UNTIL, YESTERDAY, build, shown, status
from hypothesis import given
from hypothesis import strategies as st
from storymaker import article, story

from aggregator.core.digest import new_articles, told_articles
from aggregator.types import Relation, SectionKind, SectionRule, Story

COPY, REPORT, SAME = Relation.COPY, Relation.REPORT, Relation.SAME
REWRITE, TRANSLATION = Relation.REWRITE, Relation.TRANSLATION


def pair(number: int, *outlets: str, at: float = 0) -> Story:
    """Independent reports, a minute apart, with ids from `number` on."""
    first, *others = outlets or ("A", "B")
    reports = (
        article(number + place, outlet, at + place, REPORT, number)
        for place, outlet in enumerate(others, start=1)
    )
    return story(article(number, first, at), *reports, number=number)


# --- what is in it


def test_stories_of_two_outlets_are_stories_and_the_rest_are_items() -> None:
    both = story(article(1, "A", 0), article(2, "B", 5, COPY, 1), number=1)
    alone = story(article(3, "A", 7), article(4, "A", 9, SAME, 3), number=3)
    digest = build(both, alone)
    assert [one.story for one in digest.stories] == [both]
    assert [item.article.article_id for item in digest.singles] == [3]
    assert digest.left_out == 0
    assert not digest.is_empty


def test_nothing_is_an_empty_digest() -> None:
    assert build().is_empty


def test_the_period_is_half_open_and_by_first_seen() -> None:
    at_since = story(article(1, "A", 0, seen=-12 * 60), number=1)
    at_until = story(article(2, "A", 0, seen=12 * 60), number=2)
    before = story(article(3, "A", -13 * 60), number=3)
    found_late = story(article(4, "A", -20 * 60, seen=0), number=4)
    digest = build(at_since, at_until, before, found_late)
    assert {item.article.article_id for item in digest.singles} == {1, 4}


def test_the_backlog_of_a_new_source_is_no_news() -> None:
    days = 24 * 60
    fresh, late, old = (
        story(article(number, "One", -age * days, seen=0))
        for number, age in ((1, 0.5), (2, 3.4), (3, 3.6))
    )

    digest = build(fresh, late, old)

    assert {item.article.article_id for item in digest.singles} == {1, 2}


def test_a_story_without_a_new_article_is_not_in_it_told_or_not() -> None:
    old = (article(1, "A", YESTERDAY), article(2, "B", YESTERDAY + 60, REPORT, 1))
    assert build(story(*old)).is_empty
    assert build(story(*old, article(3, "A", 0, SAME, 1))).is_empty
    assert new_articles(story(*old), since_at=SINCE, until_at=UNTIL) == ()


def test_an_outlet_that_follows_up_its_own_story_gives_the_new_item() -> None:
    digest = build(story(article(1, "A", YESTERDAY), article(2, "A", 0, REPORT, 1)), told=[1])
    assert [item.article.article_id for item in digest.singles] == [2]


def test_a_query_takes_stories_by_their_new_articles_and_shows_them_whole() -> None:
    found, other = pair(10), pair(20)
    digest = build(found, other, matches=[11])
    assert [one.story for one in digest.stories] == [found]
    old = story(article(30, "A", YESTERDAY), article(31, "B", 0, REPORT, 30), number=30)
    assert build(old, matches=[30]).is_empty, "only an article of the period before matches"


def test_of_a_story_of_one_outlet_the_item_is_one_that_the_query_finds() -> None:
    twice = story(article(1, "A", 0, words=100), article(2, "A", 5, REPORT, 1, words=500))
    assert [item.article.article_id for item in build(twice).singles] == [2]
    assert [item.article.article_id for item in build(twice, matches=[1]).singles] == [1]


def test_tags_take_new_articles_of_their_sources_whatever_the_case() -> None:
    statuses = (status("A", tags=("World", "press")), status("B", tags=("sport",)), status("C"))
    stories = pair(10, "B", "A"), pair(20, "B", "C"), pair(30, "Gone", "C")
    digest = build(*stories, statuses=statuses, tags=("world", "none"))
    assert shown(digest) == [10]
    old = story(article(40, "A", YESTERDAY), article(41, "B", 0, REPORT, 40), number=40)
    assert build(old, statuses=statuses, tags=("world",)).is_empty


def test_the_query_and_the_tags_ask_for_one_article() -> None:
    statuses = (status("A", tags=("world",)), status("B"))
    assert build(pair(10), statuses=statuses, tags=("world",), matches=[11]).is_empty
    assert not build(pair(10), statuses=statuses, tags=("world",), matches=[10]).is_empty


# --- nothing twice


def test_a_story_that_was_told_comes_back_only_if_it_grew() -> None:
    old = (article(1, "A", YESTERDAY), article(2, "B", YESTERDAY + 60, REPORT, 1))
    copied = story(*old, article(3, "C", 0, COPY, 1))
    reported = story(*old, article(3, "C", 0, REPORT, 1))
    assert shown(build(copied)) == [1], "nobody was told of it"
    assert build(copied, told=[1, 2]).is_empty
    assert shown(build(reported, told=[1, 2])) == [1]
    assert build(reported, told=[1, 2]).stories[0].told == {1, 2}
    assert build(reported, told=[1, 2, 3]).is_empty


def test_what_did_not_grow_is_not_counted_as_left_out() -> None:
    assert build(pair(10), told=[10, 11]).left_out == 0


def test_an_item_that_was_told_comes_back_as_a_story_when_another_outlet_has_it() -> None:
    grown = story(article(1, "A", YESTERDAY), article(2, "B", 0, REPORT, 1))
    assert shown(build(grown, told=[1])) == [1]


def test_no_item_is_told_twice() -> None:
    assert build(story(article(1, "A", 0)), told=[1]).is_empty


def test_told_is_what_is_shown_in_full_in_brief_and_singly_but_not_what_is_counted() -> None:
    stories = [pair(10 * number, at=-number) for number in range(1, 4)]
    items = [story(article(100 + number, "S", number), number=100 + number) for number in range(2)]
    digest = build(*stories, *items, max_stories=1, max_items=1)
    assert told_articles(digest) == {10, 11, 20, 21, 101}
    assert told_articles(build()) == frozenset()


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["A", "B", "C", "D"])), max_size=20))
def test_day_after_day_a_story_comes_back_only_with_something_new(
    made: list[tuple[int, str]],
) -> None:
    """Each outlet's articles of one story, told edition after edition."""
    told: frozenset[int] = frozenset()
    present = [article(1, "A", 0)]
    for number, (kind, outlet) in enumerate(made, start=2):
        relation = (COPY, REPORT, REWRITE, TRANSLATION, SAME)[kind]
        present.append(article(number, outlet, number, relation, 1))
        digest = build(story(*present), told=told)
        now_told = told_articles(digest)
        assert not now_told or now_told - told
        told |= now_told


# --- how much of it


def test_what_is_beyond_the_caps_is_in_brief_and_then_counted() -> None:
    stories = [pair(n, at=-n) for n in range(10, 80, 10)]
    items = [story(article(100 + n, "A", n), number=100 + n) for n in range(7)]
    digest = build(*stories, *items, max_stories=2, max_items=3)
    (section,) = digest.sections
    assert section.title is None
    assert shown(digest) == [10, 20]
    assert [one.story.story_id for one in section.brief] == [30, 40]
    assert (section.left_out, digest.singles_left_out, digest.left_out) == (3, {"A": 4}, 3 + 4)
    assert [item.article.article_id for item in digest.singles] == [104, 105, 106]


def test_no_source_crowds_out_the_others() -> None:
    busy = [story(article(n, "Busy", 500 + n), number=n) for n in range(50)]
    quiet = [story(article(100 + n, f"Quiet {n}", n), number=100 + n) for n in range(4)]
    digest = build(*busy, *quiet, max_items=8)
    found = Counter(item.article.source for item in digest.singles)
    assert found == {"Busy": 4, "Quiet 0": 1, "Quiet 1": 1, "Quiet 2": 1, "Quiet 3": 1}
    assert digest.singles_left_out == {"Busy": 46}


@given(
    st.lists(st.tuples(st.sampled_from("abC"), st.integers(0, 600)), max_size=30),
    st.integers(0, 20),
)
def test_items_are_by_source_and_time_and_none_is_lost(
    made: list[tuple[str, int]], limit: int
) -> None:
    stories = [story(article(n, name, at), number=n) for n, (name, at) in enumerate(made)]
    digest = build(*stories, max_items=limit)
    keys = [(item.article.source.casefold(), item.article.at) for item in digest.singles]
    assert keys == sorted(keys)
    assert len(digest.singles) == min(limit, len(made))
    counted = Counter(item.article.source for item in digest.singles)
    counted.update(digest.singles_left_out)
    assert counted == Counter(name for name, _ in made)
    assert all(digest.singles_left_out.values())


# --- sections

WORLD = SectionRule(kind=SectionKind.TAG, value="world", title="World")
BAKU = SectionRule(kind=SectionKind.WATCH, value="Baku", title="From Baku")
WIDE = SectionRule(kind=SectionKind.QUERY, value="sources:>=4", title="Widely reported")


def test_a_story_stands_in_the_first_section_that_takes_it_and_else_below() -> None:
    digest = build(
        pair(10, "A", "B", at=-1),
        pair(20, "W", "B", at=-2),
        pair(30, "A", "C", at=-3),
        pair(40, "A", "D", at=-4),
        pair(50, "A", "W", at=-5),
        statuses=(status("W", tags=("World",)),),
        sections=(WORLD, BAKU, WIDE),
        watches=("baku", "Other"),
        caught={30: frozenset({"baku"}), 50: frozenset({"baku"}), 40: frozenset({"other"})},
        section_matches={"sources:>=4": frozenset({31, 41})},
    )
    placed = {
        section.title: [one.story.story_id for one in section.stories]
        for section in digest.sections
    }
    assert placed == {"World": [50, 20], "From Baku": [30], "Widely reported": [40], None: [10]}
    assert list(placed)[-1] is None
    assert {one.story.story_id: one.watches for one in digest.stories} == {
        10: (),
        20: (),
        30: ("baku",),
        40: ("Other",),
        50: ("baku",),
    }


def test_sections_that_take_nothing_are_left_out() -> None:
    digest = build(pair(10), sections=(WORLD, BAKU), watches=("Baku",))
    assert [section.title for section in digest.sections] == [None]


def test_the_caps_go_by_points_over_all_sections() -> None:
    statuses = (status("W", tags=("world",)),)
    digest = build(
        pair(10, "W", "B", at=-10),
        pair(20, "A", "B", "C", "D"),
        pair(30, "A", "B", "C"),
        pair(40, "W", "B", at=-20),
        pair(50, "W", "B", at=-30),
        statuses=statuses,
        sections=(WORLD,),
        max_stories=2,
    )
    world, rest = digest.sections
    assert ([one.story.story_id for one in world.stories], world.left_out) == ([], 1)
    assert [one.story.story_id for one in world.brief] == [10, 40]
    assert [one.story.story_id for one in rest.stories] == [20, 30]


def test_a_section_may_have_nothing_but_a_count() -> None:
    digest = build(
        pair(10, "A", "B", "C"),
        pair(20, "A", "B", "C"),
        pair(30, "W", "B"),
        statuses=(status("W", tags=("world",)),),
        sections=(WORLD,),
        max_stories=1,
    )
    assert [(section.title, section.left_out) for section in digest.sections] == [
        ("World", 1),
        (None, 0),
    ]


# --- what needs a person


@pytest.mark.parametrize("failures", [0.5, 1.0])
def test_sources_that_need_a_person_are_listed(failures: float) -> None:
    state = status(error="It answers 404.", failures=failures)
    assert build(statuses=(state,)).troubles == ((state,) if failures >= 1 else ())


def test_home_pages_are_those_that_are_known() -> None:
    statuses = (status("A", site_url="https://a.example/"), status("B"))
    assert build(statuses=statuses).sites == {"A": "https://a.example/"}
