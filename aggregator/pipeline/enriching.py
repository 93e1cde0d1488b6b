"""Stage 2: fetch the due article pages of a host and extract their texts."""

from __future__ import annotations

import asyncio

from aggregator.core.page_outcome import text_record
from aggregator.core.text import count_words
from aggregator.pipeline.again import extract_again
from aggregator.pipeline.events import TextFetched, TextsMadeAgain
from aggregator.pipeline.line import Pipeline
from aggregator.pipeline.pages import gather
from aggregator.pipeline.visit import Visit, visit
from aggregator.types import Extraction, TextClaim

TEXTS_AT_A_TIME = 10
"""Pages claimed at once for a host; small, so that newer ones soon get their turn."""


async def enrich_host(line: Pipeline, host: str) -> None:
    """Fetch and extract some of the host's due article pages, a commit each.

    When enough is known of what recurs on them, its earlier articles are freed of that, too.
    """
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
    if stay.furniture is None:
        stay.furniture = await asyncio.to_thread(line.storage.furniture, stay.host)
    got = await gather(stay, claim, furniture=stay.furniture)
    record = text_record(claim, got, now=line.clock(), keep=line.keep_pages)
    stay.held = record.hold_host_until is not None
    if record.extracted is not None and record.extracted.furniture_settled:
        await _clear_earlier(stay, record.extracted)
    await asyncio.to_thread(line.storage.record_text, record)
    if record.extracted is not None:
        stay.furniture = record.extracted.furniture or stay.furniture
    article = record.extracted.article if record.extracted else None
    return TextFetched(
        article_id=claim.article_id,
        title=claim.title or (article.title if article else ""),
        url=claim.url,
        state=record.state,
        kind=got.found.kind if got.found else None,
        origin=record.extracted.origin if record.extracted else claim.origin,
        words=count_words(article.text if article else claim.text),
        error=record.error,
    )


async def _clear_earlier(stay: Visit, settling: Extraction) -> None:
    """Before the page is recorded that told enough of the outlet: whoever is stopped on the way
    comes to it again, and then here."""
    done = await extract_again(stay.line, host=stay.host, furniture=settling.furniture)
    stay.line.report(
        TextsMadeAgain(
            host=stay.host, seen=done.seen, changed=done.changed, failed=len(done.failed)
        )
    )
