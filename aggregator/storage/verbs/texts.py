"""The verbs about articles' full texts, and texts made again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.storage import again as _again
    from aggregator.storage import furniture as _furniture
    from aggregator.storage import kept, robots, texts
    from aggregator.types import HostWork, KeptArticle, RobotsCopy, TextAgain, TextClaim, TextRecord
else:  # each when one of its verbs is asked for
    _again = Later("again")
    _furniture = Later("furniture")
    kept = Later("kept")
    robots = Later("robots")
    texts = Later("texts")


class TextVerbs(Transactions):
    """See `protocol.texts`."""

    # --- COMMIT 2: full text

    def due_text_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        return self._read(
            lambda session: texts.due_text_hosts(session, now=now, limit=limit, only=only)
        )

    def claim_texts(
        self,
        host: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        only: Collection[int] | None = None,
    ) -> list[TextClaim]:
        return self._write(
            lambda session: texts.claim_texts(
                session, host, now=now, lease=lease, limit=limit, only=only
            )
        )

    def robots_copy(self, origin: str) -> RobotsCopy | None:
        return self._read(lambda session: robots.robots_copy(session, origin))

    def keep_robots(self, copy: RobotsCopy) -> None:
        self._write(lambda session: robots.keep_robots(session, copy))

    def record_text(self, record: TextRecord) -> None:
        packed = None if record.keep is None else kept.pack(record.keep)
        self._write(lambda session: texts.record_text(session, record, packed))

    def furniture(self, host: str) -> bytes:
        return self._read(lambda session: _furniture.furniture(session, host))

    # --- texts made again

    def count_kept(
        self,
        *,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> int:
        return self._read(
            lambda session: kept.count_kept(session, only=only, host=host, since=since)
        )

    def kept_articles(
        self,
        *,
        after: int,
        limit: int,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> list[KeptArticle]:
        return self._read(
            lambda session: kept.kept_articles(
                session, after=after, limit=limit, only=only, host=host, since=since
            )
        )

    def record_again(self, again: Sequence[TextAgain], *, now: datetime) -> int:
        return self._write(lambda session: _again.record_again(session, again, now=now))
