"""A child process that stores polls from four threads, and says so, until it is killed."""

from __future__ import annotations

import itertools
import sys
import threading
from pathlib import Path

from storemaker import new, source, store

from aggregator.storage.sqlite import SqliteStorage, open_storage

_saying = threading.Lock()


def work(storage: SqliteStorage, run: str, name: str) -> None:
    for number in itertools.count():
        poll = f"{run}-{name}-{number}"
        articles = [new(f"{poll}/{one}", text="Some words. " * 50) for one in range(3)]
        if store(storage, *articles, wanted=source(name)):
            with _saying:
                sys.stdout.write(f"{poll}\n")
                sys.stdout.flush()


def main() -> None:
    path, run = Path(sys.argv[1]), sys.argv[2]
    storage = open_storage(path)
    names = ["A", "B", "C", "D"]
    for name in names:  # each is added to those that are there
        store(storage, wanted=source(name))
    for name in names:
        threading.Thread(target=work, args=(storage, run, name)).start()


if __name__ == "__main__":
    main()
