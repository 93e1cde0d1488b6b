"""A feed as Atom (RFC 4287), with paging by RFC 5005."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from aggregator.core.export_xhtml import attributes_of_language, escape
from aggregator.web.feeds_content import Entry, Feed

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_STATES = "http://www.google.com/reader/"


def to_atom(feed: Feed) -> bytes:
    """Well-formed whatever its texts hold: what XML cannot hold is left out."""
    return "\n".join(_lines(feed)).encode()


def _lines(feed: Feed) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield f"<id>{escape(feed.feed_id)}</id>"
    yield f"<title>{escape(feed.title)}</title>"
    yield f"<updated>{_time(feed.updated_at)}</updated>"
    yield f"<author><name>{escape(feed.author)}</name></author>"
    yield "<generator>aggregator</generator>"
    yield _link("alternate", feed.home, kind="text/html")
    yield _link("self", feed.self_url, kind="application/atom+xml")
    if feed.next_url is not None:
        yield _link("next", feed.next_url, kind="application/atom+xml")
    for entry in feed.entries:
        yield from _entry(entry)
    yield "</feed>"


def _entry(entry: Entry) -> Iterator[str]:
    yield f"<entry{attributes_of_language(entry.language, html=False)}>"
    yield f"<id>{escape(entry.entry_id)}</id>"
    yield f"<title>{escape(entry.title)}</title>"
    yield f"<updated>{_time(entry.updated_at)}</updated>"
    yield f"<published>{_time(entry.published_at)}</published>"
    for name in entry.authors or (entry.source,):
        yield f"<author><name>{escape(name)}</name></author>"
    yield _link("alternate", entry.url, kind="text/html")
    if entry.related is not None:
        yield _link("related", entry.related, kind="text/html")
    for outlet in entry.outlets:
        if outlet.url is not None:
            yield _link("related", outlet.url, title=f"{outlet.name}: {outlet.title}")
    for media in entry.enclosures:
        length = None if media.size is None else str(media.size)
        yield _link("enclosure", media.url, kind=media.type, length=length)
    for name in entry.categories:
        yield f'<category term="{escape(name)}"/>'
    for state in entry.states:
        term = f"user/-/state/com.google/{state}"
        yield f'<category scheme="{_STATES}" term="{term}" label="{state}"/>'
    yield f"<source><title>{escape(entry.source)}</title></source>"
    if entry.summary:
        yield f"<summary>{escape(entry.summary)}</summary>"
    yield f'<content type="html">{escape(entry.html)}</content>'
    yield "</entry>"


def _link(rel: str, href: str, *, kind: str | None = None, **more: str | None) -> str:
    given = {"rel": rel, "href": href, "type": kind, **more}
    said = (f'{name}="{escape(value)}"' for name, value in given.items() if value is not None)
    return f"<link {' '.join(said)}/>"


def _time(at: datetime) -> str:
    """RFC 3339."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
