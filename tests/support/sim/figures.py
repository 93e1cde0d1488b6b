"""How much was asked, how late items were found; and what a plain poller would have made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sim.clock import START
from sim.drive import TIMEOUT, Run
from sim.items import Loss, found_of, lacking, loss, published, sorted_by_source
from sim.kinds import INTERVAL, Member
from sim.sites import Ask, Web
from sim.stored import Stored


@dataclass(slots=True, kw_only=True)
class Figures:
    """Of a kind of hosts."""

    kind: str
    feeds: int = 0
    polls: int = 0
    requests: int = 0
    """Of feeds, redirects and all."""
    confirmed: int = 0
    """Polls that were answered by a 304."""
    good: int = 0
    """Polls that got all of the feed, or its confirmation."""
    size: int = 0
    """Bytes of bodies."""
    published: int = 0
    stored: int = 0
    unavoidable: int = 0
    """Items that came and went between two polls that were allowed."""
    put_off: int = 0
    """Items that were gone when a host that had failed was asked again."""
    missed: int = 0
    delays: list[timedelta] = field(default_factory=list)
    """From publication to storage."""

    def add(self, other: Figures) -> None:
        for name in ("feeds", "polls", "requests", "confirmed", "good", "size"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("published", "stored", "unavoidable", "put_off", "missed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.delays += other.delays

    def delay(self, share: float) -> timedelta:
        """That which so many of the items stay below."""
        delays = sorted(self.delays)
        return delays[min(int(len(delays) * share), len(delays) - 1)] if delays else timedelta()


def figures(run: Run, articles: Sequence[Stored]) -> list[Figures]:
    """By kind, in the order of the table."""
    found = sorted_by_source(articles)
    kinds: dict[str, Figures] = {}
    for member in run.scenario.members:
        kind = kinds.setdefault(member.kind, Figures(kind=member.kind))
        kind.add(_of(run, member, found_of(member, found)))
    return list(kinds.values())


def _of(run: Run, member: Member, found: dict[str, list[Stored]]) -> Figures:
    polls = run.log.polls.get(member.source.name, [])
    hits = [hit for poll in polls for hit in poll.hits]
    expected = published(run, member)
    lost = Counter(loss(run, member, polls, item) for item in lacking(run, member, found))
    return Figures(
        kind=member.kind,
        feeds=1,
        polls=len(polls),
        requests=len(hits),
        confirmed=sum(poll.good and poll.hits[-1].status == 304 for poll in polls),
        good=sum(poll.good for poll in polls),
        size=sum(hit.size for hit in hits),
        published=len(expected),
        stored=len(expected) - lost.total(),
        unavoidable=lost[Loss.UNAVOIDABLE],
        put_off=lost[Loss.PUT_OFF],
        missed=lost[Loss.MISSED],
        delays=[
            found[link][0].first_seen_at - item.at
            for item in expected
            if (link := member.feed.link(item)) in found
        ],
    )


def total(kinds: Sequence[Figures], name: str = "all") -> Figures:
    found = Figures(kind=name)
    for kind in kinds:
        found.add(kind)
    return found


# --- for comparison ------------------------------------------------------------------------------


def plain(run: Run, interval: timedelta = INTERVAL) -> Figures:
    """A poller that asks every feed at a fixed interval, for everything, whatever is answered; of
    the items that ours could be expected to find, those that it does not are missed."""
    name = f"every {interval // timedelta(minutes=1)} minutes, without rules"
    found, scenario = Figures(kind=name), run.scenario
    last_at: dict[str, datetime] = {}
    seen: dict[str, dict[int, datetime]] = {one.source.name: {} for one in scenario.members}
    at = START
    while at < scenario.end:
        for member in scenario.members:
            if _polled(scenario.web, member.source.url, at, last_at, found):
                first = seen[member.source.name]
                for item in member.feed.shown(at):
                    first.setdefault(item.number, at)
        at += interval
    for member in scenario.members:
        first = seen[member.source.name]
        expected = published(run, member)
        found.feeds += 1
        found.published += len(expected)
        delays = [first[item.number] - item.at for item in expected if item.number in first]
        found.delays += delays
        found.stored += len(delays)
        found.missed += len(expected) - len(delays)
    return found


def _polled(web: Web, url: str, at: datetime, last_at: dict[str, datetime], found: Figures) -> bool:
    """Whether all of the feed came."""
    good = False
    while url:
        good, url = _asked(web, url, at, last_at, found)
    found.polls += 1
    found.good += good
    return good


def _asked(
    web: Web, url: str, at: datetime, last_at: dict[str, datetime], found: Figures
) -> tuple[bool, str]:
    """(whether all of the feed came, where it redirects to)."""
    host = urlsplit(url).netloc
    reply = web.answer(Ask(url=url, at=at, headers={}, last_at=last_at.get(host)))
    last_at[host] = at
    found.requests += 1
    found.size += len(reply.body)
    return reply.feed is not None and reply.takes <= TIMEOUT, reply.headers.get("location", "")
