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

    Where enough is known then of what recurs on them, its earlier articles are freed of that, too.
    """
    claims = await asyncio.to_thread(
        line.storage.claim_texts,
        host,
        now=line.clock(),
        lease=line.lease,
        limit=TEXTS_AT_A_TIME,
        only=line.only,
    )
    stay = await visit(line, host, claims, _enrich, lambda claim: f"page of “{claim.title}”")
    if stay is not None and stay.settled:
        done = await extract_again(line, host=host)
        line.report(
            TextsMadeAgain(host=host, seen=done.seen, changed=done.changed, failed=len(done.failed))
        )


async def _enrich(stay: Visit, claim: TextClaim) -> TextFetched:
    line = stay.line
    if stay.furniture is None:
        stay.furniture = await asyncio.to_thread(line.storage.furniture, stay.host)
    got = await gather(stay, claim, furniture=stay.furniture)
    record = text_record(claim, got, now=line.clock(), keep=line.keep_pages)
    stay.held = record.hold_host_until is not None
    await asyncio.to_thread(line.storage.record_text, record)
    if record.extracted is not None:
        _learn(stay, record.extracted)
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


def _learn(stay: Visit, extracted: Extraction) -> None:
    """As the store has done with it."""
    stay.furniture = extracted.furniture or stay.furniture
    stay.settled = stay.settled or extracted.furniture_settled
