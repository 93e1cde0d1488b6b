"""What a feed says at a time, and under which validators: functions of time."""

from __future__ import annotations

import html
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import Enum

from sim.clock import START

MAX_WISH = timedelta(days=1)
"""No publisher's wish counts for longer."""
TURN = timedelta(hours=6)
"""How often validators that change by themselves do so."""


class Form(Enum):
    RSS = "application/rss+xml"
    ATOM = "application/atom+xml"
    JSON = "application/feed+json"
    PAGE = "text/html"


class Validators(Enum):
    BOTH = "both"
    ETAG = "ETag"
    LAST_MODIFIED = "Last-Modified"
    NONE = "none"
    WEAK = "weak ETag"
    TOUCH = "touch"
    """The ETag changes although the body does not."""
    RENEWING = "renewing"
    """So it does, and a 304 brings the new one; the one before is honoured still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    number: int
    at: datetime
    edited_at: datetime | None = None
    """None: it stays as it was."""

    def is_edited(self, at: datetime) -> bool:
        return self.edited_at is not None and self.edited_at <= at


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """When the publisher wants to be asked again; all of it None or empty: whenever."""

    max_age: timedelta | None = None
    age: timedelta = timedelta()
    """How old answers are already when they come (a cache's)."""
    expires: timedelta | None = None
    """After Date."""
    ttl: timedelta | None = None
    """In the feed itself, as the hours and days are."""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()

    def not_before(self, answered_at: datetime) -> datetime:
        """After a good answer."""
        spans = [self.ttl, self.expires, (self.max_age or self.age) - self.age]
        longest = max((span for span in spans if span is not None), default=timedelta())
        return answered_at + min(longest, MAX_WISH)

    def skips(self, at: datetime) -> bool:
        return at.hour in self.skip_hours or f"{at:%A}" in self.skip_days

    def headers(self, at: datetime) -> dict[str, str]:
        said = {}
        if self.max_age is not None:
            said["cache-control"] = f"public, max-age={self.max_age.total_seconds():.0f}"
        if self.age:
            said["age"] = f"{self.age.total_seconds():.0f}"
        if self.expires is not None:
            said["expires"] = http_date(at + self.expires)
        return said

    def channel(self) -> str:
        """What stands in an RSS channel."""
        ttl = f"<ttl>{self.ttl // timedelta(minutes=1)}</ttl>" if self.ttl else ""
        hours = "".join(f"<hour>{hour}</hour>" for hour in self.skip_hours)
        days = "".join(f"<day>{day}</day>" for day in self.skip_days)
        return (
            ttl
            + (f"<skipHours>{hours}</skipHours>" if hours else "")
            + (f"<skipDays>{days}</skipDays>" if days else "")
        )


@dataclass(eq=False, slots=True, kw_only=True)
class Feed:
    """Its newest items, newest first."""

    name: str
    home: str
    """Host of its articles; wherever the feed goes, they stay there."""
    items: Sequence[Item]
    """By time."""
    keep: int = 20
    form: Form = Form.RSS
    validators: Validators = Validators.BOTH
    wish: Wish = Wish()
    new_guids_at: datetime | None = None
    """From then on every item has another GUID; None: never."""
    new_markup_at: datetime | None = None
    """From then on a page's items are marked up otherwise; None: never."""
    full: bool = True
    """False: a teaser, and the text is on a page."""
    _times: list[datetime] = field(init=False)
    _changes: list[datetime] = field(init=False)
    _last: tuple[int, bytes] = field(init=False, default=(-1, b""))

    def __post_init__(self) -> None:
        self._times = [item.at for item in self.items]
        edits = [item.edited_at for item in self.items]
        others = [*edits, self.new_guids_at, self.new_markup_at]
        self._changes = sorted([*self._times, *(at for at in others if at is not None)])

    # --- what stands in it

    def shown(self, at: datetime) -> Sequence[Item]:
        """Oldest first."""
        count = bisect_right(self._times, at)
        return self.items[max(0, count - self.keep) : count]

    def gone_at(self, item: Item) -> datetime | None:
        """When others have pushed it out; None: it still stands there."""
        successor = item.number + self.keep
        return self.items[successor].at if successor < len(self.items) else None

    def link(self, item: Item) -> str:
        return f"https://{self.home}/news/{item.number}"

    def guid(self, item: Item, at: datetime) -> str:
        renewed = self.new_guids_at is not None and self.new_guids_at <= at
        return f"urn:{'relaunched' if renewed else 'news'}:{self.home}:{item.number}"

    def title(self, item: Item, at: datetime) -> str:
        told = f"Report {item.number} from {self.name}"
        return f"{told}, corrected" if item.is_edited(at) else told

    def text(self, item: Item, at: datetime) -> str:
        corrected = " An earlier version gave another figure." if item.is_edited(at) else ""
        teaser = f"The council of ward {item.number} met and counted {item.number * 7} votes."
        return teaser + corrected

    # --- how it is served

    def version(self, at: datetime) -> int:
        return bisect_right(self._changes, at)

    def document(self, at: datetime) -> bytes:
        version = self.version(at)
        if self._last[0] != version:
            self._last = (version, _WRITERS[self.form](self, at).encode())
        return self._last[1]

    def given(self, at: datetime) -> tuple[str | None, str | None]:
        """(ETag, Last-Modified) of a 200."""
        version, kind = self.version(at), self.validators
        changed = http_date(self._changes[version - 1] if version else START - timedelta(days=99))
        turn = (at - START) // TURN
        etags = {
            Validators.BOTH: f'"{version:x}-gzip"',
            Validators.ETAG: f'"{version}"',
            Validators.WEAK: f'W/"{version}"',
            Validators.TOUCH: f'"{version}.{turn}"',
            Validators.RENEWING: f'"{version}.{turn}"',
        }
        dated = kind in (Validators.BOTH, Validators.LAST_MODIFIED)
        return etags.get(kind), changed if dated else None

    def is_known(self, at: datetime, etag: str | None, last_modified: str | None) -> bool:
        """Whether a 304 is the answer to these; they count byte for byte."""
        accepted = {self.given(at)[0]}
        if self.validators is Validators.RENEWING and self.version(at - TURN) == self.version(at):
            accepted.add(self.given(at - TURN)[0])
        if etag is not None:
            return etag in accepted
        return last_modified is not None and last_modified == self.given(at)[1]

    def confirmed(self, at: datetime) -> tuple[str | None, str | None]:
        """(ETag, Last-Modified) of a 304: of two, it names the ETag alone."""
        etag, _ = self.given(at)
        return (None, None) if self.validators is Validators.ETAG else (etag, None)


def http_date(at: datetime) -> str:
    return format_datetime(at.replace(microsecond=0), usegmt=True)


# --- documents -----------------------------------------------------------------------------------


def _rss(feed: Feed, at: datetime) -> str:
    entries = "".join(
        f"<item><title>{feed.title(item, at)}</title><link>{feed.link(item)}</link>"
        f'<guid isPermaLink="false">{feed.guid(item, at)}</guid>'
        f"<pubDate>{http_date(item.at)}</pubDate>"
        f"<description>{feed.text(item, at)}</description></item>"
        for item in reversed(feed.shown(at))
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{feed.name}</title>'
        f"<link>https://{feed.home}/</link>{feed.wish.channel()}{entries}</channel></rss>"
    )


def _atom(feed: Feed, at: datetime) -> str:
    entries = "".join(
        f"<entry><title>{feed.title(item, at)}</title><link href='{feed.link(item)}'/>"
        f"<id>{feed.guid(item, at)}</id><published>{_iso(item.at)}</published>"
        f"<updated>{_iso(item.at)}</updated><summary>{feed.text(item, at)}</summary></entry>"
        for item in reversed(feed.shown(at))
    )
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{feed.name}</title>"
        f"<id>urn:feed:{feed.home}</id><updated>{_iso(START)}</updated>{entries}</feed>"
    )


def _json(feed: Feed, at: datetime) -> str:
    entries = [
        {
            "id": feed.guid(item, at),
            "url": feed.link(item),
            "title": feed.title(item, at),
            "date_published": _iso(item.at),
            "content_text": feed.text(item, at),
        }
        for item in reversed(feed.shown(at))
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.name}
    return json.dumps({**head, "items": entries})


def _page(feed: Feed, at: datetime) -> str:
    renewed = feed.new_markup_at is not None and feed.new_markup_at <= at
    tag, name = ("div", "card") if renewed else ("article", "story")
    entries = "".join(
        f'<{tag} class="{name}"><h2><a href="{feed.link(item)}">{feed.title(item, at)}</a></h2>'
        f'<time datetime="{_iso(item.at)}">then</time><p>{feed.text(item, at)}</p></{tag}>'
        for item in reversed(feed.shown(at))
    )
    return (
        f"<!doctype html><html lang=en><title>{html.escape(feed.name)}</title>"
        f"<body><h1>{feed.name}</h1>{entries}</body></html>"
    )


_WRITERS = {Form.RSS: _rss, Form.ATOM: _atom, Form.JSON: _json, Form.PAGE: _page}


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
