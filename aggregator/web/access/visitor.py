"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from aggregator.types import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    name: str | None
    """Of the token, or as a proxy says it; None: whoever is at this machine, or has the password,
    or nobody yet."""
    scope: Scope | None
    """None: not known; nothing is shown but the page to log in."""
    csrf: str
    """To be given back by every form (`csrf`) and script (header X-CSRF-Token)."""
    session: bool
    """Whether there is a session to end."""


def visitor_of(connection: HTTPConnection) -> Visitor:
    """Set by the gate for every request."""
    return cast("Visitor", connection.state.visitor)


def needs(scope: Scope) -> Callable[[Request], Visitor]:
    """A dependency: refuses whoever may do less, with 401 (not known) or 403."""

    def check(request: Request) -> Visitor:
        visitor = visitor_of(request)
        if visitor.scope is None:
            raise HTTPException(401, "Log in first, or send a token.")
        if not visitor.scope.includes(scope):
            raise HTTPException(403, f"This takes the right “{scope.value}”.")
        return visitor

    return check
