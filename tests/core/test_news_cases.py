"""Stories on cases of our own: each by itself, and all of them in one stream."""

from __future__ import annotations

import pytest
from newscases import Case, cases, one_stream
from newscases.scoring import Fault, faults, score_cases, table

from aggregator.core.cluster import Grouper

BEYOND = {
    # Headlines without a text: other events in the same words (docs/stories.md, Limits).
    "headlines alone/3",
    "headlines alone/4",
    "headlines alone/6",
    "headlines alone/10",
    # Features of the day after, in words of their own: they stay alone.
    "Chinese/1",
    "Thai/1",
    "Russian/1",
    "Turkish/1",
    "Spanish agency/own",
    # One outlet's own next report: a story of its own, linked with the first.
    "strike from day to day/court",
    "bridge from fall to verdict/arrest",
    "bridge from fall to verdict/verdict",
}
"""What grouping is known not to tell; everything else must be right."""


@pytest.fixture(scope="module")
def in_stream() -> list[Fault]:
    return faults(one_stream(), Grouper())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_case_by_itself_is_told_right(case: Case) -> None:
    found = faults(case.articles, Grouper())
    assert [str(fault) for fault in found if fault.article.id not in BEYOND] == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_case_among_all_others_is_told_right(case: Case, in_stream: list[Fault]) -> None:
    own = {article.id for article in case.articles}
    own -= BEYOND
    assert [str(fault) for fault in in_stream if fault.article.id in own] == []


def test_what_has_a_text_is_never_put_into_a_strangers_story(in_stream: list[Fault]) -> None:
    joined = {fault.article.id for fault in in_stream if fault.kind == "joined"}
    assert all(one.startswith("headlines alone/") for one in joined)


def test_what_is_beyond_reach_is_still_so(in_stream: list[Fault]) -> None:
    alone = [fault for case in cases() for fault in faults(case.articles, Grouper())]
    assert {fault.article.id for fault in [*in_stream, *alone]} >= BEYOND


def test_the_table_counts_every_article_twice() -> None:
    rows = score_cases(Grouper)
    assert sum(row.articles for row in rows) == 2 * len(one_stream())
    lines = table(rows).splitlines()
    assert len(lines) == 1 + len(rows)
    assert all(len(line.split()) >= 5 for line in lines)


def test_every_category_of_the_issue_has_its_cases() -> None:
    articles = dict.fromkeys(sorted({case.category for case in cases()}), 0)
    for case in cases():
        articles[case.category] += len(case.articles)
    assert min(articles.values()) >= 3
    assert sum(articles.values()) > 350
