"""What is kept at hand of the articles, and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import newsdesk

from aggregator.core.archive import KEPT, Archive
from aggregator.core.features import features
from aggregator.core.window import Key
from aggregator.types import GroupInput

PLAIN = newsdesk.SINGLES[0].item(0)


class Shelf:
    def __init__(self, *keys: Key) -> None:
        self.items = {key: replace(PLAIN, article_id=key) for key in keys}
        self.asked: list[Key] = []

    def recall(self, keys: Sequence[Key]) -> Mapping[Key, GroupInput]:
        self.asked += keys
        return {key: self.items[key] for key in keys if key in self.items}


def added(archive: Archive, *keys: Key) -> None:
    for key in keys:
        archive.add(key, features(replace(PLAIN, article_id=key)))


def test_what_is_not_settled_is_at_hand() -> None:
    shelf = Shelf()
    archive = Archive(shelf.recall)
    keys = range(KEPT + 10)
    added(archive, *keys)
    assert list(archive.get([0, 5, KEPT])) == [0, 5, KEPT]
    assert [key for key, _ in archive.read(list(keys))] == list(keys)
    assert shelf.asked == []


def test_what_is_settled_is_asked_for_when_it_was_not_looked_at_lately() -> None:
    shelf = Shelf(*range(KEPT + 10))
    archive = Archive(shelf.recall)
    added(archive, *range(KEPT + 10))
    archive.settle()
    assert archive.get([3, KEPT])[3].item == shelf.items[3]
    assert shelf.asked == [3]
    archive.get([3])
    assert shelf.asked == [3]


def test_what_is_forgotten_is_asked_for_anew() -> None:
    shelf = Shelf(1)
    archive = Archive(shelf.recall)
    added(archive, 1)
    archive.settle()
    archive.forget([1, 2])
    shelf.items[1] = replace(shelf.items[1], title="Another")
    assert archive.get([1])[1].item.title == "Another"


def test_what_is_gone_is_left_out() -> None:
    archive = Archive(Shelf(1).recall)
    assert list(archive.get([1, 2])) == [1]
    assert [key for key, _ in archive.read([2, 1])] == [1]


def test_reading_many_keeps_none() -> None:
    shelf = Shelf(*range(1_200))
    archive = Archive(shelf.recall)
    assert len(list(archive.read(list(range(1_200))))) == 1_200
    archive.get([7])
    assert shelf.asked.count(7) == 2


def test_without_a_store_all_is_kept() -> None:
    archive = Archive(None)
    added(archive, *range(KEPT + 10))
    archive.settle()
    assert list(archive.get([0, 1])) == [0, 1]
    archive.forget([0])
    assert archive.get([0]) == {}
