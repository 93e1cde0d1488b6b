"""The forms in which hits are printed: for people, as JSON, CSV, Markdown, or by a template."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from html import escape

from aggregator.cli.output import (
    MATCH_BEGINS,
    MATCH_ENDS,
    blank,
    document,
    emit_json,
    moment,
    snippet_pieces,
)
from aggregator.cli.search_view import also, print_hits
from aggregator.core.enumerating import counted
from aggregator.core.kind_names import RELATION_NAMES
from aggregator.core.text import clean_line
from aggregator.errors import UsageError
from aggregator.types import SearchHit

Writer = Callable[[Sequence[SearchHit]], None]
"""Prints some hits; called again where more of the same answer come."""
Value = str | int | datetime | None


class Form(Enum):
    TEXT = ""
    JSON = "--json"
    CSV = "--csv"
    MARKDOWN = "--md"
    LINES = "--format"

    @property
    def option(self) -> str:
        return self.value


FIELDS: dict[str, type] = {
    "id": int,
    "story": int,
    "relation": str,
    "outlets": int,
    "source": str,
    "title": str,
    "url": str,
    "at": datetime,
    "published_at": datetime,
    "first_seen_at": datetime,
    "language": str,
    "kind": str,
    "snippet": str,
    "more": int,
    "also": str,
}
"""Of CSV and of templates."""


def writer(form: Form, template: str | None) -> Writer:
    """Raises UsageError for a template that cannot be read."""
    match form:
        case Form.TEXT:
            return _Text()
        case Form.JSON:
            return _json
        case Form.CSV:
            return _Csv()
        case Form.MARKDOWN:
            return _markdown
        case Form.LINES:
            return _lines(template or "")


def _values(hit: SearchHit, *, mark: str) -> dict[str, Value]:
    """By the names of FIELDS; texts on one line, without what moves a terminal."""
    article = hit.article
    return {
        "id": article.article_id,
        "story": article.story_id,
        "relation": "" if hit.relation is None else hit.relation.value,
        "outlets": hit.outlets,
        "source": clean_line(article.source),
        "title": clean_line(article.title),
        "url": clean_line(article.url or ""),
        "at": article.at,
        "published_at": article.published_at,
        "first_seen_at": article.first_seen_at,
        "language": article.language or "",
        "kind": article.kind.value,
        "snippet": clean_line(hit.snippet.replace(MATCH_BEGINS, mark).replace(MATCH_ENDS, mark)),
        "more": len(hit.folded),
        "also": clean_line(", ".join(dict.fromkeys(one.source for one in hit.folded))),
    }


# --- for people and for JSON ---------------------------------------------------------------------


class _Text:
    def __init__(self) -> None:
        self._begun = False

    def __call__(self, hits: Sequence[SearchHit]) -> None:
        if self._begun:
            blank()
        self._begun = True
        print_hits(hits)
        sys.stdout.flush()


def _json(hits: Sequence[SearchHit]) -> None:
    from aggregator.service.shapes.hits import hit_fields

    for hit in hits:
        emit_json(hit_fields(hit))
    sys.stdout.flush()


# --- CSV -----------------------------------------------------------------------------------------


class _Csv:
    """A header, then a record a hit (RFC 4180). Times are UTC."""

    def __init__(self) -> None:
        self._begun = False

    def __call__(self, hits: Sequence[SearchHit]) -> None:
        records = csv.writer(sys.stdout)
        if not self._begun:
            records.writerow(FIELDS)
        self._begun = True
        for hit in hits:
            records.writerow(map(_cell, _values(hit, mark="").values()))
        sys.stdout.flush()


def _cell(value: Value) -> str:
    from aggregator.core.export_csv import guard

    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str():
            return guard(value)
        case None:
            return ""
    return str(value)


# --- Markdown ------------------------------------------------------------------------------------


def _markdown(hits: Sequence[SearchHit]) -> None:
    """One list item a hit: a link, its source and time, the snippet, the rest of its story."""
    from aggregator.core.markdown import to_markdown

    document(to_markdown(f"<ul>{''.join(map(_item, hits))}</ul>"))
    sys.stdout.flush()


def _item(hit: SearchHit) -> str:
    values = _values(hit, mark="")
    title, url = escape(str(values["title"]) or "(no title)"), str(values["url"])
    if url.lower().startswith(("http://", "https://")):
        title = f'<a href="{escape(url)}">{title}</a>'
    facts = [str(values["source"]), moment(hit.article.at)]
    facts += [counted(hit.outlets, "outlet")] if hit.outlets > 1 else []
    facts += [RELATION_NAMES[hit.relation]] if hit.relation and RELATION_NAMES[hit.relation] else []
    rows = [f"{title} ({escape(', '.join(facts))})"]
    if hit.snippet:
        rows.append(
            "".join(
                f"<strong>{escape(piece)}</strong>" if matches and piece else escape(piece)
                for piece, matches in snippet_pieces(hit.snippet)
            )
        )
    if hit.folded:
        rows.append(escape(f"and {also(hit.folded)}"))
    return f"<li><p>{'<br>'.join(rows)}</p></li>"


# --- by a template -------------------------------------------------------------------------------


def _lines(text: str) -> Writer:
    from aggregator.core.line_templates import template

    try:
        shape = template(text, FIELDS)
    except ValueError as error:
        raise UsageError(f"--format {error}") from None

    def write(hits: Sequence[SearchHit]) -> None:
        for hit in hits:
            values = _values(hit, mark="")
            sys.stdout.write(shape.filled(_local(values)) + "\n")
        sys.stdout.flush()

    return write


def _local(values: dict[str, Value]) -> dict[str, Value]:
    """With times in local time."""
    return {
        name: value.astimezone() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
