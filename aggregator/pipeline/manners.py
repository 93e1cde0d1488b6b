"""What a site's robots.txt says of its article pages: asked once a day, kept in the store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.core.robots import (
    ALLOW_ALL,
    CACHE_FOR,
    MAX_BYTES,
    UNREACHABLE_FOR,
    Robots,
    read_answer,
    robots_url,
)
from aggregator.core.schedule import page_hold
from aggregator.core.urls import same_server
from aggregator.fetch.headers import without_secrets
from aggregator.pipeline.visit import Visit
from aggregator.types import (
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    RobotsCopy,
    TextClaim,
)

PRODUCT = "aggregator"
"""The token that rules are addressed to."""
ASK_AGAIN = timedelta(hours=1)
"""After a robots.txt could not be had."""
MAX_SIZE = 4 * MAX_BYTES
"""What is longer than MAX_BYTES is cut; what is longer than this is no robots.txt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    allowed: bool
    why: str
    """A sentence."""
    lasting: bool
    """Whether that is so until the publisher changes it."""
    hold_until: datetime | None = None
    """As in `TextRecord.hold_host_until`."""


def headers_for(claim: TextClaim, url: str) -> tuple[tuple[str, str], ...]:
    """What is sent to an address on the host of the claim's page."""
    # Not from https to http: what is secret stays so.
    return claim.headers if same_server(claim.url, url) else without_secrets(claim.headers)


async def may_ask(stay: Visit, claim: TextClaim, url: str) -> Manners:
    """Whether a page on the claim's host may be fetched; asks for robots.txt where no fresh copy is
    at hand.

    The pause that the file asks for counts from then on for all that is asked of the host.
    """
    robots, hold_until = await _robots(stay, claim, url)
    delay = robots.delay(PRODUCT)
    if delay is None or delay <= stay.line.gate.delay:
        stay.line.delays.pop(stay.host, None)
    else:
        stay.line.delays[stay.host] = delay
    verdict = robots.judge(url, PRODUCT)
    return Manners(
        allowed=verdict.allowed,
        why=verdict.why,
        lasting=robots.unreachable is None,
        hold_until=hold_until,
    )


async def _robots(stay: Visit, claim: TextClaim, url: str) -> tuple[Robots, datetime | None]:
    """(the rules, until when the host wants to be left alone; None: it does not say so)."""
    scheme = urlsplit(url).scheme
    origin = f"{scheme}://{stay.host}"
    known, hold_until = stay.robots.get(origin), None
    if known is None:
        known, hold_until = await _fresh(stay, claim, url, origin=origin)
        stay.robots[origin] = known
    return known, hold_until


async def _fresh(
    stay: Visit, claim: TextClaim, page: str, *, origin: str
) -> tuple[Robots, datetime | None]:
    line = stay.line
    copy = await asyncio.to_thread(line.storage.robots_copy, origin)
    if copy is None or _is_stale(copy, line.clock()):
        url = robots_url(page)
        if url is None:
            return ALLOW_ALL, None
        async with stay.turn():
            stay.require(url)
            outcome = await line.fetcher.fetch(
                FetchRequest(
                    url=url,
                    accept="text/plain, */*;q=0.5",
                    max_bytes=MAX_SIZE,
                    headers=headers_for(claim, url),
                    proxy=claim.proxy,
                )
            )
        hold_until = page_hold(outcome, now=line.clock())
        copy = _copy(outcome, copy, origin=origin, now=line.clock())
        await asyncio.to_thread(line.storage.keep_robots, copy)
        robots = rules_of(copy, now=line.clock())
        if robots.unreachable and isinstance(outcome, FetchFailed):
            why = f"robots.txt could not be had, so its host is left alone: {outcome.reason}."
            robots = replace(robots, unreachable=why)
        return robots, hold_until
    return rules_of(copy, now=line.clock()), None


def rules_of(copy: RobotsCopy, *, now: datetime) -> Robots:
    """What follows from a copy: an old one counts while the file is out of reach, for a month."""
    if copy.failing_since is not None and now - copy.failing_since > UNREACHABLE_FOR:
        return ALLOW_ALL
    return read_answer(copy.status, copy.body)


def _is_stale(copy: RobotsCopy, now: datetime) -> bool:
    return now - copy.asked_at >= (CACHE_FOR if copy.failing_since is None else ASK_AGAIN)


def _copy(
    outcome: FetchOutcome, last: RobotsCopy | None, *, origin: str, now: datetime
) -> RobotsCopy:
    """What is kept of an answer; of one that is none, the last copy."""
    if isinstance(outcome, Fetched):
        body = outcome.body[: MAX_BYTES + 1]
        return RobotsCopy(origin=origin, asked_at=now, status=outcome.status, body=body)
    status = outcome.status
    if _is_answer(outcome) and status is not None and status != 429 and status < 500:
        return RobotsCopy(origin=origin, asked_at=now, status=status, body=b"")
    if last is None:
        return RobotsCopy(origin=origin, asked_at=now, status=None, body=b"", failing_since=now)
    return replace(last, asked_at=now, failing_since=last.failing_since or now)


def _is_answer(outcome: FetchOutcome) -> bool:
    """Whether it came whole: rules that broke off are not known."""
    return not (isinstance(outcome, FetchFailed) and outcome.grade is FailureGrade.PASSING)
