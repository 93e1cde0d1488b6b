"""Which article speaks for a story, and why."""

from __future__ import annotations

from storymaker import article, story

from aggregator.core.lead_report import lead_article, lead_of
from aggregator.types import PageKind, Relation, Story, StoryArticle

COPY, REWRITE, REPORT = Relation.COPY, Relation.REWRITE, Relation.REPORT
TRANSLATION = Relation.TRANSLATION


def leads(*articles: StoryArticle) -> int:
    return lead_article(story(*articles)).article.article_id


def why(whole: Story) -> str:
    return lead_of(whole).why


def test_the_origin_of_a_copied_text_leads() -> None:
    whole = story(
        article(1, "A", 0, words=60),
        article(2, "B", 5, COPY, 1, words=90),
        article(3, "C", 9, REPORT, 1, words=900),
    )
    assert lead_article(whole).article.article_id == 1
    assert why(whole) == "It is the origin of a copied text."


def test_the_origin_that_texts_name_leads_though_it_was_not_first() -> None:
    whole = story(
        article(1, "A", 0, words=400, credit=("Reuters",)),
        article(2, "Reuters", 30, COPY, 1, words=400),
    )
    assert lead_article(whole).article.article_id == 2
    assert why(whole) == "It is named as the origin."


def test_an_origin_without_a_text_gives_way_to_the_fullest_early_report() -> None:
    whole = story(
        article(1, "A", 0, words=12),
        article(2, "B", 30, REPORT, 1, words=300),
        article(3, "C", 40, REPORT, 1, words=300),
        article(4, "D", 50, COPY, 1, words=800),
        article(5, "E", 361, REPORT, 1, words=900),
    )
    assert lead_article(whole).article.article_id == 2
    assert (
        why(whole) == "It is the fullest of the 3 reports within 6 hours of the first: 300 words."
    )


def test_beyond_enough_words_the_earlier_leads() -> None:
    assert leads(article(1, "A", 0, words=800), article(2, "B", 5, REPORT, 1, words=3000)) == 1
    assert leads(article(1, "A", 0, words=300), article(2, "B", 5, REPORT, 1, words=3000)) == 2


def test_the_weight_of_a_source_counts() -> None:
    heavy = story(
        article(1, "A", 0, words=500), article(2, "B", 5, REPORT, 1, words=300, weight=2.0)
    )
    assert lead_article(heavy).article.article_id == 2
    assert why(heavy).endswith(": 300 words at weight 2.")


def test_a_video_or_a_live_blog_leads_only_alone() -> None:
    video = article(1, "A", 0, kind=PageKind.VIDEO, words=700)
    assert leads(video) == 1
    for kind in (PageKind.VIDEO, PageKind.LIVE):
        shown = article(1, "A", 0, kind=kind, words=700)
        assert leads(shown, article(2, "B", 5, COPY, 1, words=300)) == 2
        assert leads(shown, article(2, "B", 500, REPORT, 1, words=30)) == 2
    # A page that only asks for consent leaves the feed's text.
    consent = article(1, "A", 0, kind=PageKind.CONSENT, words=70)
    assert leads(consent, article(2, "B", 5, COPY, 1, words=300)) == 1


def test_an_article_without_a_title_leads_only_when_none_has_one() -> None:
    untitled = article(1, "A", 0, title="")
    assert leads(untitled) == 1
    assert leads(untitled, article(2, "B", 5, TRANSLATION, 1, title="")) == 1
    whole = story(untitled, article(2, "B", 5, REPORT, 1, words=20))
    assert lead_article(whole).article.article_id == 2
    assert why(whole) == "It is the only article that has a title and is no video or live blog."


def test_a_report_in_the_language_of_most_outlets_leads() -> None:
    spanish = article(1, "A", 0, language="es-MX", words=600)
    english = [
        article(2, "B", 5, TRANSLATION, 1, words=100),
        article(3, "C", 6, REPORT, 2, words=80),
    ]
    whole = story(spanish, *english)
    assert lead_article(whole).article.article_id == 2
    expected = (
        "It is the fullest of the 2 reports in English within 6 hours of the first: 100 words."
    )
    assert why(whole) == expected
    # One against one: that of the first. And a flash does not speak for a story.
    assert leads(spanish, english[0]) == 1
    assert leads(spanish, *(article(n, f"B{n}", n, TRANSLATION, 1, words=9) for n in (2, 3))) == 1


def test_a_story_of_one_article_has_no_choice() -> None:
    assert why(story(article(1, "A", 0, words=3))) == "It is the only article."
