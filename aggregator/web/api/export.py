"""Articles taken out: any number of them, in bounded memory."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, Literal, cast

from fastapi import Query
from starlette.responses import Response, StreamingResponse

from aggregator.core.export_query import narrowed
from aggregator.service import exporting
from aggregator.service.exporting import Format, Wanted
from aggregator.web.api.parameters import MOST, READ, Here, SearchText, Since, read_query, when
from aggregator.web.api.piping import piped, read_from
from aggregator.web.api.problems import Refused, problems, texts
from aggregator.web.api.routing import part

router = part(tag="export")

_DOCUMENT_LIMIT = 1_000
"""Articles of an EPUB or a Markdown file, unless `limit` says otherwise."""
_IN_MEMORY = 4 * 1024 * 1024
_TYPES = {
    Format.JSONL: "application/x-ndjson",
    Format.CSV: "text/csv",
    Format.EPUB: "application/epub+zip",
    Format.MARKDOWN: "text/markdown",
}
_ANSWERS = texts("The articles.", *_TYPES.values())


@router.get(
    "/export",
    dependencies=READ,
    response_class=Response,
    responses={**_ANSWERS, **problems(404, 422)},
)
def export(  # noqa: PLR0913 - what can be said of an export
    *,
    here: Here,
    q: SearchText = "",
    form: Annotated[
        Literal["jsonl", "csv", "epub", "md"],
        Query(
            alias="format",
            description="jsonl: an object a line; csv: a table (RFC 4180); epub: a book; md: one"
            " Markdown document.",
        ),
    ] = "jsonl",
    story: Annotated[
        int | None, Query(ge=1, le=MOST, description="Only the articles of this story.")
    ] = None,
    since: Since = None,
    limit: Annotated[
        int | None,
        Query(
            ge=1,
            le=1_000_000,
            description="Only the newest so many; all by default, 1,000 in epub and md.",
        ),
    ] = None,
    text: Annotated[bool, Query(description="False: without the texts; not for epub.")] = True,
    html: Annotated[
        bool, Query(description="jsonl, csv: the texts as sanitised HTML, too.")
    ] = False,
    excel: Annotated[bool, Query(description="csv: as Excel opens it by itself.")] = False,
) -> Response:
    """All articles, or those that match, as docs/search.md tells. Where nothing matches, there are
    no rows, and no document."""
    wanted_format = Format(form)
    _refuse(wanted_format, text=text, html=html, excel=excel)
    if story is not None and here.storage.story(story) is None:
        raise Refused(404, f"There is no story {story}; `GET /api/v1/stories` lists them.")
    config = here.config()
    wanted = Wanted(
        query=narrowed(
            read_query(q, here) if q else None, story=story, since=when(since, now=here.clock())
        ),
        format=wanted_format,
        title=q or "Articles",
        zone=config.digest.timezone,
        limit=limit or (_DOCUMENT_LIMIT if wanted_format.is_document else None),
        text=text,
        html=html,
        excel=excel,
        tags={one.name: one.tags for one in (*config.sources, *config.paused)},
    )
    kind = _TYPES[wanted_format]
    headers = {
        "Content-Disposition": f'attachment; filename="articles.{form}"',
        "Cache-Control": "no-store",
    }
    if wanted_format.is_document:
        return _document(here, wanted, kind, headers)
    rows = piped(lambda file: exporting.export(here.storage, wanted, file))
    return StreamingResponse(rows, media_type=kind, headers=headers)


def _document(here: Here, wanted: Wanted, kind: str, headers: dict[str, str]) -> Response:
    """Made before it is sent, for its contents stand at its beginning."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it is closed when it has been read
    done = exporting.export(here.storage, wanted, cast("BinaryIO", file))
    if not done.articles:
        file.close()
        raise Refused(404, "Nothing matches, and no document is made.")
    length = file.tell()
    file.seek(0)
    headers["Content-Length"] = str(length)
    return StreamingResponse(read_from(cast("BinaryIO", file)), media_type=kind, headers=headers)


def _refuse(form: Format, *, text: bool, html: bool, excel: bool) -> None:
    """Raises Refused for what makes no sense together."""
    if html and (form.is_document or not text):
        raise Refused(422, "`html` adds to the texts of jsonl and csv; leave it out.")
    if excel and form is not Format.CSV:
        raise Refused(422, "`excel` is about csv; take format=csv, or leave it out.")
    if form is Format.EPUB and not text:
        raise Refused(422, "An EPUB without texts is empty; format=md makes a list of articles.")
