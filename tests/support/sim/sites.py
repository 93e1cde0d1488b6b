"""What a host answers at a time, be it well or not."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from sim.feeds import MAX_WISH, Feed, http_date

NAMED_BY = "User-Agent"
"""The header that names the source of a request; one that follows to other origins."""
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    url: str
    at: datetime
    headers: Mapping[str, str]
    """Names in lower case."""
    last_at: datetime | None = None
    """When the host was asked the last time; None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int | None
    """None: no answer comes."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""
    takes: timedelta = timedelta()
    trouble: str = ""
    """Why no answer comes."""
    feed: Feed | None = None
    """All of which has come, or has been confirmed by a 304; None: it has not."""
    hold_until: datetime | None = None
    """It asked to be left alone until then; None: it did not."""


Act = Callable[[Ask, Feed], Reply | None]
"""None: it answers as if nothing were the matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    begin: datetime
    end: datetime
    act: Act


@dataclass(slots=True, kw_only=True)
class Resource:
    """A feed at an address, with what happens to it there."""

    feed: Feed
    phases: tuple[Phase, ...] = ()

    def answer(self, ask: Ask) -> Reply:
        for phase in self.phases:
            if phase.begin <= ask.at < phase.end:
                reply = phase.act(ask, self.feed)
                if reply is not None:
                    return reply
        return serve(ask, self.feed)


@dataclass(slots=True, kw_only=True)
class Site:
    host: str
    resources: dict[str, Resource]
    """By path."""
    robots: str | int = 404
    """Text of robots.txt, or the status that is answered instead."""

    def answer(self, ask: Ask) -> Reply:
        path = urlsplit(ask.url).path
        if path in self.resources:
            return self.resources[path].answer(ask)
        if path == "/robots.txt":
            if isinstance(self.robots, int):
                return Reply(status=self.robots)
            return Reply(status=200, body=self.robots.encode())
        if path.startswith("/news/"):
            return _article(path)
        return Reply(status=404)


class Web:
    """All sites; what is asked of it has the same answer whenever it is asked about that time."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self.sites = {site.host: site for site in sites}

    def answer(self, ask: Ask) -> Reply:
        site = self.sites.get(urlsplit(ask.url).netloc)
        reply = site.answer(ask) if site else nobody(ask)
        if reply.takes:
            return reply
        dice = random.Random(f"{ask.url} {ask.at.timestamp()}")
        return replace(reply, takes=timedelta(seconds=dice.uniform(0.1, 0.9)))


def serve(ask: Ask, feed: Feed) -> Reply:
    """The feed, or that it has not changed."""
    etag = ask.headers.get("if-none-match")
    known = feed.is_known(ask.at, etag, ask.headers.get("if-modified-since"))
    validators = feed.confirmed(ask.at) if known else feed.given(ask.at)
    headers = {
        "date": http_date(ask.at),
        **feed.wish.headers(ask.at),
        **_validators(*validators),
    }
    if known:
        return Reply(status=304, headers=headers, feed=feed)
    headers["content-type"] = feed.form.value
    return Reply(status=200, headers=headers, body=feed.document(ask.at), feed=feed)


def _validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    pairs = {"etag": etag, "last-modified": last_modified}
    return {name: value for name, value in pairs.items() if value is not None}


def nobody(ask: Ask, _feed: Feed | None = None) -> Reply:
    """An act: there is no such host (any more)."""
    host = urlsplit(ask.url).netloc
    return Reply(status=None, trouble=f"no address is known for host {host}")


def _article(path: str) -> Reply:
    sentences = "".join(
        f"<p>The council sat for the {n}th time in case {path} and heard {n * 3} witnesses, a "
        "surveyor and the keeper of the town's archive before it adjourned until Thursday.</p>"
        for n in range(4, 10)
    )
    body = f"<!doctype html><html lang=en><title>Report</title><article>{sentences}</article>"
    return Reply(status=200, headers={"content-type": "text/html"}, body=body.encode())


# --- what goes wrong -----------------------------------------------------------------------------


def redirects(to: str, status: int = 301) -> Act:
    return lambda _ask, _feed: Reply(status=status, headers={"location": to})


def says(status: int) -> Act:
    return lambda _ask, _feed: Reply(status=status)


def shows_a_page(_ask: Ask, feed: Feed) -> Reply:
    """An act: a page in place of the feed, under a validator of its own."""
    body = f"<!doctype html><title>{feed.name}</title><p>We have a new design.</p>"
    headers = {"content-type": "text/html", "etag": '"welcome"'}
    return Reply(status=200, headers=headers, body=body.encode())


def unreadable(ask: Ask, feed: Feed) -> Reply:
    """An act: all is there, in a form that nobody understands yet."""
    return replace(serve(ask, feed), feed=None)


def slow(takes: timedelta) -> Act:
    return lambda _ask, _feed: Reply(status=200, takes=takes)


def breaks_off(share: float) -> Act:
    """Of that share of its whole answers, half is missing; the headers say nothing of it."""

    def act(ask: Ask, feed: Feed) -> Reply | None:
        whole = serve(ask, feed)
        if whole.status == 304 or random.Random(f"{ask.url} {ask.at}").random() >= share:
            return None
        return Reply(status=200, headers=whole.headers, body=whole.body[: len(whole.body) // 2])

    return act


def throttles(gap: timedelta, *, status: int = 429, pause: timedelta | None, dated: bool) -> Act:
    """An act: asked again within `gap`, it asks for a pause (None: without saying how long)."""

    def act(ask: Ask, _feed: Feed) -> Reply | None:
        if ask.last_at is None or ask.at - ask.last_at >= gap:
            return None
        if pause is None:
            return Reply(status=status)
        until = (ask.at + pause).replace(microsecond=0)
        after = http_date(until) if dated else f"{pause.total_seconds():.0f}"
        return Reply(
            status=status,
            headers={"retry-after": after},
            hold_until=min(until, ask.at + MAX_WISH),
        )

    return act
