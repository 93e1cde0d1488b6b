"""A page without a feed, read by the selectors that somebody has chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aggregator.config import Config
from aggregator.core.candidates import Rank
from aggregator.core.freshness import judge
from aggregator.core.urls import host_key
from aggregator.core.watched_page import check_selectors
from aggregator.errors import ParseError, UsageError
from aggregator.fetch.gate import HostGate
from aggregator.pipeline import PAGE_ACCEPT, Fetching
from aggregator.sandbox import SandboxProtocol
from aggregator.service.findings import FoundFeed, addresses
from aggregator.types import Fetched, FetchFailed, FetchRequest, PageSelectors


async def watch(
    typed: str,
    selectors: PageSelectors,
    *,
    config: Config,
    fetcher: Fetching,
    sandbox: SandboxProtocol,
    gate: HostGate,
    clock: Callable[[], datetime],
) -> FoundFeed:
    """What the selectors find on a page. Raises UsageError for selectors that are none, and
    ParseError when the page cannot be had or nothing on it matches.
    """
    try:
        check_selectors(selectors)
    except ValueError as error:
        raise UsageError(f"--{error}") from error
    url, page = await _page(addresses(typed), config=config, fetcher=fetcher, gate=gate)
    parsed = await sandbox.parse_page(
        page.body, selectors, url=page.url, content_type=page.content_type
    )
    return FoundFeed(
        url=page.moved_to or url,
        parsed=parsed,
        freshness=judge(parsed, clock()),
        rank=Rank.ANNOUNCED,
        why="Its items are found by the selectors.",
        name=parsed.title,
        also=(url, page.url),
    )


async def _page(
    urls: tuple[str, ...], *, config: Config, fetcher: Fetching, gate: HostGate
) -> tuple[str, Fetched]:
    failures = []
    for url in urls:
        request = FetchRequest(url=url, accept=PAGE_ACCEPT, max_bytes=config.max_feed_size)
        async with gate.turn(host_key(url)):
            outcome = await fetcher.fetch(request)
        if isinstance(outcome, Fetched):
            return url, outcome
        if isinstance(outcome, FetchFailed):
            failures.append(f"{url} could not be had: {outcome.reason}.")
            if outcome.status is not None:
                break
    raise ParseError(failures[-1] if len(failures) > 1 else failures[0], url=urls[0])
