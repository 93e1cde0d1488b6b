"""Which story an article belongs to: assigned once, as it comes, against a window.

The rules are in docs/stories.md. Nothing here knows a clock: time passes as the articles say.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection
from datetime import UTC, datetime, time, timedelta

from aggregator.core import reasons
from aggregator.core.copies import CopyIndex, Likeness
from aggregator.core.events import EventIndex
from aggregator.core.facts import agree
from aggregator.core.features import features
from aggregator.core.window import Key, Member, Window, address_of
from aggregator.types import Assignment, GroupInput, Relation

COPY = 0.6
"""From this containment on a text is a copy."""
REWRITE = 0.35
"""From this one on it is a rewrite."""
TEMPLATE = 0.25
"""From this one on a text with other names and numbers comes from the same template."""
REPORT = 0.21
"""From this nearness on it reports the same event."""
SAME_ADDRESS = 0.05


class Grouper:
    """The window, and the decisions.

    The answers depend on the articles in the window and their order of assignment alone: feed
    these to `restore`, in that order, and the next `add` answers as if nothing had happened.
    """

    def __init__(
        self,
        *,
        copy_window: timedelta = timedelta(days=14),
        event_window: timedelta = timedelta(days=5),
    ) -> None:
        self._reach = copy_window
        self._event_reach = min(event_window, copy_window)
        self._clear()

    def _clear(self) -> None:
        self._window = Window()
        self._copies = CopyIndex(self._window)
        self._events = EventIndex(self._window, reach=self._event_reach)
        self._latest: datetime | None = None
        self._counted: list[tuple[datetime, int, Key]] = []
        self._order = 0

    def __len__(self) -> int:
        """Articles in the window."""
        return len(self._window)

    def add(self, item: GroupInput) -> Assignment:
        """Assign an article that has no story yet."""
        self._pass_time(item.at)
        assignment = self._assign(item)
        self._keep(item, assignment)
        return assignment

    def restore(self, item: GroupInput, assignment: Assignment) -> None:
        """Take an article into the window that was assigned before, in the order of assignment."""
        self._pass_time(item.at)
        self._keep(item, assignment)

    def forget(self, article_id: Key) -> None:
        """Take an article out, as one whose text has changed and that is to be assigned anew.

        One that is not in the window is no error. Weighing the words anew takes a second for
        10,000 articles.
        """
        member = self._window.get(article_id)
        if member is None:
            return
        self._remove(member)
        self._recount()

    # --- deciding

    def _assign(self, item: GroupInput) -> Assignment:
        known = self._same_address(item)
        if known is not None:
            return _join(item, known, Relation.SAME, 1.0, reasons.same_address(known))
        apart: dict[Key, Likeness] = {}
        found = self._shared_text(item, apart)
        if found is not None:
            return found
        return self._same_event(item, apart)

    def _same_address(self, item: GroupInput) -> Member | None:
        address = address_of(item)
        for member in self._window.of_address(address) if address else ():
            if self._within(item, member, self._reach) and _related(item, member):
                return member
        return None

    def _shared_text(self, item: GroupInput, apart: dict[Key, Likeness]) -> Assignment | None:
        """Joined by its text; stories whose text is only the same template go into `apart`."""
        own = features(item.fingerprint)
        for likeness in self._copies.find(item, least=TEMPLATE):
            member = likeness.member
            if not self._within(item, member, self._reach):
                continue
            words = min(item.fingerprint.length, member.fingerprint.length)
            if not agree(own, features(member.fingerprint), words=words):
                apart[member.story] = likeness
            elif likeness.containment >= REWRITE and _is_enough(item, likeness):
                relation = _relation(item, likeness)
                why = reasons.shared_text(likeness)
                return _join(item, member, relation, likeness.containment, why)
        return None

    def _same_event(self, item: GroupInput, apart: dict[Key, Likeness]) -> Assignment:
        nearest = self._events.nearest(item, apart=apart.keys())
        if nearest is not None and nearest.score >= REPORT:
            member = nearest.member
            shared = self._events.shared(item, member)
            why = reasons.same_event(member, shared, nearest.score)
            return _join(item, member, Relation.REPORT, nearest.score, why)
        foreign = self._events.nearest_foreign(item)
        if foreign is not None:
            member = foreign.member
            shared = self._events.shared(item, member)
            why = reasons.other_language(member, shared, foreign.score)
            return _join(item, member, Relation.TRANSLATION, foreign.score, why)
        if apart:
            why = reasons.from_template(next(iter(apart.values())).member)
        elif nearest is not None and nearest.score >= REPORT / 2:
            why = reasons.not_near_enough(nearest.member, nearest.score, REPORT)
        else:
            why = reasons.nothing_like_it()
        return _start(item, why)

    @staticmethod
    def _within(item: GroupInput, member: Member, reach: timedelta) -> bool:
        return abs(item.at - member.item.at) <= reach

    # --- the window

    def _keep(self, item: GroupInput, assignment: Assignment) -> None:
        assert self._latest is not None  # noqa: S101 - time passes before anything is kept
        self._order += 1
        if item.at < self._latest - self._reach:
            return
        member = Member(item=item, assignment=assignment, order=self._order)
        self._window.add(member)
        self._copies.add(member)
        counted = item.at >= self._floor()
        self._events.add(member, counted=counted)
        if counted:
            heapq.heappush(self._counted, (item.at, member.order, item.article_id))

    def _remove(self, member: Member) -> None:
        self._window.remove(member)
        self._copies.remove(member)
        self._events.remove(member)

    def _pass_time(self, at: datetime) -> None:
        """Let what is too old for an article of that time leave the window."""
        before = self._latest
        if before is not None and at <= before:
            return
        self._latest = at
        if before is None or _day(before) != _day(at):
            floor = self._floor()
            old = []
            while self._counted and self._counted[0][0] < floor:
                member = self._window.get(heapq.heappop(self._counted)[2])
                if member is not None:
                    old.append(member)
            self._events.discount(old)
        for member in self._window.older_than(at - self._reach):
            self._remove(member)

    def _floor(self) -> datetime:
        """Articles before it may leave the window today, and their words no longer count."""
        assert self._latest is not None  # noqa: S101 - asked for when there are articles
        return _day(self._latest) + timedelta(days=1) - self._reach

    def _recount(self) -> None:
        """Count words as a window rebuilt without the forgotten article would."""
        floor, today = self._floor(), _day(self._latest)
        members = [member for member in self._window if member.item.at >= floor]
        self._counted = [(m.item.at, m.order, m.item.article_id) for m in members]
        heapq.heapify(self._counted)
        self._events.recount(members, since=today)


def _day(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)


def _relation(item: GroupInput, likeness: Likeness) -> Relation:
    if likeness.containment < COPY:
        return Relation.REWRITE
    own = item.source and item.source == likeness.member.item.source
    return Relation.SAME if own else Relation.COPY


def _is_enough(item: GroupInput, likeness: Likeness) -> bool:
    """Whether so short a text proves anything: a headline must be the whole headline."""
    if item.fingerprint.length and likeness.member.fingerprint.length:
        return likeness.shared >= 6
    return likeness.shared >= 3 and likeness.overlap >= 0.9


def _related(item: GroupInput, member: Member) -> bool:
    """Whether two articles under one address have anything to do with each other."""
    one, other = features(item.fingerprint).terms, features(member.fingerprint).terms
    return len(one.keys() & other.keys()) >= min(2, len(one), len(other))


def _join(
    item: GroupInput, member: Member, relation: Relation, score: float, why: str
) -> Assignment:
    return Assignment(
        article_id=item.article_id,
        story=member.story,
        relation=relation,
        of=member.item.article_id,
        score=round(min(score, 1.0), 4),
        why=why,
    )


def _start(item: GroupInput, why: str) -> Assignment:
    return Assignment(
        article_id=item.article_id,
        story=item.article_id,
        relation=Relation.NEW,
        of=None,
        score=1.0,
        why=why,
    )
