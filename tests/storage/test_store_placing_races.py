"""Stories changed by several at once, on stores that share a database.

On SQLite one waits for the other; on PostgreSQL they meet.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from storemaker import (
    HOUR,
    NOW,
    OpenStore,
    arrangement,
    grouped,
    joins,
    new,
    placements,
    put,
    revise,
    singles,
    store,
)

from aggregator.core.fingerprint import fingerprint
from aggregator.errors import NotGrouped
from aggregator.storage.protocol import Storage

ROUNDS = 12


def place(storage: Storage, ids: list[int], chance: random.Random) -> None:
    with suppress(NotGrouped):
        some = chance.sample(ids, 3)
        put(storage, some[0], *some[chance.choice((0, 1)) :])


def edit(storage: Storage, ids: list[int], chance: random.Random) -> None:
    number = chance.randrange(len(ids))
    article = new(str(number), text=f"A text that differs, {chance.random()}.")
    revise(storage, ids[number], article, at=NOW)


def assign(storage: Storage, ids: list[int], chance: random.Random) -> None:
    waiting = [one.article_id for one in storage.unassigned(limit=5)]
    items = [joins(one, chance.choice([one, *ids])) for one in waiting]
    storage.assign(grouped(storage, *items), now=NOW)


def regroup(storage: Storage, ids: list[int], chance: random.Random) -> None:
    state = storage.grouping_state()
    pairs = []
    for one in storage.regrouped(after=0, limit=99):
        article = one.article
        made = article.printed(fingerprint(article.title, article.text, article.language))
        first = one.before.story if chance.random() < 0.5 else ids[0]
        pairs.append((made, joins(article.article_id, int(first))))
    storage.regroup(pairs, state=state, now=NOW)


Act = Callable[[Storage, list[int], random.Random], None]


@pytest.mark.parametrize(
    "acts",
    [(place, place), (place, assign, edit), (regroup, assign, edit), (regroup, place, regroup)],
    ids=lambda acts: " ".join(act.__name__ for act in acts),
)
def test_at_once(open_store: OpenStore, acts: tuple[Act, ...]) -> None:
    stores = [open_store() for _ in acts]
    ids = store(stores[0], *(new(str(number)) for number in range(12)))
    singles(stores[0], ids)

    def go_on(place: int) -> None:
        chance = random.Random(place)
        for _ in range(ROUNDS):
            acts[place](stores[place], ids, chance)

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(go_on, place) for place in range(len(acts))]:
            done.result()
    assert stores[0].check() == []
    homes = {one: story for story, found in arrangement(stores[0]).items() for one in found}
    for one, other in placements(stores[0], ids).items():
        if {one, int(other)} <= homes.keys():  # what was edited last waits for its story
            assert homes[one] == homes[int(other)]
    assert len(list(stores[0].window(span=HOUR))) == len(homes)
