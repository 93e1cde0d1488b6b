"""Which story an article belongs to: assigned once, as it comes, against a window.

The rules are in docs/stories.md. Nothing here knows a clock: time passes as the articles say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

from aggregator.core import reasons
from aggregator.core.archive import Recall
from aggregator.core.common_facts import shared_facts, shared_share
from aggregator.core.copies import Likeness
from aggregator.core.derived import (
    TEMPLATE,
    is_derived,
    is_doubtful,
    pattern,
    pattern_of_reports,
    relation,
)
from aggregator.core.events import REPORT, Nearness
from aggregator.core.features import Features, features
from aggregator.core.fingerprint import VERSION
from aggregator.core.indexes import Indexes
from aggregator.core.passages import is_background
from aggregator.core.series import IDENTICAL, is_column, says_nothing
from aggregator.core.window import Key, address_of, micros
from aggregator.types import Assignment, GroupInput, Manners, Relation

CONTINUES = ((0.3, 0.1), (0.2, 0.4))
"""From this likeness on, with so much of what its names say in common, a story follows upon an
earlier one: either is enough. Of 6,000 strangers 3 did."""
SAME_ADDRESS = 100
"""Articles of a story, the first ones, among which one with the same address is looked for."""

_TOGETHER = 500
"""Articles that are made ready at once."""
_NEVER = datetime.min.replace(tzinfo=UTC)
_ANY = "*"


class Grouper:
    """The window, and the decisions.

    The answers depend on the articles in the window and their order of assignment alone: feed
    these to `restore`, in that order, and the next `add` answers as if nothing had happened.

    `recall` gives back what articles said that have been added before the last `settle`, or been
    restored; None: they are kept here, which takes some 5 KB each.
    """

    def __init__(
        self,
        *,
        recall: Recall | None = None,
        copy_window: timedelta = timedelta(days=14),
        event_window: timedelta = timedelta(days=5),
    ) -> None:
        self._reach = copy_window
        self._event_reach = min(event_window, copy_window)
        self._indexes = Indexes(recall)
        self._window = self._indexes.window
        self._archive = self._indexes.archive
        self._frequencies = self._indexes.frequencies
        self._copies = self._indexes.copies
        self._events = self._indexes.events
        self._foreign = self._indexes.foreign
        self._manners: dict[str, Manners] = {}
        self._latest = _NEVER
        self._coming: dict[Key, Features] = {}

    def __len__(self) -> int:
        """Articles in the window."""
        return len(self._window)

    def expect(self, items: Sequence[GroupInput]) -> None:
        """These are added next: what has to be looked up or made for each is for all at once,
        which takes a fraction of the time. It changes no answer."""
        self._prepare(items, assigned=False)

    def _prepare(self, items: Sequence[GroupInput], *, assigned: bool) -> None:
        self._coming = {item.article_id: features(item) for item in items}
        self._indexes.expect(list(self._coming.values()), assigned=assigned)

    def add(self, item: GroupInput) -> Assignment:
        """Assign an article to a story; one that is in the window already is taken out first."""
        self.forget(item.article_id)
        self._pass_time(item.at)
        found = self._expected(item)
        assignment = self._assign(found)
        self._keep(found, assignment)
        return assignment

    def restore(self, item: GroupInput, assignment: Assignment) -> None:
        """Take an article into the window that was assigned before, in the order of assignment."""
        self._pass_time(item.at)
        self._keep(self._expected(item), assignment)
        self._archive.settle()

    def restore_all(self, known: Iterable[tuple[GroupInput, Assignment]]) -> None:
        """As `restore`, of many, which takes two thirds of the time."""
        rest = iter(known)
        while some := list(islice(rest, _TOGETHER)):
            self._prepare([item for item, _ in some], assigned=True)
            for item, assignment in some:
                self.restore(item, assignment)

    def _expected(self, item: GroupInput) -> Features:
        found = self._coming.pop(item.article_id, None)
        return found if found is not None and found.item is item else features(item)

    def settle(self) -> None:
        """What has been added can be recalled from now on."""
        self._archive.settle()

    def forget(self, article_id: Key) -> None:
        """Take an article out, as one whose text has changed and that is to be assigned anew.

        One that is not in the window is no error.
        """
        slot = self._window.slot(article_id)
        if slot is not None:
            self._indexes.take_out([slot])

    # --- deciding

    def _assign(self, found: Features) -> Assignment:
        item = found.item
        if item.placed_with is not None and item.placed_with == item.article_id:
            return _start(item, reasons.placed_alone())
        if item.placed_in is not None:
            return self._placed(found, item.placed_in)
        if not item.manners.grouped:
            return _start(item, reasons.not_grouped())
        if item.fingerprint.version != VERSION:
            return _start(item, reasons.other_version())
        return self._compared(found)

    def _compared(self, found: Features) -> Assignment:
        """Where nobody but the texts themselves has a say."""
        item = found.item
        apart: dict[int, str] = {}
        joined = self._same_address(found)
        if joined is None and says_nothing(found):
            return self._same_few_words(found) or _start(item, reasons.says_nothing())
        joined = joined or self._shared_text(found, apart)
        if joined is None and is_column(found):
            return _start(item, reasons.column())
        return joined or self._same_event(found, apart)

    def _placed(self, found: Features, story: Key) -> Assignment:
        """Where a person has put it; what it is to that story's articles is measured."""
        item = found.item
        root = self._window.root_of(story)
        for likeness in self._copies.find(found, least=TEMPLATE, reach=self._reach):
            if likeness.root == root and is_derived(found, likeness):
                why = reasons.placed(reasons.shared_text(found, likeness))
                kind = relation(likeness)
                return self._join(item, likeness.slot, kind, likeness.containment, why)
        return Assignment(
            article_id=item.article_id,
            story=story,
            relation=Relation.REPORT,
            of=item.placed_with,
            score=1.0,
            why=reasons.placed(""),
        )

    def _same_address(self, found: Features) -> Assignment | None:
        item = found.item
        address = address_of(item)
        if address is None:
            return None
        window = self._window
        for root in window.of_address(address):
            if self._barred(root, item):
                continue
            members = window.members(root)[:SAME_ADDRESS]
            for slot, other in self._archive.of(window, members).items():
                if (
                    address_of(other.item) == address
                    and window.gap(slot, item.at) <= self._reach
                    and _related(found, other)
                ):
                    why = reasons.same_address(other.item)
                    return self._join(item, slot, Relation.SAME, 1.0, why)
        return None

    def _same_few_words(self, found: Features) -> Assignment | None:
        """A headline of few words alone is known again in its own outlet only."""
        item = found.item
        if is_column(found) or not item.source:
            return None
        for likeness in self._copies.find(found, least=IDENTICAL, reach=self._event_reach):
            other = likeness.other.item
            if likeness.own and not other.fingerprint.length and other.title == item.title:
                why = reasons.same_headline(other)
                return self._join(item, likeness.slot, Relation.SAME, 1.0, why)
        return None

    def _shared_text(self, found: Features, apart: dict[int, str]) -> Assignment | None:
        """Joined by its text. Stories that have no more than a template or background in common
        with it go into `apart`, with the reason."""
        item = found.item
        passages: list[Likeness] = []
        for likeness in self._copies.find(found, least=TEMPLATE, reach=self._reach):
            other = likeness.other
            if self._barred(likeness.root, item):
                continue
            if same_pattern := pattern(found, likeness):
                apart[likeness.root] = same_pattern
            elif is_derived(found, likeness) and not is_doubtful(found, likeness):
                kind = relation(likeness)
                bare = not (item.fingerprint.length or other.item.fingerprint.length)
                why = (
                    reasons.same_headline(other.item)
                    if bare
                    else reasons.shared_text(found, likeness)
                )
                return self._join(item, likeness.slot, kind, likeness.containment, why)
            elif likeness.passage is not None:
                passages.append(likeness)
        return self._shared_passage(found, passages, apart)

    def _shared_passage(
        self, found: Features, passages: Sequence[Likeness], apart: dict[int, str]
    ) -> Assignment | None:
        """Joined as a report by what is quoted in both, if that is not mere background."""
        for likeness in passages:
            if likeness.passage is None or not likeness.passage[0].spans:
                continue
            words = likeness.passage[0].words
            background = is_background(found, likeness.other, likeness.passage, self._frequencies)
            if background:
                apart[likeness.root] = reasons.background(likeness, words)
            elif (
                background is False
                and likeness.containment >= TEMPLATE
                and self._window.gap(likeness.slot, found.item.at) <= self._event_reach
            ):
                why = reasons.passage(likeness, words)
                score = likeness.containment
                return self._join(found.item, likeness.slot, Relation.REPORT, score, why)
        return None

    def _same_event(self, found: Features, apart: dict[int, str]) -> Assignment:
        item = found.item
        near = self._events.nearest(found, apart=apart.keys(), reach=self._reach)
        near = [one for one in near if not self._barred(one.root, item)]
        close = [one for one in near if one.days <= self._event_reach / timedelta(days=1)]
        for one in close:
            if one.score < REPORT:
                break
            other = self._recalled(one.slot)
            if same_pattern := pattern_of_reports(found, other):
                apart.setdefault(one.root, same_pattern)
            else:
                shared = shared_facts(found, other, self._foreign.weighed(found))
                why = reasons.same_event(other.item, shared, one.score)
                return self._join(item, one.slot, Relation.REPORT, one.score, why)
        abroad = self._abroad(found)
        if abroad is not None:
            return abroad
        nearest = close[0] if close else None
        continues = self._continues(found, near)
        if apart:
            why = next(iter(apart.values()))
        elif continues is not None:
            why = reasons.follows(self._recalled(continues.slot).item, continues.cosine)
        elif nearest is not None and nearest.score >= REPORT / 2:
            other = self._recalled(nearest.slot)
            why = reasons.not_near_enough(other.item, nearest.score, REPORT)
        else:
            why = reasons.nothing_like_it()
        story = None if continues is None else self._window.story(continues.root)
        return _start(item, why, continues=story)

    def _abroad(self, found: Features) -> Assignment | None:
        """Joined by a report in another language; to those in its own one that the story has
        already, it is one more report."""
        item = found.item
        foreign = self._foreign.nearest(found, barred=lambda root: self._barred(root, item))
        if foreign is None:
            return None
        weighed = self._foreign.weighed(found)
        shared = shared_facts(found, foreign.other, weighed)
        own = self._events.nearest_of(foreign.root, found)
        if own is None:
            why = reasons.other_language(foreign.other.item, shared, foreign.score)
            return self._join(item, foreign.slot, Relation.TRANSLATION, foreign.score, why)
        other = self._recalled(own)
        why = reasons.by_way_of(other.item, foreign.other.item, shared, foreign.score)
        return self._join(item, own, Relation.REPORT, foreign.score, why)

    def _continues(self, found: Features, near: Sequence[Nearness]) -> Nearness | None:
        """The story that it follows upon, though it is none of its reports."""
        for one in sorted(near, key=lambda one: (-one.cosine, self._window.order[one.root])):
            if one.days < 1 or micros(found.item.at) < self._window.at[one.slot]:
                continue
            least = [named for likeness, named in CONTINUES if one.cosine >= likeness]
            if not least:
                break
            weights = self._foreign.weighed(found)
            if shared_share(found, self._recalled(one.slot), weights) >= min(least):
                return one
        return None

    # --- what the user wants

    def _barred(self, root: int, item: GroupInput) -> bool:
        """Whether a source's manners keep the article out of the story."""
        mine = item.manners.never_join
        if not mine and not self._manners:
            return False
        sources = {self._window.source(slot) for slot in self._window.members(root)}
        return any(
            source != item.source
            and (_names(mine, source) or _names(self._never(source), item.source))
            for source in sources
        )

    def _never(self, source: str) -> frozenset[str]:
        manners = self._manners.get(source)
        return manners.never_join if manners is not None else frozenset()

    # --- the window

    def _keep(self, found: Features, assignment: Assignment) -> None:
        item = found.item
        if item.at < self._floor() or not item.manners.grouped:
            return
        if item.fingerprint.version != VERSION:
            return
        if item.manners.never_join:
            self._manners[item.source] = item.manners
        copies = assignment.relation in {Relation.SAME, Relation.COPY}
        self._indexes.add(found, assignment.story, copies=copies)

    def _pass_time(self, at: datetime) -> None:
        """With a new day, let what is too old for it leave the window."""
        before = self._latest
        if at <= before:
            return
        self._latest = at
        if at.date() != before.date():
            old = self._window.before(micros(self._floor()))
            if old:
                self._indexes.take_out(old)

    def _floor(self) -> datetime:
        """Articles before it have left the window: the reach is counted from the day's beginning,
        so that it holds for every article of that day."""
        return _back(_day(self._latest), self._reach)

    def _recalled(self, slot: int) -> Features:
        return self._archive.of(self._window, [slot])[slot]

    def _join(
        self, item: GroupInput, slot: int, relation: Relation, score: float, why: str
    ) -> Assignment:
        return Assignment(
            article_id=item.article_id,
            story=self._window.story(self._window.root[slot]),
            relation=relation,
            of=self._window.key(slot),
            score=round(max(0.0, min(score, 1.0)), 4),
            why=why,
        )


def _names(never: frozenset[str], source: str) -> bool:
    return source in never or _ANY in never


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def _back(at: datetime, span: timedelta) -> datetime:
    """Never beyond what a datetime can hold."""
    try:
        return at - span
    except OverflowError:
        return _NEVER


def _related(found: Features, other: Features) -> bool:
    """Whether two articles under one address have anything to do with each other."""
    both = len(np.intersect1d(found.terms, other.terms))
    return both >= min(2, len(found.terms), len(other.terms))


def _start(item: GroupInput, why: str, *, continues: Key | None = None) -> Assignment:
    return Assignment(
        article_id=item.article_id,
        story=item.article_id,
        relation=Relation.NEW,
        of=None,
        score=1.0,
        why=why,
        continues=continues,
    )
