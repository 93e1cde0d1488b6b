"""Watches at work in a process that may be killed: `killed_watching.py DATABASE MAILBOX`.

Each message is written to the mailbox, a line of its key and its headlines, before the store hears
of it. Ends by itself when nothing is left to do.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC
from pathlib import Path

from alertmaker import watch
from watchroom import NOON

from aggregator.pipeline import Watching, run_watches, send_notices
from aggregator.storage.sqlite import open_storage
from aggregator.types import Notice, WatchPer

WATCHES = (
    *(watch(f"Ferries {number}", "ferry") for number in range(20)),
    watch("Wheat", "wheat", per=WatchPer.STORY),
)


async def main(database: Path, mailbox: Path) -> None:
    storage = open_storage(database)
    watching = Watching(
        storage=storage,
        watches=WATCHES,
        channels={"desk"},
        timezone=UTC,
        clock=lambda: NOON,
        report=lambda _: None,
    )
    with mailbox.open("a", encoding="utf-8") as file:

        async def take(notice: Notice) -> None:
            headlines = [item.headline for item in notice.content.items]
            print(json.dumps([notice.key, notice.watch, headlines]), file=file, flush=True)
            os.fsync(file.fileno())

        await run_watches(watching)
        await send_notices(storage, "desk", take, clock=lambda: NOON, report=lambda _: None)
    storage.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
