"""What is stored of what was published, and why the rest is not."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum

from sim.bounds import allowed
from sim.drive import TIMEOUT, Run
from sim.feeds import MAX_WISH, Feed, Item
from sim.kinds import MINUTE, Member
from sim.sites import Ask, Web
from sim.stored import Stored
from sim.wire import Poll

STEP = 5 * MINUTE
"""Apart are the times at which it is looked whether a host could have been asked."""

Found = dict[str, dict[str, list[Stored]]]
"""What is stored, by source and address."""


def told(rule: str, where: str, at: datetime, what: str) -> str:
    return f"{rule}: {where} on {at:%Y-%m-%d %H:%M:%S}: {what}"


def kept(run: Run, articles: Sequence[Stored]) -> Iterator[str]:
    """Every item that could be found is stored once, as it read last, and nothing else is."""
    by_source = sorted_by_source(articles)
    for member in run.scenario.members:
        polls = run.log.polls.get(member.source.name, [])
        found = by_source[member.source.name]
        links = {member.feed.link(item) for item in member.feed.items}
        for url, same in found.items():
            if url not in links:
                yield told("unknown", member.source.name, same[0].first_seen_at, url)
            if len(same) > 1:
                yield told("doubled", member.source.name, same[1].first_seen_at, url)
        for item in lacking(run, member, found_of(member, by_source)):
            if loss(run, member, polls, item) is not Loss.MISSED:
                continue
            gone_at = member.feed.gone_at(item) or run.scenario.end
            what = f"{member.feed.link(item)} stood there until {gone_at:%Y-%m-%d %H:%M}"
            yield told("missed", member.source.name, item.at, what)
        if member.twin is None:
            yield from _stale(member.feed, polls, found)


def sorted_by_source(articles: Iterable[Stored]) -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    for article in articles:
        found[article.source][article.url].append(article)
    return found


def found_of(member: Member, found: Found) -> dict[str, list[Stored]]:
    """What the source has found, by address; one that has become one with another has given that
    one what it had alone."""
    given = found[member.twin] if member.twin is not None else {}
    return {**given, **found[member.source.name]}


def _stale(feed: Feed, polls: Sequence[Poll], found: dict[str, list[Stored]]) -> Iterator[str]:
    good = [poll for poll in polls if poll.good]
    times = [poll.at for poll in good]
    for item in feed.items:
        stored = found.get(feed.link(item))
        gone_at = feed.gone_at(item)
        place = (bisect_left(times, gone_at) if gone_at else len(times)) - 1
        if not stored or place < 0 or item.edited_at is None:
            continue
        title = feed.title(item, times[place])
        if stored[0].title != title:
            yield told("stale", feed.name, times[place], f"“{stored[0].title}”, not “{title}”")


def published(run: Run, member: Member) -> list[Item]:
    """What has been published from the first poll on, and before the last one: all that can be
    expected."""
    polls = [poll for poll in run.log.polls.get(member.source.name, ()) if poll.good]
    if not polls:
        return []
    return [item for item in member.feed.items if polls[0].at < item.at <= polls[-1].at]


def lacking(run: Run, member: Member, found: dict[str, list[Stored]]) -> list[Item]:
    """Those of them that are not stored."""
    return [item for item in published(run, member) if member.feed.link(item) not in found]


class Loss(Enum):
    """Why an item is not stored."""

    UNAVOIDABLE = "it came and went before anybody was allowed to ask again"
    PUT_OFF = "it was gone when the feed was asked again after failures"
    MISSED = "a poll would have found it"


def loss(run: Run, member: Member, polls: Sequence[Poll], item: Item) -> Loss:
    """Of an item that is not stored: a poll that found it, or could have, is told from the pauses
    that the publisher and the shortest interval impose, and from those after failures."""
    begin, end = item.at, member.feed.gone_at(item) or run.scenario.end
    times = [poll.at for poll in polls]
    first, then = bisect_right(times, begin) - 1, bisect_left(times, end)
    found = Loss.UNAVOIDABLE
    for place in range(max(first, 0), then):
        poll = polls[place]
        if poll.good and poll.at >= begin:
            return Loss.MISSED
        until = min(end, times[place + 1] if place + 1 < len(times) else run.scenario.end)
        if _is_open(run.scenario.web, member, poll, max(begin, allowed(member, poll)), until):
            return Loss.MISSED
        if not poll.good and _is_open(run.scenario.web, member, poll, begin, until):
            found = Loss.PUT_OFF
    return found


def _is_open(web: Web, member: Member, last: Poll, begin: datetime, end: datetime) -> bool:
    """Whether between the two times, and after a poll, all of the feed is answered, at times that
    it does not skip, for as long as the shortest interval."""
    wish, at, left = member.feed.wish, max(begin, last.at), member.source.interval
    while at < end and left > timedelta():
        skipped = wish.skips(at) and at < last.at + MAX_WISH
        if not skipped and is_served(web, last.url, at):
            left -= STEP
        at += STEP
    return left <= timedelta()


def is_served(web: Web, url: str, at: datetime) -> bool:
    for _ in range(10):
        reply = web.answer(Ask(url=url, at=at, headers={}))
        if reply.takes > TIMEOUT or "location" not in reply.headers:
            return reply.feed is not None
        url = reply.headers["location"]
    return False
