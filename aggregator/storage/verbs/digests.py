"""The verbs about digests' editions, and their deliveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.transactions import Transactions

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
    from aggregator.storage import deliveries as _deliveries
    from aggregator.storage import digests as _digests
    from aggregator.storage import hits as _hits
    from aggregator.types import Delivery, Edition, KeptDigest
else:  # each when one of its verbs is asked for
    _deliveries = Later("deliveries")
    _digests = Later("digests")
    _hits = Later("hits")


class DigestVerbs(Transactions):
    """See `protocol.digests`."""

    def digest_matches(self, query: Query, *, since: datetime, until: datetime) -> frozenset[int]:
        return self._read(
            lambda session: _digests.digest_matches(
                session, self._finder(session, query.root), since=since, until=until
            )
        )

    def caught(self, *, since: datetime, until: datetime) -> dict[int, frozenset[str]]:
        return self._read(lambda session: _hits.caught(session, since=since, until=until))

    def told(self, digest: str, article_ids: Collection[int]) -> frozenset[int]:
        return self._read(lambda session: _digests.told(session, digest, article_ids))

    def keep_digest(self, kept: KeptDigest, told: Collection[int]) -> KeptDigest:
        packed = _digests.pack(kept)
        return self._write(lambda session: _digests.keep_digest(session, packed, told))

    def digest(self, edition: Edition) -> KeptDigest | None:
        return self._read(lambda session: _digests.digest(session, edition))

    def digests(
        self, digest: str | None = None, *, local_date: date | None = None, limit: int
    ) -> list[KeptDigest]:
        return self._read(
            lambda session: _digests.digests(session, digest, local_date=local_date, limit=limit)
        )

    # --- deliveries

    def deliveries(self, edition: Edition) -> list[Delivery]:
        return self._read(lambda session: _deliveries.deliveries(session, edition))

    def open_deliveries(self, *, now: datetime) -> list[Delivery]:
        return self._read(lambda session: _deliveries.open_deliveries(session, now=now))

    def prepare_deliveries(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        return self._write(
            lambda session: _deliveries.prepare_deliveries(session, deliveries, now=now)
        )

    def record_delivery(self, delivery: Delivery, *, now: datetime) -> None:
        self._write(lambda session: _deliveries.record_delivery(session, delivery, now=now))
