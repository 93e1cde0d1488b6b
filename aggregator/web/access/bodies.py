"""What comes with a request: no more than fits, and read before others where forms are checked."""

from __future__ import annotations

from fastapi import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope

from aggregator.web.access.csrf import FIELD

LARGEST = 1_000_000
"""Bytes."""
LARGEST_FILE = 10_000_000
"""The same for a form with files, and for lists of sources."""
_PASSED = 50_000_000
_FORM = "application/x-www-form-urlencoded"
_FORM_WITH_FILES = "multipart/form-data"
_LISTS = ("text/x-opml", "application/xml", "text/xml")


class Body:
    """Of one request."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._taken = 0
        self._read: list[Message] = []
        headers = Request(scope).headers
        self._kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        may_be_long = self._kind == _FORM_WITH_FILES or self._kind in _LISTS
        self._limit = LARGEST_FILE if may_be_long else LARGEST
        self._announced = headers.get("content-length", "")

    async def admit(self) -> None:
        """Raises HTTPException 413 for one that is said to be too large."""
        if self._announced.isdigit() and int(self._announced) > self._limit:
            raise await self._too_large(more=True)

    async def receive(self) -> Message:
        """What an application is given to read. Raises HTTPException 413."""
        if self._read:
            return self._read.pop(0)
        return await self._next()

    async def csrf(self) -> str:
        """What the form holds in the field `csrf`; "": it is none, or holds nothing there. The
        application can read it all the same. Raises HTTPException 400 and 413."""
        if self._kind not in (_FORM, _FORM_WITH_FILES):
            return ""
        read: list[Message] = []
        while not read or read[-1].get("more_body", False):
            read.append(await self._next())

        rest = iter(read)

        async def again() -> Message:
            return next(rest)

        form = await Request(self._scope, again).form()
        try:
            given = form.get(FIELD)
        finally:
            await form.close()
        self._read = read
        return given if isinstance(given, str) else ""

    async def _next(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken > self._limit:
            raise await self._too_large(more=message.get("more_body", False))
        return message

    async def _too_large(self, *, more: bool) -> HTTPException:
        """What comes is let pass for a while: who sends a body listens when it is over."""
        while more and self._taken < _PASSED:
            message = await self._receive()
            self._taken += len(message.get("body", b""))
            more = message.get("more_body", False)
        return HTTPException(
            413,
            f"That is too much: {self._limit // 1_000_000} MB are taken at most.",
            headers={"Connection": "close"},
        )
