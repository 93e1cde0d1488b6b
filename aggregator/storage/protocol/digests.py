"""What a store must do about digests' editions, and their deliveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
    from aggregator.types import Delivery, Edition, KeptDigest


class DigestStore(Protocol):
    """See `protocol.Storage`."""

    def digest_matches(self, query: Query, *, since: datetime, until: datetime) -> frozenset[int]:
        """Ids of the articles first seen in [since, until) that match."""

    def caught(self, *, since: datetime, until: datetime) -> dict[int, frozenset[str]]:
        """Of each article that watches caught in [since, until), their names (folded)."""

    def told(self, digest: str, article_ids: Collection[int]) -> frozenset[int]:
        """Those of these articles that an edition of a digest (name, folded) told; after some
        months it is forgotten."""

    def keep_digest(self, kept: KeptDigest, told: Collection[int]) -> KeptDigest:
        """Freeze an edition and which articles it tells, at once. Returns what is stored: where
        there is such an edition already that one, unchanged."""

    def digest(self, edition: Edition) -> KeptDigest | None:
        """None: there is none."""

    def digests(
        self, digest: str | None = None, *, local_date: date | None = None, limit: int
    ) -> list[KeptDigest]:
        """Editions of a digest (name, folded; None: of all), of that day (None: any), the latest
        first: by `until_at`, then by name."""

    # --- deliveries

    def deliveries(self, edition: Edition) -> list[Delivery]:
        """What has been prepared of an edition, by recipient."""

    def open_deliveries(self, *, now: datetime) -> list[Delivery]:
        """Prepared and not sent, with a try due at `now`."""

    def prepare_deliveries(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        """Freeze messages before sending; one that exists for (edition, recipient) stays as it is.

        Returns how many are new.
        """

    def record_delivery(self, delivery: Delivery, *, now: datetime) -> None:
        """Store the state after a try."""
