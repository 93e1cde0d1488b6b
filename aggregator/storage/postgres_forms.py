"""What the processes of a PostgreSQL database learn of the forms of words (see word_forms.py).

A process remembers what it knows to be stored. A transaction stores what it has heard at its end,
all in one order, so that no two wait for each other; what it has stored counts as known once that
is committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from threading import Lock

from aggregator.storage.sql import Session
from aggregator.storage.word_forms import ADD, KNOWN, LANGUAGE, forms_of

_Words = Mapping[str, set[str]]
"""By language."""


class KnownForms:
    """Of one database; for any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, set[str]] = {}
        self._before: dict[str, set[str]] = {}
        """What was known before `_known` was begun anew."""
        self._size = 0

    def new(self, words: _Words) -> dict[str, set[str]]:
        """Those that may not be stored; without a language of which nothing is new."""
        with self._lock:
            return {
                language: new
                for language, heard in words.items()
                if (new := heard - self._known.get(language, set())) or language not in self._known
            }

    def unheard(self, language: str, words: set[str]) -> set[str]:
        """The new ones that were not known before, either."""
        with self._lock:
            return words - self._before.get(language, set())

    def add(self, words: _Words) -> None:
        """These are stored for good."""
        with self._lock:
            for language, heard in words.items():
                known = self._known.setdefault(language, set())
                size = len(known)
                known |= heard
                self._size += len(known) - size
            if self._size > KNOWN:
                self._known, self._before, self._size = {}, self._known, 0


class HeardForms:
    """Of one transaction."""

    def __init__(self, known: KnownForms) -> None:
        self._known = known
        self._heard: dict[str, set[str]] = {}

    def hear(self, language: str, words: AbstractSet[str]) -> None:
        self._heard.setdefault(language, set()).update(words)

    def store(self, session: Session) -> None:
        """The last that the transaction does: what it adds, others wait for."""
        if not self._heard:
            return
        self._heard = self._known.new(self._heard)
        rows: list[tuple[str, str, str]] = []
        for language, words in self._heard.items():
            rows.append((language, *LANGUAGE))
            rows += forms_of(language, self._known.unheard(language, words))
        session.many(ADD, sorted(rows))

    def committed(self) -> None:
        if self._heard:
            self._known.add(self._heard)
            self._heard = {}
