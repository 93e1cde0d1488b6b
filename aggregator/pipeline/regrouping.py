"""All stories found anew from what is stored: by newer rules, or by what a source wants now.

Articles are decided in the order in which they were assigned, as a new installation would that got
them in that order. Nothing is stored until the end, and then all at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.core.by_hand import Decided, Deciding
from aggregator.core.cluster import Grouper
from aggregator.core.partitions import compare
from aggregator.errors import DatabaseBusy
from aggregator.pipeline.grouping import fingerprinted, recalling
from aggregator.pipeline.shelf import Shelf
from aggregator.pipeline.uncollected import uncollected
from aggregator.sandbox import SandboxProtocol
from aggregator.storage.protocol import Storage
from aggregator.types import Assignment, GroupInput, Manners, Regrouped, Relation, Unassigned

ARTICLES_AT_A_TIME = 500
"""Read, fingerprinted and decided together."""
_TRIES = 2

Progress = Callable[[int], None]
"""Told how many articles have been looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An article that is in another story than before."""

    article_id: int
    title: str
    source: str
    before: int
    after: int
    """Ids of stories."""
    relation: Relation
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegroupReport:
    """What is different, or would be."""

    seen: int = 0
    """Articles whose story was found anew."""
    moved: tuple[Moved, ...] = ()
    """In the order of their assignment."""
    before: int = 0
    """Stories that they were in."""
    after: int = 0
    """Stories that they are in now."""
    merged: int = 0
    """Stories made of several."""
    split: int = 0
    """Stories whose articles are in several now."""
    stored: bool = False
    """False: it has only been tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouping:
    """What it works with."""

    storage: Storage
    sandbox: SandboxProtocol
    clock: Callable[[], datetime]
    copy_window: timedelta
    event_window: timedelta
    manners: Mapping[str, Manners]
    """By name of a source, in place of what the store says; of others, that holds."""
    folder: Path | None = None
    """Where there is room for a few kilobytes an article; None: where the system has it."""

    async def run(
        self,
        *,
        since: datetime | None = None,
        store: bool = True,
        progress: Progress = lambda _done: None,
    ) -> RegroupReport:
        """Find the stories of all articles anew, or of those published since then, and store them.

        What a person has placed stays where it was put. With `store` false, nothing changes.
        Raises DatabaseBusy when stories were changed by others all the time, and StorageError.
        """
        for _ in range(_TRIES):
            state = await asyncio.to_thread(self.storage.grouping_state)
            with (
                Shelf(GroupInput, folder=self.folder) as inputs,
                Shelf(Assignment, folder=self.folder) as answers,
            ):
                work = _Work(regrouping=self, since=since, inputs=inputs, answers=answers)
                await work.decide(progress)
                report = await asyncio.to_thread(work.report)
                if not store or not report.seen:
                    return report
                if await asyncio.to_thread(work.store, state):
                    return replace(report, stored=True)
        raise DatabaseBusy(
            "stories were changed by others while they were found anew, and stay as they are;"
            " run this again"
        )


@dataclass(slots=True, kw_only=True)
class _Work:
    """One try."""

    regrouping: Regrouping
    since: datetime | None
    inputs: Shelf[GroupInput]
    answers: Shelf[Assignment]
    """Of the articles whose story is found anew, in the order in which they are decided."""
    before: dict[int, int] = field(default_factory=dict)
    """Story by article, of these and of those that stay."""
    after: dict[int, int] = field(default_factory=dict)
    deciding: Deciding = field(init=False)

    def __post_init__(self) -> None:
        grouper = Grouper(
            recall=recalling(self._recall),
            copy_window=self.regrouping.copy_window,
            event_window=self.regrouping.event_window,
        )
        self.deciding = Deciding(grouper=grouper)

    async def decide(self, progress: Progress) -> None:
        """All of them, and before them what stands in the windows that reach back."""
        storage, after = self.regrouping.storage, -1
        while articles := await asyncio.to_thread(
            storage.regrouped, after=after, limit=ARTICLES_AT_A_TIME, since=self._seen_from()
        ):
            after = articles[-1].seq
            items = await fingerprinted(
                self.regrouping.sandbox, [self._as_wanted(one) for one in articles]
            )
            await asyncio.to_thread(self._take, articles, items)
            progress(len(self.answers))
        await asyncio.to_thread(self._keep, self.deciding.rest())

    def report(self) -> RegroupReport:
        found = compare(self.before, self.after)
        return RegroupReport(
            seen=len(self.answers),
            moved=tuple(self._moved(key) for key in self.answers if key in found.moved),
            before=len({self.before[key] for key in self.answers}),
            after=len({self.after[key] for key in self.answers}),
            merged=found.merged,
            split=found.split,
        )

    def store(self, state: int) -> bool:
        """False: stories were changed by others meanwhile, and nothing is stored."""
        return self.regrouping.storage.regroup(
            self._decided(), state=state, now=self.regrouping.clock(), since=self.since
        )

    def _decided(self) -> Iterator[Decided]:
        for key in self.answers:
            yield self.inputs.get(key), self.answers.get(key)

    def _seen_from(self) -> datetime | None:
        """From when on articles are looked at, be it only for what others are compared with."""
        if self.since is None:
            return None
        reach = max(self.regrouping.copy_window, self.regrouping.event_window)
        try:
            return self.since - reach
        except OverflowError:
            return None

    def _as_wanted(self, one: Regrouped) -> Unassigned:
        manners = self.regrouping.manners.get(one.article.source)
        return one.article if manners is None else replace(one.article, manners=manners)

    def _take(self, articles: Sequence[Regrouped], items: Sequence[GroupInput]) -> None:
        with uncollected():
            self.deciding.grouper.expect([one for one in items if not self._stays(one)])
            for one, item in zip(articles, items, strict=True):
                article_id = one.article.article_id
                self.before[article_id] = int(one.before.story)
                self.inputs.put(article_id, item)
                if self._stays(item):
                    self.after[article_id] = int(one.before.story)
                    self._keep(self.deciding.restore(item, one.before))
                else:
                    self._keep(self.deciding.add(item))
        # What has been decided is on the shelf, and is recalled from there.
        self.deciding.grouper.settle()

    def _stays(self, item: GroupInput) -> bool:
        """Whether it is too old to be decided upon anew."""
        return self.since is not None and item.at < self.since

    def _keep(self, decided: Iterable[Decided]) -> None:
        for item, assignment in decided:
            self.after[int(item.article_id)] = int(assignment.story)
            self.answers.put(int(item.article_id), assignment)

    def _recall(self, article_ids: Sequence[int]) -> Iterator[GroupInput]:
        return (self.inputs.get(one) for one in article_ids if one in self.inputs)

    def _moved(self, article_id: int) -> Moved:
        item, answer = self.inputs.get(article_id), self.answers.get(article_id)
        return Moved(
            article_id=article_id,
            title=item.title,
            source=item.source,
            before=self.before[article_id],
            after=self.after[article_id],
            relation=answer.relation,
            why=answer.why,
        )
