"""Stage 2: fetch the due article pages of a host and extract their texts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.schedule import page_hold, text_retry
from aggregator.core.text import count_words
from aggregator.errors import ExtractError, SandboxError
from aggregator.pipeline.events import TextFetched
from aggregator.pipeline.line import Pipeline
from aggregator.pipeline.manners import may_ask
from aggregator.pipeline.polling import PAGE_ACCEPT
from aggregator.pipeline.visit import Visit, visit
from aggregator.types import (
    ArticleText,
    Fetched,
    FetchFailed,
    FetchRequest,
    TextClaim,
    TextRecord,
    TextState,
)

TEXTS_AT_A_TIME = 10
"""Pages claimed at once for a host; small, so that newer ones soon get their turn."""
PAGE_SHARE = 0.5
"""A page that yields less than this share of the feed's own words has been misread."""

_LASTING = frozenset({401, 403, 404, 410, 451})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Yield:
    """What came of a page."""

    text: ArticleText | None = None
    """None: nothing."""
    error: str | None = None
    """Why not, a sentence; None: all went well."""
    permanent: bool = False
    """Whether trying again is of little use."""
    hold_until: datetime | None = None
    """As in `TextRecord.hold_host_until`."""


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
    await visit(line, host, claims, _enrich, lambda claim: f"page of “{claim.title}”")


async def _enrich(stay: Visit, claim: TextClaim) -> TextFetched:
    line = stay.line
    page = await _page(stay, claim)
    stay.held = page.hold_until is not None
    now = line.clock()
    retry_at = None
    state = TextState.READY
    if page.error is not None:
        retry_at = text_retry(claim.attempts + 1, now, permanent=page.permanent)
        state = TextState.FAILED if retry_at is None else TextState.RETRY
    text = claim.feed_text if page.text is None else page.text.text
    title = claim.title or (page.text.title if page.text else "")
    await asyncio.to_thread(
        line.storage.record_text,
        TextRecord(
            claim=claim,
            at=now,
            state=state,
            extracted=page.text,
            error=page.error,
            retry_at=retry_at,
            hold_host_until=page.hold_until,
        ),
    )
    return TextFetched(
        article_id=claim.article_id,
        title=title,
        url=claim.url,
        state=state,
        words=count_words(text),
        error=page.error,
    )


async def _page(stay: Visit, claim: TextClaim) -> _Yield:
    line = stay.line
    if claim.respect_robots:
        verdict = await may_ask(stay, claim)
        if not verdict.allowed:
            return _Yield(
                error=verdict.why, permanent=verdict.lasting, hold_until=verdict.hold_until
            )
    async with stay.turn():
        stay.require(claim.url)
        outcome = await line.fetcher.fetch(
            FetchRequest(
                url=claim.url,
                accept=PAGE_ACCEPT,
                headers=claim.headers,
                max_bytes=line.max_page_size,
                proxy=claim.proxy,
            )
        )
    if isinstance(outcome, FetchFailed):
        return _Yield(
            error=outcome.reason,
            permanent=outcome.status in _LASTING,
            hold_until=page_hold(outcome, now=line.clock()),
        )
    if not isinstance(outcome, Fetched):
        return _Yield(error="The server answered 304 Not Modified to an unconditional request.")
    try:
        text = await line.sandbox.extract(
            outcome.body,
            url=outcome.url,
            content_type=outcome.content_type,
            title_hint=claim.title or None,
        )
    except (ExtractError, SandboxError) as error:
        return _Yield(error=str(error), permanent=True)
    if count_words(text.text) < PAGE_SHARE * count_words(claim.feed_text):
        return _Yield(error="The page yields less text than the feed itself.", permanent=True)
    return _Yield(text=text)
