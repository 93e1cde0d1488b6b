"""The pages of one article: what its entry links to, and what that page asks for besides.

core.extract says which further pages would make the text better. They are asked for as politely as
the page itself, and one that cannot be had costs nothing but itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aggregator.core.page_outcome import PageYield, Shortfall
from aggregator.core.schedule import page_hold
from aggregator.core.urls import host_key, normalise
from aggregator.errors import ClaimLost, ExtractError, SandboxError
from aggregator.pipeline.manners import headers_for, may_ask
from aggregator.pipeline.polling import PAGE_ACCEPT
from aggregator.pipeline.visit import LONG_DELAY, Visit
from aggregator.types import (
    Extraction,
    ExtractRequest,
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchRequest,
    PageCopy,
    PageRole,
    TextClaim,
    WantedPage,
)

MAX_PAGES = 20
"""Of one article, the one that its entry links to among them. Together they are no larger than a
single one may be."""

_LASTING = frozenset({401, 403, 404, 410, 451})


async def gather(stay: Visit, claim: TextClaim, *, furniture: bytes) -> PageYield:
    """Fetch the pages of an article and extract its text. Raises ClaimLost for the first page."""
    fetched = await _ask(stay, claim, claim.url, max_bytes=stay.line.max_page_size)
    if isinstance(fetched, Shortfall):
        return PageYield(shortfall=fetched)
    page = _copy(PageRole.PAGE, fetched)
    work = _Gathering(stay=stay, claim=claim, furniture=furniture)
    failed = await work.extract_with(page)
    # The fetcher rations the memory of what is held: who holds some and asks for more might wait
    # for himself.
    del fetched
    if failed is not None:
        return PageYield(pages=(page,), shortfall=failed)
    missing = await work.further()
    return PageYield(pages=tuple(work.pages), found=work.found, shortfall=missing)


@dataclass(slots=True, kw_only=True)
class _Gathering:
    """What has been gathered so far."""

    stay: Visit
    claim: TextClaim
    furniture: bytes
    """As it was before this article: each page is learned from once."""
    pages: list[PageCopy] = field(default_factory=list)
    found: Extraction | None = None
    asked: set[str] = field(default_factory=set)
    """Addresses of further pages."""
    closed: set[PageRole] = field(default_factory=set)
    """Roles for which nothing more is asked."""

    async def extract_with(self, page: PageCopy) -> Shortfall | None:
        """Extract the text from all pages and this one; where that fails, it is left out."""
        pages = [*self.pages, page]
        request = ExtractRequest(
            pages=tuple(pages),
            feed=self.claim.feed,
            rules=self.claim.rules,
            furniture=self.furniture,
        )
        try:
            self.found = await self.stay.line.sandbox.extract(request)
        except (ExtractError, SandboxError) as error:
            return Shortfall(why=str(error), lasting=True)
        self.pages = pages
        return None

    async def further(self) -> Shortfall | None:
        """Fetch what is wanted; what the text lacks in the end. None: nothing."""
        missing = None
        while missing is None and (wanted := self._next()) is not None:
            self.asked.add(wanted.url)
            if wanted.role is not PageRole.NEXT:
                self.closed.add(wanted.role)
            missing = await self._take(wanted)
        return missing

    def _next(self) -> WantedPage | None:
        """The next one to ask for; None: no more."""
        if self.found is None or len(self.pages) >= MAX_PAGES:
            return None
        known = {self.claim.url, *(page.url for page in self.pages), *self.asked}
        for wanted in self.found.wanted:
            url = normalise(wanted.url)
            is_ours = url is not None and host_key(url) == self.stay.host
            if url and is_ours and url not in known and wanted.role not in self.closed:
                return WantedPage(role=wanted.role, url=url)
        return None

    async def _take(self, wanted: WantedPage) -> Shortfall | None:
        """Fetch one and extract the text with it; what the text lacks without it."""
        fetched = await self._fetched(wanted)
        failed = fetched if isinstance(fetched, Shortfall) else None
        if isinstance(fetched, Fetched):
            page = _copy(wanted.role, fetched)
            del fetched
            if self._is_known(page):
                self.closed.add(wanted.role)
            else:
                failed = await self.extract_with(page)
        if failed is None:
            return None
        self.closed.add(wanted.role)
        if wanted.role is PageRole.NEXT or failed.hold_until is not None or failed is _NO_TIME:
            return replace(failed, why=f"A further page of the article is missing: {failed.why}")
        return None

    async def _fetched(self, wanted: WantedPage) -> Fetched | Shortfall:
        room = self.stay.line.max_page_size - sum(len(page.body) for page in self.pages)
        if self.stay.line.is_over or not self.stay.has_time:
            return _NO_TIME
        if self.stay.delay > LONG_DELAY:
            return _TOO_SLOW
        if room <= 0:
            return _TOO_LARGE
        try:
            return await _ask(self.stay, self.claim, wanted.url, max_bytes=room)
        except ClaimLost:
            return _NO_TIME

    def _is_known(self, page: PageCopy) -> bool:
        """Whether it led back to where we were, or away from the host."""
        if page.url is None or host_key(page.url) != self.stay.host:
            return True
        return any(page.url == one.url or page.body == one.body for one in self.pages)


_NO_TIME = Shortfall(why="there was no time left to ask for it", lasting=False)
_TOO_SLOW = Shortfall(why="its host wants too long a pause between requests", lasting=True)
_TOO_LARGE = Shortfall(why="its pages are too large together", lasting=True)


async def _ask(stay: Visit, claim: TextClaim, url: str, *, max_bytes: int) -> Fetched | Shortfall:
    """Fetch a page on the host, if its robots.txt lets us. Raises ClaimLost."""
    line = stay.line
    if claim.respect_robots:
        verdict = await may_ask(stay, claim, url)
        if not verdict.allowed:
            return Shortfall(
                why=verdict.why, lasting=verdict.lasting, hold_until=verdict.hold_until
            )
    async with stay.turn():
        stay.require(url)
        outcome = await line.fetcher.fetch(
            FetchRequest(
                url=url,
                accept=PAGE_ACCEPT,
                headers=headers_for(claim, url),
                max_bytes=max_bytes,
                proxy=claim.proxy,
            )
        )
    if isinstance(outcome, FetchFailed):
        return Shortfall(
            why=outcome.reason,
            lasting=outcome.grade is FailureGrade.HARD or outcome.status in _LASTING,
            hold_until=page_hold(outcome, now=line.clock()),
        )
    if not isinstance(outcome, Fetched):
        why = "The server answered 304 Not Modified to an unconditional request."
        return Shortfall(why=why, lasting=False)
    return outcome


def _copy(role: PageRole, fetched: Fetched) -> PageCopy:
    return PageCopy(
        role=role, url=fetched.url, content_type=fetched.content_type, body=fetched.body
    )
