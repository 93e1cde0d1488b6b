"""Digests: the next one, past ones, and sending by hand."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Literal

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.config import Config, DigestConfig
from aggregator.errors import UsageError
from aggregator.notify.render import render
from aggregator.service.digest_now import edition_now, recipient_of, send_now
from aggregator.service.editions import content_of, digest_key, digest_named, names_of, preview_span
from aggregator.service.shapes.digests import (
    DigestFields,
    EditionFields,
    EditionLine,
    delivery_fields,
    digest_fared,
    digest_fields,
    edition_fields,
    edition_line,
)
from aggregator.types import Edition, KeptDigest
from aggregator.web.api.answers import Items, answer, done, tagged
from aggregator.web.api.parameters import ADMIN, READ, Here, Limit, Since, when
from aggregator.web.api.problems import Refused, problems, texts
from aggregator.web.api.routing import part
from aggregator.web.api.upkeep_schemas import DigestPreview, DigestSent, DigestToSend
from aggregator.web.site import Site
from aggregator.web.views.sentences import sentence_of

router = part("/digests", tag="digests")

Named = Annotated[
    str,
    Path(
        max_length=200,
        description="The name of a digest, whatever its case and accents; of past editions also of"
        " one that is no longer in feeds.yaml.",
    ),
]
Slot = Annotated[int, Path(ge=1, le=1_000, description="Which of that day's, from 1.")]
Day = Annotated[date, Path(description="By the digest's own time zone.")]
_TYPES = {"html": "text/html", "text": "text/plain"}
_FORMS = texts("As it was made, byte for byte.", *_TYPES.values())
_MESSAGE = texts("The message, byte for byte.", "message/rfc822", "text/plain")


@router.get("", dependencies=READ, response_model=Items[DigestFields], responses=problems())
def list_digests(request: Request, here: Here) -> Response:
    """The digests: when each is next due and to whom, and how the last edition fared."""
    now = here.storage.clock()
    listed = tuple(
        digest_fields(digest_fared(one, here.storage, now=now)) for one in here.config().digests
    )
    return answer(request, Items(items=listed))


@router.get(
    "/{name:path}/preview",
    dependencies=READ,
    response_model=DigestPreview,
    responses=problems(404, 422),
)
def preview(request: Request, here: Here, name: Named, since: Since = None) -> Response:
    """What the next edition would hold now; with `since` of the period from then up to now, also
    what was in an edition before. Nothing is kept or sent."""
    config, now = here.config(), here.storage.clock()
    one = _digest(config, name)
    began = when(since, now=now)
    span = preview_span(here.storage, one, now=now, since=began)
    made = render(content_of(here.storage, config, one, span, again=began is not None))
    return answer(
        request,
        DigestPreview(subject=made.subject, text=made.text, html=made.html, short=made.short),
    )


@router.get(
    "/{name:path}/editions",
    dependencies=READ,
    response_model=Items[EditionLine],
    responses=problems(404, 422),
)
def list_editions(
    request: Request,
    here: Here,
    name: Named,
    day: Annotated[
        date | None, Query(alias="date", description="Only of this day, by its own time zone.")
    ] = None,
    limit: Limit = 50,
) -> Response:
    """The editions of a digest, the latest first."""
    key = digest_key(name)
    found = here.storage.digests(key, local_date=day, limit=limit)
    if not found and not (
        key in names_of(here.config().digests) or here.storage.digests(key, limit=1)
    ):
        raise Refused(404, f"There is no digest “{name}”; `GET /api/v1/digests` lists them.")
    return answer(request, Items(items=tuple(map(edition_line, found))))


@router.get(
    "/{name:path}/editions/{day}/{slot}",
    dependencies=READ,
    response_model=EditionFields,
    responses=problems(404, 422),
)
def show_edition(request: Request, here: Here, name: Named, day: Day, slot: Slot) -> Response:
    """An edition as it was made, in all its forms, with its deliveries."""
    kept = _edition(here, name, day, slot)
    return answer(request, edition_fields(kept, here.storage.deliveries(kept.edition)))


@router.get(
    "/{name:path}/editions/{day}/{slot}/{form}",
    dependencies=READ,
    response_class=Response,
    responses={**_FORMS, **problems(404, 422)},
)
def show_form(
    *,
    request: Request,
    here: Here,
    name: Named,
    day: Day,
    slot: Slot,
    form: Annotated[Literal["html", "text"], Path(description="Which one.")],
) -> Response:
    """One form of an edition, byte for byte."""
    rendered = _edition(here, name, day, slot).rendered
    text = rendered.html if form == "html" else rendered.text
    return _inert(tagged(request, text.encode(), f"{_TYPES[form]}; charset=utf-8"))


@router.get(
    "/{name:path}/editions/{day}/{slot}/messages/{recipient:path}",
    dependencies=ADMIN,
    response_class=Response,
    responses={**_MESSAGE, **problems(404, 422)},
)
def show_message(
    *,
    request: Request,
    here: Here,
    name: Named,
    day: Day,
    slot: Slot,
    recipient: Annotated[str, Path(max_length=2_000, description="As `deliveries` names it.")],
) -> Response:
    """The whole message that a recipient was sent; to a chat it is text."""
    kept = _edition(here, name, day, slot)
    for one in here.storage.deliveries(kept.edition):
        if one.recipient.casefold() == recipient.casefold() and one.message:
            is_mail = one.message.lower().startswith((b"from:", b"subject:", b"message-id:"))
            kind = "message/rfc822" if is_mail else "text/plain; charset=utf-8"
            return _inert(tagged(request, one.message, kind))
    raise Refused(404, f"There is no message of this edition for “{recipient}”.")


@router.post(
    "/{name:path}/send",
    dependencies=ADMIN,
    response_model=DigestSent,
    responses=problems(404, 409, 422, 502),
)
def send(here: Here, name: Named, body: DigestToSend) -> Response:
    """Make today's next edition now, and send it. When today has had all of its editions, the last
    one goes to those who have not had it. Nobody gets one twice."""
    config = here.config()
    one = _digest(config, name)
    if not one.to:
        raise Refused(409, f"Nobody is to get the digest “{one.name}”; give it a `to`.")
    only = None if body.to is None else recipient_of(one, body.to)
    kept = edition_now(here.storage, config, one)
    if kept is None:
        return done(DigestSent(date=None, slot=None, deliveries=()))
    after = asyncio.run(send_now(here.storage, config, one, kept, only, report=lambda _: None))
    return done(
        DigestSent(
            date=kept.edition.local_date.isoformat(),
            slot=kept.edition.slot,
            deliveries=tuple(map(delivery_fields, after)),
        )
    )


def _inert(response: Response) -> Response:
    """Wherever it is opened, it runs nothing; pictures are loaded only if the digest has them."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; sandbox"
    )
    return response


def _digest(config: Config, name: str) -> DigestConfig:
    """Raises Refused."""
    try:
        return digest_named(config, name)
    except UsageError as error:
        raise Refused(404, sentence_of(error)) from None


def _edition(here: Site, name: str, day: date, slot: int) -> KeptDigest:
    """Raises Refused."""
    kept = here.storage.digest(Edition(digest=digest_key(name), local_date=day, slot=slot))
    if kept is None:
        raise Refused(
            404,
            f"The digest “{name}” has no edition {slot} of {day};"
            " `GET /api/v1/digests/{name}/editions` lists them.",
        )
    return kept
