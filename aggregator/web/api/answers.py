"""Answers: JSON with an entity tag, so that who asks again is told that nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from aggregator.codec import to_json, written

T = TypeVar("T")

_CACHE = "private, no-cache"
"""It may be kept, and is asked for again each time: that is cheap for who sends If-None-Match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(Generic[T]):
    """All there is."""

    items: tuple[T, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list."""

    items: tuple[T, ...]
    after: str | None
    """What to give as `after` for the next page; null: this is the last."""
    next: str | None
    """The address of the next page; null: this is the last."""


def answer(request: Request, value: object) -> Response:
    """What was asked for, or that it is still the same (RFC 9110, 13.1.2)."""
    return tagged(request, to_json(value).encode(), "application/json")


def tagged(
    request: Request, body: bytes, media_type: str, *, tag_of: bytes | None = None
) -> Response:
    """The same for bytes of another type. `tag_of`: what says whether they have changed."""
    tag = f'"{blake2b(body if tag_of is None else tag_of, digest_size=12).hexdigest()}"'
    if tag_of is not None:
        tag = f"W/{tag}"
    headers = {"ETag": tag, "Cache-Control": _CACHE}
    if _knows(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def done(value: object, *, status: int = 200, location: str | None = None) -> Response:
    """What has come of a change."""
    headers = {"Cache-Control": "no-store"}
    if location is not None:
        headers["Location"] = location
    return Response(
        to_json(value), status_code=status, media_type="application/json", headers=headers
    )


def page(request: Request, items: Sequence[object], *, after: str | None) -> Response:
    """A `Page` of a list, with the address of the next one, also as a Link header (RFC 8288). It
    has changed when its items have: a next page that was given before is one still."""
    address = None
    if after is not None:
        there = request.url.include_query_params(after=after)
        address = f"{there.path}?{there.query}"
    listed = written(items)
    made = tagged(
        request,
        to_json({"items": listed, "after": after, "next": address}).encode(),
        "application/json",
        tag_of=to_json([listed, address is None]).encode(),
    )
    if address is not None:
        made.headers["Link"] = f'<{address}>; rel="next"'
    return made


def _knows(request: Request, tag: str) -> bool:
    given = request.headers.get("If-None-Match", "")
    known = {one.strip().removeprefix("W/") for one in given.split(",")}
    return tag.removeprefix("W/") in known or given.strip() == "*"
