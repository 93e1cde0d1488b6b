from __future__ import annotations

from digestroom import SINCE, YESTERDAY, told_before
from storymaker import article, story

from aggregator.core.digest_growth import Growth, growth_of
from aggregator.types import Relation, StoryArticle

COPY, REPORT, SAME = Relation.COPY, Relation.REPORT, Relation.SAME
REWRITE, TRANSLATION = Relation.REWRITE, Relation.TRANSLATION
OLD = (
    article(1, "A", YESTERDAY),
    article(2, "B", YESTERDAY + 60, REPORT, 1),
    article(3, "C", YESTERDAY + 60, COPY, 1),
)


def growth(*new: StoryArticle, told: tuple[int, ...] = (1, 2, 3)) -> Growth:
    found = growth_of(told_before(story(*OLD, *new), *told), since_at=SINCE)
    assert found is not None
    return found


def numbers(items: tuple[StoryArticle, ...]) -> list[int]:
    return [item.article.article_id for item in items]


def test_what_was_never_told_has_not_grown() -> None:
    assert growth_of(told_before(story(*OLD)), since_at=SINCE) is None


def test_a_further_outlet_brings_a_story_back_unless_it_only_copied() -> None:
    assert not growth().is_enough
    for relation, enough in [(REPORT, True), (REWRITE, True), (TRANSLATION, True), (COPY, False)]:
        assert growth(article(4, "D", 0, relation, 1)).is_enough is enough


def test_as_many_copies_as_it_had_outlets_bring_a_story_back() -> None:
    copies = [article(4 + n, f"D{n}", n, COPY, 1) for n in range(3)]
    assert not growth(*copies[:2]).is_enough
    assert growth(*copies).is_enough
    assert growth(*copies[:2]).outlets_told == 3


def test_copies_add_up_over_editions_that_did_not_tell_of_them() -> None:
    before = [article(4 + n, f"D{n}", YESTERDAY + 90, COPY, 1) for n in range(2)]
    assert growth(*before, article(9, "E", 0, COPY, 1)).is_enough


def test_new_texts_of_outlets_it_had_count_like_copies() -> None:
    updates = [article(4 + n, name, n, REPORT, 1) for n, name in enumerate("ABC")]
    assert not growth(*updates[:2]).is_enough
    found = growth(*updates)
    assert found.is_enough
    assert (numbers(found.updates), found.reports) == ([4, 5, 6], ())
    mixed = growth(*updates[:2], article(9, "D", 0, COPY, 1))
    assert mixed.is_enough


def test_an_outlet_it_had_that_copies_or_repeats_adds_nothing() -> None:
    again = article(5, "A", 0, SAME, 1), article(6, "A, another feed", 0, SAME, 1)
    found = growth(article(4, "B", 0, COPY, 1), *again)
    assert (found.copies, found.updates) == ((), ())


def test_each_further_outlet_counts_once_by_its_best() -> None:
    found = growth(
        article(4, "D", 0, COPY, 1),
        article(5, "D", 5, REPORT, 1),
        article(6, "D", 9, REPORT, 1),
        article(7, "E", 3, REWRITE, 1),
        article(8, "F", 4, TRANSLATION, 1, language="fr"),
        article(9, "G", 4, COPY, 1),
    )
    assert numbers(found.reports) == [5]
    assert numbers(found.rewrites) == [7]
    assert numbers(found.translations) == [8]
    assert numbers(found.copies) == [9]


def test_another_run_of_an_agency_report_is_no_further_report() -> None:
    first = article(1, "A", YESTERDAY, credit=("AFP",))
    further = article(2, "B", 0, REPORT, 1, credit=("AFP",))
    found = growth_of(told_before(story(first, further), 1), since_at=SINCE)
    assert found is not None
    assert (numbers(found.rewrites), found.reports) == ([2], ())


def test_the_backlog_of_a_new_source_is_no_growth() -> None:
    assert growth(article(4, "D", -4 * 24 * 60, REPORT, 1, seen=0)).reports == ()
