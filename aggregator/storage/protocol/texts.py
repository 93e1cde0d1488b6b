"""What a store must do about articles' full texts, and texts made again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.types import HostWork, KeptArticle, RobotsCopy, TextAgain, TextClaim, TextRecord


class TextStore(Protocol):
    """See `protocol.Storage`."""

    # --- COMMIT 2: full text

    def due_text_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        """Hosts with article pages due that nobody holds, longest due first."""

    def claim_texts(
        self,
        host: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        only: Collection[int] | None = None,
    ) -> list[TextClaim]:
        """Take the host and up to `limit` of its due pages, newest first: as `claim_feeds`."""

    def robots_copy(self, origin: str) -> RobotsCopy | None:
        """The last copy of a site's robots.txt (see `RobotsCopy.origin`); None: there is none."""

    def keep_robots(self, copy: RobotsCopy) -> None:
        """Store a copy in place of the last one."""

    def record_text(self, record: TextRecord) -> None:
        """Store what became of one page and end its claim. Raises ClaimLost.

        An article that stood alone in its story and whose text changes is assigned anew.
        `record.extracted.furniture` is kept for the host of the page, in the same transaction.
        """

    def furniture(self, host: str) -> bytes:
        """What is known of the recurring text of the pages of a host; empty: nothing."""

    # --- texts made again

    def count_kept(
        self,
        *,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """How many articles `kept_articles` has to give in all."""

    def kept_articles(
        self,
        *,
        after: int,
        limit: int,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> list[KeptArticle]:
        """Articles whose pages are kept, with ids above `after`, by id: `only` of these sources,
        of this page host, first seen since then. Up to `limit`, fewer where their pages are large,
        at least one if there is any."""

    def record_again(self, again: Sequence[TextAgain], *, now: datetime) -> int:
        """Store texts made again; how many of them differ from what was stored.

        One whose article has changed since it was read is left out. Every story to which a changed
        one belongs is taken apart: all its articles are to be assigned anew. The furniture of each
        host is kept.
        """
