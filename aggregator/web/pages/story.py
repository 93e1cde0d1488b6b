"""A story with its articles by time, two of its texts side by side, and how to put it right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.service import placing
from aggregator.types import Article, Scope, Story
from aggregator.web.access.visitor import needs
from aggregator.web.pages.marking import looked_at
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views.compare_view import choices, compared, pair_of
from aggregator.web.views.story_view import story_view
from aggregator.web.views.times import times_of

router = APIRouter()

House = Annotated[Site, Depends(site_of)]


@router.get("/stories/{story_id}", dependencies=[Depends(needs(Scope.READ))])
def story(request: Request, site: House, story_id: int, edit: bool = False) -> Response:
    found = site.storage.story(story_id)
    if found is None:
        return _where_it_has_gone(site, story_id)
    ids = [item.article.article_id for item in found.articles]
    marks = site.storage.marks(ids)  # as they were: what is new in it stands out
    seen = looked_at(request, site, ids)
    return page(
        request,
        "story.html.j2",
        story=story_view(found, marks, times_of(site.config(), site.clock())),
        seen=seen,
        edit=edit,
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


@router.post("/stories/{story_id}/merge", dependencies=[Depends(needs(Scope.ADMIN))])
def merge(site: House, story_id: int, other: Annotated[int, Form()]) -> Response:
    """Put all articles of the story `other` into this one."""
    placed = placing.merge(site.storage, [story_id, other])
    return _to(placed.story)


@router.post("/stories/{story_id}/split", dependencies=[Depends(needs(Scope.ADMIN))])
def split(
    site: House, story_id: int, article: Annotated[list[int] | None, Form()] = None
) -> Response:
    """Take articles out, into a story of their own."""
    placed = placing.split(site.storage, story_id, article or [])
    return _to(placed.story)


@router.post("/stories/{story_id}/move", dependencies=[Depends(needs(Scope.ADMIN))])
def move(
    site: House,
    story_id: int,
    to: Annotated[int, Form()],
    article: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Put articles into the story `to`."""
    if not article:
        raise HTTPException(400, f"Choose the articles of story {story_id} that are to move.")
    placed = placing.move(site.storage, article, to=to)
    return _to(placed.story)


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
