"""How verbs read and write: what a database brings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from aggregator.core.query_tree import Node
    from aggregator.storage.search_pages import Finder
    from aggregator.storage.sql import Session

T = TypeVar("T")


class Transactions(ABC):
    """Sessions for work that may be done several times."""

    @abstractmethod
    def _read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns; it sees one state, and may be done several times."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """One state, for as long as the block runs."""

    @abstractmethod
    def _write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, in a transaction that has been committed; it may be done several
        times."""

    @abstractmethod
    def _finder(self, session: Session, root: Node) -> Finder:
        """Who finds what matches, in the index of this database."""
