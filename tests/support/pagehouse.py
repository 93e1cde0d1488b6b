"""The second stage with fakes at its seams: a publisher that answers as told, and an extractor that
reads pages of a kind of its own; the store is a real one.

house.publish(("ferry", "Ferry", "Back."))
house.put("/ferry", page("The ferry sailed.", next="/ferry?page=2"))
house.poll()
(fetched,) = house.enrich()
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lines import Publisher, answer, feed_of, line_of

from aggregator.errors import ExtractError
from aggregator.pipeline import Event, Pipeline, TextFetched, enrich_host, poll_host
from aggregator.sandbox import InlineSandbox
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import (
    Article,
    ArticleText,
    Extraction,
    ExtractRequest,
    FailureGrade,
    FetchFailed,
    PageCopy,
    PageKind,
    PageRole,
    Source,
    TextOrigin,
    WantedPage,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "news.example.org"
FEED = f"https://{HOST}/feed"
ROBOTS = f"https://{HOST}/robots.txt"
LITTLE = 5
"""Words below which the AMP form of a page is wanted."""
BOX = "Subscribe to our letter."
"""The furniture of every page that carries it."""


Read = Sequence[tuple[PageCopy, dict[str, str]]]


def url(path: str) -> str:
    return f"https://{HOST}{path}"


def page(text: str, kind: str = "article", **wanted: str) -> bytes:
    """A page as `Reader` understands it; `wanted`: paths by role (next, amp, print)."""
    return json.dumps({"text": text, "kind": kind, **wanted}).encode()


@dataclass
class Reader(InlineSandbox):
    """Extracts from pages of `page`; all else is as in any sandbox."""

    settles_at: int = 0
    """Pages of an outlet after which its furniture is known; 0: never."""
    requests: list[ExtractRequest] = field(default_factory=list)

    async def extract(self, request: ExtractRequest) -> Extraction:
        self.requests.append(request)
        await asyncio.sleep(0)
        read = []
        for copy in request.pages:
            try:
                read.append((copy, json.loads(copy.body)))
            except ValueError:
                raise ExtractError("The page is no page.") from None
        _, first = read[0]
        kind = PageKind(first["kind"])
        known = request.furniture + b"."
        settled = bool(self.settles_at) and len(known) >= self.settles_at
        text, origin = self._body(read)
        if settled:
            text = text.replace(BOX, "").strip()
        if request.rules is not None and request.rules.body:
            text, origin = f"By rule: {text}", TextOrigin.RULES
        if not kind.has_article or len(text) < len(request.feed.text):
            text, origin = request.feed.text, request.feed.origin
        return Extraction(
            article=ArticleText(title=request.feed.title, text=text),
            kind=kind,
            kind_why=f"It looks like {kind.value}.",
            origin=origin,
            why="It is the longest.",
            wanted=tuple(self._wanted(read, text)),
            furniture=known if kind.has_article else b"",
            furniture_settled=settled and len(known) == self.settles_at,
        )

    @staticmethod
    def _body(read: Read) -> tuple[str, TextOrigin]:
        roles = {copy.role: fields for copy, fields in read}
        if PageRole.AMP in roles:
            return roles[PageRole.AMP]["text"], TextOrigin.AMP
        return "\n\n".join(fields["text"] for _, fields in read), TextOrigin.PAGE

    @staticmethod
    def _wanted(read: Read, text: str) -> Iterator[WantedPage]:
        _, last = read[-1]
        if "next" in last:
            yield WantedPage(role=PageRole.NEXT, url=url_of(last["next"]))
        if len(text.split()) < LITTLE:
            for role in (PageRole.AMP, PageRole.PRINT):
                if role.value in read[0][1]:
                    yield WantedPage(role=role, url=url_of(read[0][1][role.value]))


def url_of(path: str) -> str:
    return path if path.startswith("http") else url(path)


@dataclass
class House:
    """A process, its store and the site that it reads."""

    storage: SqliteStorage
    publisher: Publisher = field(default_factory=Publisher)
    reader: Reader = field(default_factory=Reader)
    events: list[Event] = field(default_factory=list)
    now: datetime = NOW
    line: Pipeline = field(init=False)

    def __post_init__(self) -> None:
        self.line = line_of(
            self.storage,
            self.publisher,
            clock=lambda: self.now,
            report=self.events.append,
            sandbox=self.reader,
            keep_pages=True,
        )

    # --- the site

    def publish(self, *items: tuple[str, str, str]) -> None:
        self.answer(FEED, feed_of(HOST, *items))

    def put(self, path: str, body: bytes, *, answered_by: str | None = None) -> None:
        self.answer(url_of(path), body, answered_by=answered_by)

    def answer(self, address: str, body: bytes, *, answered_by: str | None = None) -> None:
        self.publisher.answers[address] = answer(answered_by or address, body)

    def fail(self, path: str, status: int, **changes: object) -> None:
        failure = FetchFailed(
            url=url_of(path),
            grade=FailureGrade.SOFT,
            reason=f"the server answered {status}",
            status=status,
        )
        # The caller names fields of it.
        self.publisher.answers[url_of(path)] = replace(failure, **changes)  # type: ignore[arg-type]

    @property
    def asked(self) -> list[str]:
        """Paths of pages, in order."""
        urls = [request.url.removeprefix(f"https://{HOST}") for request in self.publisher.requests]
        return [path for path in urls if path not in {"/feed", "/robots.txt"}]

    # --- the process

    def follow(self, **changes: object) -> None:
        source = Source(name="News", url=FEED)
        changed = replace(source, **changes)  # type: ignore[arg-type]  # fields of it
        self.storage.sync_sources([changed], now=self.now)

    def poll(self) -> None:
        self.storage.wake(None, now=self.now, force=True)
        asyncio.run(poll_host(self.line, HOST))

    def enrich(self) -> list[TextFetched]:
        """What is due of the host's pages."""
        before = len(self.events)
        asyncio.run(enrich_host(self.line, HOST))
        return [event for event in self.events[before:] if isinstance(event, TextFetched)]

    def article(self, number: int = 1) -> Article:
        found = self.storage.article(number)
        assert found is not None
        return found

    def next_due(self, *, within: timedelta) -> datetime | None:
        """When a page is due next, in steps of a minute; None: not within that time."""
        at = self.now
        while at <= self.now + within:
            if self.storage.due_text_hosts(now=at, limit=1):
                return at
            at += timedelta(minutes=1)
        return None


@contextmanager
def opened(folder: Path) -> Iterator[House]:
    storage = open_storage(folder / "aggregator.db")
    try:
        house = House(storage)
        house.follow()
        yield house
    finally:
        storage.close()
