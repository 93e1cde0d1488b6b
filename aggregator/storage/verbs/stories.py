"""The verbs about what goes into which story, and stories made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from aggregator.errors import StorageError
from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import grouping, placing, regrouping, stories
    from aggregator.types import Assignment, GroupInput, Placed, Regrouped, Unassigned
else:  # each when one of its verbs is asked for
    grouping = Later("grouping")
    placing = Later("placing")
    regrouping = Later("regrouping")
    stories = Later("stories")


class StoryVerbs(Transactions):
    """See `protocol.stories`."""

    # --- COMMIT 3: stories

    def unassigned(self, *, limit: int) -> list[Unassigned]:
        return self._read(lambda session: grouping.unassigned(session, limit=limit))

    def grouping_state(self) -> int:
        return self._read(stories.grouping_state)

    def window(self, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
        with self._reading() as session:
            yield from grouping.window(session, span=span)

    def recall(self, article_ids: Collection[int]) -> list[GroupInput]:
        return self._read(lambda session: grouping.recall(session, article_ids))

    def taken_out(self) -> list[int]:
        return self._read(grouping.taken_out)

    def assign(
        self,
        assigned: Sequence[tuple[GroupInput, Assignment]],
        *,
        now: datetime,
        state: int | None = None,
    ) -> list[Assignment]:
        return self._write(lambda session: stories.assign(session, assigned, now=now, state=state))

    def place(self, assignments: Sequence[Assignment], *, now: datetime) -> Placed:
        return self._write(lambda session: placing.place(session, assignments, now=now))

    # --- stories made anew

    def regrouped(
        self, *, after: int, limit: int, since: datetime | None = None
    ) -> list[Regrouped]:
        return self._read(
            lambda session: grouping.regrouped(session, after=after, limit=limit, since=since)
        )

    def regroup(
        self,
        assigned: Iterable[tuple[GroupInput, Assignment]],
        *,
        state: int,
        now: datetime,
        since: datetime | None = None,
    ) -> bool:
        run = self._write(lambda session: regrouping.begin(session, state=state))
        if run is None:
            return False
        try:
            for chunk in regrouping.staged(assigned):
                if not self._write(partial(regrouping.stage, rows=chunk, run=run, state=state)):
                    return False
            return self._write(partial(regrouping.swap, run=run, state=state, now=now, since=since))
        finally:
            with suppress(StorageError):  # what is left the next one drops
                self._write(partial(regrouping.drop, run=run))
