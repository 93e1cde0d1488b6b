"""Opening the store without holding up whoever wants to stop meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from threading import Thread

from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.storage.search_rebuild import Progress, ignore
from aggregator.types import Database


@asynccontextmanager
async def storage_opened(
    database: Database, *, progress: Progress = ignore
) -> AsyncIterator[Storage]:
    """The store, closed at the end; `progress` as in `open_storage`. Raises StorageError.

    A server that does not answer is waited for in a thread that nobody has to wait for: the
    caller can be cancelled at any time.
    """
    future: Future[Storage] = Future()
    Thread(target=_open, args=(database, progress, future), name="open-store", daemon=True).start()
    storage = await asyncio.wrap_future(future)
    try:
        yield storage
    finally:
        storage.close()


def _open(database: Database, progress: Progress, future: Future[Storage]) -> None:
    try:
        storage = open_storage(database, progress=progress)
    except BaseException as error:  # noqa: BLE001 - raised where the store is waited for
        if future.set_running_or_notify_cancel():
            future.set_exception(error)
        return
    if future.set_running_or_notify_cancel():
        future.set_result(storage)
    else:
        storage.close()
