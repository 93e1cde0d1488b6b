"""What the store has in the end, read past it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from aggregator.types import Database

_ARTICLES = """
    SELECT s.name, a.url, a.title, a.first_seen_at
    FROM articles a JOIN sources s ON s.id = a.source_id
    ORDER BY a.id
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    source: str
    url: str
    title: str
    first_seen_at: datetime


def stored_articles(database: Database) -> list[Stored]:
    """In the order in which they came."""
    if isinstance(database, Path):
        with closing(sqlite3.connect(database)) as file:
            return _read(file.execute(_ARTICLES))
    with psycopg.connect(database.uri) as server:
        return _read(server.execute(_ARTICLES))


def _read(rows: Iterable[Sequence[Any]]) -> list[Stored]:
    return [
        Stored(
            source=source,
            url=url,
            title=title,
            first_seen_at=_EPOCH + timedelta(microseconds=seen),
        )
        for source, url, title, seen in rows
    ]
