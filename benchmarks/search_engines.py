"""What is asked of another search engine; and the first of them, SQLite's FTS5 by itself.

All look for the very words that are asked for, where ours looks for their inflected forms too. What
one cannot be asked is left out: phrases and prefixes of DuckDB, NEAR of tantivy (which counts the
words between otherwise), dates, stories and the like of all.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from aggregator.core.query_tree import And, Field, Near, Node, Not, Or, Phrase, Query, Word
from aggregator.storage.protocol import Order
from benchmarks.extract_rivals import FOLDER
from benchmarks.search_texts import AT_A_TIME

AT_ONCE = 10_000
"""Articles between two commits where a commit is dear; ours has AT_A_TIME of them. With so few,
tantivy stores a fifteenth of them in the same time."""
SNIPPET = 24
"""Words."""
CHARACTERS = 150
"""Of a snippet where it is not counted in words."""


class Article(NamedTuple):
    id: int
    title: str
    text: str
    source: str
    """Its name."""
    language: str
    at: int
    """Microseconds since 1970."""


class Found(NamedTuple):
    id: int
    title: str
    snippet: str


class Unasked(Exception):
    """A rival cannot be asked this."""


class Missing(Exception):
    """A rival is not installed; says what brings it."""


class Rival(Protocol):
    name: str
    version: str
    at_once: int
    """Articles that are committed together."""

    def __init__(self, directory: Path) -> None:
        """Empty, in a folder of its own. Raises Missing."""

    def add(self, articles: Sequence[Article]) -> None: ...

    def finish(self) -> int:
        """After the last article, once; returns the bytes of the index without the texts."""

    def ask(self, query: Query, order: Order, limit: int) -> Sequence[Found]:
        """Raises Unasked."""

    def close(self) -> None: ...


def module(name: str) -> Any:
    """Raises Missing."""
    if FOLDER.is_dir() and str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    try:
        return import_module(name)
    except ImportError:
        raise Missing(f"`pip install {name}` brings it") from None


def all_of(node: Node) -> Sequence[Node]:
    return node.items if isinstance(node, And) else (node,)


def words_of(node: Word | Phrase) -> Sequence[str]:
    return tuple(map(str.lower, (node.text,) if isinstance(node, Word) else node.words))


def word_of(node: Node) -> str:
    """Raises Unasked: of more than one word, or of a beginning."""
    match node:
        case Word(prefix=False) | Phrase(words=(_,)):
            return words_of(node)[0]
    raise Unasked


class Fts5:
    """One table over the articles' own, filtered by these."""

    name = "FTS5"
    version = sqlite3.sqlite_version
    at_once = AT_A_TIME

    _FIELDS: Mapping[str, str] = {
        "source": "instr(' ' || lower(a.source) || ' ', ' ' || ? || ' ') > 0",
        "lang": "a.language = ?",
    }
    _ORDERS: Mapping[Order, str] = {"newest": "found.rowid DESC", "relevance": "found.rank"}

    def __init__(self, directory: Path) -> None:
        self._connection = sqlite3.connect(directory / "fts5.db")
        self._connection.executescript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            CREATE TABLE articles (id INTEGER PRIMARY KEY,
              title TEXT, text TEXT, source TEXT, language TEXT, at INTEGER);
            CREATE VIRTUAL TABLE found USING fts5
              (title, text, content = 'articles', content_rowid = 'id', tokenize = 'unicode61');
            """
        )

    def add(self, articles: Sequence[Article]) -> None:
        with self._connection as connection:
            connection.executemany("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)", articles)
            connection.executemany(
                "INSERT INTO found (rowid, title, text) VALUES (?, ?, ?)",
                [article[:3] for article in articles],
            )

    def finish(self) -> int:
        size: int = self._connection.execute(
            "SELECT sum(pgsize) FROM dbstat WHERE aggregate = 1 AND name GLOB 'found_*'"
        ).fetchone()[0]
        return size

    def ask(self, query: Query, order: Order, limit: int) -> Sequence[Found]:
        wanted, unwanted = [], []
        conditions, values = [], []
        for part in all_of(query.root):
            if isinstance(part, Field) and part.name in self._FIELDS:
                conditions.append(f" AND {self._FIELDS[part.name]}")
                values.append(word_of(part.match))
            elif isinstance(part, Not):
                unwanted.append(self._match(part.item))
            else:
                wanted.append(self._match(part))
        if not wanted:
            raise Unasked
        match = " NOT ".join([" AND ".join(wanted), *unwanted])
        rows = self._connection.execute(
            f"SELECT a.id, a.title, snippet(found, 1, char(2), char(3), '…', {SNIPPET}) "
            "FROM found JOIN articles a ON a.id = found.rowid "
            f"WHERE found MATCH ?{''.join(conditions)} ORDER BY {self._ORDERS[order]} LIMIT ?",
            (match, *values, limit),
        )
        return list(map(Found._make, rows))

    def _match(self, node: Node) -> str:
        match node:
            case Word() | Phrase():
                star = "*" if isinstance(node, Word) and node.prefix else ""
                return f'"{" ".join(words_of(node))}"{star}'
            case Field(name="title"):
                return f"title : {self._match(node.match)}"
            case Near():
                return f"NEAR({' '.join(map(self._match, node.items))}, {node.distance})"
            case Or():
                return f"({' OR '.join(map(self._match, node.items))})"
        raise Unasked

    def close(self) -> None:
        self._connection.close()
