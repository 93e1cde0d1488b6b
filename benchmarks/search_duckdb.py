"""DuckDB's full-text extension, as a rival of our search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from aggregator.core.query_tree import Field, Or, Phrase, Query, Word
from aggregator.storage.protocol import Order
from benchmarks.search_engines import (
    AT_ONCE,
    CHARACTERS,
    Article,
    Found,
    Missing,
    Unasked,
    all_of,
    module,
    word_of,
)


class DuckDb:
    """A table, and the index that its extension makes of it when it is full: it does not follow
    what is added later. It has neither places of words nor snippets."""

    name = "DuckDB"
    at_once = AT_ONCE

    _FIELDS: Mapping[str, str] = {
        "source": "contains(' ' || lower(source) || ' ', ' ' || ? || ' ')",
        "lang": "language = ?",
    }
    _ORDERS: Mapping[Order, str] = {"newest": "seen DESC", "relevance": "score DESC"}

    def __init__(self, directory: Path) -> None:
        duckdb = module("duckdb")
        self.version = duckdb.__version__
        self._connection = duckdb.connect(str(directory / "articles.duckdb"))
        if not self._load():
            self._connection.close()
            raise Missing(
                "its full-text extension is not here; INSTALL fts in DuckDB, or for some versions "
                f"`pip install duckdb-extension-fts=={self.version}`, brings it"
            )
        self._connection.execute("SET threads = 1")  # CPU is counted, not time
        self._connection.execute(
            "CREATE TABLE articles (id BIGINT PRIMARY KEY, title TEXT, body TEXT, source TEXT, "
            "language TEXT, seen BIGINT)"
        )

    def _load(self) -> bool:
        """Whether the extension is here: in a package, or where DuckDB installs its own."""
        package = find_spec("duckdb_extension_fts")
        for folder in (package and package.submodule_search_locations) or ():
            file = Path(folder, "extensions", f"v{self.version}", "fts.duckdb_extension")
            if file.exists():
                self._connection.execute(f"LOAD '{file}'")
                return True
        installed = self._connection.execute(
            "SELECT installed FROM duckdb_extensions() WHERE extension_name = 'fts'"
        ).fetchone()
        here = bool(installed and installed[0])
        if here:
            self._connection.execute("LOAD fts")
        return here

    def add(self, articles: Sequence[Article]) -> None:
        ids, titles, bodies, sources, languages, seen = zip(*articles, strict=True)
        columns = {
            "ids": np.array(ids),
            **{
                name: np.array(values, dtype=object)
                for name, values in (("t", titles), ("b", bodies), ("s", sources), ("l", languages))
            },
            "seen": np.array(seen),
        }
        self._connection.register("added", columns)
        self._connection.execute("INSERT INTO articles SELECT * FROM added")
        self._connection.unregister("added")

    def finish(self) -> int:
        before = self._used()
        self._connection.execute(
            "PRAGMA create_fts_index('articles', 'id', 'title', 'body', stemmer = 'none', "
            "stopwords = 'none', ignore = '[^a-z0-9]+')"
        )
        return self._used() - before

    def _used(self) -> int:
        self._connection.execute("CHECKPOINT")
        size, blocks = self._connection.execute(
            "SELECT block_size, used_blocks FROM pragma_database_size()"
        ).fetchone()
        return int(size) * int(blocks)

    def ask(self, query: Query, order: Order, limit: int) -> Sequence[Found]:
        words: list[str] = []
        fields, every = "NULL", 1
        conditions, values = [], []
        for part in all_of(query.root):
            match part:
                case Word() | Phrase() if every and fields == "NULL":
                    words.append(word_of(part))
                case Field(name="title") if not words:
                    words, fields = [word_of(part.match)], "'title'"
                case Or() if not words:
                    words, every = [word_of(item) for item in part.items], 0
                case Field(name="source" | "lang"):
                    conditions.append(f" AND {self._FIELDS[part.name]}")
                    values.append(word_of(part.match))
                case _:
                    raise Unasked
        if not words:
            raise Unasked
        rows = self._connection.execute(
            "SELECT id, title, substr(body, greatest(strpos(lower(body), ?) - 40, 1), "
            f"{CHARACTERS}) FROM (SELECT *, fts_main_articles.match_bm25(id, ?, "
            f"fields := {fields}, conjunctive := {every}) AS score FROM articles) "
            f"WHERE score IS NOT NULL{''.join(conditions)} ORDER BY {self._ORDERS[order]} LIMIT ?",
            (words[0], " ".join(words), *values, limit),
        ).fetchall()
        return list(map(Found._make, rows))

    def close(self) -> None:
        self._connection.close()
