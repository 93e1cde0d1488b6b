"""The straight line: poll a host, enrich a host, assign stories. Orders the I/O, decides nothing.

Each stage ends in one commit and resumes from the store, so a crash repeats work and never loses
or doubles it. What is decided, and why, stands in core/.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from aggregator.core.cluster import Grouper
from aggregator.core.decide import decide
from aggregator.core.entries import prepare
from aggregator.core.schedule import after_failed_parse, after_poll, text_retry
from aggregator.core.text import count_words
from aggregator.errors import ClaimLost, ExtractError, ParseError, SandboxError
from aggregator.fetch.gate import HostGate
from aggregator.sandbox import SandboxProtocol
from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    Assignment,
    FeedClaim,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    GroupInput,
    ParsedFeed,
    PollDecision,
    PollRecord,
    TextClaim,
    TextRecord,
    TextState,
)

FEED_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"

TEXTS_AT_A_TIME = 10
"""Pages claimed at once for a host; small, so that newer ones soon get their turn."""
STORIES_AT_A_TIME = 500
"""Articles assigned in one commit."""
PAGE_SHARE = 0.5
"""A page that yields less than this share of the feed's own words has been misread."""


Claim = TypeVar("Claim", FeedClaim, TextClaim)


class Fetching(Protocol):
    async def fetch(self, request: FetchRequest) -> FetchOutcome: ...


# --- what the stages report ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolled:
    source: str
    url: str
    status: int | None
    """None: no answer, or nothing was asked."""
    error: str | None
    """A sentence; None: it went well."""
    unchanged: bool
    """The publisher, or a comparison of the bytes, said that nothing is new."""
    new: int
    revised: int
    warning: str | None
    """What is wrong with the feed although it was read; None: nothing."""
    next_poll_at: datetime
    elapsed: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFetched:
    article_id: int
    title: str
    url: str
    state: TextState
    words: int
    error: str | None
    """A sentence; None: it went well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesAssigned:
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDropped:
    """Work whose claim ran out before it was recorded; it falls due again."""

    what: str


Event = FeedPolled | TextFetched | StoriesAssigned | WorkDropped


@dataclass(slots=True, kw_only=True)
class Pipeline:
    """Everything the stages need; swapped as a whole when the configuration changes."""

    storage: Storage
    fetcher: Fetching
    sandbox: SandboxProtocol
    gate: HostGate
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    """0 to 1."""
    report: Callable[[Event], None]
    copy_window: timedelta
    event_window: timedelta
    max_feed_size: int
    max_page_size: int
    timeout: timedelta
    """Of one exchange as a whole: none takes longer."""
    lease: timedelta
    """How long a host is ours; longer than `timeout`."""
    only: Collection[int] | None = None
    """Ids of the sources that are served; None: all."""
    grouper: Grouper | None = None
    """Rebuilt from the store when first needed, and after a failed commit."""


# --- stage 1 -------------------------------------------------------------------------------------


async def poll_host(line: Pipeline, host: str) -> None:
    """Poll the host's due feeds, one after the other, a commit each."""
    claims = await asyncio.to_thread(
        line.storage.claim_feeds, host, now=line.clock(), lease=line.lease, only=line.only
    )
    await _serve(line, host, claims, _poll_feed, lambda claim: f"poll of {claim.source.name}")


async def _serve(
    line: Pipeline,
    host: str,
    claims: Sequence[Claim],
    work: Callable[[Pipeline, str, Claim], Awaitable[Event]],
    what: Callable[[Claim], str],
) -> None:
    """One after the other while the lease lasts; the rest falls due again.

    The host is given back at the end, also of a batch that is cut short.
    """
    if not claims:
        return
    try:
        for claim in claims:
            try:
                line.report(await work(line, host, claim))
            except ClaimLost:
                line.report(WorkDropped(what=what(claim)))
                if not _lasts(line, claim):
                    break
    finally:
        release = asyncio.to_thread(
            line.storage.release_host,
            host,
            lease_until=claims[0].lease_until,
            free_at=line.clock() + line.gate.delay,
        )
        await asyncio.shield(release)


def _turn(
    line: Pipeline, host: str, claim: FeedClaim | TextClaim
) -> AbstractAsyncContextManager[None]:
    """Ours, when those who asked the host before us, wherever, have let it rest."""
    wait = claim.free_at - line.clock() if claim.free_at else timedelta()
    return line.gate.turn(host, wait=wait)


def _lasts(line: Pipeline, claim: FeedClaim | TextClaim) -> bool:
    """Whether a request that begins now has ended when the lease runs out: the next holder must
    not find us talking to the host."""
    return line.clock() + line.timeout <= claim.lease_until


async def _poll_feed(line: Pipeline, host: str, claim: FeedClaim) -> FeedPolled:
    source, state = claim.source, claim.state
    request = FetchRequest(
        url=source.url,
        accept=FEED_ACCEPT,
        etag=state.etag,
        last_modified=state.last_modified,
        headers=source.headers,
        max_bytes=line.max_feed_size,
    )
    async with _turn(line, host, claim):
        if not _lasts(line, claim):
            raise ClaimLost(f"the claim on {source.name} ran out before its turn")
        polled_at = line.clock()
        outcome = await line.fetcher.fetch(request)
    decision: PollDecision | None = None
    warning: str | None = None
    after = after_poll(state, outcome, source=source, now=line.clock(), jitter=line.jitter())
    if isinstance(outcome, Fetched):
        body_hash = hashlib.sha256(outcome.body).hexdigest()
        if body_hash != state.body_hash:
            try:
                parsed = await line.sandbox.parse(
                    outcome.body, url=outcome.url, content_type=outcome.content_type
                )
            except (ParseError, SandboxError) as error:
                after = after_failed_parse(
                    state,
                    outcome,
                    error=error,
                    source=source,
                    now=line.clock(),
                    jitter=line.jitter(),
                )
            else:
                warning = parsed.warning
                decision = await _decide(line, claim, parsed, polled_at)
                after = _observed(after, parsed, body_hash)
    new_ids = await asyncio.to_thread(
        line.storage.record_poll,
        PollRecord(claim=claim, state=after, polled_at=polled_at, decision=decision),
    )
    return FeedPolled(
        source=source.name,
        url=source.url,
        status=after.last_status,
        error=after.last_error,
        unchanged=after.last_error is None and decision is None,
        new=len(new_ids),
        revised=len(decision.revised) if decision else 0,
        warning=warning,
        next_poll_at=after.next_poll_at,
        elapsed=outcome.elapsed,
    )


async def _decide(
    line: Pipeline, claim: FeedClaim, parsed: ParsedFeed, polled_at: datetime
) -> PollDecision:
    def work() -> PollDecision:
        document = prepare(parsed)
        known = line.storage.known_entries(claim.source_id, document.keys)
        return decide(document, known, source=claim.source, now=polled_at)

    return await asyncio.to_thread(work)


def _observed(after: FeedState, parsed: ParsedFeed, body_hash: str) -> FeedState:
    return replace(
        after,
        body_hash=body_hash,
        title=parsed.title or after.title,
        site_url=parsed.site_url or after.site_url,
    )


# --- stage 2 -------------------------------------------------------------------------------------


async def enrich_host(line: Pipeline, host: str) -> None:
    """Fetch and extract some of the host's due article pages, a commit each."""
    claims = await asyncio.to_thread(
        line.storage.claim_texts,
        host,
        now=line.clock(),
        lease=line.lease,
        limit=TEXTS_AT_A_TIME,
        only=line.only,
    )
    await _serve(line, host, claims, _enrich, lambda claim: f"page of “{claim.title}”")


async def _enrich(line: Pipeline, host: str, claim: TextClaim) -> TextFetched:
    extracted, error, permanent = await _page(line, host, claim)
    now = line.clock()
    retry_at = None if error is None else text_retry(claim.attempts + 1, now, permanent=permanent)
    if error is None:
        state = TextState.READY
    else:
        state = TextState.FAILED if retry_at is None else TextState.RETRY
    text = claim.feed_text if extracted is None else extracted.text
    title = claim.title or (extracted.title if extracted else "")
    await asyncio.to_thread(
        line.storage.record_text,
        TextRecord(
            claim=claim,
            at=now,
            state=state,
            extracted=extracted,
            error=error,
            retry_at=retry_at,
        ),
    )
    return TextFetched(
        article_id=claim.article_id,
        title=title,
        url=claim.url,
        state=state,
        words=count_words(text),
        error=error,
    )


async def _page(
    line: Pipeline, host: str, claim: TextClaim
) -> tuple[ArticleText | None, str | None, bool]:
    """(what the page yields, else why not, whether trying again is of little use)."""
    async with _turn(line, host, claim):
        if not _lasts(line, claim):
            raise ClaimLost(f"the claim on {claim.url} ran out before its turn")
        outcome = await line.fetcher.fetch(
            FetchRequest(
                url=claim.url,
                accept=PAGE_ACCEPT,
                headers=claim.headers,
                max_bytes=line.max_page_size,
            )
        )
    if isinstance(outcome, FetchFailed):
        return None, outcome.reason, outcome.status in {401, 403, 404, 410, 451}
    if not isinstance(outcome, Fetched):
        return None, "The server answered 304 Not Modified to an unconditional request.", False
    try:
        text = await line.sandbox.extract(
            outcome.body,
            url=outcome.url,
            content_type=outcome.content_type,
            title_hint=claim.title or None,
        )
    except (ExtractError, SandboxError) as error:
        return None, str(error), True
    if count_words(text.text) < PAGE_SHARE * count_words(claim.feed_text):
        return None, "The page yields less text than the feed itself.", True
    return text, None, False


# --- stage 3 -------------------------------------------------------------------------------------


async def assign_stories(line: Pipeline) -> int:
    """Find the story of every article that is ready and has none; how many there were."""
    total = 0
    while waiting := await asyncio.to_thread(line.storage.unassigned, limit=STORIES_AT_A_TIME):
        prints = await line.sandbox.fingerprints(
            [(item.title, item.text, item.language) for item in waiting]
        )
        items = [
            GroupInput(
                article_id=item.article_id,
                source=item.source,
                title=item.title,
                url=item.url,
                at=item.at,
                fingerprint=fingerprint,
                version=item.version,
            )
            for item, fingerprint in zip(waiting, prints, strict=True)
        ]
        await asyncio.to_thread(_assign, line, items)
        total += len(items)
    return total


def _assign(line: Pipeline, items: Sequence[GroupInput]) -> None:
    """Commit 3. Takes long: run it in a thread."""
    grouper = line.grouper or _rebuild(line)
    # Until the commit has succeeded the grouper knows more than the store does.
    line.grouper = None
    decided = [grouper.add(item) for item in items]
    stored = line.storage.assign(list(zip(items, decided, strict=True)), now=line.clock())
    if stored == decided:
        line.grouper = grouper
    # Else articles changed meanwhile: the next round begins from what the store says.
    line.report(StoriesAssigned(assignments=tuple(stored)))


def _rebuild(line: Pipeline) -> Grouper:
    """What an undisturbed run would know by now."""
    grouper = Grouper(copy_window=line.copy_window, event_window=line.event_window)
    for item, assignment in line.storage.window(span=max(line.copy_window, line.event_window)):
        grouper.restore(item, assignment)
    return grouper
