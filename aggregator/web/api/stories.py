"""Stories: what is being reported, and stories put right by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import UsageError
from aggregator.service import placing
from aggregator.service.shapes.stories import StoryFields, story_fields
from aggregator.types import Placed
from aggregator.web.api.answers import Page, answer, done, page
from aggregator.web.api.parameters import ADMIN, READ, After, Here, Limit, Since, StoryId, when
from aggregator.web.api.problems import Refused, problems
from aggregator.web.api.routing import part
from aggregator.web.api.schemas import ArticleNumbers, PlacedFields, StoryNumbers
from aggregator.web.views.sentences import sentence_of

router = part("/stories", tag="stories")

_DEEPEST = 2_000
"""Stories beyond this one are not listed: each page is made from the beginning."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACES: dict[str, Any] = {
    "dependencies": ADMIN,
    "response_model": PlacedFields,
    "responses": problems(404, 409, 422),
}
"""How what puts articles into other stories is registered."""
_PLACE = re.compile(r"([0-9]{1,17})\.([0-9]{1,4})")


@router.get("", dependencies=READ, response_model=Page[StoryFields], responses=problems(422))
def list_stories(
    *,
    request: Request,
    here: Here,
    since: Since = None,
    min_outlets: Annotated[
        int, Query(ge=1, le=10_000, description="Only stories that so many outlets ran.")
    ] = 1,
    limit: Limit = 20,
    after: After = None,
) -> Response:
    """Stories with an article first seen since then: those that most outlets ran first, then the
    latest. What has come since the first page is on none of the next ones."""
    now = here.storage.clock()
    until, skipped = (now, 0) if after is None else _read(after)
    found = here.storage.stories(
        since=when(since, now=now),
        until=None if after is None else until,
        min_sources=min_outlets,
        limit=skipped + limit + 1,
    )
    reached = skipped + limit
    more = len(found) > reached and reached <= _DEEPEST
    following = f"{(until - _EPOCH) // timedelta(microseconds=1)}.{reached}" if more else None
    return page(request, [*map(story_fields, found[skipped:reached])], after=following)


@router.get(
    "/{story_id}",
    dependencies=READ,
    response_model=StoryFields,
    responses={
        **problems(404, 422),
        307: {"description": "The article with this number is in another story: see `Location`."},
    },
)
def show_story(request: Request, here: Here, story_id: StoryId) -> Response:
    """A story, with its articles in order of time, what each is to the others, and why."""
    found = here.storage.story(story_id)
    if found is not None:
        return answer(request, story_fields(found))
    article = here.storage.article(story_id)
    home = None if article is None else article.summary.story_id
    if home is None:
        raise Refused(404, f"There is no story {story_id}; `GET /api/v1/stories` lists them.")
    return RedirectResponse(f"/api/v1/stories/{home}")


@router.post("/{story_id}/merge", **_PLACES)
def merge(here: Here, story_id: StoryId, body: StoryNumbers) -> Response:
    """Put all articles of other stories into this one. The program never undoes it."""
    _must_exist(here, story_id)
    return _placed(placing.merge(here.storage, [story_id, *body.stories]))


@router.post("/{story_id}/split", **_PLACES)
def split(here: Here, story_id: StoryId, body: ArticleNumbers) -> Response:
    """Take articles out of this story, into a new one. The program never undoes it."""
    _must_exist(here, story_id)
    return _placed(placing.split(here.storage, story_id, body.articles))


@router.post("/{story_id}/move", **_PLACES)
def move(here: Here, story_id: StoryId, body: ArticleNumbers) -> Response:
    """Put articles into this story, whichever they are in. The program never undoes it."""
    _must_exist(here, story_id)
    return _placed(placing.move(here.storage, body.articles, to=story_id))


def _must_exist(here: Here, story_id: int) -> None:
    """Raises Refused."""
    try:
        placing.story_of(here.storage, story_id)
    except UsageError as error:
        raise Refused(404, sentence_of(error)) from None


def _placed(placed: Placed) -> Response:
    return done(
        {
            "story": placed.story,
            "moved": placed.moved,
            "renamed": [{"from": old, "to": new} for old, new in placed.renamed],
            "ended": placed.ended,
        }
    )


def _read(after: str) -> tuple[datetime, int]:
    """Raises Refused."""
    match = _PLACE.fullmatch(after)
    skipped = int(match[2]) if match else 0
    if match is None or not 0 < skipped <= _DEEPEST:
        raise Refused(422, "`after` is none that a page of stories has given; leave it out.")
    return _EPOCH + timedelta(microseconds=int(match[1])), skipped
