"""What a visitor's look at a page marks, and the answers to forms that mark."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.types import Marks, Scope
from aggregator.web.access.visitor import visitor_of
from aggregator.web.rendering import page
from aggregator.web.site import Site
from aggregator.web.views.returning import local_path

UNMARKED = Marks(read=False, starred=False)


def looked_at(request: Request, site: Site, article_ids: Collection[int]) -> bool:
    """Mark articles as read because their page is opened, by somebody who may; whether they are.

    Not when a browser loads the page ahead, or as anything but a page: a picture elsewhere on the
    web may have our address.
    """
    scope = visitor_of(request).scope
    headers = request.headers
    purpose = headers.get("sec-purpose", "") + headers.get("purpose", "")
    opened = headers.get("sec-fetch-dest", "document") == "document" and "prefetch" not in purpose
    if scope is None or not scope.includes(Scope.MARK) or not opened:
        return False
    site.storage.mark_read(article_ids, now=site.clock())
    return True


def marked(
    request: Request,
    template: str,
    back: str,
    *,
    article_ids: Sequence[int],
    set_: bool,
    title: str,
) -> Response:
    """For htmx the button as it is now, else the page that the form was on. `set_`: whether the
    mark is there."""
    if request.headers.get("HX-Request") == "true":
        return page(
            request,
            template,
            back=local_path(back),
            article_ids=article_ids,
            marked=set_,
            title=title,
        )
    return RedirectResponse(local_path(back), status_code=303)
