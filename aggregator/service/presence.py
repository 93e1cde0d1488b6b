"""How a service says that it is alive: in a file beside its own, or in the database it shares."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from aggregator import __version__
from aggregator.config import load
from aggregator.engine.protocol import Engine
from aggregator.errors import ConfigError, StorageError
from aggregator.service.digests import unsent
from aggregator.service.exchanges import Totals
from aggregator.service.runtime import Runtime
from aggregator.service.status import (
    STALE_AFTER,
    ServiceStatus,
    mark_stopped,
    status_path,
    troubles,
    write_status,
)
from aggregator.storage.protocol import Storage
from aggregator.types import Worker

_READABLE = 100_000
"""Bytes of a feeds.yaml, of some two thousand sources: a larger one takes longer to read than a
health check may, ten seconds of CPU for ten thousand sources."""
_FAREWELL = timedelta(seconds=1)


def machine() -> str:
    """What this machine, or container, calls itself."""
    return socket.gethostname()


def tell(runtime: Runtime, engine: Engine, *, config_error: str | None, exchanges: Totals) -> None:
    """Give a sign of life. Raises StorageError, and OSError when the file cannot be written."""
    if isinstance(runtime.database, Path):
        _tell_file(runtime, runtime.database, engine, config_error, exchanges)
    else:
        runtime.storage.report_worker(_worker(runtime, engine))


async def take_leave(runtime: Runtime) -> None:
    """Be no longer listed; a database that does not answer at once will forget us by itself. Beside
    a file, say that we have stopped."""
    if isinstance(runtime.database, Path):
        with suppress(OSError):  # a disk that is full; the sign of life grows old by itself
            mark_stopped(_status_file(runtime, runtime.database), at=runtime.clock())
        return
    with suppress(StorageError, TimeoutError):
        async with asyncio.timeout(_FAREWELL.total_seconds()):
            await asyncio.to_thread(runtime.storage.forget_worker, _name())


def any_alive(workers: list[Worker], *, now: datetime) -> bool:
    """Whether a worker of any machine is."""
    return any(now - worker.seen_at <= STALE_AFTER for worker in workers)


def workers_health(workers: list[Worker], *, now: datetime) -> tuple[bool, str]:
    """Whether a worker of this machine is alive, and a sentence about all there are."""
    living = [worker for worker in workers if now - worker.seen_at <= STALE_AFTER]
    here = any(worker.machine == machine() for worker in living)
    count = f"{len(living)} worker{'s' if len(living) != 1 else ''}"
    if not living:
        return False, "no worker has given a sign of life; start one with `aggregator worker`"
    leader = next((worker.name for worker in living if worker.leads), None)
    others = f"{count}, {leader} leads" if leader else f"{count}, none leads yet"
    if here:
        return True, f"alive; {others}"
    return False, f"no worker of this machine, {machine()}, is alive; there is {others}"


def shared_health(
    storage: Storage, config_path: Path, *, environ: Mapping[str, str]
) -> tuple[bool, str]:
    """The same of the workers of a database, and what is wrong with the digests or feeds.yaml.

    Whoever leads sends the digests, on whatever machine; the database knows what came of that. Of
    a large feeds.yaml only the former is said.
    """
    alive, sentence = workers_health(storage.workers(), now=storage.clock())
    if not alive or _size(config_path) > _READABLE:
        return alive, sentence
    try:
        digests = load(config_path, environ=environ, secrets=False).digests
    except ConfigError as error:
        return True, sentence + troubles(str(error), ())
    return True, sentence + troubles(None, unsent(storage, digests))


def _name() -> str:
    return f"{machine()}:{os.getpid()}"


def _worker(runtime: Runtime, engine: Engine) -> Worker:
    return Worker(
        name=_name(),
        machine=machine(),
        version=__version__,
        started_at=runtime.started_at,
        seen_at=runtime.clock(),
        jobs=engine.running,
        leads=engine.leads,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # whoever reads it says what is wrong


def _status_file(runtime: Runtime, database: Path) -> Path:
    """A health check looks beside the database that feeds.yaml names now."""
    wanted = runtime.config.storage
    return status_path(wanted if isinstance(wanted, Path) else database)


def _tell_file(
    runtime: Runtime,
    database: Path,
    engine: Engine,
    config_error: str | None,
    exchanges: Totals,
) -> None:
    counts = runtime.storage.counts()
    write_status(
        _status_file(runtime, database),
        ServiceStatus(
            pid=os.getpid(),
            version=__version__,
            started_at=runtime.started_at,
            written_at=runtime.clock(),
            sources=counts.sources,
            articles=counts.articles,
            stories=counts.stories,
            pending_texts=counts.pending_texts,
            unassigned=counts.unassigned,
            jobs=engine.running,
            exchanges=exchanges,
            config_error=config_error,
            digest_errors=runtime.digests.errors,
            page=runtime.served.address,
            page_error=runtime.served.trouble,
        ),
    )
