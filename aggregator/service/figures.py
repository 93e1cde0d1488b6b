"""What the store holds at the moment, in numbers for whoever watches the service."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from aggregator.config import Config
from aggregator.core.standing import Standing
from aggregator.service.editions import digest_key
from aggregator.storage.protocol import Storage
from aggregator.types import Counts, DeliveryState, Edition, KeptDigest, NoticeState

MOST = 1_000
"""Hosts, and notices of a state, that are counted."""
_EDITIONS = 5
"""Of a digest, among which the last is looked for that everybody has had."""
_KEPT = 30.0
"""Seconds for which figures are good enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    at: datetime
    counts: Counts
    sources: Mapping[Standing, int]
    due_hosts: int
    """With feeds that are due and that nobody works on; `MOST` at the most."""
    due_feeds: int
    """On these hosts."""
    oldest_due_at: datetime | None
    """Since when the feed is due that has waited longest; None: none is due."""
    open_hits: int
    """Caught by watches, and in no message yet."""
    notices: Mapping[NoticeState, int]
    """Those that are to be sent, and those given up; `MOST` of each at the most."""
    deliveries: Mapping[DeliveryState, int]
    """Of the latest edition of each digest that feeds.yaml sets up."""
    digest_made_at: datetime | None
    """When the latest of these editions was made; None: there is none."""
    digest_sent_of: datetime | None
    """When the latest edition was made that all its recipients have had; None: there is none."""


def figures(storage: Storage, config: Config, *, now: datetime) -> Figures:
    """Raises StorageError."""
    hosts = storage.due_hosts(now=now, limit=MOST)
    standings = Counter(one.standing for one in storage.source_outlines(now=now))
    latest, sent = _editions(storage, config)
    deliveries = Counter(one.state for kept in latest for one in storage.deliveries(kept.edition))
    return Figures(
        at=now,
        counts=storage.counts(),
        sources={one: standings[one.value] for one in Standing},
        due_hosts=len(hosts),
        due_feeds=sum(host.due for host in hosts),
        oldest_due_at=min((host.oldest_at for host in hosts), default=None),
        open_hits=len(storage.open_hits()),
        notices={
            state: len(storage.notices(state=state, limit=MOST))
            for state in (NoticeState.WAITING, NoticeState.DEAD)
        },
        deliveries={one: deliveries[one] for one in DeliveryState},
        digest_made_at=max((kept.made_at for kept in latest), default=None),
        digest_sent_of=max((kept.made_at for kept in sent), default=None),
    )


def _editions(storage: Storage, config: Config) -> tuple[list[KeptDigest], list[KeptDigest]]:
    """(the latest edition of each digest, the latest of each that has been sent)."""
    latest, sent = [], []
    for digest in config.digests:
        found = storage.digests(digest_key(digest.name), limit=_EDITIONS)
        latest += found[:1]
        sent += [kept for kept in found if _is_sent(storage, kept.edition)][:1]
    return latest, sent


def _is_sent(storage: Storage, edition: Edition) -> bool:
    states = [one.state for one in storage.deliveries(edition)]
    return bool(states) and all(state is DeliveryState.SENT for state in states)


class FiguresKeeper:
    """Reads them anew when they are older than some seconds, for however many ask."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = Lock()
        self._kept: Figures | None = None
        self._read_at = 0.0

    def current(self, storage: Storage, config: Config, *, now: datetime) -> Figures:
        """Raises StorageError."""
        with self._lock:
            if self._kept is None or self._timer() - self._read_at > _KEPT:
                self._kept = figures(storage, config, now=now)
                self._read_at = self._timer()
            return self._kept
