"""Texts that are made again from pages that were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pagemaker import HOST, PAGE, all_kept, keep, made, no_article, pages, take, with_page
from storemaker import (
    HOUR,
    NOW,
    assign,
    extraction,
    fetched,
    get,
    joins,
    new,
    record_page,
    revise,
    singles,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.protocol import Storage
from aggregator.types import ArticleText, PageKind, TextAgain, TextOrigin, TextState


def found(storage: Storage, words: str) -> list[int]:
    return [hit.article.article_id for hit in storage.search(parse(words, now=NOW), limit=9).hits]


def again(storage: Storage, *made_again: TextAgain) -> int:
    return storage.record_again(made_again, now=NOW + HOUR)


def test_a_text_is_replaced_where_it_stands(storage: Storage) -> None:
    [article_id] = keep(storage, with_page("a", authors=("Ada",)))
    before = get(storage, article_id)
    [kept] = all_kept(storage)
    better = made(kept, "Read much better.", confidence=0.5, origin=TextOrigin.RULES)
    assert again(storage, better) == 1
    article = get(storage, article_id)
    assert article == replace(
        before,
        text="Read much better.",
        html="<p>Read much better.</p>",
        text_origin=TextOrigin.RULES,
        confidence=0.5,
    )
    assert (found(storage, "better"), found(storage, "whole")) == ([article_id], [])
    # It is no revision of the publisher's, and what was kept is kept on.
    [after] = all_kept(storage)
    assert after == replace(kept, version=kept.version + 1)
    assert storage.check() == []


def test_what_is_known_stays_and_what_is_missing_is_filled_in(storage: Storage) -> None:
    bare, full = keep(
        storage,
        with_page("bare", title="", language=None),
        with_page("full", image_url="https://example.com/feed.png", published_at=NOW - HOUR),
        page=ArticleText(title="", text="First."),
    )
    page = ArticleText(
        title="The page's title",
        text="Second.",
        authors=("Ada",),
        language="fr",
        published_at=NOW - 2 * HOUR,
        image_url="https://example.com/page.png",
        image_alt="A ferry",
        site_name="Example News",
        dateline="BAKU",
        credits=("Example",),
    )
    kept = all_kept(storage)
    assert again(storage, *(TextAgain(article=one, extracted=extraction(page)) for one in kept))
    one, two = get(storage, bare), get(storage, full)
    assert (one.summary.title, two.summary.title) == ("The page's title", "Headline full")
    assert (one.summary.language, two.summary.language) == ("fr", "en")
    assert (one.summary.published_at, two.summary.published_at) == (NOW - 2 * HOUR, NOW - HOUR)
    assert (one.image_url, one.image_alt) == ("https://example.com/page.png", "A ferry")
    assert (two.image_url, two.image_alt) == ("https://example.com/feed.png", "")
    for article in (one, two):
        assert (article.authors, article.site_name) == (("Ada",), "Example News")
        assert (article.dateline, article.credits) == ("BAKU", ("Example",))


def test_what_comes_out_the_same_counts_for_nothing(storage: Storage) -> None:
    [article_id] = keep(storage, with_page("a"))
    singles(storage, [article_id])
    [kept] = all_kept(storage)
    same = TextAgain(article=kept, extracted=extraction(PAGE, why="In other words.", confidence=1))
    assert again(storage, same) == 0
    assert get(storage, article_id).text_why == "In other words."
    assert get(storage, article_id).assignment is not None
    assert again(storage) == 0


def test_stories_stay_when_only_the_rest_changes(storage: Storage) -> None:
    ids = keep(storage, with_page("a"), with_page("b"))
    singles(storage, ids)
    assert [story.story_id for story in storage.stories(limit=9)] == ids[::-1]
    earlier = extraction(replace(PAGE, site_name="Example News", published_at=NOW - HOUR))
    assert again(storage, TextAgain(article=all_kept(storage)[1], extracted=earlier)) == 1
    # The latest first.
    assert [story.story_id for story in storage.stories(limit=9)] == ids
    assert storage.unassigned(limit=9) == []
    assert storage.check() == []


def test_stories_of_changed_articles_are_taken_apart(storage: Storage) -> None:
    ids = keep(storage, *(with_page(f"p{number}") for number in range(3)))
    others = store(storage, new("x"), new("y"), new("z"))
    changed, same = ids[0], ids[1]
    assign(
        storage,
        joins(others[0], others[0]),
        joins(changed, others[0]),
        joins(same, same),
        joins(others[1], same),
        joins(ids[2], ids[2]),
    )
    kept = all_kept(storage)
    made_again = [
        made(kept[0], "Quite another text."),
        TextAgain(article=kept[1], extracted=extraction(PAGE)),
    ]
    assert again(storage, *reversed(made_again)) == 1
    waiting = {one.article_id for one in storage.unassigned(limit=9)}
    assert waiting == {others[0], changed, others[2]}
    assert storage.story(others[0]) is None
    assert get(storage, others[0]).assignment is None
    assert {one.article_id for one, _ in storage.window(span=99 * HOUR)} == {
        same,
        others[1],
        ids[2],
    }
    assert storage.counts().stories == 2
    assert storage.check() == []
    assign(storage, joins(changed, changed), joins(others[0], changed), joins(others[2], changed))
    story = storage.story(changed)
    assert story is not None
    assert len(story.articles) == 3
    assert storage.check() == []


@pytest.mark.parametrize("kind", [kind for kind in PageKind if not kind.has_article])
def test_a_page_that_is_no_article_gives_the_feeds_text_back(
    storage: Storage, kind: PageKind
) -> None:
    page = replace(PAGE, dateline="BAKU", credits=("Example",), canonical_url="https://x.example/")
    [article_id] = keep(storage, with_page("a"), page=extraction(page, confidence=0.5))
    singles(storage, [article_id])
    assert again(storage, no_article(all_kept(storage)[0], kind)) == 1
    article = get(storage, article_id)
    assert (article.text, article.html) == ("Text of a.", "<p>Text of a.</p>")
    assert article.text_origin is TextOrigin.SUMMARY
    assert (article.kind, article.kind_why) == (kind, "It asks to accept cookies.")
    assert (article.text_state, article.text_error) == (TextState.FAILED, article.kind_why)
    assert article.text_why == "The page has no article."
    assert (article.dateline, article.credits, article.canonical_url) == (None, (), None)
    assert article.confidence is None
    assert (found(storage, "whole"), found(storage, "text")) == ([], [article_id])
    assert [one.article_id for one in storage.unassigned(limit=9)] == [article_id]
    # Again, and nothing changes.
    assert again(storage, no_article(all_kept(storage)[0], kind)) == 0
    assert storage.check() == []


def test_a_live_blog_that_is_none_is_visited_no_more(storage: Storage) -> None:
    store(storage, with_page("a"))
    taken = take(storage)
    live = fetched(taken, PAGE, keep=pages(taken.feed), retry_at=NOW + HOUR)
    record_page(storage, HOST, live)
    again(storage, made(all_kept(storage)[0], "Read better."))
    assert [work.due for work in storage.due_text_hosts(now=NOW + HOUR, limit=9)] == [1]
    again(storage, no_article(all_kept(storage)[0]))
    assert storage.due_text_hosts(now=NOW + 99 * HOUR, limit=9) == []


@pytest.mark.parametrize(
    ("state", "retry_at"),
    [(TextState.FAILED, None), (TextState.RETRY, NOW + HOUR)],
)
def test_a_page_that_yields_now_is_ready(
    storage: Storage, state: TextState, retry_at: object
) -> None:
    [article_id] = store(storage, with_page("a"))
    taken = take(storage)
    consent = extraction(PAGE, kind=PageKind.CONSENT)
    kept = pages(taken.feed)
    record_page(
        storage,
        HOST,
        fetched(taken, consent, state=state, error="It asks.", retry_at=retry_at, keep=kept),
    )
    [one] = all_kept(storage)
    # Neither what is still no article, nor what the feed has to help out with.
    again(storage, no_article(one))
    own = ArticleText(title="", text="Text of a.", html="<p>Text of a.</p>")
    fed = extraction(own, origin=TextOrigin.SUMMARY)
    again(storage, TextAgain(article=one, extracted=fed))
    assert get(storage, article_id).text_state is state
    due = storage.due_text_hosts(now=NOW + HOUR, limit=9)
    assert len(due) == (1 if state is TextState.RETRY else 0)
    assert again(storage, made(one, "It yields.")) == 1
    article = get(storage, article_id)
    assert (article.text, article.kind) == ("It yields.", PageKind.ARTICLE)
    assert (article.text_state, article.text_error) == (TextState.READY, None)
    assert storage.due_text_hosts(now=NOW + 99 * HOUR, limit=9) == []


def test_an_article_that_changed_meanwhile_is_left_out(storage: Storage) -> None:
    ids = keep(storage, with_page("a"), with_page("b"), with_page("c"))
    one, two, three = all_kept(storage)
    again(storage, made(one, "Read by another."))
    # The same text under another headline: its page is fetched anew.
    revise(
        storage,
        ids[1],
        with_page("b", title="Another headline", text=PAGE.text),
        at=NOW + HOUR,
    )
    late = [made(kept, "Read too late.") for kept in (one, two, three)]
    assert again(storage, *late) == 1
    assert [get(storage, article_id).text for article_id in ids] == [
        "Read by another.",
        PAGE.text,
        "Read too late.",
    ]
    assert get(storage, ids[1]).text_state is TextState.PENDING


def test_one_that_is_not_there_is_left_out(storage: Storage) -> None:
    keep(storage, with_page("a"))
    [kept] = all_kept(storage)
    assert again(storage, made(replace(kept, article_id=99), "Whose?")) == 0


def test_many_at_once(storage: Storage) -> None:
    ids = keep(storage, *(with_page(str(number)) for number in range(60)))
    assign(storage, *(joins(one, ids[0]) for one in ids))
    done, after = 0, 0
    while some := storage.kept_articles(after=after, limit=25):
        done += again(storage, *(made(one, f"Text {one.article_id}.") for one in some))
        after = some[-1].article_id
    assert done == 60
    assert len(storage.unassigned(limit=99)) == 60
    assert storage.clean_up(window=HOUR, keep_pages=timedelta()).pages == 60
    assert storage.check() == []
