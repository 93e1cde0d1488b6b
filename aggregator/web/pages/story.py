"""A story with its articles by time, two of its texts side by side, and how to put it right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import UsageError
from aggregator.service import placing
from aggregator.types import Article, Placed, Scope, Story
from aggregator.web.access.visitor import needs
from aggregator.web.pages.marking import looked_at
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views.compare_view import choices, compared, pair_of
from aggregator.web.views.sentences import sentence
from aggregator.web.views.story_view import story_view
from aggregator.web.views.times import times_of

router = APIRouter()

House = Annotated[Site, Depends(site_of)]
_Number = Annotated[str, Form(max_length=100)]
"""As it was typed."""
_Chosen = Annotated[list[int] | None, Form()]
_ADMIN = [Depends(needs(Scope.ADMIN))]
_MOST_DIGITS = 19
"""Of a number: below 2^63."""


@router.get("/stories/{story_id}", dependencies=[Depends(needs(Scope.READ))])
def story(request: Request, site: House, story_id: int, edit: bool = False) -> Response:
    found = site.storage.story(story_id)
    if found is None:
        return _where_it_has_gone(site, story_id)
    return _shown(request, site, found, edit=edit)


def _shown(
    request: Request, site: Site, found: Story, *, edit: bool, trouble: str | None = None
) -> Response:
    """`trouble`: why it could not be put right as it was asked to."""
    ids = [item.article.article_id for item in found.articles]
    marks = site.storage.marks(ids)  # as they were: what is new in it stands out
    seen = trouble is None and looked_at(request, site, ids)
    return page(
        request,
        "story.html.j2",
        status=400 if trouble else 200,
        story=story_view(found, marks, times_of(site.config(), site.clock())),
        seen=seen,
        edit=edit,
        trouble=trouble,
    )


@router.get("/stories/{story_id}/compare", dependencies=[Depends(needs(Scope.READ))])
def compare(request: Request, site: House, story_id: int, a: int = 0, b: int = 0) -> Response:
    found = _story(site, story_id)
    pair = pair_of(found, a, b)
    if pair is None:
        raise HTTPException(404, f"Story {story_id} has one article only.")
    one, other = (_article(site, number) for number in pair)
    return page(
        request,
        "compare.html.j2",
        title="Two texts side by side",
        up=f"/stories/{story_id}",
        up_text="The story",
        compare=compared(one, other, times_of(site.config(), site.clock())),
        choices=choices(found, *pair),
        action=f"/stories/{story_id}/compare",
    )


# --- put right ------------------------------------------------------------------------------------


@router.post("/stories/{story_id}/merge", dependencies=_ADMIN)
def merge(request: Request, site: House, story_id: int, other: _Number = "") -> Response:
    """Put all articles of the story `other` into this one."""

    def act() -> Placed:
        number = _other(site, story_id, other)
        return placing.merge(site.storage, [story_id, number])

    return _put_right(request, site, story_id, act, edit=False)


@router.post("/stories/{story_id}/split", dependencies=_ADMIN)
def split(request: Request, site: House, story_id: int, article: _Chosen = None) -> Response:
    """Take articles out, into a story of their own."""

    def act() -> Placed:
        return placing.split(site.storage, story_id, _chosen(article))

    return _put_right(request, site, story_id, act, edit=True)


@router.post("/stories/{story_id}/move", dependencies=_ADMIN)
def move(
    request: Request, site: House, story_id: int, to: _Number = "", article: _Chosen = None
) -> Response:
    """Put articles into the story `to`."""

    def act() -> Placed:
        chosen = _chosen(article)
        return placing.move(site.storage, chosen, to=_other(site, story_id, to))

    return _put_right(request, site, story_id, act, edit=True)


def _put_right(
    request: Request, site: Site, story_id: int, act: Callable[[], Placed], *, edit: bool
) -> Response:
    """What cannot be done is said on the story's page, which has the form. `edit`: with choices."""
    found = _story(site, story_id)
    try:
        placed = act()
    except UsageError as error:
        return _shown(request, site, found, edit=edit, trouble=sentence(str(error)))
    return _to(placed.story)


def _other(site: Site, story_id: int, typed: str) -> int:
    """The number of another story. Raises UsageError."""
    where = "the number of a story stands in its address"
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < _MOST_DIGITS):
        raise UsageError(f"“{text}” is no number; {where}" if text else f"give a number; {where}")
    number = int(text)
    if number == story_id:
        raise UsageError(f"story {number} is this one; give the number of another")
    if site.storage.story(number) is None:
        raise UsageError(f"there is no story {number}; {where}")
    return number


def _chosen(article_ids: list[int] | None) -> list[int]:
    if not article_ids:
        raise UsageError("choose the articles first, in the list above")
    return article_ids


def _to(story_id: int) -> Response:
    return RedirectResponse(f"/stories/{story_id}", status_code=303)


def _story(site: Site, story_id: int) -> Story:
    found = site.storage.story(story_id)
    if found is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    return found


def _article(site: Site, article_id: int) -> Article:
    found = site.storage.article(article_id)
    if found is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return found


def _where_it_has_gone(site: Site, story_id: int) -> Response:
    """A story has the number of one of its articles; where that one is now is the story."""
    article = site.storage.article(story_id)
    home = None if article is None else article.summary.story_id
    if home is None:
        raise HTTPException(404, f"There is no story {story_id}.")
    return _to(home)
