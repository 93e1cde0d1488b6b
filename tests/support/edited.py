"""feeds.yaml edited in a folder of its own, for tests of such edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from aggregator.config import Config, parse
from aggregator.config.editing import NewSource, add_sources, remove_sources, set_paused
from aggregator.errors import UsageError

A, B, C = (f"https://{letter}.example/" for letter in "abc")
NEW = "https://new.example.com/feed"
ENVIRON = {"KEY": "k3y"}


def meaning(text: str) -> Config:
    return parse(text, file="feeds.yaml", folder=Path("/srv/news"), environ=ENVIRON)


@contextmanager
def file_of(text: str) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feeds.yaml"
        path.write_bytes(text.encode())
        yield path


def changed(text: str, edit: Callable[[Path], object]) -> str:
    """The text after an edit, which leaves nothing else in the folder."""
    with file_of(text) as path:
        edit(path)
        assert [one.name for one in path.parent.iterdir()] == ["feeds.yaml"]
        return path.read_bytes().decode()


def added(text: str, *entries: NewSource) -> str:
    return changed(text, lambda path: add_sources(path, entries, environ=ENVIRON))


def removed(text: str, *urls: str) -> str:
    return changed(text, lambda path: remove_sources(path, urls, environ=ENVIRON))


def paused(text: str, *urls: str, on: bool = True) -> str:
    return changed(text, lambda path: set_paused(path, urls, paused=on, environ=ENVIRON))


def refused(text: str, edit: Callable[[Path], object]) -> str:
    """The sentence; the file stays as it is."""
    with file_of(text) as path:
        with pytest.raises(UsageError) as caught:
            edit(path)
        assert path.read_bytes().decode() == text
        assert [one.name for one in path.parent.iterdir()] == ["feeds.yaml"]
        assert str(caught.value).startswith(str(path))
        return str(caught.value).removeprefix(f"{path} ")
