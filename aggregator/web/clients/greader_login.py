"""Who asks by the Google Reader API: by what logging in has given, in each request.

There is no session. What an app is given holds the name and the token, as that of FreshRSS does,
and is known as long as the token is: 256 bits of chance, which nobody guesses, so tries are not
counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.types import Scope
from aggregator.web.access.clients import visitor_for
from aggregator.web.access.visitor import Visitor
from aggregator.web.clients.parameters import Parameters, parameters
from aggregator.web.site import Site, site_of

router = APIRouter()

FOLDED = "+folded"
"""Behind the name of a token: without copies."""
_SCHEME = "GoogleLogin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever has logged in with an app."""

    visitor: Visitor
    login: str
    """The name that was typed."""
    folded: bool
    """No copies are listed, nor counted."""

    def must(self, scope: Scope) -> None:
        """Raises HTTPException 403."""
        if self.visitor.scope is None or not self.visitor.scope.includes(scope):
            raise HTTPException(403, f"This takes a token with the right “{scope.value}”.")


@router.api_route("/accounts/ClientLogin", methods=["GET", "POST"])
def client_login(
    site: Annotated[Site, Depends(site_of)],
    given: Annotated[Parameters, Depends(parameters)],
) -> Response:
    """Lines of `name=value`, as Google gave them."""
    name, token = given.one("Email"), given.one("Passwd")
    if "Passwd" not in given.form or reader_for(site, name, token) is None:
        # What stands in an address is written down on the way: a token is taken in a form only.
        return PlainTextResponse(
            "Error=BadAuthentication\nInfo=The user is the name of a token of `aggregator web"
            " token add`, the password is the token.\n",
            status_code=401,
        )
    auth = f"{quote(name.strip(), safe='')}/{token.strip()}"
    return PlainTextResponse(f"SID={auth}\nLSID=null\nAuth={auth}\n")


def reader_for(site: Site, login: str, token: str) -> Reader | None:
    """None: there is no such token of this name. Raises StorageError."""
    login, token = login.strip(), token.strip()
    visitor = visitor_for(site, login, token)
    if visitor is not None:
        return Reader(visitor=visitor, login=login, folded=False)
    if not login.endswith(FOLDED):
        return None
    visitor = visitor_for(site, login.removesuffix(FOLDED), token)
    return None if visitor is None else Reader(visitor=visitor, login=login, folded=True)


def reader(request: Request) -> Reader:
    """A dependency: whoever sends `Authorization: GoogleLogin auth=…`. Raises HTTPException 401."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    auth = rest.strip().removeprefix("auth=")
    if scheme.lower() == _SCHEME.lower():
        name, _, token = auth.partition("/")
        found = reader_for(site_of(request), unquote(name), token)
        if found is not None:
            return found
    raise HTTPException(
        401, "Log in by /accounts/ClientLogin first.", headers={"WWW-Authenticate": _SCHEME}
    )


def form_token(found: Reader) -> str:
    """What apps send back as `T` with what changes something. It is not looked at: Google asked for
    it since browsers send cookies by themselves, and what we go by is sent by apps only."""
    return hashlib.sha256(b"T " + found.login.encode()).hexdigest()[:57]
