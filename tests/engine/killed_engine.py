"""A child process that works on a queue, says which job it has begun, and never ends one."""

from __future__ import annotations

import asyncio
import sys

from enginemaker import engine, until

from aggregator.engine.protocol import AssignStories, Job, PollHost


async def begun_for_ever(job: Job) -> None:
    sys.stdout.write(f"{job}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main() -> None:
    running = await engine(sys.argv[1], begun_for_ever)
    await until(lambda: running.leads)
    await running.submit([AssignStories(), PollHost("example.com")])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
