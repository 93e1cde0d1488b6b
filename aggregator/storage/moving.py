"""Moving a store as a whole from one database to another.

Tables are copied one after the other, in the order of their keys, a chunk in a transaction. What is
there already says where to go on: the largest key of a table came with the last chunk that was
committed. A mark keeps everybody else away until both sides have been read once more and compared
row by row; only then is the destination usable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Literal

from aggregator.codec import encode
from aggregator.core.text import shorten
from aggregator.errors import StorageError
from aggregator.storage import bulk, unfinished
from aggregator.storage.bulk import Filler, Reader, Row
from aggregator.storage.rows import to_us_or_none
from aggregator.storage.sources import created_at
from aggregator.storage.tables import TABLES, Table
from aggregator.types import Database

_ROWS = 2_000
_BYTES = 4 * 1024 * 1024
"""Of one transaction: bounds the memory, and what is done again after a crash."""
_WATCHED = 500
"""Rows that are compared before somebody is told."""


Stage = Literal["copying", "comparing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a move has come."""

    stage: Stage
    table: str
    done: int
    """Rows of the table."""
    total: int
    """The same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTable:
    name: str
    rows: int
    sha256: str
    """Of the rows as MessagePack arrays in the order of the key; the same on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move that is complete, every row compared."""

    tables: tuple[MovedTable, ...]
    copied: int
    """Rows that this run has copied: not all when it went on where another had stopped."""

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


Watch = Callable[[Progress], None]


def move(source: Database, destination: Database, *, restart: bool, watch: Watch) -> Move:
    """Copy everything, compare it, and make the destination usable.

    A move of the same store that was interrupted goes on; `restart` throws away first what an
    interrupted move has left. `watch` is told now and then. Raises StorageError and its children:
    among other things when the destination is in use, when somebody works on either, and when the
    two differ in the end.
    """
    _refuse_same(source, destination)
    with bulk.open_reader(source) as reader, bulk.open_filler(destination) as filler:
        meter = _Meter(watch, _totals(reader))
        wanted = _prepare(reader, filler, destination, restart=restart)
        copied = sum(_copy(reader, filler, table, meter) for table in TABLES) if wanted else 0
        try:
            tables = tuple(_compare(reader, filler, table, meter) for table in TABLES)
        except _Different as error:
            if wanted:
                raise
            raise _in_use(filler, destination) from error
        if wanted:
            filler.finish()
    return Move(tables=tables, copied=copied)


class _Different(StorageError):
    """The two sides do not hold the same."""


def _refuse_same(source: Database, destination: Database) -> None:
    same = source == destination
    if isinstance(source, Path) and isinstance(destination, Path):
        same = source.resolve() == destination.resolve()
    if same:
        raise StorageError(f"{source} cannot be moved to itself: name another database")


# --- before


def _prepare(reader: Reader, filler: Filler, destination: Database, *, restart: bool) -> bool:
    """Have the destination marked, and empty or half filled from this very store.

    False: it may have been filled by a run that ended just before it could say so.
    """
    identity = _identity(reader)
    with filler.ask() as session:
        mark = unfinished.marked(session)
        is_empty = session.row("SELECT id FROM articles LIMIT 1") is None
    if mark is None and not is_empty:
        if _identity(filler) == identity:
            return False
        raise _in_use(filler, destination)
    if mark is None or restart:
        filler.start(identity)
    elif mark != identity or not _is_beginning(reader, filler):
        raise StorageError(
            f"{destination} is half filled from another database, or from this one before it was "
            "changed: give --restart as well, to empty it and start over"
        )
    return True


def _identity(reader: Reader) -> int:
    """When the store was made, to the microsecond, which moves with it; 0: it has no sources."""
    with reader.ask() as session:
        return to_us_or_none(created_at(session)) or 0


def _in_use(filler: Filler, destination: Database) -> StorageError:
    articles = _totals(filler)["articles"]
    return StorageError(
        f"{destination} is in use: it holds {articles} articles already; name an empty database "
        "or one that is not there yet"
    )


def _is_beginning(reader: Reader, filler: Filler) -> bool:
    """Whether what has been copied of sources and hosts is still the same: each poll changes them,
    so this says at once what the comparison would say in the end."""
    watched = [table for table in TABLES if table.name in {"sources", "hosts"}]
    pairs = chain.from_iterable(
        zip_longest(reader.rows(table), filler.rows(table)) for table in watched
    )
    return all(right is None or left == right for left, right in pairs)


def _totals(reader: Reader) -> Mapping[str, int]:
    with reader.ask() as session:
        return {table.name: bulk.count(session, table) for table in TABLES}


# --- copying


def _copy(reader: Reader, filler: Filler, table: Table, meter: _Meter) -> int:
    """What the destination lacks of the table; how many rows."""
    after = filler.last(table)
    with filler.ask() as session:
        done = 0 if after is None else bulk.count(session, table)
    meter.begin("copying", table, done)
    copied = 0
    for chunk in _chunks(reader.rows(table, after)):
        filler.write(table, chunk)
        copied += len(chunk)
        meter.step(len(chunk))
    return copied


def _chunks(rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if len(chunk) >= _ROWS or size >= _BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


# --- comparing


def _compare(reader: Reader, filler: Filler, table: Table, meter: _Meter) -> MovedTable:
    """Read both sides to the end, as the bytes that the checksum is of. Raises _Different."""
    meter.begin("comparing", table, 0)
    checksum = hashlib.sha256()
    rows = 0
    for left, right in zip_longest(reader.rows(table), filler.rows(table)):
        wanted = encode(left)
        if wanted != encode(right):
            raise _difference(table, left, right)
        checksum.update(wanted)
        rows += 1
        if rows % _WATCHED == 0:
            meter.step(_WATCHED)
    meter.step(rows % _WATCHED)
    return MovedTable(name=table.name, rows=rows, sha256=checksum.hexdigest())


def _difference(table: Table, left: Row | None, right: Row | None) -> _Different:
    """One of them may be missing, and the keys may differ: then the smaller one is it."""
    key = min(table.key_of(row) for row in (left, right) if row is not None)
    where = ", ".join(
        f"{column} {shorten(str(value), 60)}" for column, value in zip(table.key, key, strict=True)
    )
    return _Different(
        f"the table {table.name} differs between the two databases, first at {where}; was the "
        "source changed since the move began? Give --restart as well, to start over"
    )


class _Meter:
    """Counts for whoever watches."""

    def __init__(self, watch: Watch, totals: Mapping[str, int]) -> None:
        self._watch = watch
        self._totals = totals
        self._now = Progress(stage="copying", table="", done=0, total=0)

    def begin(self, stage: Stage, table: Table, done: int) -> None:
        self._tell(
            Progress(stage=stage, table=table.name, done=done, total=self._totals[table.name])
        )

    def step(self, rows: int) -> None:
        self._tell(replace(self._now, done=self._now.done + rows))

    def _tell(self, now: Progress) -> None:
        self._now = now
        self._watch(now)
