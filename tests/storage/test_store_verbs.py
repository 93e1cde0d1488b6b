from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from storemaker import HOUR, NOW, OpenStore

from aggregator.core.query import parse
from aggregator.errors import StorageError
from aggregator.storage.protocol import Storage

VERBS = sorted(
    name for name, _ in inspect.getmembers(Storage, inspect.isfunction) if not name.startswith("_")
)


def test_the_suite_names_every_verb() -> None:
    suite = "".join(
        file.read_text(encoding="utf-8")
        for file in Path(__file__).parent.glob("test_store_*.py")
        if file.name != Path(__file__).name
    )
    forgotten = [verb for verb in VERBS if not re.search(rf"\.{verb}\(", suite)]
    assert len(VERBS) > 20
    assert forgotten == []


def test_every_verb_raises_after_closing(open_store: OpenStore) -> None:
    storage = open_store()
    storage.close()
    storage.close()
    calls: dict[str, Callable[[], object]] = {
        "sync_sources": lambda: storage.sync_sources([], now=NOW),
        "created_at": storage.created_at,
        "search": lambda: storage.search(parse("a", now=NOW), limit=1),
        "window": lambda: list(storage.window(span=HOUR)),
        "assign": lambda: storage.assign([], now=NOW),
        "clean_up": lambda: storage.clean_up(window=HOUR, keep_pages=HOUR),
        "check": storage.check,
    }
    for call in calls.values():
        with pytest.raises(StorageError, match="closed"):
            call()
