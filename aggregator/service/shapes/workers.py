"""A process at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.service.status import STALE_AFTER
from aggregator.types import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFields:
    """A process that works on the database."""

    name: str
    machine: str
    version: str
    started_at: datetime
    seen_at: datetime
    alive: bool
    jobs: int
    """Under way."""
    leads: bool
    """Whether it assigns stories, runs watches and sends the digests."""


def is_alive(worker: Worker, *, now: datetime) -> bool:
    return now - worker.seen_at <= STALE_AFTER


def worker_fields(worker: Worker, *, now: datetime) -> WorkerFields:
    return WorkerFields(
        name=worker.name,
        machine=worker.machine,
        version=worker.version,
        started_at=worker.started_at,
        seen_at=worker.seen_at,
        alive=is_alive(worker, now=now),
        jobs=worker.jobs,
        leads=worker.leads,
    )
