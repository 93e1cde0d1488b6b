"""Stage 1: poll the due feeds of a host."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime

from aggregator.core.decide import decide
from aggregator.core.entries import prepare
from aggregator.core.schedule import Reading, after_failed_parse, after_poll, host_hold
from aggregator.errors import ParseError, SandboxError
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
    return FetchRequest(
        url=claim.url,
        accept=PAGE_ACCEPT if source.selectors else FEED_ACCEPT,
        etag=state.etag,
        last_modified=state.last_modified,
        headers=source.headers,
        max_bytes=max_bytes,
        delta=source.selectors is None,
        proxy=source.proxy,
    )


async def _poll_feed(stay: Visit, claim: FeedClaim) -> FeedPolled:
    line = stay.line
    request = feed_request(claim, max_bytes=line.max_feed_size)
    async with stay.turn():
        stay.require(claim.source.name)
        polled_at = line.clock()
        outcome = await line.fetcher.fetch(request)
    after, reading = await _understood(line, claim, outcome, polled_at)
    hold = host_hold(outcome, after.hold_until)
    stay.held = hold is not None
    decision = reading.decision if reading else None
    new_ids = await asyncio.to_thread(
        line.storage.record_poll,
        PollRecord(
            claim=claim,
            state=after,
            polled_at=polled_at,
            decision=decision,
            hold_host_until=hold,
        ),
    )
    return FeedPolled(
        source=claim.source.name,
        url=claim.url,
        status=after.last_status,
        error=after.last_error,
        unchanged=after.last_error is None and decision is None,
        new=len(new_ids),
        revised=len(decision.revised) if decision else 0,
        warning=reading.parsed.warning if reading else None,
        next_poll_at=after.next_poll_at,
        why=after.why,
        elapsed=outcome.elapsed,
    )


async def _understood(
    line: Pipeline, claim: FeedClaim, outcome: FetchOutcome, polled_at: datetime
) -> tuple[FeedState, Reading | None]:
    """(the state after the poll, what was read; None: nothing that was not known)."""
    source, state, reading = claim.source, claim.state, None
    if isinstance(outcome, Fetched):
        body_hash = hashlib.sha256(outcome.body).hexdigest()
        if body_hash != state.body_hash:
            try:
                parsed = await _parsed(line, claim, outcome)
            except (ParseError, SandboxError) as error:
                failed = after_failed_parse(
                    state, outcome, error=error, source=source, now=line.clock(),
                    jitter=line.jitter(),
                )  # fmt: skip
                return failed, None
            decision = await _decide(line, claim, parsed, polled_at)
            reading = Reading(parsed=parsed, body_hash=body_hash, decision=decision)
    after = after_poll(
        state, outcome, source=source, now=line.clock(), jitter=line.jitter(), reading=reading
    )
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
