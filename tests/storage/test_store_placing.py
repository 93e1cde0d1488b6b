"""Articles that a person moves, splits off and joins, and what holds ever after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pagemaker import all_kept, keep, made, with_page
from storemaker import (
    HOUR,
    NOW,
    arrangement,
    assign,
    get,
    grouped,
    joins,
    new,
    placements,
    put,
    revise,
    singles,
    source,
    store,
)

from aggregator.errors import NotGrouped
from aggregator.storage.protocol import Storage
from aggregator.types import Assignment, Placed, Relation


def told(
    story: int,
    *moved: int,
    renamed: tuple[tuple[int, int], ...] = (),
    ended: tuple[int, ...] = (),
) -> Placed:
    return Placed(story=story, moved=moved, renamed=renamed, ended=ended)


def two_stories(storage: Storage) -> list[int]:
    """The first three articles are one story, the last three another."""
    ids = store(storage, *(new(str(number)) for number in range(6)))
    assign(storage, *(joins(one, ids[0]) for one in ids[:3]))
    assign(storage, *(joins(one, ids[3]) for one in ids[3:]))
    return ids


def test_moving_one(storage: Storage) -> None:
    ids = two_stories(storage)
    state = storage.grouping_state()
    wanted = replace(joins(ids[1], ids[3]), why="You have put it there.", score=1.0)
    assert storage.place([wanted], now=NOW + HOUR) == told(ids[3], ids[1])
    assert arrangement(storage) == {ids[0]: [ids[0], ids[2]], ids[3]: [ids[1], *ids[3:]]}
    assert get(storage, ids[1]).assignment == wanted
    assert get(storage, ids[2]).assignment == joins(ids[2], ids[0])
    assert storage.grouping_state() != state
    # Its place in the order is what it was.
    assert [item.article_id for item, _ in storage.window(span=HOUR)] == ids
    # The first of those that stayed is kept apart from now on.
    assert placements(storage, ids) == {ids[0]: ids[0], ids[1]: ids[3]}
    assert storage.check() == []


def test_who_was_put_somewhere_and_when(storage: Storage) -> None:
    ids = two_stories(storage)
    put(storage, ids[3], ids[1], at=NOW + HOUR)
    by_hand = {
        item.article.article_id: item.placed_at
        for story in storage.stories(limit=9)
        for item in story.articles
        if item.placed_at is not None
    }
    assert by_hand == {ids[1]: NOW + HOUR}


def test_splitting_off_the_first_renames_the_story(storage: Storage) -> None:
    ids = two_stories(storage)
    put_off = told(ids[0], ids[0], renamed=((ids[0], ids[1]),))
    assert put(storage, ids[0], ids[0]) == put_off
    assert arrangement(storage) == {ids[0]: ids[:1], ids[1]: ids[1:3], ids[3]: ids[3:]}
    lead = get(storage, ids[1]).assignment
    assert lead is not None
    assert (lead.relation, lead.of, lead.score) == (Relation.NEW, None, 1.0)
    assert placements(storage, ids) == {ids[0]: ids[0], ids[1]: ids[1]}
    assert storage.check() == []


def test_splitting_off_some(storage: Storage) -> None:
    ids = two_stories(storage)
    assert put(storage, ids[2], ids[1], ids[2]) == told(ids[2], ids[1], ids[2])
    assert arrangement(storage) == {ids[0]: ids[:1], ids[2]: ids[1:3], ids[3]: ids[3:]}
    first = get(storage, ids[2]).assignment
    assert first is not None
    assert (first.relation, first.of) == (Relation.NEW, None)
    assert placements(storage, ids) == {ids[0]: ids[0], ids[1]: ids[2], ids[2]: ids[2]}
    assert storage.check() == []


def test_splitting_off_the_first_and_another_one(storage: Storage) -> None:
    ids = two_stories(storage)
    put_off = put(storage, ids[0], ids[2], ids[0])
    assert put_off == told(ids[0], ids[2], ids[0], renamed=((ids[0], ids[1]),))
    assert arrangement(storage) == {ids[0]: [ids[0], ids[2]], ids[1]: [ids[1]], ids[3]: ids[3:]}
    assert storage.check() == []


def test_moving_the_first_away(storage: Storage) -> None:
    ids = two_stories(storage)
    assert put(storage, ids[3], ids[0]) == told(ids[3], ids[0], renamed=((ids[0], ids[1]),))
    assert arrangement(storage) == {ids[1]: ids[1:3], ids[3]: [ids[0], *ids[3:]]}
    assert storage.story(ids[0]) is None
    assert storage.check() == []


def test_moving_the_last_one_ends_the_story(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"))
    assign(
        storage,
        joins(ids[0], ids[0]),
        joins(ids[1], ids[1]),
        replace(joins(ids[2], ids[2]), continues=ids[0]),
    )
    assert put(storage, ids[1], ids[0]) == told(ids[1], ids[0], ended=(ids[0],))
    assert arrangement(storage) == {ids[1]: ids[:2], ids[2]: ids[2:]}
    last = storage.story(ids[2])
    assert last is not None
    assert last.continues == ()
    assert storage.check() == []


def test_joining_whole_stories(storage: Storage) -> None:
    ids = two_stories(storage)
    assert put(storage, ids[3], *ids[:3]) == told(ids[3], *ids[:3], ended=(ids[0],))
    assert arrangement(storage) == {ids[3]: ids}
    assert storage.counts().stories == 1
    assert storage.check() == []


def test_joining_two_stories_as_a_new_one(storage: Storage) -> None:
    ids = two_stories(storage)
    assert put(storage, ids[1], *ids) == told(ids[1], *ids, ended=(ids[0], ids[3]))
    assert arrangement(storage) == {ids[1]: ids}
    assert storage.check() == []


@pytest.mark.parametrize("all_of_it", [False, True])
def test_what_is_there_already_is_pinned(storage: Storage, all_of_it: bool) -> None:
    ids = two_stories(storage)
    before = arrangement(storage)
    some = ids[:3] if all_of_it else ids[1:2]
    assert put(storage, ids[0], *some) == told(ids[0])
    assert arrangement(storage) == before
    assert placements(storage, ids) == dict.fromkeys(some, ids[0])
    # The second time as the first.
    assert put(storage, ids[0], *some) == told(ids[0])
    assert storage.check() == []


def test_others_that_were_placed_with_it_stay_when_it_goes(storage: Storage) -> None:
    ids = two_stories(storage)
    put(storage, ids[3], ids[1])
    put(storage, ids[3], ids[2])
    put(storage, ids[0], ids[3])
    # The next of them that depends on none of the others, by the order of assignment.
    assert arrangement(storage) == {ids[0]: [ids[0], ids[3]], ids[1]: [*ids[1:3], *ids[4:]]}
    assert placements(storage, ids) == {
        ids[0]: ids[0],
        ids[1]: ids[1],
        ids[2]: ids[1],
        ids[3]: ids[0],
    }
    assert storage.check() == []


def test_a_new_placement_wins(storage: Storage) -> None:
    ids = two_stories(storage)
    put(storage, ids[3], ids[1])
    put(storage, ids[1], ids[1])
    assert put(storage, ids[0], ids[1]) == told(ids[0], ids[1], ended=(ids[1],))
    assert arrangement(storage) == {ids[0]: ids[:3], ids[3]: ids[3:]}
    assert placements(storage, [ids[1]]) == {ids[1]: ids[0]}


def test_what_is_not_there_cannot_be_moved(storage: Storage) -> None:
    ids = two_stories(storage)
    [waiting] = store(storage, new("7"))
    state, before = storage.grouping_state(), arrangement(storage)
    for story, articles, message in (
        (ids[0], [ids[3], 99], "there is no article 99"),
        (ids[0], [ids[3], waiting], f"article {waiting} has no story yet"),
        (waiting, [waiting], f"article {waiting} has no story yet"),
        (ids[1], [ids[3]], f"there is no story {ids[1]}"),
        (99, [ids[3]], "there is no story 99"),
    ):
        with pytest.raises(NotGrouped, match=message):
            put(storage, story, *articles)
    assert (storage.grouping_state(), arrangement(storage)) == (state, before)
    assert placements(storage, ids) == {}


# --- at later assignments


def test_placements_hold_when_a_story_is_taken_apart(storage: Storage) -> None:
    pages = keep(storage, with_page("a"))
    ids = [*pages, *store(storage, new("x"), new("y"), new("z"))]
    singles(storage, ids)
    put(storage, ids[0], *ids[1:3])
    state = storage.grouping_state()
    storage.record_again([made(all_kept(storage)[0], "Quite another text.")], now=NOW)
    assert storage.grouping_state() != state
    # Those that were put with it wait for it.
    [waiting] = storage.unassigned(limit=9)
    assert (waiting.article_id, waiting.placed_with, waiting.placed_in) == (ids[0], None, None)
    assign(storage, joins(ids[0], ids[3]))
    waiting, other = storage.unassigned(limit=9)
    assert (waiting.placed_with, waiting.placed_in) == (ids[0], ids[3])
    # Whatever is decided about them.
    [stored] = storage.assign(grouped(storage, joins(ids[1], ids[1])), now=NOW)
    assert (stored.story, stored.relation, stored.of) == (ids[3], Relation.REPORT, ids[0])
    given = Assignment(
        article_id=ids[2], story=ids[3], relation=Relation.COPY, of=ids[1], score=0.5, why="It is."
    )
    assert storage.assign(grouped(storage, given), now=NOW) == [given]
    assert arrangement(storage) == {ids[3]: ids}
    assert other.article_id == ids[2]
    assert storage.check() == []


def test_one_that_begins_a_story_begins_it_again(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"))
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    put(storage, ids[1], ids[1])
    revise(storage, ids[1], new("2", text="Another text altogether."), at=NOW)
    [waiting] = storage.unassigned(limit=9)
    assert (waiting.placed_with, waiting.placed_in) == (ids[1], None)
    [stored] = storage.assign(grouped(storage, joins(ids[1], ids[0])), now=NOW)
    assert (stored.story, stored.relation, stored.of) == (ids[1], Relation.NEW, None)
    assert storage.check() == []


def test_one_whose_company_awaits_a_story_waits_with_it(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"))
    singles(storage, ids)
    put(storage, ids[1], ids[0])
    put(storage, ids[1], ids[1], ids[0])
    for one in ids[:2]:
        revise(storage, one, new(str(one), text=f"Another text of {one}."), at=NOW)
    assert arrangement(storage) == {ids[1]: ids[:2], ids[2]: ids[2:]}
    assert storage.assign(grouped(storage, joins(ids[0], ids[2])), now=NOW) == []


def test_the_order_in_a_batch_does_not_matter_to_a_placement(storage: Storage) -> None:
    pages = keep(storage, with_page("a"), with_page("b"))
    singles(storage, pages)
    put(storage, pages[1], pages[0])
    storage.record_again(
        [made(one, f"Another {one.article_id}.") for one in all_kept(storage)], now=NOW
    )
    assert [one.article_id for one in storage.unassigned(limit=9)] == pages[1:]
    both = grouped(storage, *(joins(one, one) for one in pages))
    made_again = [(replace(one, version=both[1][0].version), item) for one, item in both]
    assert [one.article_id for one in storage.assign(made_again, now=NOW)] == pages[1:]
    assert [one.article_id for one in storage.assign(made_again, now=NOW)] == pages[:1]
    assert arrangement(storage) == {pages[1]: pages}
    assert storage.check() == []


def test_nothing_is_assigned_upon_a_state_that_has_passed(storage: Storage) -> None:
    ids = two_stories(storage)
    [waiting] = store(storage, new("7"))
    state = storage.grouping_state()
    put(storage, ids[3], ids[1])
    item = grouped(storage, joins(waiting, ids[0]))
    assert storage.assign(item, now=NOW, state=state) == []
    assert len(storage.assign(item, now=NOW, state=storage.grouping_state())) == 1


def test_articles_of_a_source_that_moved_to_another_stay_where_they_were_put(
    storage: Storage,
) -> None:
    one, two = store(storage, new("1"), new("2"), wanted=source("Old Post"))
    [three] = store(storage, new("3"), wanted=source("Daily"))
    singles(storage, [one, two, three])
    put(storage, three, one)
    there = next(s.source.url for s in storage.source_statuses() if s.source.name == "Daily")
    storage.sync_sources([source("Old Post", there)], now=NOW)
    assert arrangement(storage) == {two: [two], three: [one, three]}
    assert placements(storage, [one, two, three]) == {one: three}
    assert storage.check() == []
