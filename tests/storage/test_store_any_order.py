"""Whatever happens to stories, in any order: each article is in one, and where it was put."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from pagemaker import all_kept, keep, made, with_page
from storemaker import HOUR, NOW, arrangement, joins, new, placements, revise, store

from aggregator.core.fingerprint import fingerprint
from aggregator.storage.protocol import Storage
from aggregator.types import Assignment, Fingerprint, GroupInput, Relation

STEPS = 40
PRINT: Fingerprint = fingerprint("Headline", "A text.", "en")


@dataclass
class _Life:
    """A store with a few articles, to which things happen by chance."""

    storage: Storage
    chance: random.Random
    ids: list[int] = field(default_factory=list)

    def begin(self) -> None:
        articles = [
            new(str(number), published_at=NOW - number % 5 * HOUR, title=f"Headline {number}")
            for number in range(8)
        ]
        self.ids = store(self.storage, *articles)
        self.ids += keep(self.storage, *(with_page(f"p{number}") for number in range(3)))

    def step(self) -> None:
        happens: list[Callable[[], object]] = [self.edit, self.again, self.regroup]
        happens += [self.assign, self.place] * 2
        self.chance.choice(happens)()

    # --- what happens

    def assign(self, limit: int = 3) -> int:
        waiting = self.storage.unassigned(limit=limit)
        pairs = [(one.printed(PRINT), self._decide(one.article_id)) for one in waiting]
        return len(self.storage.assign(pairs, now=NOW))

    def place(self) -> None:
        stories = arrangement(self.storage)
        settled = [one for members in stories.values() for one in members]
        if not settled:
            return
        some = self.chance.sample(settled, min(len(settled), self.chance.choice((1, 1, 2, 4))))
        story = self.chance.choice([*stories, *some])
        items = [replace(self._decide(one), story=story) for one in some]
        placed = self.storage.place(items, now=NOW)
        assert placed.story == story
        after = arrangement(self.storage)
        assert set(some) <= set(after[story])
        for old, another in placed.renamed:
            assert set(after[another]) == set(stories[old]) - set(some)
        assert not set(placed.ended) & set(after)
        assert set(stories) - set(after) == {*placed.ended} | {
            old for old, _ in placed.renamed if old != story
        }

    def edit(self) -> None:
        place = self.chance.randrange(8)
        text = f"A text that differs, {self.chance.random()}."
        article = new(str(place), text=text, published_at=NOW - place % 5 * HOUR)
        revise(self.storage, self.ids[place], article, at=NOW)

    def again(self) -> None:
        kept = self.chance.choice(all_kept(self.storage))
        self.storage.record_again([made(kept, f"Read anew, {self.chance.random()}.")], now=NOW)

    def regroup(self) -> None:
        since = self.chance.choice([None, None, NOW - 2 * HOUR])
        state = self.storage.grouping_state()
        found = self.storage.regrouped(after=0, limit=99, since=since)
        stories: list[int] = []
        pairs = []
        for one in found:
            article_id = one.article.article_id
            story = self.chance.choice([*stories, article_id, article_id])
            stories += [article_id] if story == article_id else []
            item = joins(article_id, story)
            earlier = self.chance.choice([None, *stories])
            pairs.append((one.article.printed(PRINT), replace(item, continues=earlier)))

        def given() -> Iterator[tuple[GroupInput, Assignment]]:
            yield from pairs
            happens: list[Callable[[], object]] = [self.edit, self.assign]
            for event in self.chance.choices(happens, k=2):
                event()

        assert self.storage.regroup(given(), state=state, now=NOW, since=since)

    def _decide(self, article_id: int) -> Assignment:
        others = [one for one in self.ids if one != article_id]
        of = self.chance.choice([None, *others])
        stories: Mapping[int, int] = {
            one: story for story, members in arrangement(self.storage).items() for one in members
        }
        return Assignment(
            article_id=article_id,
            story=article_id if of is None else stories.get(of, of),
            relation=Relation.NEW if of is None else Relation.REPORT,
            of=of,
            score=1.0,
            why="By chance.",
            continues=self.chance.choice([None, *others]),
        )

    # --- what holds

    def look(self) -> None:
        assert self.storage.check() == []
        stories = arrangement(self.storage)
        members = [one for found in stories.values() for one in found]
        waiting = {one.article_id for one in self.storage.unassigned(limit=99)}
        assert len(members) == len(set(members))
        assert waiting.isdisjoint(members)
        homes = {one: story for story, found in stories.items() for one in found}
        assert all(homes[story] == story for story in stories)
        for one, other in placements(self.storage, sorted(homes)).items():
            assert homes[one] == homes[int(other)]
            if one == other:
                assert homes[one] == one

    def settle(self) -> None:
        """Nobody waits for ever."""
        for _ in range(len(self.ids) + 1):
            if not self.assign(limit=99):
                break
        assert sorted(one for found in arrangement(self.storage).values() for one in found) == (
            sorted(self.ids)
        )


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order(storage: Storage, seed: int) -> None:
    life = _Life(storage, random.Random(seed))
    life.begin()
    life.assign(limit=99)
    for _ in range(STEPS):
        life.step()
        life.look()
    life.settle()
    life.look()
