"""Stage 1: poll the due feeds of a host."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.core.decide import decide
from aggregator.core.entries import prepare
from aggregator.core.outage import put_off
from aggregator.core.schedule import Reading, after_failed_parse, after_poll, host_hold
from aggregator.core.urls import same_server
from aggregator.errors import ParseError, SandboxError
from aggregator.fetch.headers import without_secrets
from aggregator.pipeline.events import FeedPolled
from aggregator.pipeline.line import Pipeline
from aggregator.pipeline.visit import Visit, visit
from aggregator.types import (
    FeedClaim,
    FeedState,
    Fetched,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
    PollDecision,
    PollRecord,
)

FEED_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
LARGE = 1024 * 1024
"""Bytes of a feed of which one at a time is read and recorded: both take a multiple of them."""
PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"


async def poll_host(line: Pipeline, host: str) -> None:
    """Poll the host's due feeds, one after the other, a commit each."""
    claims = await asyncio.to_thread(
        line.storage.claim_feeds, host, now=line.clock(), lease=line.lease, only=line.only
    )
    await visit(line, host, claims, _poll_feed, lambda claim: f"poll of {claim.source.name}")


def feed_request(claim: FeedClaim, *, max_bytes: int) -> FetchRequest:
    """What is asked for a feed, or for a page that is watched."""
    source, state = claim.source, claim.state
    # Where a feed has moved to another origin, its secrets stay at home.
    at_home = same_server(source.url, claim.url)
    return FetchRequest(
        url=claim.url,
        accept=PAGE_ACCEPT if source.selectors else FEED_ACCEPT,
        etag=state.etag,
        last_modified=state.last_modified,
        headers=source.headers if at_home else without_secrets(source.headers),
        max_bytes=max_bytes,
        delta=source.selectors is None,
        proxy=source.proxy,
    )


@dataclass(slots=True)
class _Answer:
    """What came of asking."""

    outcome: FetchOutcome
    polled_at: datetime

    @property
    def is_large(self) -> bool:
        return isinstance(self.outcome, Fetched) and len(self.outcome.body) > LARGE

    def forget_body(self) -> None:
        """Its memory is wanted, by what was read from it or by others."""
        if isinstance(self.outcome, Fetched):
            self.outcome = replace(self.outcome, body=b"")


async def _poll_feed(stay: Visit, claim: FeedClaim) -> FeedPolled:
    silence = stay.silence(claim.source.proxy)
    if silence.is_outage:
        return await _put_off(stay, claim, silence.sentence(stay.host))
    answer = await _asked(stay, claim)
    silence.notice(answer.outcome)
    async with stay.line.one_large if answer.is_large else nullcontext():
        return await _taken_in(stay, claim, answer)


async def _asked(stay: Visit, claim: FeedClaim) -> _Answer:
    line = stay.line
    request = feed_request(claim, max_bytes=line.max_feed_size)
    async with stay.turn():
        stay.require(claim.source.name)
        polled_at = line.clock()
        return _Answer(await line.fetcher.fetch(request), polled_at)


async def _taken_in(stay: Visit, claim: FeedClaim, answer: _Answer) -> FeedPolled:
    """Read and recorded."""
    line = stay.line
    after, reading = await _understood(line, claim, answer)
    outcome = answer.outcome
    hold = host_hold(outcome, after.hold_until)
    stay.held = hold is not None
    decision = reading.decision if reading else None
    new_ids = await asyncio.to_thread(
        line.storage.record_poll,
        PollRecord(
            claim=claim,
            state=after,
            polled_at=answer.polled_at,
            decision=decision,
            hold_host_until=hold,
        ),
    )
    told = _told(claim, after, elapsed=outcome.elapsed)
    return replace(
        told,
        unchanged=after.last_error is None and decision is None,
        new=len(new_ids),
        revised=len(decision.revised) if decision else 0,
        new_ids=tuple(new_ids),
        delays=_delays(claim, decision, line.clock()),
        warning=reading.parsed.warning if reading else None,
    )


async def _put_off(stay: Visit, claim: FeedClaim, reason: str) -> FeedPolled:
    """Write down that a feed was not asked, and why."""
    line = stay.line
    now = line.clock()
    after = put_off(claim.state, reason, source=claim.source, now=now, jitter=line.jitter())
    record = PollRecord(claim=claim, state=after, polled_at=now, decision=None)
    await asyncio.to_thread(line.storage.record_poll, record)
    return _told(claim, after, elapsed=timedelta())


def _delays(
    claim: FeedClaim, decision: PollDecision | None, now: datetime
) -> tuple[timedelta, ...]:
    if decision is None or claim.state.last_ok_at is None:
        return ()
    published = (article.published_at for article in decision.new)
    return tuple(max(now - at, timedelta()) for at in published if at is not None)


def _told(claim: FeedClaim, after: FeedState, *, elapsed: timedelta) -> FeedPolled:
    """Of a poll that brought nothing."""
    return FeedPolled(
        source=claim.source.name,
        url=claim.url,
        status=after.last_status,
        error=after.last_error,
        unchanged=False,
        new=0,
        revised=0,
        warning=None,
        next_poll_at=after.next_poll_at,
        why=after.why,
        elapsed=elapsed,
    )


async def _understood(
    line: Pipeline, claim: FeedClaim, answer: _Answer
) -> tuple[FeedState, Reading | None]:
    """(the state after the poll, what was read; None: nothing that was not known)."""
    source, state, reading = claim.source, claim.state, None
    if isinstance(answer.outcome, Fetched):
        body_hash = hashlib.sha256(answer.outcome.body).hexdigest()
        if body_hash != state.body_hash:
            try:
                parsed = await _parsed(line, claim, answer.outcome)
            except (ParseError, SandboxError) as error:
                failed = after_failed_parse(
                    state, answer.outcome, error=error, source=source, now=line.clock(),
                    jitter=line.jitter(),
                )  # fmt: skip
                return failed, None
            answer.forget_body()
            decision = await _decide(line, claim, parsed, answer.polled_at)
            reading = Reading(parsed=parsed, body_hash=body_hash, decision=decision)
    after = after_poll(
        state, answer.outcome, source=source, now=line.clock(), jitter=line.jitter(),
        reading=reading,
    )  # fmt: skip
    return after, reading


async def _parsed(line: Pipeline, claim: FeedClaim, fetched: Fetched) -> ParsedFeed:
    if claim.source.selectors is not None:
        return await line.sandbox.parse_page(
            fetched.body,
            claim.source.selectors,
            url=fetched.url,
            content_type=fetched.content_type,
        )
    return await line.sandbox.parse(
        fetched.body, url=fetched.url, content_type=fetched.content_type
    )


async def _decide(
    line: Pipeline, claim: FeedClaim, parsed: ParsedFeed, polled_at: datetime
) -> PollDecision:
    def work() -> PollDecision:
        document = prepare(parsed)
        known = line.storage.known_entries(claim.source_id, document.keys)
        return decide(document, known, source=claim.source, now=polled_at)

    return await asyncio.to_thread(work)
