"""The columns of an export: what is told of each article, in which order, and of which kind.

The names are those of `aggregator article --json`, as far as that has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from aggregator.core.durations import offset_of
from aggregator.core.text import count_words
from aggregator.types import Article, Assignment


class Kind(Enum):
    """Of the values of a column, each of which may be None for none."""

    WHOLE = auto()
    """A whole number."""
    REAL = auto()
    """0 to 1."""
    MOMENT = auto()
    """An aware time."""
    SIGN = auto()
    """One of a few words of ours."""
    TEXT = auto()
    """Text from elsewhere."""
    TEXTS = auto()
    """Several of them."""
    MEDIA = auto()
    """`types.Media`, several."""
    LINKS = auto()
    """`types.Link`, several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An article and what its source is."""

    article: Article
    tags: tuple[str, ...] = ()
    """Of the source."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    value: Callable[[Row], object]


def columns(*, text: bool, html: bool) -> tuple[Column, ...]:
    """All of them, those of the text and of its HTML where they are wanted."""
    left_out = {name for name, wanted in (("text", text), ("html", html)) if not wanted}
    return tuple(column for column in _COLUMNS if column.name not in left_out)


def values(row: Row, wanted: Sequence[Column]) -> dict[str, object]:
    """By the names of the columns, in their order."""
    return {column.name: column.value(row) for column in wanted}


def rows(articles: Sequence[Article], tags: Mapping[str, tuple[str, ...]]) -> list[Row]:
    """`tags`: of the sources, by name."""
    return [Row(article=one, tags=tags.get(one.summary.source, ())) for one in articles]


def _of(field: str) -> Callable[[Row], object]:
    return lambda row: getattr(row.article, field)


def _listed(field: str) -> Callable[[Row], object]:
    return lambda row: getattr(row.article.summary, field)


def _assigned(field: str) -> Callable[[Row], object]:
    def value(row: Row) -> object:
        assignment: Assignment | None = row.article.assignment
        return None if assignment is None else getattr(assignment, field)

    return value


def _offset(offset: timedelta | None) -> str | None:
    return None if offset is None else offset_of(offset)


_COLUMNS = (
    Column("id", Kind.WHOLE, _listed("article_id")),
    Column("story", Kind.WHOLE, _listed("story_id")),
    Column("relation", Kind.SIGN, _assigned("relation")),
    Column("of", Kind.WHOLE, _assigned("of")),
    Column("score", Kind.REAL, _assigned("score")),
    Column("why", Kind.TEXT, _assigned("why")),
    Column("source", Kind.TEXT, _listed("source")),
    Column("tags", Kind.TEXTS, lambda row: row.tags),
    Column("title", Kind.TEXT, _listed("title")),
    Column("url", Kind.TEXT, _listed("url")),
    Column("canonical_url", Kind.TEXT, _of("canonical_url")),
    Column("site_name", Kind.TEXT, _of("site_name")),
    Column("guid", Kind.TEXT, _of("guid")),
    Column("authors", Kind.TEXTS, _of("authors")),
    Column("at", Kind.MOMENT, _listed("at")),
    Column("published_at", Kind.MOMENT, _listed("published_at")),
    Column("updated_at", Kind.MOMENT, _of("updated_at")),
    Column("first_seen_at", Kind.MOMENT, _listed("first_seen_at")),
    Column("withdrawn_at", Kind.MOMENT, _of("withdrawn_at")),
    Column("utc_offset", Kind.SIGN, lambda row: _offset(row.article.utc_offset)),
    Column("language", Kind.TEXT, _listed("language")),
    Column("kind", Kind.SIGN, _listed("kind")),
    Column("kind_why", Kind.TEXT, _of("kind_why")),
    Column("categories", Kind.TEXTS, _of("categories")),
    Column("credits", Kind.TEXTS, _of("credits")),
    Column("dateline", Kind.TEXT, _of("dateline")),
    Column("image_url", Kind.TEXT, _of("image_url")),
    Column("image_alt", Kind.TEXT, _of("image_alt")),
    Column("words", Kind.WHOLE, lambda row: count_words(row.article.text)),
    Column("revision", Kind.WHOLE, _of("revision")),
    Column("text_state", Kind.SIGN, _of("text_state")),
    Column("text_origin", Kind.SIGN, _of("text_origin")),
    Column("text_why", Kind.TEXT, _of("text_why")),
    Column("text_error", Kind.TEXT, _of("text_error")),
    Column("confidence", Kind.REAL, _of("confidence")),
    Column("media", Kind.MEDIA, _of("media")),
    Column("links", Kind.LINKS, _of("links")),
    Column("text", Kind.TEXT, _of("text")),
    Column("html", Kind.TEXT, _of("html")),
)
