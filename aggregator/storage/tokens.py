"""The words that SQLite's full-text index (FTS5) sees in a text, without a query to it.

Its tokeniser looks at one character at a time: a character parts words, stands for itself or for
its folded form, or, as an accent that follows its letter, for nothing. So a table of characters
splits texts as FTS5 does; what it holds about a character beyond ASCII is what FTS5 itself did with
it, asked once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from functools import cache
from threading import Lock

TOKENISER = "unicode61 remove_diacritics 2"
"""As migrations/sqlite has it."""

_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def tokens(text: str) -> list[str]:
    """Words as the index holds them, in order."""
    return _table().split(text)


class _Table:
    """Grows with the characters it meets; any thread may use it."""

    def __init__(self) -> None:
        self._forms = dict(_ASCII)
        self._lock = Lock()
        self._fts5 = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._fts5.executescript(
            f"CREATE VIRTUAL TABLE samples USING fts5 (text, tokenize='{TOKENISER}');"
            "CREATE VIRTUAL TABLE words USING fts5vocab (samples, instance);"
        )

    def split(self, text: str) -> list[str]:
        if not text.isascii():
            unknown = set(map(ord, set(text))) - self._forms.keys()
            if unknown:
                self._learn(unknown)
        return text.translate(self._forms).split()

    def _learn(self, codes: Collection[int]) -> None:
        """Between two letters a character shows what it is: [a, b], [ab], or a, its form, b."""
        samples = [(code, f"a{chr(code)}b") for code in codes]
        with self._lock:
            self._fts5.execute("BEGIN")
            self._fts5.executemany("INSERT INTO samples (rowid, text) VALUES (?, ?)", samples)
            found = self._fts5.execute("SELECT doc, term FROM words").fetchall()
            self._fts5.execute("ROLLBACK")
            self._forms |= {code: " " if len(term) == 1 else term[1:-1] for code, term in found}


@cache
def _table() -> _Table:
    return _Table()
