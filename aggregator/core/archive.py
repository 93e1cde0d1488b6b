"""What the articles in the window say, recalled from where it is kept when it is needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from aggregator.core.features import Features, features
from aggregator.core.window import Key, Window
from aggregator.types import GroupInput

Recall = Callable[[Sequence[Key]], Mapping[Key, GroupInput]]
"""Articles by their keys, as they were when they were assigned, without those that are gone."""

KEPT = 2_000
"""Articles that are kept unpacked: the last ones that were looked at."""
_AT_A_TIME = 500


class Archive:
    """Asks `recall`, and keeps the last answers; None: everything that is added is kept here.

    What was added since the last `settle` is kept here in any case, for it may not be stored yet.
    """

    def __init__(self, recall: Recall | None) -> None:
        self._recall = recall
        self._held: dict[Key, GroupInput] = {}
        self._cache: OrderedDict[Key, Features] = OrderedDict()

    def add(self, key: Key, found: Features) -> None:
        self._held[key] = found.item
        self._remember(key, found)

    def settle(self) -> None:
        """What has been added is kept elsewhere now."""
        if self._recall is not None:
            self._held.clear()

    def forget(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._held.pop(key, None)
            self._cache.pop(key, None)

    def get(self, keys: Collection[Key]) -> dict[Key, Features]:
        """Those that are still kept somewhere."""
        found: dict[Key, Features] = {}
        missing: list[Key] = []
        for key in keys:
            known = self._cache.get(key)
            if known is not None:
                self._cache.move_to_end(key)
                found[key] = known
            elif key in self._held:
                found[key] = self._remember(key, features(self._held[key]))
            else:
                missing.append(key)
        if missing and self._recall is not None:
            for key, item in self._recall(missing).items():
                found[key] = self._remember(key, features(item))
        return found

    def of(self, window: Window, slots: Iterable[int]) -> dict[int, Features]:
        """As `get`, by their slots and in the order of these."""
        keys = {slot: window.key(slot) for slot in slots}
        known = self.get(keys.values())
        return {slot: known[key] for slot, key in keys.items() if key in known}

    def read(self, keys: Sequence[Key]) -> Iterator[tuple[Key, Features]]:
        """As `get`, of any number of articles, each looked at once: they are not kept."""
        for start in range(0, len(keys), _AT_A_TIME):
            missing: list[Key] = []
            for key in keys[start : start + _AT_A_TIME]:
                if (known := self._cache.get(key)) is not None:
                    yield key, known
                elif key in self._held:
                    yield key, features(self._held[key])
                else:
                    missing.append(key)
            if missing and self._recall is not None:
                for key, item in self._recall(missing).items():
                    yield key, features(item)

    def _remember(self, key: Key, found: Features) -> Features:
        self._cache[key] = found
        self._cache.move_to_end(key)
        if len(self._cache) > KEPT:
            self._cache.popitem(last=False)
        return found
