"""What a store must do about what goes into which story, and stories made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.types import Assignment, GroupInput, Placed, Regrouped, Unassigned


class StoryStore(Protocol):
    """See `protocol.Storage`."""

    # --- COMMIT 3: stories

    def unassigned(self, *, limit: int) -> list[Unassigned]:
        """Articles whose text is not pending and that have no story, by (at, source, url): up to
        `limit`, fewer where their texts are long, at least one if there is any. One that a person
        has placed with another article that has no story waits until that one has."""

    def grouping_state(self) -> int:
        """Changes whenever stories change otherwise than by `assign` and as `taken_out` tells: by
        hand, by texts made again, by `regroup`; when all articles of the newest day are taken out;
        and when sources are to be treated otherwise, or become one. Who has a window in memory
        reads it anew then."""

    def window(self, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
        """Assigned articles whose `at` lies within `span` of the newest one's, in the order in
        which they were assigned."""

    def recall(self, article_ids: Collection[int]) -> list[GroupInput]:
        """These articles as grouping saw them when they were assigned, in any order; those without
        a fingerprint are left out. An article that was taken out of its story has its former one
        until it is assigned anew, or is older than all that others are compared with."""

    def taken_out(self) -> list[int]:
        """Articles that had a story, await another one, and can still be recalled as they were. Who
        has a window in memory takes them out of it before anything else is decided."""

    def assign(
        self,
        assigned: Sequence[tuple[GroupInput, Assignment]],
        *,
        now: datetime,
        state: int | None = None,
    ) -> list[Assignment]:
        """Store assignments and the fingerprints they rest on, in order; those that were stored.

        One for an article that has one already, or whose text has changed since it was read, is
        left out. One into a story that is gone, because its only article changed meanwhile, goes
        where the article it resembles has gone, or else starts a story of its own. One that a
        person has placed goes where it was put, and is left out while there is no such story. A
        story that is gone is not continued. None is stored when `grouping_state` is no longer
        `state`; None: whatever it is.
        """

    def place(self, assignments: Sequence[Assignment], *, now: datetime) -> Placed:
        """Put articles where a person wants them, and remember it for every later assignment.

        All are of one story: an existing one, then each is placed with its first article; or that
        of one of the articles itself, which then starts it, and the others are placed with it.
        `assignments` (at least one) replace what the articles had; they keep their place in the
        order. A story whose first article is taken out goes on under the id of the one that was
        assigned next (of those that are placed with none of the others that stay), and what was
        placed with an article that was taken out stays with that one. The first of those that stay
        begins a story at every later assignment, too, so that the two are not joined again.
        Raises NotGrouped, and changes nothing, for an article without a story or one that does not
        exist, and for a story that does not exist.
        """

    # --- stories made anew

    def regrouped(
        self, *, after: int, limit: int, since: datetime | None = None
    ) -> list[Regrouped]:
        """Assigned articles with `at` since then (None: all) in the order of assignment, with `seq`
        above `after`: up to `limit`, fewer where their texts are long, at least one if there is
        any."""

    def regroup(
        self,
        assigned: Iterable[tuple[GroupInput, Assignment]],
        *,
        state: int,
        now: datetime,
        since: datetime | None = None,
    ) -> bool:
        """Replace the assignments of these articles, which are those that `regrouped` gave for
        `since`, all at once. `assigned` is read as it comes, in transactions of their own.

        False, and nothing has changed, when `grouping_state` is no longer `state`. An article whose
        text has changed meanwhile is to be assigned anew, and so is one that has come into a story
        meanwhile that is no more. What is older than `since` in such a story goes on under the id
        of the one assigned next. The articles keep their places in the order of assignment, and
        are where a person has placed them, whatever `assigned` says. Of two runs at once the one
        that began last counts.
        """
