"""A pipeline over a store, for tests that put a publisher of their own at its fetching seam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.fetch.gate import HostGate
from aggregator.pipeline import Event, Pipeline
from aggregator.pipeline.line import Fetching
from aggregator.sandbox import InlineSandbox
from aggregator.storage.protocol import Storage
from aggregator.types import FailureGrade, Fetched, FetchFailed, FetchOutcome, FetchRequest


def line_of(
    storage: Storage,
    fetcher: Fetching,
    *,
    clock: Callable[[], datetime],
    report: Callable[[Event], None],
    **changes: object,
) -> Pipeline:
    """`changes`: other fields of it."""
    line = Pipeline(
        storage=storage,
        fetcher=fetcher,
        sandbox=InlineSandbox(),
        gate=HostGate(timedelta()),
        clock=clock,
        jitter=lambda: 0.0,
        report=report,
        copy_window=timedelta(days=14),
        event_window=timedelta(days=5),
        max_feed_size=1_000_000,
        max_page_size=500_000,
        timeout=timedelta(seconds=30),
        lease=timedelta(minutes=10),
    )
    return replace(line, **changes)  # type: ignore[arg-type]  # the caller names fields of it


def feed_of(host: str, *items: tuple[str, str, str]) -> bytes:
    """(slug, title, description) an item."""
    entries = "".join(
        f"<item><title>{title}</title><link>https://{host}/{slug}</link><guid>{slug}</guid>"
        f"<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate>"
        f"<description><![CDATA[{text}]]></description></item>"
        for slug, title, text in items
    )
    return f"<rss version='2.0'><channel><title>News</title>{entries}</channel></rss>".encode()


def answer(url: str, body: bytes, **changes: object) -> Fetched:
    whole = Fetched(
        url=url, status=200, headers={}, body=body, etag=None, last_modified=None,
        elapsed=timedelta(seconds=1),
    )  # fmt: skip
    return replace(whole, **changes)  # type: ignore[arg-type]  # the caller names fields of it


@dataclass
class Publisher:
    """Answers as told, and remembers what it was asked."""

    answers: dict[str, FetchOutcome] = field(default_factory=dict)
    requests: list[FetchRequest] = field(default_factory=list)

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        self.requests.append(request)
        missing = FetchFailed(
            url=request.url, grade=FailureGrade.SOFT, reason="the server answered 404", status=404
        )
        found = self.answers.get(request.url, missing)
        if isinstance(found, Fetched) and len(found.body) > request.max_bytes:
            return FetchFailed(
                url=request.url,
                grade=FailureGrade.HARD,
                reason="the body is larger than allowed",
                status=200,
            )
        return found
