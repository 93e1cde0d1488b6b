"""What documents say about their articles, and in which order they have them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from exportmaker import NOON, article
from storymaker import article as told
from storymaker import story

from aggregator.core.export_markdown import front, head_of_article, text_of_article
from aggregator.core.export_outline import (
    by_day,
    by_story,
    entry_of,
    list_outline,
    story_outline,
)
from aggregator.core.export_query import BEGINNING, narrowed, whole_story
from aggregator.core.export_times import long_date, minute, when
from aggregator.core.moments import Moment, Timing
from aggregator.core.query import parse
from aggregator.core.query_tree import After, And, InStory
from aggregator.types import Assignment, PageKind, Relation

AUCKLAND = ZoneInfo("Pacific/Auckland")
COPY = Assignment(article_id=2, story=1, relation=Relation.COPY, of=1, score=1.0, why="Equal.")


def test_a_list_is_in_order_of_time_and_says_what_it_has() -> None:
    later = article(
        1, published_at=NOON + timedelta(hours=20), first_seen_at=NOON + timedelta(days=2)
    )
    earlier = article(2, source="Hill Radio")
    outline = list_outline(
        "bridge", [entry_of(one, UTC) for one in (later, earlier)], zone=UTC, more=False
    )
    assert [entry.article_id for entry in outline.entries] == [2, 1]
    assert outline.facts == (
        "2 articles.",
        "From 2026-03-29 to 2026-03-30; times are those of UTC.",
        "By Hill Radio and The Quay Post.",
    )
    assert [day for day, _ in by_day(outline.entries, UTC)] == [
        date(2026, 3, 29),
        date(2026, 3, 30),
    ]


def test_days_are_those_of_the_zone() -> None:
    entry = entry_of(article(1), AUCKLAND)
    assert entry.when == "2026-03-30 01:01"
    outline = list_outline("x", [entry], zone=AUCKLAND, more=False)
    assert outline.facts[1] == "On 2026-03-30; times are those of Pacific/Auckland."
    assert minute(BEGINNING, ZoneInfo("America/New_York")) == "0001-01-01 00:00"


def test_what_is_left_out_is_said() -> None:
    outline = list_outline("x", [entry_of(article(1), UTC)], zone=UTC, more=True)
    assert outline.facts[0] == "The newest 1 article; others match, too."


def test_what_an_article_is_stands_beside_it() -> None:
    found = entry_of(
        article(2, kind=PageKind.PAYWALL, assignment=COPY, withdrawn_at=NOON, authors=("Ann",)), UTC
    )
    assert found.about == (
        "The Quay Post · 2026-03-29 12:02 · copy · paywall, withdrawn by the publisher"
    )
    assert entry_of(article(3, title=""), UTC).title == "(no title)"


def test_articles_of_a_story_stand_together() -> None:
    stories = {1: 7, 2: None, 3: 7, 4: None}
    entries = [entry_of(article(number, story_id=of), UTC) for number, of in stories.items()]
    found = [[entry.article_id for entry in group] for group in by_story(entries)]
    assert found == [[1, 3], [2], [4]]


def test_the_main_language_is_that_of_most() -> None:
    languages = (None, "fa", "en", "fa", None, None)
    entries = [entry_of(article(n, language=one), UTC) for n, one in enumerate(languages)]
    assert list_outline("x", entries, zone=UTC, more=False).main_language == "fa"
    assert list_outline("x", entries[:1], zone=UTC, more=False).main_language is None


# --- a story -------------------------------------------------------------------------------------


def test_a_story_says_who_was_first_and_what_each_is_to_it() -> None:
    found = story(
        told(1, "Gull", 0, title="Bridge opens"),
        told(2, "Heron", 30, Relation.COPY, 1, title="Bridge is open"),
        told(3, "Gull", 90, Relation.REPORT, 1),
    )
    entries = [entry_of(article(number), UTC) for number in (3, 2, 1)]
    outline = story_outline(found, entries, zone=UTC, more=False)
    assert outline.title == "Bridge opens"
    assert outline.story_id == found.story_id
    assert outline.facts[:2] == (
        "3 articles of 2 outlets; times are those of UTC.",
        "First: Gull, 2026-03-29 12:00.",
    )
    assert [(one.article_id, one.role) for one in outline.entries] == [
        (1, "first"),
        (2, "copy of Gull"),
        (3, "further report"),
    ]
    text = front(outline)
    assert text.startswith("# Bridge opens\n\n3 articles of 2 outlets")
    assert "## Timeline\n\n- The Quay Post · 2026-03-29 12:00 · first: [The bridge" in text
    assert "](#article-2)" in text


def test_where_it_is_not_certain_who_was_first_that_is_said() -> None:
    found = story(told(1, "Gull", 0), told(2, "Heron", 60, Relation.REPORT, 1, unseen=-90))
    late = found.articles[1]
    undated = replace(late, article=replace(late.article, published_at=None))
    found = replace(found, articles=(found.articles[0], undated))
    outline = story_outline(found, [entry_of(article(1), UTC)], zone=UTC, more=True)
    assert "as far as can be told; Heron may have been earlier." in outline.facts[1]
    assert outline.facts[-1] == "Here are the newest 1 article of it."


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        (Moment(earliest=NOON, latest=NOON, timing=Timing.GIVEN), "2026-03-29 12:00"),
        (
            Moment(earliest=None, latest=NOON, timing=Timing.DAY, day=date(2026, 3, 29)),
            "on 2026-03-29",
        ),
        (Moment(earliest=None, latest=NOON, timing=Timing.SEEN), "by 2026-03-29 12:00"),
        (
            Moment(earliest=NOON - timedelta(minutes=9), latest=NOON, timing=Timing.SEEN),
            "about 2026-03-29 12:00",
        ),
        (
            Moment(earliest=NOON - timedelta(hours=2), latest=NOON, timing=Timing.SEEN),
            "2026-03-29 10:00–12:00",
        ),
        (
            Moment(earliest=NOON - timedelta(hours=13), latest=NOON, timing=Timing.SEEN),
            "by 2026-03-29 12:00",
        ),
    ],
)
def test_times_are_as_exact_as_they_are_known(known: Moment, wanted: str) -> None:
    assert when(known, UTC) == wanted


def test_a_date_in_words() -> None:
    assert long_date(date(2026, 3, 29)) == "Sunday, 29 March 2026"
    assert long_date(date(2026, 12, 2)) == "Wednesday, 2 December 2026"


# --- Markdown ------------------------------------------------------------------------------------


def test_headings_of_a_text_stand_below_that_of_its_article() -> None:
    html = "<h1>One</h1><p>a # b</p><h2>Two</h2>"
    assert text_of_article(article(html=html), rank=3) == "#### One\n\na # b\n\n##### Two"
    assert text_of_article(article(html="", text="a *b*\n\nc"), rank=3) == "a \\*b\\*\n\nc"
    assert text_of_article(article(html="", text=""), rank=3) == ""


def test_an_article_begins_with_what_is_known_of_it() -> None:
    found = article(5, title="# A [b]", story_id=3, authors=("Ann_B",), url="https://a.example/x_y")
    assert head_of_article(entry_of(found, UTC), rank=3) == (
        '<a id="article-5"></a>\n\n### \\# A \\[b\\]\n\n'
        "The Quay Post · 2026-03-29 12:05 · Ann\\_B · article 5 · story 3\n\n"
        "[https://a.example/x\\_y](https://a.example/x_y)"
    )
    bare = replace(found, summary=replace(found.summary, url=None))
    assert "http" not in head_of_article(entry_of(bare, UTC), rank=3)


# --- what is asked for ---------------------------------------------------------------------------


def test_a_search_is_narrowed() -> None:
    query = parse("flood -dam", now=NOON)
    assert isinstance(query.root, And)
    found = narrowed(query, story=3, since=NOON)
    assert found is not None
    assert found.text == "flood -dam"
    assert found.root == And((*query.root.items, InStory(3), After(NOON)))
    assert narrowed(None) is None
    only = narrowed(None, story=3)
    assert only is not None
    assert only.root == InStory(3)
    assert narrowed(parse("flood", now=NOON)) == parse("flood", now=NOON)


def test_only_all_of_a_story_is_one() -> None:
    assert whole_story(narrowed(None, story=3)) == 3
    assert whole_story(parse("story:3", now=NOON)) == 3
    assert whole_story(narrowed(parse("flood", now=NOON), story=3)) is None
    assert whole_story(narrowed(None, story=3, since=NOON)) is None
    assert whole_story(None) is None
