"""Values set aside on disk come back as they were, in the order they were put."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from aggregator.errors import StorageError
from aggregator.pipeline.shelf import Shelf
from aggregator.types import Assignment, Relation


def answer(number: int) -> Assignment:
    return Assignment(
        article_id=number,
        story=1,
        relation=Relation.COPY,
        of=1,
        score=0.75,
        why="x" * number,
    )


def test_values_come_back_by_key_and_in_order(tmp_path: Path) -> None:
    with Shelf(Assignment, folder=tmp_path) as shelf:
        for number in (7, 2, 300):
            shelf.put(number, answer(number))
        assert shelf.get(2) == answer(2)
        shelf.put(5, answer(5))
        assert [*shelf] == [7, 2, 300, 5]
        assert [shelf.get(key) for key in shelf] == [answer(key) for key in shelf]
        assert (len(shelf), 300 in shelf, 4 in shelf) == (4, True, False)
        assert [*tmp_path.iterdir()] == []
        with pytest.raises(KeyError):
            shelf.get(4)


def test_a_folder_that_is_not_there_is_named_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        Shelf(Assignment, folder=tmp_path / "nowhere")


def test_a_full_disk_is_named_in_words() -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Shelf(Assignment, folder=None) as shelf:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, limits[1]))
        try:
            with pytest.raises(StorageError, match="cannot be written"):
                shelf.put(100_000, answer(100_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
