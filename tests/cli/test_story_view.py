"""How a story is printed, and what of it is JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from storymaker import NOON, article, story, undated

from aggregator.cli.search_view import print_hits
from aggregator.cli.story_times import reason_of_time, when
from aggregator.cli.story_view import print_stories, print_story
from aggregator.codec import to_json
from aggregator.core.moments import moment_of
from aggregator.service.shapes.stories import story_fields
from aggregator.types import Relation, SearchHit, Story, StoryArticle
from aggregator.types.stories import StoryLink

COPY, REPORT, REWRITE = Relation.COPY, Relation.REPORT, Relation.REWRITE
MIDNIGHT = -12 * 60


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def of_2020(item: StoryArticle) -> StoryArticle:
    """The same in a year that is never the present one."""
    known = item.article
    published = known.published_at and known.published_at.replace(year=2020)
    seen = known.first_seen_at.replace(year=2020)
    return replace(
        item,
        article=replace(known, published_at=published, first_seen_at=seen),
        unseen_at=item.unseen_at and item.unseen_at.replace(year=2020),
        placed_at=item.placed_at and item.placed_at.replace(year=2020),
    )


def made() -> Story:
    first = article(
        1, "The Cape Courier", 0, credit=("AFP",), title="Lamp of the lighthouse broken"
    )
    first = replace(first, dateline="CAPE TARN (AFP)")
    moved = article(4, "Bay Herald", 10, REPORT, 1, seen=300, unseen=250, title="Dark at the cape")
    whole = story(
        *map(
            of_2020,
            (
                first,
                article(2, "Tarn Mirror", 30, COPY, 1, title="Lighthouse without light"),
                undated(article(3, "Sea & Shore", 0, REPORT, 1, seen=90, title="What now?")),
                replace(moved, placed_at=NOON + timedelta(days=1)),
                article(5, "Harbour Notes", 400, REWRITE, 1, title="Lamp out"),
            ),
        ),
        number=17,
    )
    before = StoryLink(story_id=12, title="New lamp ordered", first_at=NOON.replace(year=2019))
    after = StoryLink(story_id=21, title="", first_at=NOON.replace(year=2021))
    return replace(whole, continues=(before,), continued_by=(after,))


def test_a_story_is_a_head_and_a_timeline(capsys: pytest.CaptureFixture[str]) -> None:
    print_story(made(), why=False)
    rows = [" ".join(row.split()) for row in capsys.readouterr().out.splitlines()]
    assert rows[:6] == [
        "Lamp of the lighthouse broken",
        (
            "Story 17 · 3 independent reports (1 of an agency, first run by The Cape Courier) · "
            "1 rewrite · 1 outlet with copies only"
        ),
        (
            "First: The Cape Courier, 2020-03-29 12:00, as far as can be told; "
            "Sea & Shore may have been earlier"
        ),
        (
            "Origin: AFP (The Cape Courier credits AFP; no article of AFP is here, and "
            "The Cape Courier ran it first)"
        ),
        "Continues: story 12 “New lamp ordered” (2019-03-29)",
        "Continued by: story 21 “(no title)” (2021-03-29)",
    ]
    assert rows[8:] == [
        "2020-03-29 12:00 The Cape Courier, first, credits AFP 1",
        "Lamp of the lighthouse broken",
        "2020-03-29 12:30 Tarn Mirror, copy of The Cape Courier 2",
        "Lighthouse without light",
        "by 2020-03-29 13:30 Sea & Shore, own report 3",
        "What now?",
        "2020-03-29 12:10–17:00 Bay Herald, own report 4",
        "Dark at the cape",
        "2020-03-29 18:40 Harbour Notes, rewrite of The Cape Courier 5",
        "Lamp out",
    ]


def test_why_gives_the_reasons_for_the_lead_each_place_and_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_story(made(), why=True)
    assert capsys.readouterr().out.splitlines()[-6:] == [
        (
            "Lead: The Cape Courier. It is the fullest of the 3 reports within 6 hours of the "
            "first: 200 words."
        ),
        "The Cape Courier: why 1; its dateline is “CAPE TARN (AFP)”",
        "Tarn Mirror: why 2",
        "Sea & Shore: why 3; gives no time; first seen 2020-03-29 13:30",
        (
            "Bay Herald: put here by hand on 2020-03-30 12:00; why 4; gives 2020-03-29 12:10, but "
            "was not yet in its feed 2020-03-29 16:10, first seen 2020-03-29 17:00: dated back, or "
            "late in its feed"
        ),
        "Harbour Notes: why 5",
    ]


def test_an_outlet_with_several_articles_is_told_by_their_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_story(story(article(1, "A", 0), article(2, "A", 9, REPORT, 1)), why=True)
    assert capsys.readouterr().out.splitlines()[-2:] == ["A (1): why 1", "A (2): why 2"]


def test_who_is_certainly_first_and_who_shares_the_minute(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for minutes, said in ((5, "A, 2020-03-29 12:00"), (0, "A and B, 2020-03-29 12:00")):
        two = article(1, "A", 0), article(2, "B", minutes, REPORT, 1)
        print_story(story(*map(of_2020, two)), why=False)
        assert f"First: {said}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (article(1, "A", 5), "2020-03-29 12:05"),
        (article(1, "A", MIDNIGHT, seen=900), "on 2020-03-29"),
        (undated(article(1, "A", 0, seen=40, unseen=10)), "about 2020-03-29 12:40"),
        (undated(article(1, "A", 0, seen=40, unseen=9)), "2020-03-29 12:09–12:40"),
        (undated(article(1, "A", 0, seen=40)), "by 2020-03-29 12:40"),
        (undated(article(1, "A", 0, seen=40, unseen=-900)), "by 2020-03-29 12:40"),
    ],
)
def test_a_time_is_shown_as_exact_as_it_is_known(item: StoryArticle, shown: str) -> None:
    assert when(moment_of(of_2020(item))) == shown


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (article(1, "A", 5), ""),
        (
            article(1, "A", MIDNIGHT, seen=900),
            "gives a day and no time; first seen 2020-03-30 03:00",
        ),
        (
            article(1, "A", 90, seen=0, unseen=-9),
            (
                "gives 2020-03-29 13:30, which was to come; not yet in its feed 2020-03-29 11:51, "
                "first seen 2020-03-29 12:00"
            ),
        ),
    ],
)
def test_why_a_time_is_not_exact_is_said(item: StoryArticle, said: str) -> None:
    assert reason_of_time(of_2020(item)) == said


def test_the_json_of_a_story_carries_all_of_it() -> None:
    fields = json.loads(to_json(story_fields(made())))
    articles = {item["id"]: item for item in fields.pop("articles")}
    whole = made()
    assert fields == {
        "id": 17,
        "title": "Lamp of the lighthouse broken",
        "lead": 1,
        "lead_why": "It is the fullest of the 3 reports within 6 hours of the first: 200 words.",
        "first": "The Cape Courier",
        "first_certain": False,
        "first_outlets": ["The Cape Courier", "Sea & Shore"],
        "first_at": "2020-03-29T12:00:00Z",
        "last_at": "2020-03-29T18:40:00Z",
        "origin": {
            "names": ["AFP"],
            "article": None,
            "how": "credited",
            "why": (
                "The Cape Courier credits AFP; no article of AFP is here, and The Cape Courier "
                "ran it first."
            ),
        },
        "outlets": list(whole.outlets),
        "independent": ["The Cape Courier", "Sea & Shore", "Bay Herald"],
        "of_agencies": ["The Cape Courier"],
        "rewriting": ["Harbour Notes"],
        "copying": ["Tarn Mirror"],
        "continues": [{"id": 12, "title": "New lamp ordered", "first_at": "2019-03-29T12:00:00Z"}],
        "continued_by": [{"id": 21, "title": "", "first_at": "2021-03-29T12:00:00Z"}],
    }
    kept = ("earliest", "latest", "timing", "standing", "relation", "credits")
    assert [tuple(articles[number][key] for key in kept) for number in (1, 3, 4)] == [
        ("2020-03-29T12:00:00Z", "2020-03-29T12:00:00Z", "given", "carried", "first", ["AFP"]),
        (None, "2020-03-29T13:30:00Z", "seen", "own", "report", []),
        ("2020-03-29T12:10:00Z", "2020-03-29T17:00:00Z", "backdated", "own", "report", []),
    ]
    assert articles[4]["placed_at"] == "2020-03-30T12:00:00Z"
    assert articles[1]["dateline"] == "CAPE TARN (AFP)"


def test_the_list_counts_reports_and_names_the_first_outlets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    copies = [article(n, f"C{n}", n, COPY, 1) for n in range(2, 12)]
    print_stories([story(of_2020(article(1, "A", 0)), *map(of_2020, copies))])
    row = capsys.readouterr().out.splitlines()[-1]
    assert row.split()[:4] == ["1", "11", "1", "2020-03-29"]
    assert row.endswith("  A, C2, C3, C4, C5 and 6 more")


def test_a_title_without_end_is_cut_in_lists(capsys: pytest.CaptureFixture[str]) -> None:
    long = "Harbour" * 500
    whole = story(article(1, "Bay Herald", 0, title=long))
    hit = SearchHit(article=whole.articles[0].article, snippet="", relation=None, outlets=1)
    print_stories([whole])
    print_story(whole, why=False)
    print_hits([hit])
    rows = capsys.readouterr().out.splitlines()
    assert [row for row in rows if "HarbourHarbour" in row]
    assert sum(long in row for row in rows) == 1  # the heading of the one that was asked for
