"""An article to read, and the reader's marks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.types import Article, Scope
from aggregator.web.access.visitor import needs
from aggregator.web.images import picture_url
from aggregator.web.pages.marking import UNMARKED, looked_at, marked
from aggregator.web.pages.marking_all import mark_found_read, mark_sources_read
from aggregator.web.rendering import page
from aggregator.web.site import Site, site_of
from aggregator.web.views.article_view import article_view
from aggregator.web.views.compare_view import changed_since
from aggregator.web.views.returning import local_path
from aggregator.web.views.story_view import beside
from aggregator.web.views.times import times_of

router = APIRouter()

House = Annotated[Site, Depends(site_of)]
_MOST_MARKED = 5_000
"""Articles of one form."""
_MOST_DIGITS = 19
"""Of an id: below 2^63."""


@router.get("/articles/{article_id}", dependencies=[Depends(needs(Scope.READ))])
def article(request: Request, site: House, article_id: int) -> Response:
    found = _article(site, article_id)
    looked_at(request, site, [article_id])
    story_id = found.summary.story_id
    story = None if story_id is None else site.storage.story(story_id)
    marks = site.storage.marks([article_id]).get(article_id, UNMARKED)
    times = times_of(site.config(), site.clock())
    return page(
        request,
        "article.html.j2",
        article=article_view(found, marks, times, picture=lambda url: picture_url(site, url)),
        story=None if story is None else beside(story, article_id, times),
    )


@router.get("/articles/{article_id}/changes", dependencies=[Depends(needs(Scope.READ))])
def changes(request: Request, site: House, article_id: int, since: int = 1) -> Response:
    found = _article(site, article_id)
    past = next((one for one in found.revisions if one.number == since), None)
    if past is None:
        raise HTTPException(404, f"Article {article_id} has no former version {since}.")
    times = times_of(site.config(), site.clock())
    return page(
        request,
        "compare.html.j2",
        title="What the publisher has changed",
        up=f"/articles/{article_id}",
        up_text="The article",
        compare=changed_since(found, past, times),
        choices=(),
        action=None,
    )


# --- marks ----------------------------------------------------------------------------------------


@router.post("/articles/{article_id}/star", dependencies=[Depends(needs(Scope.MARK))])
def star(request: Request, site: House, article_id: int, back: str = "") -> Response:
    found = _article(site, article_id)
    site.storage.star([article_id], now=site.clock())
    return _star_answer(request, found, back, starred=True)


@router.post("/articles/{article_id}/unstar", dependencies=[Depends(needs(Scope.MARK))])
def unstar(request: Request, site: House, article_id: int, back: str = "") -> Response:
    found = _article(site, article_id)
    site.storage.unstar([article_id])
    return _star_answer(request, found, back, starred=False)


def _star_answer(request: Request, found: Article, back: str, *, starred: bool) -> Response:
    return marked(
        request,
        "_star.html.j2",
        back or f"/articles/{found.summary.article_id}",
        article_ids=[found.summary.article_id],
        set_=starred,
        title=found.summary.title,
    )


@router.post("/articles/{article_id}/read", dependencies=[Depends(needs(Scope.MARK))])
def read(request: Request, site: House, article_id: int, back: str = "") -> Response:
    found = _article(site, article_id)
    site.storage.mark_read([article_id], now=site.clock())
    return _read_answer(request, [article_id], found.summary.title, back, read=True)


@router.post("/articles/{article_id}/unread", dependencies=[Depends(needs(Scope.MARK))])
def unread(request: Request, site: House, article_id: int, back: str = "") -> Response:
    found = _article(site, article_id)
    site.storage.mark_unread([article_id], now=site.clock())
    return _read_answer(request, [article_id], found.summary.title, back, read=False)


@router.post("/mark-read", dependencies=[Depends(needs(Scope.MARK))])
def mark_read(
    *,
    request: Request,
    site: House,
    ids: Annotated[str, Form()] = "",
    until: Annotated[int, Form()] = 0,
    source: Annotated[int, Form()] = 0,
    tag: Annotated[str, Form()] = "",
    q: Annotated[str, Form()] = "",
    back: str = "",
) -> Response:
    """The articles `ids`, parted by commas; or, with `until`, everything up to that article: of
    `source`, of the sources with `tag`, or what the search `q` finds, if one of them is given."""
    if until > 0:
        if q:
            mark_found_read(site, q, until=until)
        else:
            mark_sources_read(site, until=until, source=source, tag=tag)
        return RedirectResponse(local_path(back), status_code=303)
    numbers = _numbers(ids)
    site.storage.mark_read(numbers, now=site.clock())
    return _read_answer(request, numbers, _title(site, numbers), back, read=True)


@router.post("/mark-unread", dependencies=[Depends(needs(Scope.MARK))])
def mark_unread(
    request: Request, site: House, ids: Annotated[str, Form()] = "", back: str = ""
) -> Response:
    """The articles `ids`, parted by commas."""
    numbers = _numbers(ids)
    site.storage.mark_unread(numbers, now=site.clock())
    return _read_answer(request, numbers, _title(site, numbers), back, read=False)


def _numbers(ids: str) -> list[int]:
    parts = [one.strip() for one in ids.split(",")[:_MOST_MARKED]]
    numbers = [int(one) for one in parts if one.isdecimal() and len(one) < _MOST_DIGITS]
    if not numbers:
        raise HTTPException(400, "Say which articles: their numbers, parted by commas.")
    return numbers


def _title(site: Site, article_ids: list[int]) -> str:
    """Of the first of them that exists; it is what a button says it is for."""
    found = site.storage.articles(article_ids[:1])
    return found[0].summary.title if found else ""


def _read_answer(
    request: Request, article_ids: list[int], title: str, back: str, *, read: bool
) -> Response:
    return marked(
        request,
        "_read.html.j2",
        back or f"/articles/{article_ids[0]}",
        article_ids=article_ids,
        set_=read,
        title=title,
    )


def _article(site: Site, article_id: int) -> Article:
    found = site.storage.article(article_id)
    if found is None:
        raise HTTPException(404, f"There is no article {article_id}.")
    return found
