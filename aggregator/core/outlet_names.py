"""Whether two names mean one outlet: as a text credits it, and as the user's sources have it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Generic, TypeVar

from aggregator.core.agencies import agency
from aggregator.core.text import fold

_ARTICLE = re.compile(r"\A(?:(?:the|der|die|das|le|la|les|el|los|las|il|lo|o|a)\s+(?=\S)|l['’]\s?)")
_PART = re.compile(r"\s+[-–—|/·]\s+|:\s|\s+[(\[]")
"""Behind it names of sources say which feed of an outlet it is: "Reuters: World"."""
_GENERIC = frozenset(
    {"news", "world", "top", "latest", "breaking", "headlines", "stories", "feed", "rss", "online"}
    | {"international", "english", "en", "com", "net", "org", "home", "business", "politics"}
    | {"sport", "sports"}
)
"""Words that sources' names add to an outlet's."""
_NO_WORD = re.compile(r"[\W_]+")

T = TypeVar("T")


def same_outlet(one: str, other: str) -> bool:
    """Whether the names mean one outlet, compared loosely.

    Case, diacritics, punctuation and an article at the beginning do not count, agencies are known
    by all their names, and neither counts what names a feed of the outlet: what stands behind a
    colon, a dash or in brackets, and words like "news" and "world" at the end.
    """
    return bool(outlet_keys(one) & outlet_keys(other))


@lru_cache(maxsize=4096)
def outlet_keys(name: str) -> frozenset[str]:
    """What the name is compared by: names that share one of them mean one outlet.

    An agency has only the one of its one name; so "Associated Press" and "Associated Press of
    Pakistan" are two.
    """
    keys = set()
    for form in (name.strip(), _PART.split(name.strip(), maxsplit=1)[0]):
        if known := agency(form):
            return frozenset({f"agency {known}"})
        words = _words(form)
        for end in range(len(words), 0, -1):
            if end < len(words) and words[end] not in _GENERIC:
                break
            known = agency(" ".join(words[:end]))
            if known is not None:
                return frozenset({f"agency {known}"})
            if end == len(words) or end > 1:
                keys.add(" ".join(words[:end]))
    return frozenset(keys)


class OutletIndex(Generic[T]):
    """Values by names of outlets, found by whatever name means the same outlet.

    A question takes the time of its own keys, however many outlets there are: of a story of
    thousands, comparing every name with every other takes minutes.
    """

    def __init__(self) -> None:
        self._values: list[T] = []
        self._places: dict[str, list[int]] = {}
        """By key, in the order of `add`."""

    def __len__(self) -> int:
        return len(self._values)

    def add(self, name: str, value: T) -> None:
        for key in outlet_keys(name):
            self._places.setdefault(key, []).append(len(self._values))
        self._values.append(value)

    def first(self, name: str) -> T | None:
        """What was added first under a name that means the same outlet; None: nothing was."""
        places = [found[0] for found in self._found(name)]
        return self._values[min(places)] if places else None

    def count(self, name: str) -> int:
        """How many values there are under names that mean the same outlet."""
        return len(set().union(*self._found(name)))

    def _found(self, name: str) -> list[list[int]]:
        return [self._places[key] for key in outlet_keys(name) if key in self._places]


def _words(name: str) -> list[str]:
    return _NO_WORD.sub(" ", _ARTICLE.sub("", fold(name))).split()
