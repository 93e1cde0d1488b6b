"""Which story an article belongs to: assigned once, as it comes, against a window.

The rules are in docs/stories.md. Nothing here knows a clock: time passes as the articles say.
"""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta

from aggregator.core import reasons
from aggregator.core.copies import COPY, CopyIndex, Likeness
from aggregator.core.events import REPORT, EventIndex
from aggregator.core.facts import agree
from aggregator.core.features import features
from aggregator.core.fingerprint import VERSION
from aggregator.core.window import Key, Member, Window, address_of
from aggregator.types import Assignment, GroupInput, Relation

REWRITE = 0.5
"""From this containment on a text is a rewrite, from `COPY` on a copy."""
REPHRASED = (0.35, 0.15)
"""Or from this containment and overlap on: so much of the whole of two texts."""
EXTENDED = 0.3
"""A longer text that has the whole of another is its copy only from this overlap on."""
TEMPLATE = 0.35
"""From this one on a text with other names and numbers comes from the same template."""

_NEVER = datetime.min.replace(tzinfo=UTC)


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
        self._copies = CopyIndex(self._window, reach=self._reach)
        self._events = EventIndex(self._window, reach=self._event_reach)
        self._latest = _NEVER
        self._counted: list[tuple[datetime, int, Key]] = []
        self._order = 0

    def __len__(self) -> int:
        """Articles in the window."""
        return len(self._window)

    def add(self, item: GroupInput) -> Assignment:
        """Assign an article to a story; one that is in the window already is taken out first."""
        self.forget(item.article_id)
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
        self._latest = max((other.item.at for other in self._window), default=_NEVER)
        self._recount()

    # --- deciding

    def _assign(self, item: GroupInput) -> Assignment:
        if item.fingerprint.version != VERSION:
            return _start(item, reasons.other_version())
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
            if abs(item.at - member.item.at) <= self._reach and _related(item, member):
                return member
        return None

    def _shared_text(self, item: GroupInput, apart: dict[Key, Likeness]) -> Assignment | None:
        """Joined by its text; stories whose text is only the same template go into `apart`."""
        own = features(item.fingerprint)
        for likeness in self._copies.find(item, least=TEMPLATE):
            member = likeness.member
            words = min(item.fingerprint.length, member.fingerprint.length)
            if not agree(own, features(member.fingerprint), words=words):
                apart[member.story] = likeness
            elif _is_derived(likeness) and _is_enough(item, likeness):
                relation = _relation(item, likeness)
                bare = not (item.fingerprint.length or member.fingerprint.length)
                why = reasons.same_headline(member) if bare else reasons.shared_text(likeness)
                return _join(item, member, relation, likeness.containment, why)
        return None

    def _same_event(self, item: GroupInput, apart: dict[Key, Likeness]) -> Assignment:
        nearest = self._events.nearest(item, apart=apart.keys())
        if nearest is not None and nearest.score >= REPORT:
            shared = self._events.shared(item, nearest.member)
            why = reasons.same_event(nearest.member, shared, nearest.score)
            return _join(item, nearest.member, Relation.REPORT, nearest.score, why)
        foreign = self._events.nearest_foreign(item)
        if foreign is not None:
            shared = self._events.shared(item, foreign.member)
            why = reasons.other_language(foreign.member, shared, foreign.score)
            return _join(item, foreign.member, Relation.TRANSLATION, foreign.score, why)
        if apart:
            return _start(item, reasons.from_template(next(iter(apart.values())).member))
        if nearest is not None and nearest.score >= REPORT / 2:
            return _start(item, reasons.not_near_enough(nearest.member, nearest.score, REPORT))
        return _start(item, reasons.nothing_like_it())

    # --- the window

    def _keep(self, item: GroupInput, assignment: Assignment) -> None:
        self._order += 1
        too_old = item.at < _back(self._latest, self._reach)
        if too_old or item.fingerprint.version != VERSION:
            return
        story = self._window.of_story(assignment.story)
        root = story[0].root if story else self._order
        member = Member(item=item, assignment=assignment, order=self._order, root=root)
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
        if at <= before:
            return
        self._latest = at
        if _day(before) != _day(at):
            floor = self._floor()
            old = []
            while self._counted and self._counted[0][0] < floor:
                member = self._window.get(heapq.heappop(self._counted)[2])
                if member is not None:
                    old.append(member)
            self._events.discount(old)
        for member in self._window.older_than(_back(at, self._reach)):
            self._remove(member)

    def _floor(self) -> datetime:
        """Articles before it may leave the window today, and their words no longer count."""
        return _back(_day(self._latest), self._reach - timedelta(days=1))

    def _recount(self) -> None:
        """Count words as a window rebuilt without the forgotten article would."""
        floor = self._floor()
        members = [member for member in self._window if member.item.at >= floor]
        self._counted = [(m.item.at, m.order, m.item.article_id) for m in members]
        heapq.heapify(self._counted)
        self._events.recount(members, today=_day(self._latest))


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _back(at: datetime, span: timedelta) -> datetime:
    """Never beyond what a datetime can hold."""
    try:
        return at - span
    except OverflowError:
        return _NEVER if span > timedelta() else at


def _relation(item: GroupInput, likeness: Likeness) -> Relation:
    if likeness.containment < COPY or not (likeness.shorter or likeness.overlap >= EXTENDED):
        return Relation.REWRITE
    own = item.source and item.source == likeness.member.item.source
    return Relation.SAME if own else Relation.COPY


def _is_derived(likeness: Likeness) -> bool:
    if likeness.containment >= REWRITE:
        return True
    return likeness.containment >= REPHRASED[0] and likeness.overlap >= REPHRASED[1]


def _is_enough(item: GroupInput, likeness: Likeness) -> bool:
    """Whether so short a text proves anything: a headline must be the whole headline."""
    if item.fingerprint.length and likeness.member.fingerprint.length:
        return likeness.shared >= 6
    return likeness.shared >= 3 and likeness.overlap >= 0.9


def _related(item: GroupInput, member: Member) -> bool:
    """Whether two articles under one address have anything to do with each other."""
    one = set(features(item.fingerprint).terms)
    other = set(features(member.fingerprint).terms)
    return len(one & other) >= min(2, len(one), len(other))


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
