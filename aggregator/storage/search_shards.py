"""The full-text index (FTS5) of a SQLite file: a table for each SIZE articles in the order of ids.

What a question costs is bounded by the shards it reads: newest first, the newest ones are enough
for a common word, and a rare one takes a few microseconds in each. A shard is begun by its first
article, and finished when the next is begun: it is put into one piece, so that it is looked up in
one place, and gets a filter of its phrases (search_trigrams.py).

The tables hold no texts ("contentless"): what is taken out must be given as it was put in. They
get words as core.searchwords splits them, parted by blanks, and split at blanks only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.core.searchwords import index_words
from aggregator.storage import search_trigrams
from aggregator.storage.facets import SIGNS, language_of
from aggregator.storage.sql import Session, Text
from aggregator.storage.word_forms import HeardForms, KnownForms

BITS = 12
"""Written out in the index `articles_by_shard`: to change it takes a migration."""
SIZE = 1 << BITS
"""Articles of a shard."""

_TOKENISER = f"tokenize=\"ascii tokenchars '{SIGNS}'\""
_CREATE = "CREATE VIRTUAL TABLE {table} USING fts5 (title, text, facets, content='', {tokeniser})"
# Merging as it goes (automerge) costs more than half of the indexing. Without it, sixteen segments
# of a level are merged when there are sixteen; a larger buffer makes fewer of them.
_SET_UP = (
    "INSERT INTO {table} ({table}, rank) VALUES ('automerge', 0)",
    "INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 8388608)",
)
# Changes of what is old are few, and are merged among themselves.
_FINISH = (
    "INSERT INTO {table} ({table}) VALUES ('optimize')",
    "INSERT INTO {table} ({table}, rank) VALUES ('automerge', 4)",
)
_ADD = "INSERT INTO {table} (rowid, title, text, facets) VALUES (?, ?, ?, ?)"
_TAKE_OUT = (
    "INSERT INTO {table} ({table}, rowid, title, text, facets) VALUES ('delete', ?, ?, ?, ?)"
)
_KNOWN = "SELECT blocks FROM search_shards WHERE number = ?"
_BEGIN = "INSERT INTO search_shards (number, finished) VALUES (?, 0)"
_OPEN = "SELECT number FROM search_shards WHERE finished = 0 AND number < ?"
_CLOSE = "UPDATE search_shards SET finished = 1 WHERE number = ?"
_TOTALS = "SELECT block FROM {table}_data WHERE id = 1"
_NUMBERS = "SELECT number FROM search_shards ORDER BY number DESC"


def totals(session: Session, shard: int) -> list[int]:
    """How many articles it has, then how many words of each column: what the ranking goes by."""
    row = session.row(_TOTALS.format(table=table_of(shard)))
    return [] if row is None else numbers(row["block"])


def numbers(packed: bytes) -> list[int]:
    """SQLite's numbers of variable length, of less than nine bytes."""
    found, value = [], 0
    for byte in packed:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(value)
            value = 0
    return found


def table_of(shard: int) -> str:
    return f"search_{shard:d}"


def shard_of(article_id: int) -> int:
    return article_id >> BITS


def first_of(shard: int) -> int:
    """The lowest id that it may hold."""
    return shard << BITS


def articles_of(shard: int) -> range:
    """The ids that it may hold."""
    return range(first_of(shard), first_of(shard + 1))


def by_shard(article_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which of them a shard may hold."""
    found: dict[int, set[int]] = {}
    for article_id in article_ids:
        found.setdefault(shard_of(article_id), set()).add(article_id)
    return found


def shards(session: Session) -> list[int]:
    """Their numbers, the newest first."""
    return [row["number"] for row in session.rows(_NUMBERS)]


class Indexer:
    """Writes the index of one database, in the transactions of its only writer."""

    def __init__(self) -> None:
        self._forms = KnownForms()

    def undone(self) -> None:
        """A transaction was rolled back."""
        self._forms = KnownForms()

    def add(self, session: Session, texts: Sequence[Text]) -> None:
        """Texts that are not in the index."""
        self._add(session, texts, has_new_phrases=True)

    def _add(self, session: Session, texts: Sequence[Text], *, has_new_phrases: bool) -> None:
        by_shard: dict[int, list[Text]] = {}
        forms = HeardForms(self._forms)
        for article_id, title, text, facets in texts:
            in_title, in_text = index_words(title), index_words(text)
            forms.hear(language_of(facets), {*in_title, *in_text})
            by_shard.setdefault(shard_of(article_id), []).append(
                (article_id, " ".join(in_title), " ".join(in_text), facets)
            )
        for shard, rows in by_shard.items():
            known = session.row(_KNOWN, (shard,))
            if known is None:
                _begin(session, shard)
            elif known["blocks"] and has_new_phrases:
                parts = [part.split() for _, title, text, _ in rows for part in (title, text)]
                search_trigrams.add(session, shard, known["blocks"], parts)
            session.many(_ADD.format(table=table_of(shard)), rows)
        forms.store(session)
        forms.committed()  # or else all that is known is forgotten: see `undone`

    def replace(self, session: Session, before: Text, now: Text) -> None:
        """One that is in the index."""
        article_id, title, text, facets = before
        given = (article_id, " ".join(index_words(title)), " ".join(index_words(text)), facets)
        session.run(_TAKE_OUT.format(table=table_of(shard_of(article_id))), given)
        self._add(session, [now], has_new_phrases=(title, text) != now[1:3])


def empty(session: Session) -> None:
    """Drop the index as a whole, and what was learnt with it."""
    for shard in shards(session):
        session.run(f"DROP TABLE {table_of(shard)}")
    search_trigrams.empty(session)
    session.run("DELETE FROM search_shards")
    session.run("DELETE FROM word_forms")


def _begin(session: Session, shard: int) -> None:
    table = table_of(shard)
    session.run(_CREATE.format(table=table, tokeniser=_TOKENISER))
    for statement in _SET_UP:
        session.run(statement.format(table=table))
    session.run(_BEGIN, (shard,))
    for row in session.rows(_OPEN, (shard,)):
        _finish(session, row["number"])


def _finish(session: Session, shard: int) -> None:
    for statement in _FINISH:
        session.run(statement.format(table=table_of(shard)))
    search_trigrams.make(session, shard, articles_of(shard), sum(totals(session, shard)[1:3]))
    session.run(_CLOSE, (shard,))
