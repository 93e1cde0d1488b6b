"""Stories that are found anew, all of them or those since some time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from storemaker import (
    HOUR,
    NOW,
    OpenStore,
    arrangement,
    assign,
    get,
    joins,
    new,
    placements,
    put,
    revise,
    singles,
    source,
    store,
)

from aggregator.core.fingerprint import fingerprint
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Assignment,
    GroupInput,
    Manners,
    Regrouped,
    Relation,
)

Pair = tuple[GroupInput, Assignment]


def all_regrouped(
    storage: Storage, *, limit: int = 100, since: datetime | None = None
) -> list[Regrouped]:
    """As somebody reads them who takes `limit` at a time."""
    found: list[Regrouped] = []
    after = 0
    while some := storage.regrouped(after=after, limit=limit, since=since):
        found += some
        after = some[-1].seq
    return found


def decided(
    storage: Storage, stories: Mapping[int, int], *, since: datetime | None = None
) -> list[Pair]:
    """What `regroup` takes: every article in the story given, else in the one it has."""
    return [
        (_input(one), _decided(one, stories.get(one.article.article_id)))
        for one in all_regrouped(storage, since=since)
    ]


def _input(one: Regrouped) -> GroupInput:
    article = one.article
    return article.printed(fingerprint(article.title, article.text, article.language))


def _decided(one: Regrouped, story: int | None) -> Assignment:
    return one.before if story is None else joins(one.article.article_id, story)


def regroup(storage: Storage, stories: Mapping[int, int], *, since: datetime | None = None) -> bool:
    state = storage.grouping_state()
    pairs = decided(storage, stories, since=since)
    return storage.regroup(pairs, state=state, now=NOW + HOUR, since=since)


def filled(storage: Storage) -> list[int]:
    """Six articles an hour apart; the first three are one story, the others another."""
    articles = [new(str(number), published_at=NOW - (9 - number) * HOUR) for number in range(6)]
    ids = store(storage, *articles)
    assign(storage, *(joins(one, ids[0]) for one in ids[:3]))
    assign(storage, *(joins(one, ids[3]) for one in ids[3:]))
    return ids


def waiting(storage: Storage) -> list[int]:
    return sorted(one.article_id for one in storage.unassigned(limit=99))


def test_what_is_looked_at_once_more(storage: Storage) -> None:
    manners = Manners(never_join=frozenset({"B"}))
    ids = store(
        storage,
        *(new(str(number), published_at=NOW - number * HOUR) for number in range(4)),
        wanted=source("A", language="de", manners=manners),
    )
    assign(storage, joins(ids[2], ids[2]), joins(ids[0], ids[2]), joins(ids[1], ids[1]))
    put(storage, ids[1], ids[0])
    found = all_regrouped(storage, limit=2)
    assert [one.article.article_id for one in found] == [ids[2], ids[0], ids[1]]
    assert [one.before for one in found] == [
        get(storage, article_id).assignment for article_id in (ids[2], ids[0], ids[1])
    ]
    assert found[0].seq < found[1].seq < found[2].seq
    article = found[1].article
    assert (article.text, article.language, article.manners) == ("Text of 0.", "de", manners)
    assert (article.placed_with, article.placed_in) == (ids[1], ids[1])
    recent = all_regrouped(storage, since=NOW - HOUR)
    assert [one.article.article_id for one in recent] == ids[:2]
    assert storage.regrouped(after=found[-1].seq, limit=9) == []


def test_long_texts_come_some_at_a_time(storage: Storage) -> None:
    ids = store(storage, *(new(str(number), text="word " * 24_000) for number in range(25)))
    singles(storage, ids)
    assert len(storage.regrouped(after=0, limit=99)) < 25
    assert [one.article.article_id for one in all_regrouped(storage)] == ids


def test_all_are_replaced_at_once(storage: Storage) -> None:
    ids = filled(storage)
    state = storage.grouping_state()
    assert regroup(storage, {ids[1]: ids[1], ids[3]: ids[1], ids[4]: ids[4], ids[5]: ids[4]})
    assert arrangement(storage) == {
        ids[0]: [ids[0], ids[2]],
        ids[1]: [ids[1], ids[3]],
        ids[4]: ids[4:],
    }
    assert storage.grouping_state() != state
    # In the order in which they were assigned.
    assert [item.article_id for item, _ in storage.window(span=99 * HOUR)] == ids
    assert storage.counts().stories == 3
    assert storage.check() == []
    assert regroup(storage, {ids[5]: ids[0]})
    assert arrangement(storage)[ids[4]] == [ids[4]]


def test_fingerprints_are_replaced_and_come_back(storage: Storage) -> None:
    ids = store(storage, new("old", published_at=NOW - 50 * HOUR), new("new"))
    singles(storage, ids)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert len(storage.recall(ids)) == 1
    pairs = [
        (replace(one, fingerprint=replace(one.fingerprint, version=99)), item)
        for one, item in decided(storage, {})
    ]
    assert storage.regroup(pairs, state=storage.grouping_state(), now=NOW)
    assert [one.fingerprint.version for one in storage.recall(ids)] == [99, 99]


def test_only_those_since_some_time(storage: Storage) -> None:
    """What a story loses goes on under another id."""
    ids = filled(storage)
    assert regroup(storage, {ids[3]: ids[3], ids[4]: ids[0]}, since=NOW - 6 * HOUR)
    assert arrangement(storage) == {ids[0]: [*ids[:3], ids[4]], ids[3]: [ids[3], ids[5]]}
    late = store(storage, new("late", published_at=NOW - 9 * HOUR), new("later"))
    assign(storage, joins(late[1], late[1]), joins(late[0], late[1]))
    assert regroup(storage, {late[1]: ids[0]}, since=NOW - HOUR)
    assert arrangement(storage)[late[0]] == late[:1]
    assert late[1] in arrangement(storage)[ids[0]]
    assert waiting(storage) == []
    assert storage.check() == []


def test_many(storage: Storage) -> None:
    ids = store(storage, *(new(str(number)) for number in range(1_203)))
    first = store(storage, new("first"))[0]
    singles(storage, [first])
    made = decided(storage, {})[0][0]
    storage.assign([(replace(made, article_id=one), joins(one, first)) for one in ids], now=NOW)
    read: list[int] = []

    def one_by_one() -> Iterator[Pair]:
        for one, item in decided(storage, dict.fromkeys(ids, ids[0])):
            read.append(int(item.article_id))
            yield one, item

    assert storage.regroup(one_by_one(), state=storage.grouping_state(), now=NOW)
    assert len(read) == 1_204
    assert arrangement(storage) == {first: [first], ids[0]: ids}
    assert storage.check() == []


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_nothing_is_replaced_when_stories_have_changed(storage: Storage, when: str) -> None:
    ids = filled(storage)
    state = storage.grouping_state()
    pairs = decided(storage, dict.fromkeys(ids, ids[0]))

    def given() -> Iterator[Pair]:
        yield from pairs[:3]
        if when == "during":
            put(storage, ids[1], ids[1])
        yield from pairs[3:]
        if when == "after":
            put(storage, ids[1], ids[1])

    if when == "before":
        put(storage, ids[1], ids[1])
    assert not storage.regroup(given(), state=state, now=NOW)
    assert arrangement(storage) == {ids[0]: [ids[0], ids[2]], ids[1]: [ids[1]], ids[3]: ids[3:]}
    assert storage.check() == []


def test_a_run_that_fails_halfway_leaves_nothing(storage: Storage) -> None:
    ids = filled(storage)
    before = arrangement(storage)

    def given() -> Iterator[Pair]:
        yield from decided(storage, dict.fromkeys(ids, ids[0]))
        raise KeyError("halfway")

    with pytest.raises(KeyError, match="halfway"):
        storage.regroup(given(), state=storage.grouping_state(), now=NOW)
    assert arrangement(storage) == before
    assert regroup(storage, {ids[5]: ids[0]})
    assert arrangement(storage) == {ids[0]: [*ids[:3], ids[5]], ids[3]: ids[3:5]}


def test_of_two_runs_the_one_that_began_last_counts(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    ids = filled(one)
    state = one.grouping_state()
    pairs = decided(one, dict.fromkeys(ids, ids[0]))

    def given() -> Iterator[Pair]:
        yield from pairs[:2]
        assert regroup(two, {ids[5]: ids[0]})
        yield from pairs[2:]

    assert not one.regroup(given(), state=state, now=NOW)
    assert arrangement(one) == {ids[0]: [*ids[:3], ids[5]], ids[3]: ids[3:5]}


def test_runs_at_once_do_not_mix(open_store: OpenStore) -> None:
    stores = [open_store(), open_store()]
    ids = store(stores[0], *(new(str(number)) for number in range(1_100)))
    first = store(stores[0], new("first"))[0]
    singles(stores[0], [first, ids[0]])
    made = decided(stores[0], {})[0][0]
    stores[0].assign(
        [(replace(made, article_id=one), joins(one, ids[0])) for one in ids[1:]], now=NOW
    )
    plans = [decided(stores[0], dict.fromkeys([first, *ids], one)) for one in (first, ids[7])]
    state = stores[0].grouping_state()
    with ThreadPoolExecutor(2) as pool:
        done = [
            *pool.map(
                lambda place: stores[place].regroup(plans[place], state=state, now=NOW), (0, 1)
            )
        ]
    assert done.count(True) == 1
    assert arrangement(stores[0]) == {(first, ids[7])[done.index(True)]: sorted([first, *ids])}
    assert stores[0].check() == []


# --- what happens meanwhile


def during(storage: Storage, stories: Mapping[int, int], *events: object) -> bool:
    """Regroup, with something that happens while the articles are looked at."""

    def given() -> Iterator[Pair]:
        yield from pairs
        for event in events:
            assert callable(event)
            event()

    pairs = decided(storage, stories)
    return storage.regroup(given(), state=storage.grouping_state(), now=NOW)


def test_one_whose_text_changes_meanwhile_is_assigned_anew(storage: Storage) -> None:
    ids = filled(storage)
    other = new("1", text="Another text altogether.", published_at=NOW - 8 * HOUR)
    assert during(
        storage,
        {ids[3]: ids[0], ids[4]: ids[0], ids[5]: ids[0]},
        lambda: revise(storage, ids[1], other, at=NOW),
    )
    assert arrangement(storage) == {ids[0]: [ids[0], *ids[2:]]}
    assert waiting(storage) == [ids[1]]
    assert storage.check() == []


def test_a_story_whose_first_text_changes_meanwhile_goes_on(storage: Storage) -> None:
    ids = filled(storage)
    other = new("0", text="Another text altogether.", published_at=NOW - 9 * HOUR)
    assert during(storage, {ids[3]: ids[0]}, lambda: revise(storage, ids[0], other, at=NOW))
    # Both under the ids of those that were assigned next.
    assert arrangement(storage) == {ids[1]: ids[1:4], ids[4]: ids[4:]}
    lead = get(storage, ids[1]).assignment
    assert lead is not None
    assert (lead.relation, lead.of) == (Relation.NEW, None)
    assert waiting(storage) == [ids[0]]
    assert storage.check() == []


def test_one_that_stood_alone_and_changes_meanwhile_is_assigned_as_any(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"))
    singles(storage, ids)
    other = new("1", text="Another text altogether.")
    assert during(storage, {ids[1]: ids[0]}, lambda: revise(storage, ids[0], other, at=NOW))
    assert arrangement(storage) == {ids[1]: ids[1:]}
    assert waiting(storage) == ids[:1]
    assert storage.check() == []


def test_one_that_has_come_into_a_story_that_is_no_more_is_assigned_anew(
    storage: Storage,
) -> None:
    ids = filled(storage)
    late = store(storage, new("7"), new("8"), new("9"))
    assert during(
        storage,
        dict.fromkeys(ids[3:], ids[0]),
        lambda: assign(
            storage, joins(late[0], ids[3]), joins(late[1], ids[0]), joins(late[2], late[2])
        ),
    )
    assert arrangement(storage) == {ids[0]: [*ids, late[1]], late[2]: [late[2]]}
    assert waiting(storage) == [late[0]]
    assert storage.check() == []


# --- what a person has placed


@pytest.mark.parametrize("stories", [{}, {0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0}, {1: 1, 4: 1, 3: 0}])
def test_placements_hold(storage: Storage, stories: Mapping[int, int]) -> None:
    ids = filled(storage)
    put(storage, ids[3], ids[1])
    put(storage, ids[5], ids[5])
    assert regroup(storage, {ids[one]: ids[story] for one, story in stories.items()})
    homes = {
        article_id: story
        for story, members in arrangement(storage).items()
        for article_id in members
    }
    assert homes[ids[1]] == homes[ids[3]]
    assert homes[ids[5]] == ids[5]
    assert homes[ids[0]] == ids[0]  # it stayed when another one was taken out
    assert len(homes) == 6
    assert storage.check() == []


@pytest.mark.parametrize("parted", [0, 1])
def test_what_a_person_has_parted_stays_apart(storage: Storage, parted: int) -> None:
    ids = store(storage, new("1"), new("2"))
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    put(storage, ids[parted], ids[parted])
    for together in ids:
        assert regroup(storage, dict.fromkeys(ids, together))
        assert arrangement(storage) == {ids[0]: ids[:1], ids[1]: ids[1:]}
    assert storage.check() == []


def test_the_first_of_those_that_stay_depends_on_none_of_them(storage: Storage) -> None:
    """Else two would be placed with each other."""
    early, later, last, other = ids = store(storage, *(new(str(number)) for number in range(4)))
    singles(storage, ids)
    put(storage, later, early)
    assert regroup(storage, {later: last})
    assert arrangement(storage) == {last: [early, later, last], other: [other]}
    put(storage, last, later)
    put(storage, other, last)
    assert arrangement(storage) == {later: [early, later], other: [last, other]}
    assert placements(storage, ids) == {early: later, later: later, last: other}
    assert storage.check() == []


def test_who_is_placed_with_one_that_is_assigned_anew_waits_for_it(storage: Storage) -> None:
    ids = filled(storage)
    put(storage, ids[3], ids[1])
    other = new("3", text="Another text altogether.", published_at=NOW - 6 * HOUR)
    assert during(storage, {}, lambda: revise(storage, ids[3], other, at=NOW))
    assert arrangement(storage) == {ids[0]: [ids[0], ids[2]], ids[4]: ids[4:]}
    assert waiting(storage) == [ids[3]]
    assign(storage, joins(ids[3], ids[3]))
    assert waiting(storage) == [ids[1]]
    assert storage.check() == []


# --- links


def test_links_are_replaced_and_lead_to_stories_only(storage: Storage) -> None:
    ids = filled(storage)
    pairs = decided(storage, {ids[5]: ids[5], ids[4]: ids[5], ids[2]: ids[2]})
    continues = {ids[3]: ids[0], ids[5]: ids[2], ids[2]: ids[1], ids[1]: ids[3], ids[0]: ids[0]}
    pairs = [
        (one, replace(item, continues=continues.get(int(one.article_id)))) for one, item in pairs
    ]
    assert storage.regroup(pairs, state=storage.grouping_state(), now=NOW)
    links = {
        story.story_id: [one.story_id for one in story.continues]
        for story in storage.stories(limit=9)
    }
    assert links == {ids[0]: [], ids[2]: [], ids[3]: [ids[0]], ids[5]: [ids[2]]}
    assert storage.check() == []


def test_nothing_to_replace(storage: Storage) -> None:
    assert all_regrouped(storage) == []
    no_pairs: Sequence[Pair] = ()
    assert storage.regroup(no_pairs, state=storage.grouping_state(), now=NOW)
    assert storage.check() == []
