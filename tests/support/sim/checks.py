"""What must be true of the log and of the store. Each complaint names its rule, source and time.

The log is judged by what the hosts said, not by what the program stored of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from sim.bounds import latest, shortest
from sim.clock import START
from sim.drive import HOST_DELAY, Run
from sim.feeds import MAX_WISH
from sim.items import kept, told
from sim.kinds import EVENTFUL, RELOAD_AT, Member
from sim.rhythms import DAY, HOUR
from sim.stored import Stored, stored_articles
from sim.wire import Hit, Poll

MOVED_AFTER = 3


def complaints(run: Run, stored: Sequence[Stored] | None = None) -> list[str]:
    """Empty: all is as it should be."""
    articles = stored_articles(run.database) if stored is None else stored
    found = list(run.problems)
    for member in run.scenario.members:
        polls = run.log.polls.get(member.source.name, [])
        found += hurried(run, member, polls)
        found += tardy(run, member, polls)
        found += unwished(member, polls)
        found += misplaced(member, polls)
    found += unconditional(run)
    found += held(run)
    found += crowded(run)
    found += nosy(run)
    found += ended(run)
    found += kept(run, articles)
    return found


# --- when ----------------------------------------------------------------------------------------


def hurried(run: Run, member: Member, polls: Sequence[Poll]) -> Iterator[str]:
    """B11: no two polls within the shortest interval, whatever has been restarted meanwhile."""
    for last, poll in pairwise(polls):
        if poll.at - last.at < shortest(member, last, poll.at) and not _was_lost(run, last):
            what = f"asked {poll.at - last.at} after the last time"
            yield told("too soon", member.source.name, poll.at, what)


def _was_lost(run: Run, poll: Poll) -> bool:
    """Whether a crash came before its outcome was stored: nobody knows then of that request."""
    return poll.ended_at is None and any(one.crash for one in run.interruptions)


def repeated(run: Run) -> int:
    """Polls that were made again at once because a crash had come before they were stored."""
    return sum(
        _was_lost(run, last) and poll.at - last.at < member.source.interval
        for member in run.scenario.members
        for last, poll in pairwise(run.log.polls.get(member.source.name, ()))
    )


def tardy(run: Run, member: Member, polls: Sequence[Poll]) -> Iterator[str]:
    """B20, B14: nothing keeps a feed away for longer than a day, and nothing that went well for
    longer than its longest interval."""
    name = member.source.name
    retired = {one.source.name for one in run.statuses if one.state.retired_at is not None}
    if not polls:
        yield told("never asked", name, START, "no poll in all the time")
        return
    ends = [*(poll.at for poll in polls[1:]), *([] if name in retired else [run.scenario.end])]
    for poll, then in zip(polls, ends, strict=False):
        if then > (last := latest(member, poll)):
            what = f"not asked until {then:%m-%d %H:%M}, and should have been by {last:%m-%d %H:%M}"
            yield told("too late", name, poll.at, what)


def unwished(member: Member, polls: Sequence[Poll]) -> Iterator[str]:
    """B13, B14: not before caching headers and the feed itself allow."""
    wish, answered_at = member.feed.wish, None
    for last, poll in pairwise(polls):
        if last.good and last.ended_at is not None:
            answered_at = last.ended_at
            # What headers say is counted from Date, in whole seconds.
            if poll.at < (early := wish.not_before(last.at.replace(microsecond=0))):
                yield told("unwished", member.source.name, poll.at, f"not before {early} allowed")
        if answered_at and wish.skips(poll.at) and poll.at < answered_at + MAX_WISH:
            yield told("unwished", member.source.name, poll.at, "at a time that the feed skips")


def held(run: Run) -> Iterator[str]:
    """B15, B17: nobody asks a host that answered 429 before it may be asked again; of what else
    says when, that alone is left alone."""
    hosts: dict[str, datetime] = {}
    addresses: dict[str, datetime] = {}
    for hit in run.log.hits:
        until = max(hosts.get(hit.host, START), addresses.get(hit.url, START))
        if hit.at < until:
            yield told("held", hit.url, hit.at, f"it wanted to be left alone until {until}")
        if hit.hold_until is not None:
            kept = hosts if hit.status == 429 else addresses
            kept[hit.host if hit.status == 429 else hit.url] = hit.hold_until


def crowded(run: Run) -> Iterator[str]:
    """B12: one request at a time, and a second between the starts of two."""
    last: dict[str, Hit] = {}
    for hit in run.log.hits:
        before = last.get(hit.host)
        last[hit.host] = hit
        if before is None or before.ended_at is None:
            continue
        apart = (hit.at - before.at) + timedelta(milliseconds=1)
        if hit.at < before.ended_at or apart < HOST_DELAY:
            yield told("crowded", hit.url, hit.at, f"{hit.at - before.at} after {before.url}")


# --- what is sent, and where ---------------------------------------------------------------------


def unconditional(run: Run) -> Iterator[str]:
    """B1 to B9: each address is asked with the validators that it gave with all of the feed the
    last time, byte for byte, both where it gave both, and with none of another address."""
    given: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    redirecting: set[tuple[str, str]] = set()
    reread = {one.source.name for one in run.scenario.members if one.reread}
    polls = [poll for some in run.log.polls.values() for poll in some]
    for poll in sorted(polls, key=lambda poll: poll.at):
        for place, hit in enumerate(poll.hits):
            key = (poll.source, hit.url)
            sent, wanted = (hit.etag, hit.last_modified), given.get(key, (None, None))
            # Redirected, it may be asked for everything.
            fine = sent == wanted or (place > 0 and sent == (None, None))
            if poll.source in reread and hit.at >= RELOAD_AT:
                reread.discard(poll.source)  # with other selectors, the same page has other items
                fine = sent == (None, None)
            if not fine and key not in redirecting:
                yield told("validators", poll.source, hit.at, f"{sent} sent, {wanted} given")
            if hit.status in (301, 302, 307, 308):
                redirecting.add(key)
            elif hit.feed is not None:
                redirecting.discard(key)
                given[key] = _merged(hit, wanted)


def _merged(hit: Hit, wanted: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    if hit.status != 304:
        return hit.given
    return hit.given[0] or wanted[0], hit.given[1] or wanted[1]


def misplaced(member: Member, polls: Sequence[Poll]) -> Iterator[str]:
    """B21: asked where it is: elsewhere after three permanent redirects to there in a row, and
    only then."""
    address, target, times = member.source.url, None, 0
    for poll in polls:
        if poll.url != address:
            yield told("address", poll.source, poll.at, f"{poll.url} asked, it is at {address}")
            return
        if poll.ended_at is None:
            continue
        moved = poll.moved_to if poll.good else None
        times = times + 1 if moved is not None and moved == target else int(moved is not None)
        target = moved
        if target is not None and times == MOVED_AFTER:
            address, target, times = target, None, 0


def nosy(run: Run) -> Iterator[str]:
    """B32: robots.txt once a day, or an hour apart while it is out of reach; no page that it
    forbids, and each of the others once."""
    asked: dict[str, Hit] = {}
    for hit in run.log.hits:
        site = run.scenario.web.sites.get(hit.host)
        if site is None or hit.url.endswith("/feed") or "/feed/" in hit.url:
            continue
        last = asked.get(hit.url)
        asked[hit.url] = hit
        if not hit.url.endswith("/robots.txt"):
            forbidden = isinstance(site.robots, str) and "Disallow: /news/1" in site.robots
            if forbidden and "/news/1" in hit.url:
                yield told("robots", hit.url, hit.at, "its site's robots.txt forbids it")
            if last is not None and last.status == 200:
                yield told("robots", hit.url, hit.at, "a page that was there already")
        elif last is not None and last.status is not None:
            pause = HOUR if last.status >= 500 else DAY
            if hit.at - last.at < pause:
                yield told("robots", hit.url, hit.at, f"{hit.at - last.at} after the last time")


def ended(run: Run) -> Iterator[str]:
    """B19, B21: what is gone is retired after two 410s a day apart, and what has moved to another
    source is one with it; neither is asked again, and nothing else ends."""
    states = {one.source.name: one.state for one in run.statuses}
    for member in run.scenario.members:
        name, polls = member.source.name, run.log.polls.get(member.source.name, [])
        retired = states[name].retired_at
        gone = [poll for poll in polls if poll.hits[-1].status == 410]
        if gone and (len(gone) != 2 or gone[1].at - gone[0].at < DAY or polls[-1] is not gone[1]):
            what = f"410 at {[f'{poll.at:%m-%d %H:%M}' for poll in gone]}, then asked again"
            yield told("gone", name, gone[0].at, what)
        ends = bool(gone) or member.twin is not None
        due = run.scenario.end > START + EVENTFUL - DAY
        if (retired is not None) is not ends and (due or not ends):
            yield told("retired", name, retired or run.scenario.end, f"retired: {retired}")
