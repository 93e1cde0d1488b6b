"""What a publisher of news sends, in a few words, for tests of the whole line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from server import Answer, Seen

FEED = "/feed.xml"
ETAG, MODIFIED = '"1"', "Mon, 02 Mar 2026 08:00:00 GMT"
SENTENCE = (
    "The ferry to Skerry Point sailed again on Sunday after {n} days in dock, and the harbour "
    "master of Orrinmouth counted {n} cars, two lorries and a wedding party on board. "
)
WHOLE_TEXT = "".join(f"<p>{SENTENCE.format(n=number)}</p>" for number in range(3, 12))


def rss(*slugs: str, channel: str = "", link: str = "https://news.example.org") -> bytes:
    """A feed of short items; `channel`: further elements of it."""
    items = "".join(
        f"<item><title>About the {slug}</title><link>{link}/{slug}</link><guid>{slug}</guid>"
        f"<description>The {slug} is back.</description></item>"
        for slug in slugs
    )
    return (
        f"<rss version='2.0'><channel><title>News</title>{channel}{items}</channel></rss>".encode()
    )


def page(body: str = WHOLE_TEXT) -> bytes:
    return f"<html lang=en><title>Ferry</title><article><h1>Ferry</h1>{body}</article>".encode()


def redirect(location: str, status: int = 301) -> Answer:
    return Answer(status=status, headers=[("Location", location)])


def asked(seen: Seen) -> tuple[str | None, str | None]:
    """(If-None-Match, If-Modified-Since) of a request."""
    headers = seen.headers
    return headers.get("if-none-match"), headers.get("if-modified-since")


def answer(
    *slugs: str, etag: str | None = None, modified: str | None = None, **fields: object
) -> Answer:
    headers = [("ETag", etag), ("Last-Modified", modified)]
    given = [(name, value) for name, value in headers if value is not None]
    plain = Answer(body=rss(*slugs), headers=given)
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of an Answer


def conditional(
    etag: str = ETAG, modified: str = MODIFIED, body: bytes = rss("ferry")
) -> Callable[[Seen], Answer]:
    """304 to whoever has it already."""

    def script(seen: Seen) -> Answer:
        headers = [("ETag", etag), ("Last-Modified", modified)]
        if asked(seen)[0] == etag:
            return Answer(status=304, headers=headers)
        return Answer(body=body, headers=headers)

    return script
