"""Which edition a row is about."""

from __future__ import annotations

from datetime import date

from aggregator.storage.sql import Row
from aggregator.types import Edition


def edition_key(edition: Edition) -> tuple[str, str, int]:
    """Its values for `digest`, `local_date` and `slot`."""
    return edition.digest, edition.local_date.isoformat(), edition.slot


def edition_of(row: Row) -> Edition:
    return Edition(
        digest=row["digest"],
        local_date=date.fromisoformat(row["local_date"]),
        slot=row["slot"],
    )
