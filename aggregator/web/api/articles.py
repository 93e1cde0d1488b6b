"""Articles, and how they are marked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from aggregator.core.markup import html_of
from aggregator.service.shapes import widened
from aggregator.service.shapes.articles import article_fields, markdown
from aggregator.types import Article, Marks, StreamItem, StreamQuery
from aggregator.web.api.answers import Items, Page, answer, done, page, tagged
from aggregator.web.api.parameters import (
    MARK,
    MOST,
    READ,
    ArticleId,
    Here,
    Limit,
    Since,
    when,
)
from aggregator.web.api.problems import Refused, problems, texts
from aggregator.web.api.routing import part
from aggregator.web.api.schemas import (
    ArticleDetail,
    ArticleNumbers,
    Marked,
    MarkedUpTo,
    ReadUpTo,
    StreamItemFields,
    UnreadFields,
)

router = part(tag="articles")

_TYPES = {"text": "text/plain", "markdown": "text/markdown", "html": "text/html"}
_TEXT_ANSWERS = texts("The text.", *_TYPES.values())
_MARKS: dict[str, Any] = {
    "dependencies": MARK,
    "response_model": Marked,
    "responses": problems(404, 422),
}
"""How what marks articles is registered."""


@router.get(
    "/articles",
    dependencies=READ,
    response_model=Page[StreamItemFields],
    responses=problems(422),
)
def list_articles(  # noqa: PLR0913 - what can be asked for
    *,
    request: Request,
    here: Here,
    unread: Annotated[
        bool | None, Query(description="True: unread only; false: read only.")
    ] = None,
    starred: Annotated[bool, Query(description="Starred only.")] = False,
    source: Annotated[
        list[Annotated[int, Query(ge=1, le=MOST)]] | None,
        Query(max_length=500, description="Only of the sources with these numbers."),
    ] = None,
    copies: Annotated[bool, Query(description="False: without copies of what is listed.")] = True,
    since: Since = None,
    after: Annotated[
        int | None, Query(ge=1, le=MOST, description="The next page: `after` of the page before.")
    ] = None,
    limit: Limit = 50,
) -> Response:
    """Articles as readers' apps list them: those that were first seen last come first."""
    query = StreamQuery(
        source_ids=None if source is None else frozenset(source),
        unread=unread,
        starred=starred,
        copies=copies,
        below=after,
        since=when(since, now=here.clock()),
    )
    items = here.storage.stream(query, limit=limit + 1)
    shown = items[:limit]
    known = {one.summary.article_id: one for one in here.storage.articles(_ids(shown))}
    listed = [_line(item, known[item.article_id]) for item in shown if item.article_id in known]
    following = str(shown[-1].article_id) if len(items) > limit else None
    return page(request, listed, after=following)


@router.get(
    "/articles/{article_id}",
    dependencies=READ,
    response_model=ArticleDetail,
    responses=problems(404, 422),
)
def show_article(request: Request, here: Here, article_id: ArticleId) -> Response:
    """An article, with its text in all its forms and its former versions."""
    found = _article(here, article_id)
    marks = here.storage.marks([article_id]).get(article_id, Marks(read=False, starred=False))
    shape = article_fields(found)
    return answer(request, widened(ArticleDetail, shape, read=marks.read, starred=marks.starred))


@router.get(
    "/articles/{article_id}/text",
    dependencies=READ,
    response_class=Response,
    responses={**_TEXT_ANSWERS, **problems(404, 422)},
)
def show_text(
    request: Request,
    here: Here,
    article_id: ArticleId,
    form: Annotated[
        Literal["text", "markdown", "html"],
        Query(alias="format", description="The HTML is sanitised."),
    ] = "text",
) -> Response:
    """The text of an article alone."""
    found = _article(here, article_id)
    match form:
        case "text":
            text = found.text
        case "markdown":
            text = markdown(text=found.text, html=found.html)
        case "html":
            text = html_of(text=found.text, html=found.html)
    made = tagged(request, text.encode(), f"{_TYPES[form]}; charset=utf-8")
    # It is a publisher's: wherever it is opened, it runs nothing and loads nothing.
    made.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return made


# --- marks ----------------------------------------------------------------------------------------


@router.put("/articles/{article_id}/star", **_MARKS)
def star(here: Here, article_id: ArticleId) -> Response:
    """Mark an article with a star; one that has it keeps it."""
    return _mark(here, [article_id], "starred")


@router.delete("/articles/{article_id}/star", **_MARKS)
def unstar(here: Here, article_id: ArticleId) -> Response:
    """Take the star of an article away."""
    return _mark(here, [article_id], "unstarred")


@router.put("/articles/{article_id}/read", **_MARKS)
def read(here: Here, article_id: ArticleId) -> Response:
    """Mark an article as read."""
    return _mark(here, [article_id], "read")


@router.delete("/articles/{article_id}/read", **_MARKS)
def unread(here: Here, article_id: ArticleId) -> Response:
    """Mark an article as unread. One that was first seen long ago is read again after some time."""
    return _mark(here, [article_id], "unread")


@router.post("/marks/{mark}", **_MARKS)
def mark_articles(
    here: Here,
    mark: Annotated[
        Literal["star", "unstar", "read", "unread"], Path(description="What is done to them.")
    ],
    body: ArticleNumbers,
) -> Response:
    """Mark several articles. If one of them does not exist, none is marked."""
    return _mark(here, body.articles, _DONE[mark])


@router.post(
    "/marks/read/all", dependencies=MARK, response_model=MarkedUpTo, responses=problems(422)
)
def mark_all_read(here: Here, body: ReadUpTo) -> Response:
    """Mark everything up to an article as read. What is stored later is unread."""
    chosen = None if body.sources is None else frozenset(body.sources)
    changed = here.storage.mark_all_read(chosen, until=body.until, now=here.clock())
    return done(MarkedUpTo(until=body.until, changed=changed))


@router.get("/unread", dependencies=READ, response_model=Items[UnreadFields], responses=problems())
def count_unread(request: Request, here: Here) -> Response:
    """How much is unread of each source; sources without any are left out."""
    counted = here.storage.unread()
    listed = tuple(
        UnreadFields(source_id=key, articles=one.articles, newest_at=one.newest_at)
        for key, one in sorted(counted.items())
    )
    return answer(request, Items(items=listed))


Done = Literal["starred", "unstarred", "read", "unread"]
_DONE: dict[str, Done] = {
    "star": "starred",
    "unstar": "unstarred",
    "read": "read",
    "unread": "unread",
}


def _mark(here: Here, numbers: list[int], what: Done) -> Response:
    """Raises Refused, before anything is changed, for an article that does not exist."""
    wanted = list(dict.fromkeys(numbers))
    storage = here.storage
    known = storage.marks(wanted)
    missing = [str(one) for one in wanted if one not in known]
    if missing:
        more = f" (and {len(missing) - 1} more of these)" if len(missing) > 1 else ""
        raise Refused(404, f"There is no article {missing[0]}{more}; nothing was marked.")
    now = here.clock()
    match what:
        case "starred":
            changed = storage.star(wanted, now=now)
        case "unstarred":
            changed = storage.unstar(wanted)
        case "read":
            changed = storage.mark_read(wanted, now=now)
        case "unread":
            changed = storage.mark_unread(wanted, now=now)
    return done(Marked(articles=tuple(wanted), done=what, changed=changed))


def _article(here: Here, article_id: int) -> Article:
    """Raises Refused."""
    found = here.storage.article(article_id)
    if found is None:
        raise Refused(
            404, f"There is no article {article_id}; `GET /api/v1/search` finds articles."
        )
    return found


def _ids(items: list[StreamItem]) -> list[int]:
    return [item.article_id for item in items]


def _line(item: StreamItem, article: Article) -> StreamItemFields:
    summary = article.summary
    return StreamItemFields(
        id=summary.article_id,
        story=summary.story_id,
        source=summary.source,
        source_id=item.source_id,
        title=summary.title,
        url=summary.url,
        at=summary.at,
        first_seen_at=item.first_seen_at,
        language=summary.language,
        read=item.read,
        starred=item.starred,
    )
