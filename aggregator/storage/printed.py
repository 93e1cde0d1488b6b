"""What is kept of an article to compare others with it, as it was when it was assigned: its
fingerprint, and what else may have changed since."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.codec import decode, encode
from aggregator.types import Fingerprint, GroupInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    title: str
    url: str | None
    fingerprint: Fingerprint


def to_data(item: GroupInput) -> bytes:
    return encode(Printed(title=item.title, url=item.url, fingerprint=item.fingerprint))


def from_data(data: bytes) -> Printed:
    return decode(data, Printed)
