"""Articles taken out of the store, as rows or as a document: any amount, in bounded memory.

Rows come in the order in which the articles were stored, page by page; what arrives meanwhile
stands at the end. Of a document the texts wait on the disk, and their order is made in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from itertools import chain
from typing import BinaryIO

from aggregator.codec import to_json
from aggregator.core.export_csv import BOM, LONGEST_CELL, header, records
from aggregator.core.export_query import BEGINNING, narrowed
from aggregator.core.export_rows import Column, Row, columns, rows, values
from aggregator.core.query_tree import Query
from aggregator.service.export_documents import Document, write_epub, write_markdown
from aggregator.service.export_files import Target, opened
from aggregator.service.parquet import ParquetFile
from aggregator.storage.protocol import Storage
from aggregator.types import Article

PAGE = 500
"""Articles that are read at once."""

Progress = Callable[[int, int], None]
"""Told how many articles have been read, and how many there are, as far as is known."""


class Format(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    EPUB = "epub"
    MARKDOWN = "md"

    @property
    def is_document(self) -> bool:
        """To be read by people, from the beginning to the end."""
        return self in (Format.EPUB, Format.MARKDOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is exported, and how."""

    query: Query | None
    """None: everything."""
    format: Format
    title: str
    """Of a document that is not about one story."""
    zone: tzinfo
    """Of the times and days of a document."""
    limit: int | None = None
    """Only so many, those that were first stored last; None: all."""
    text: bool = True
    html: bool = False
    """Rows have the HTML of the text, too."""
    excel: bool = False
    """CSV as Excel opens it by itself, in cells that are not too long for it."""
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each source, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    articles: int
    """0: a document has not been written at all, rows have."""
    more: bool = False
    """Others match, which were stored earlier: `limit` left them out."""
    cut: int = 0
    """Articles of which a cell was too long for Excel."""


def export(
    storage: Storage,
    wanted: Wanted,
    target: Target,
    *,
    progress: Progress = lambda _done, _total: None,
) -> Exported:
    """Write what is wanted. A file is there when all of it has been written, and not before.

    Raises UsageError when it cannot be written, or pyarrow is missing, and storage errors.
    """
    chosen = _choose(storage, wanted)
    found = _told(chosen, progress)
    if wanted.format.is_document:
        return _document(storage, wanted, target, chosen.more, found)
    with opened(target) as file:
        done, cut = 0, 0
        for number, new_cut in _ROWS[wanted.format](wanted, file, found):
            done, cut = done + number, cut + new_cut
    return Exported(articles=done, more=chosen.more, cut=cut)


# --- which articles -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    pages: Iterator[list[Article]]
    total: int
    more: bool


def _choose(storage: Storage, wanted: Wanted) -> _Chosen:
    query, limit = wanted.query, wanted.limit
    if limit is None:
        return _Chosen(pages=_pages(storage, query), total=_count(storage, query), more=False)
    newest, more = _newest(storage, query, limit)
    pages = _pages(storage, query, beyond=min(newest, default=0) - 1)
    return _Chosen(pages=_only(newest, pages), total=len(newest), more=more)


def _pages(storage: Storage, query: Query | None, *, beyond: int = 0) -> Iterator[list[Article]]:
    while page := storage.matching(query, beyond=beyond, limit=PAGE):
        yield page
        beyond = page[-1].summary.article_id


def _only(wanted: set[int], pages: Iterator[list[Article]]) -> Iterator[list[Article]]:
    """What has come since is left out."""
    last = max(wanted, default=0)
    for page in pages:
        if kept := [article for article in page if article.summary.article_id in wanted]:
            yield kept
        if page[-1].summary.article_id >= last:
            return


def _newest(storage: Storage, query: Query | None, limit: int) -> tuple[set[int], bool]:
    """Ids of those that match and were stored last, and whether there are more."""
    query = query or narrowed(None, since=BEGINNING)
    assert query is not None  # noqa: S101 - narrows the type
    found: set[int] = set()
    after: str | None = None
    while len(found) < limit:
        page = storage.search(
            query, limit=min(PAGE, limit - len(found)), after=after, passages=False
        )
        found.update(hit.article.article_id for hit in page.hits)
        if page.after is None:
            return found, False
        after = page.after
    return found, True


def _count(storage: Storage, query: Query | None) -> int:
    if query is None:
        return storage.counts().articles
    return storage.search_counts(query, most=1).articles


def _told(chosen: _Chosen, progress: Progress) -> Iterator[list[Article]]:
    done = 0
    for page in chosen.pages:
        yield page
        done += len(page)
        progress(done, max(done, chosen.total))


# --- rows -----------------------------------------------------------------------------------------

_Written = Iterator[tuple[int, int]]
"""After each page: articles, and those of them of which a cell was cut."""


def _columns(wanted: Wanted) -> Sequence[Column]:
    return columns(text=wanted.text, html=wanted.html)


def _jsonl(wanted: Wanted, file: BinaryIO, pages: Iterator[list[Article]]) -> _Written:
    kept = _columns(wanted)
    for page in pages:
        lines = (to_json(values(row, kept)) + "\n" for row in rows(page, wanted.tags))
        file.write("".join(lines).encode())
        yield len(page), 0


def _csv(wanted: Wanted, file: BinaryIO, pages: Iterator[list[Article]]) -> _Written:
    kept = _columns(wanted)
    file.write(((BOM if wanted.excel else "") + header(kept)).encode())
    for page in pages:
        longest = LONGEST_CELL if wanted.excel else None
        text, cut = records(rows(page, wanted.tags), kept, longest=longest)
        file.write(text.encode())
        yield len(page), cut


def _parquet(wanted: Wanted, file: BinaryIO, pages: Iterator[list[Article]]) -> _Written:
    table = ParquetFile(file, _columns(wanted))
    for page in pages:
        part: list[Row] = rows(page, wanted.tags)
        table.write(part)
        yield len(page), 0
    table.close()


_ROWS = {Format.JSONL: _jsonl, Format.CSV: _csv, Format.PARQUET: _parquet}


# --- documents ------------------------------------------------------------------------------------


def _document(
    storage: Storage, wanted: Wanted, target: Target, more: bool, pages: Iterator[list[Article]]
) -> Exported:
    document = Document(
        storage=storage, query=wanted.query, title=wanted.title, zone=wanted.zone, more=more
    )
    articles = document.articles(pages)
    first = next(articles, None)
    if first is None:
        return Exported(articles=0)
    articles = chain([first], articles)
    with opened(target) as file:
        if wanted.format is Format.EPUB:
            done = write_epub(document, articles, file)
        else:
            done = write_markdown(document, articles, file, text=wanted.text)
    return Exported(articles=done, more=more)
