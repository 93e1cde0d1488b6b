"""Snippets as SQLite cuts them, of texts that are elsewhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from threading import Lock

from aggregator.storage import fts5
from aggregator.storage.tokens import TOKENISER

_INSERT = "INSERT INTO search (rowid, title, text, facets) VALUES (?, ?, ?, ?)"
# In the order of a search: where words to leave out stand inside an OR, FTS5's marks depend on it.
_SELECT = "SELECT rowid, {snippet} FROM search WHERE search MATCH ? ORDER BY rowid DESC"


def snippets(match: str, texts: Sequence[tuple[int, str, str, str]]) -> dict[int, str]:
    """Of (article id, title, text, facets) each, by id; without those that `match`, an expression
    of FTS5, does not find."""
    return _scratch().snippets(match, texts)


class _Scratch:
    """An index in memory that holds the texts of one question; any thread may use it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False
        )
        self._connection.execute(
            f"CREATE VIRTUAL TABLE search USING fts5 (title, text, facets, tokenize='{TOKENISER}')"
        )

    def snippets(self, match: str, texts: Sequence[tuple[int, str, str, str]]) -> dict[int, str]:
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                self._connection.executemany(_INSERT, texts)
                return dict(
                    self._connection.execute(
                        _SELECT.format(snippet=fts5.SNIPPET), (match,)
                    ).fetchall()
                )
            finally:
                self._connection.execute("ROLLBACK")


@cache
def _scratch() -> _Scratch:
    return _Scratch()
