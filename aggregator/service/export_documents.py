"""Articles as one Markdown file or one EPUB, in bounded memory: see `service.exporting`."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import chain
from typing import BinaryIO

from aggregator.core import export_epub
from aggregator.core.export_markdown import front, head_of_article, heading, text_of_article
from aggregator.core.export_outline import (
    Entry,
    Outline,
    by_day,
    entry_of,
    list_outline,
    story_outline,
)
from aggregator.core.export_query import whole_story
from aggregator.core.export_times import long_date
from aggregator.core.query_tree import Query
from aggregator.service.export_files import seekable
from aggregator.storage.protocol import Storage
from aggregator.types import Article

_IN_MEMORY = 16 * 1024 * 1024
"""Bytes of texts that wait in memory; more of them wait on the disk."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP file can tell: the same articles give the same bytes."""


class Document:
    """About a story, where all of it is wanted, else a list by day."""

    def __init__(
        self, *, storage: Storage, query: Query | None, title: str, zone: tzinfo, more: bool
    ) -> None:
        story_id = whole_story(query)
        self.story = None if story_id is None else storage.story(story_id)
        self.zone = zone
        self._title = title
        self._more = more

    def articles(self, pages: Iterator[list[Article]]) -> Iterator[Article]:
        """Those that belong to it, also when the story has changed meanwhile."""
        articles = chain.from_iterable(pages)
        if self.story is None:
            return articles
        known = {item.article.article_id for item in self.story.articles}
        return (article for article in articles if article.summary.article_id in known)

    def outline(self, entries: Iterable[Entry]) -> Outline:
        if self.story is not None:
            return story_outline(self.story, entries, zone=self.zone, more=self._more)
        return list_outline(self._title, entries, zone=self.zone, more=self._more)


def write_markdown(
    document: Document, articles: Iterator[Article], target: BinaryIO, *, text: bool
) -> int:
    """How many articles it has; not `text`: without their texts."""
    rank = 2 if document.story is not None else 3
    entries: list[Entry] = []
    places: dict[int, tuple[int, int]] = {}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
        for article in articles:
            entry = entry_of(article, document.zone)
            entries.append(entry)
            if text:
                written = text_of_article(article, rank=rank).encode()
                places[entry.article_id] = (waiting.tell(), len(written))
                waiting.write(written)
        outline = document.outline(entries)
        target.write(front(outline).encode() + b"\n")
        for day, those in by_day(outline.entries, document.zone):
            if document.story is None:
                target.write(b"\n" + heading(long_date(day), rank=2).encode() + b"\n")
            for entry in those:
                target.write(b"\n" + head_of_article(entry, rank=rank).encode() + b"\n")
                place, length = places.get(entry.article_id, (0, 0))
                if length:
                    waiting.seek(place)
                    target.write(b"\n" + waiting.read(length) + b"\n")
    return len(outline.entries)


def write_epub(document: Document, articles: Iterator[Article], target: BinaryIO) -> int:
    """How many chapters it has."""
    entries: list[Entry] = []
    with seekable(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        _put(book, *export_epub.MIMETYPE, compress=False)
        _put(book, *export_epub.CONTAINER)
        _put(book, *export_epub.STYLE)
        for article in articles:
            entry = entry_of(article, document.zone)
            entries.append(entry)
            _put(book, *export_epub.chapter(article, entry))
        outline = document.outline(entries)
        for name, content in export_epub.frame(outline, document.zone):
            _put(book, name, content)
    return len(outline.entries)


def _put(book: zipfile.ZipFile, name: str, content: str, *, compress: bool = True) -> None:
    info = zipfile.ZipInfo(name, _BEGINNING)
    info.create_system = 3  # as Unix has it, wherever it is made
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    book.writestr(info, content.encode())
