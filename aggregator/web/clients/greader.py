"""The Google Reader API, as FreshRSS and Miniflux offer it: at the root, and below
`/api/greader.php`.

greader_login          who asks
greader_subscriptions  what is followed, and its labels
greader_changes        their names and labels
greader_reading        streams, items, how many are unread
greader_marking        read, starred, everything read
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from aggregator.web.api.answers import answer
from aggregator.web.clients import (
    greader_login,
    greader_marking,
    greader_reading,
    greader_subscriptions,
)
from aggregator.web.clients.greader_login import Reader, form_token, reader

router = APIRouter()
_few = APIRouter(prefix="/reader/api/0", dependencies=[Depends(reader)])

FRESHRSS = "/api/greader.php"
"""Where apps that know FreshRSS look."""

_Reader = Annotated[Reader, Depends(reader)]


@router.get(FRESHRSS)
def alive() -> Response:
    """Apps look at this before they ask for a password."""
    return PlainTextResponse("OK")


@_few.get("/token")
def token(who: _Reader) -> Response:
    return PlainTextResponse(form_token(who))


@_few.get("/user-info")
def user_info(request: Request, who: _Reader) -> Response:
    name = who.visitor.name or who.login
    told = {"userId": name, "userName": name, "userProfileId": name, "userEmail": ""}
    return answer(request, told)


@_few.get("/preference/list")
def preferences(request: Request) -> Response:
    """There are none."""
    return answer(request, {"prefs": []})


@_few.get("/preference/stream/list")
def stream_preferences(request: Request) -> Response:
    return answer(request, {"streamprefs": {}})


@_few.get("/friend/list")
def friends(request: Request) -> Response:
    return answer(request, {"friends": []})


for prefix in ("", FRESHRSS):
    for part in (greader_login, greader_subscriptions, greader_reading, greader_marking):
        router.include_router(part.router, prefix=prefix)
    router.include_router(_few, prefix=prefix)
