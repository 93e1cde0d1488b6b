"""How the store's shared SQL is written, so that every database can run it.

The verbs are functions over a `Session`, in the modules beside this one (sources, polls, articles,
texts, kept, again, grouping, stories, placing, regrouping, reading, stars, marks, streams,
search_pages, search_counts, search_hits, watches, hits, notices, digests, deliveries, access,
housekeeping). Their statements keep to what SQLite and PostgreSQL both have: `:name` or `?`
parameters, ON CONFLICT, UPDATE … FROM; no scalar min/max, no JSON or date functions; `::` not at
all. A backend brings a Session (which may rewrite the parameter marks), transactions, migrations
and full-text search.
Transactions see what others have committed before each statement: what must not change between two
statements is locked (`locking`, `alone`).

Times are stored as whole microseconds since 1970 UTC: they keep the precision of `datetime`, which
fencing tokens need, compare and index as integers, and are the same in every database. Lists are
stored as JSON text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Params = Sequence[object] | Mapping[str, object]

Text = tuple[int, str, str, str]
"""Article id, title, text, facets."""

CHUNK = 500
"""Values a statement takes in one list: below every database's bound on parameters."""

_INSERT = "INSERT INTO {table} ({columns}) VALUES {marks} {suffix}"


class Row(Protocol):
    """One row of a result, by column name."""

    def __getitem__(self, column: str, /) -> Any: ...


class Session(Protocol):
    """A connection inside a transaction that its owner begins and ends."""

    def rows(self, sql: str, params: Params = ()) -> Sequence[Row]:
        """Every row of the result."""

    def row(self, sql: str, params: Params = ()) -> Row | None:
        """The first row; None: there is none."""

    def run(self, sql: str, params: Params = ()) -> int:
        """Execute, and return how many rows were changed."""

    def add(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> list[int]:
        """Insert rows into a table with an `id`; their ids, growing in the order of the rows."""

    def many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        """Execute once for each."""

    def index(self, texts: Sequence[Text]) -> None:
        """Make new texts searchable."""

    def reindex(self, before: Text, now: Text) -> None:
        """The same for a text that has changed; `before` is what was made searchable."""

    @property
    def locking(self) -> str:
        """What ends a SELECT whose rows stay as they are until the transaction ends; "" where
        no other transaction can write meanwhile."""

    def alone(self, what: str) -> None:
        """Until the transaction ends, be the only one that asked for `what`."""


def insert(table: str, columns: Sequence[str], suffix: str = "") -> str:
    """An INSERT with a positional parameter for each column."""
    return _INSERT.format(
        table=table, columns=", ".join(columns), marks=marks(columns), suffix=suffix
    )


def marks(values: Collection[object]) -> str:
    """(?, ?, …) for IN; `values` holds at most CHUNK."""
    return f"({', '.join('?' * len(values))})"


def ids(values: Collection[int]) -> str:
    """(1, 2, …) for IN: literal integers, so that there may be any number.

    None of them is (NULL), which equals nothing: before an empty list SQLite reads every row.
    """
    return f"({', '.join(str(int(value)) for value in values) or 'NULL'})"


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
