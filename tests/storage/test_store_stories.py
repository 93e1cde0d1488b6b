from __future__ import annotations

from dataclasses import replace

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    assign,
    fetched,
    get,
    grouped,
    joins,
    new,
    record_page,
    revise,
    singles,
    source,
    store,
)

from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    Assignment,
    Relation,
    Story,
    TextState,
)

A, B, C = source("A"), source("B"), source("C")


def story_ids(stories: list[Story]) -> list[int]:
    return [story.story_id for story in stories]


def test_assigning(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"))
    copy = Assignment(
        article_id=ids[1],
        story=ids[0],
        relation=Relation.COPY,
        of=ids[0],
        score=0.875,
        why="Seven words of eight are the same.",
    )
    storage.assign(grouped(storage, joins(ids[0], ids[0]), copy), now=NOW)
    assert get(storage, ids[0]).assignment == joins(ids[0], ids[0])
    assert get(storage, ids[1]).assignment == copy
    assert get(storage, ids[1]).summary.story_id == ids[0]
    assert get(storage, ids[2]).assignment is None
    assert get(storage, ids[2]).summary.story_id is None
    counts = storage.counts()
    assert (counts.stories, counts.unassigned) == (1, 1)
    assert storage.check() == []


def test_an_assignment_stands(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"))
    first = [joins(ids[0], ids[0]), joins(ids[1], ids[1])]
    assign(storage, *first)
    assign(storage, joins(ids[1], ids[0]))
    assert [assignment for _, assignment in storage.window(span=HOUR)] == first
    assert storage.counts().stories == 2
    assert storage.check() == []


def test_stories_by_outlets_then_by_time(storage: Storage) -> None:
    one, four = store(storage, new("a1", published_at=NOW - 5 * HOUR), new("a2"), wanted=A)
    two = store(storage, new("b1", published_at=NOW - 4 * HOUR), wanted=B)[0]
    three = store(storage, new("c1", published_at=NOW - 3 * HOUR), wanted=C)[0]
    late = store(storage, new("a3"), wanted=A, at=NOW + HOUR)[0]
    assign(
        storage,
        joins(three, three),
        joins(one, one),
        joins(two, one),
        joins(four, four),
        joins(late, late),
    )
    assert story_ids(storage.stories(limit=9)) == [one, late, four, three]
    assert story_ids(storage.stories(limit=2)) == [one, late]
    assert story_ids(storage.stories(min_sources=2, limit=9)) == [one]
    assert story_ids(storage.stories(since=NOW + HOUR, limit=9)) == [late]
    assert story_ids(storage.stories(until=NOW + HOUR, limit=9)) == [one, four, three]
    assert storage.stories(since=NOW + 2 * HOUR, limit=9) == []
    assert storage.stories(until=NOW, limit=9) == []
    assert story_ids(storage.stories(until=NOW, limit=9, published=True)) == [one, three]
    early = storage.stories(until=NOW - 4 * HOUR, limit=9, published=True)
    assert story_ids(early) == [one]
    assert storage.story(two) is None


def test_a_story_that_goes_on_comes_with_all_its_articles(storage: Storage) -> None:
    [one] = store(storage, new("a"), wanted=A)
    [two] = store(storage, new("b"), wanted=B, at=NOW + 24 * HOUR)
    assign(storage, joins(one, one), joins(two, one))
    [story] = storage.stories(since=NOW + HOUR, limit=9)
    assert [item.article.article_id for item in story.articles] == [one, two]


def test_a_story_is_a_timeline(storage: Storage) -> None:
    text = "A long text. " * 100
    # The copy arrived first; by publication the original comes first, and is the story's first.
    [copy] = store(storage, new("copy", text=text), wanted=source("Copyist", weight=0.5))
    [first] = store(
        storage, new("first", published_at=NOW - HOUR), wanted=source("Origin"), at=NOW + HOUR
    )
    assign(storage, joins(copy, copy), joins(first, copy))
    story = storage.story(copy)
    assert story is not None
    assert story == storage.stories(limit=1)[0]
    assert story.outlets == ("Origin", "Copyist")
    assert (story.first_at, story.last_at) == (NOW - HOUR, NOW)
    assert [(item.relation, item.of) for item in story.articles] == [
        (Relation.NEW, None),
        (Relation.COPY, first),
    ]
    last = story.articles[1]
    assert (last.weight, last.words) == (0.5, 300)
    assert last.article == get(storage, copy).summary
    assert len(last.excerpt) <= 300
    assert last.excerpt.startswith("A long text. A long")
    assert last.excerpt.endswith("…")
    # The assignments themselves stay as they were made.
    assert get(storage, copy).assignment == joins(copy, copy)


def test_a_story_ends_when_its_only_article_changes(storage: Storage) -> None:
    [one] = store(storage, new("1"), wanted=A)
    assign(storage, joins(one, one))
    revise(storage, one, new("1", text="Another text altogether."), at=NOW)
    assert storage.story(one) is None
    assert storage.stories(limit=9) == []
    assert [item.article_id for item in storage.unassigned(limit=9)] == [one]


@pytest.mark.parametrize("company", [False, True])
def test_an_assignment_to_a_story_that_ended(storage: Storage, company: bool) -> None:
    """Decided upon what `window` said, while a revision ended the story."""
    ids = store(storage, new("1"), new("2"), new("3"), wanted=A)
    assign(storage, joins(ids[0], ids[0]))
    revise(storage, ids[0], new("1", text="Another text altogether."), at=NOW)
    if company:
        assign(storage, joins(ids[0], ids[1]))
        assert storage.unassigned(limit=1)[0].article_id != ids[0]
    assign(storage, joins(ids[1], ids[0]), joins(ids[2], ids[0], of=ids[1]))
    assert {item.article_id for item in storage.unassigned(limit=9)} == (
        set() if company else {ids[0]}
    )
    second, third = (get(storage, article_id).assignment for article_id in ids[1:])
    assert second is not None
    assert third is not None
    assert second.story == third.story
    if not company:
        assert (second.story, second.relation, second.of) == (ids[1], Relation.NEW, None)
        assert (third.relation, third.of) == (Relation.COPY, ids[1])
    assert storage.check() == []


def test_a_story_that_ended_and_began_again(storage: Storage) -> None:
    """The article that decisions still rest on has come back with another text, and one that
    resembled it has a story of its own: others that resemble that one follow it."""
    ids = store(storage, *(new(str(number)) for number in range(4)))
    singles(storage, ids[:1])
    revise(storage, ids[0], new("0", text="Another text altogether."), at=NOW)
    assign(storage, joins(ids[1], ids[0]))
    singles(storage, ids[:1])
    assign(storage, joins(ids[2], ids[0], of=ids[1]), joins(ids[3], ids[0], of=ids[2]))
    stories = [
        [item.article.article_id for item in one.articles] for one in storage.stories(limit=9)
    ]
    assert sorted(stories) == [[ids[0]], ids[1:]]
    assert storage.check() == []


def test_times_that_a_page_corrects_reach_the_story(storage: Storage) -> None:
    one, two = store(storage, new("1"), new("2", page_host="example.com"))
    [taken] = storage.claim_texts("example.com", now=NOW, lease=LEASE, limit=1)
    record_page(storage, "example.com", fetched(taken, None, state=TextState.RETRY, retry_at=NOW))
    assign(storage, joins(one, one), joins(two, one))
    [taken] = storage.claim_texts("example.com", now=NOW, lease=LEASE, limit=1)
    page = ArticleText(title="", text="The page.", published_at=NOW - 9 * HOUR)
    record_page(storage, "example.com", fetched(taken, page))
    story = storage.story(one)
    assert story is not None
    assert story.first_at == NOW - 9 * HOUR
    # Others are compared with it as it was when it was assigned.
    assert [item.at for item, _ in storage.window(span=HOUR)] == [NOW, NOW]


def test_nothing_there(storage: Storage) -> None:
    assert storage.article(1) is None
    assert storage.story(1) is None
    assert storage.stories(limit=9) == []
    assert storage.unassigned(limit=9) == []
    assert list(storage.window(span=HOUR)) == []
    counts = storage.counts()
    assert (counts.sources, counts.articles, counts.stories) == (0, 0, 0)
    assert (counts.pending_texts, counts.unassigned) == (0, 0)


def test_an_assignment_made_upon_a_former_text_is_left_out(storage: Storage) -> None:
    ids = store(storage, new("1", text="First."), new("2"))
    made = grouped(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    revise(storage, ids[0], new("1", text="Second."), at=NOW)
    [stored] = storage.assign(made, now=NOW)
    # It cannot stand with what it resembled, which has no story yet.
    assert (stored.article_id, stored.story, stored.of) == (ids[1], ids[1], None)
    assert [one.article_id for one in storage.unassigned(limit=9)] == [ids[0]]
    assert storage.check() == []


def test_what_was_stored_is_told(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"))
    first, second = joins(ids[0], ids[0]), joins(ids[1], ids[0])
    assert storage.assign(grouped(storage, first, second), now=NOW) == [first, second]
    assert storage.assign(grouped(storage, second), now=NOW) == []


def test_an_article_of_a_story_has_its_picture(storage: Storage) -> None:
    plain = new("1")
    pictured = replace(new("2"), image_url="https://example.org/2.jpg")
    ids = store(storage, plain, pictured)
    storage.assign(grouped(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0])), now=NOW)
    story = storage.story(ids[0])
    assert story is not None
    assert {item.image_url for item in story.articles} == {None, "https://example.org/2.jpg"}
