"""A child process that moves a store and says how far it is, until it is done or killed."""

from __future__ import annotations

import sys
from pathlib import Path

from aggregator.storage.moving import Progress, move
from aggregator.types import Database, PostgresUrl


def say(progress: Progress) -> None:
    sys.stdout.write(f"{progress.stage} {progress.table} {progress.done} of {progress.total}\n")
    sys.stdout.flush()


def main() -> None:
    source = Path(sys.argv[1])
    destination: Database = Path(sys.argv[2])
    if sys.argv[2].startswith("postgresql:"):
        destination = PostgresUrl(sys.argv[2])
    done = move(source, destination, restart=False, watch=say)
    sys.stdout.write(f"done, {done.copied} copied\n")


if __name__ == "__main__":
    main()
