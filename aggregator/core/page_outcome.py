"""What follows from a visit to an article's page: what is stored of it, and when it is visited
again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.core.revisits import next_visit
from aggregator.core.schedule import kind_retry, text_retry
from aggregator.types import (
    Extraction,
    KeptPages,
    PageCopy,
    PageKind,
    TextClaim,
    TextRecord,
    TextState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Why a page could not be had, or not be read."""

    why: str
    """A sentence."""
    lasting: bool
    """Whether trying again is of little use."""
    hold_until: datetime | None = None
    """As in `TextRecord.hold_host_until`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageYield:
    """What came of a visit to an article's page."""

    pages: tuple[PageCopy, ...] = ()
    """Those that were fetched, the entry's own first."""
    found: Extraction | None = None
    """None: nothing could be made of them."""
    shortfall: Shortfall | None = None
    """Of the page itself where nothing was found, else of a further one that the text lacks;
    None: all went well."""


def text_record(claim: TextClaim, got: PageYield, *, now: datetime, keep: bool) -> TextRecord:
    """What is to be stored; `keep`: the pages as well.

    What the page has given once stays, whatever it shows on later visits in place of an article.
    """
    found = got.found
    if found is not None and _is_good(found, claim):
        return _found(claim, got, found, now=now, keep=keep)
    error = _trouble(got)
    if not claim.origin.is_feed:
        return _kept(claim, got, error, now=now)
    retry_at = _retry(claim, got, now)
    return TextRecord(
        claim=claim,
        at=now,
        state=TextState.FAILED if retry_at is None else TextState.RETRY,
        extracted=found,
        error=error,
        retry_at=retry_at,
        keep=_pages(claim, got, keep=keep),
        hold_host_until=_hold(got),
    )


def _is_good(found: Extraction, claim: TextClaim) -> bool:
    """Whether what was found takes the place of the present text."""
    return found.kind.has_article and (claim.origin.is_feed or not found.origin.is_feed)


def _found(
    claim: TextClaim, got: PageYield, found: Extraction, *, now: datetime, keep: bool
) -> TextRecord:
    is_later = claim.kind is PageKind.LIVE
    # By words: a store may change white space.
    changed = not is_later or found.article.text.split() != claim.text.split()
    state, retry_at = TextState.READY, None
    if found.kind is PageKind.LIVE:
        retry_at = _next_visit(claim, now, changed=changed)
    elif got.shortfall is not None and not got.shortfall.lasting:
        retry_at = text_retry(claim.attempts + 1, now, permanent=False)
        state = TextState.READY if retry_at is None else TextState.RETRY
    return TextRecord(
        claim=claim,
        at=now,
        state=state,
        extracted=found,
        error=got.shortfall.why if got.shortfall else None,
        retry_at=retry_at,
        keep=_pages(claim, got, keep=keep),
        revises=is_later and changed and not claim.origin.is_feed,
        hold_host_until=_hold(got),
    )


def _kept(claim: TextClaim, got: PageYield, error: str, *, now: datetime) -> TextRecord:
    """A later visit failed: text and pages stay as they are."""
    if claim.kind is PageKind.LIVE:
        state, retry_at = TextState.READY, _next_visit(claim, now, changed=False)
    else:
        retry_at = _retry(claim, got, now)
        state = TextState.READY if retry_at is None else TextState.RETRY
    return TextRecord(
        claim=claim,
        at=now,
        state=state,
        extracted=None,
        error=error,
        retry_at=retry_at,
        hold_host_until=_hold(got),
    )


def _trouble(got: PageYield) -> str:
    if got.found is not None:
        if not got.found.kind.has_article:
            return got.found.kind_why
        return "The page gives less now than it did before."
    return got.shortfall.why if got.shortfall else "The page gave nothing."


def _retry(claim: TextClaim, got: PageYield, now: datetime) -> datetime | None:
    if got.found is not None:
        return kind_retry(got.found.kind, claim.attempts + 1, now)
    permanent = got.shortfall is not None and got.shortfall.lasting
    return text_retry(claim.attempts + 1, now, permanent=permanent)


def _next_visit(claim: TextClaim, now: datetime, *, changed: bool) -> datetime | None:
    first_seen_at = claim.first_seen_at or now
    changed_at = now if changed else claim.revised_at or first_seen_at
    return next_visit(first_seen_at=first_seen_at, changed_at=changed_at, now=now)


def _pages(claim: TextClaim, got: PageYield, *, keep: bool) -> KeptPages | None:
    return KeptPages(feed=claim.feed, pages=got.pages) if keep and got.pages else None


def _hold(got: PageYield) -> datetime | None:
    return got.shortfall.hold_until if got.shortfall else None
