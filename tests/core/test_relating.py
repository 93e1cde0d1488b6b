"""What articles are in a story that a person has put them into."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import newsdesk
from newsdesk import Piece

from aggregator.core.relating import begin_story, join_story
from aggregator.types import ArticleSummary, Assignment, Fingerprint, Relation


def shelf(*pieces: Piece) -> tuple[list[ArticleSummary], dict[int, Fingerprint]]:
    """The pieces as articles 1, 2, … in the order of time, an hour apart."""
    articles, prints = [], {}
    for number, piece in enumerate(pieces, start=1):
        item = piece.item(number)
        at = newsdesk.START + timedelta(hours=number)
        articles.append(
            ArticleSummary(
                article_id=number,
                source_id=number,
                source=piece.source,
                url=None,
                title=piece.title,
                published_at=at,
                first_seen_at=at,
                language=piece.language,
                story_id=99,
            )
        )
        prints[number] = item.fingerprint
    return articles, prints


def joined(*pieces: Piece) -> list[Assignment]:
    """What all but the first piece are in its story."""
    articles, prints = shelf(*pieces)
    return join_story(articles[1:], articles[:1], prints, story=1)


def test_a_copy_a_report_and_a_translation_are_told_apart() -> None:
    found = joined(
        newsdesk.FLOOD, newsdesk.FLOOD_COPY, newsdesk.FLOOD_REPORT, newsdesk.FLOOD_SPANISH
    )
    assert [one.relation for one in found] == [
        Relation.COPY,
        Relation.REPORT,
        Relation.TRANSLATION,
    ]
    assert {one.story for one in found} == {1}
    assert all(one.why.startswith("put here by hand; ") for one in found)
    assert newsdesk.FLOOD.title in found[0].why
    assert 0.6 <= found[0].score <= 1


def test_the_outlets_own_text_is_the_same_article() -> None:
    (found,) = joined(newsdesk.FLOOD, newsdesk.FLOOD)
    assert (found.relation, found.of, found.score) == (Relation.SAME, 1, 1.0)


def test_copies_that_are_moved_together_stay_copies_of_each_other() -> None:
    first, second = joined(newsdesk.FLOOD_SPANISH, newsdesk.FLOOD, newsdesk.FLOOD_COPY)
    assert (first.relation, first.of) == (Relation.TRANSLATION, 1)
    assert (second.relation, second.of) == (Relation.COPY, 2)


def test_without_a_fingerprint_it_is_a_report_beside_the_first_article() -> None:
    articles, prints = shelf(newsdesk.FLOOD, newsdesk.FLOOD_CUT, newsdesk.FLOOD_COPY)
    del prints[3]
    (found,) = join_story(articles[2:], articles[:2], prints, story=1)
    assert (found.relation, found.of) == (Relation.REPORT, 1)
    assert "not compared" in found.why


def test_fingerprints_of_another_version_are_not_compared() -> None:
    articles, prints = shelf(newsdesk.FLOOD, newsdesk.FLOOD)
    prints[1] = replace(prints[1], version=prints[1].version + 1)
    (found,) = join_story(articles[1:], articles[:1], prints, story=1)
    assert found.relation is Relation.REPORT


def test_the_earliest_begins_a_story_of_its_own() -> None:
    articles, prints = shelf(newsdesk.FLOOD, newsdesk.FLOOD_COPY, newsdesk.FLOOD_REPORT)
    first, *others = begin_story(reversed(articles), prints)
    assert (first.article_id, first.story, first.relation, first.of) == (1, 1, Relation.NEW, None)
    assert [(one.article_id, one.story, one.of) for one in others] == [(2, 1, 1), (3, 1, 1)]


def test_short_texts_are_not_alike_by_two_words_in_a_row() -> None:
    brief = replace(newsdesk.FLOOD, title="Fire in Oslo now", text="Fire in Oslo.")
    (found,) = joined(brief, replace(brief, source="Other"))
    assert found.relation is Relation.REPORT
