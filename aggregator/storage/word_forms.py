"""The forms in which words occur: of each language the words that are not their own stems.

Texts are indexed as they stand, so that phrases and beginnings of words are found exactly; a word
is looked for in all forms that have its stem. Which there are is learnt as texts are indexed.

A process remembers what it knows to be stored. A transaction stores what it has heard at its end,
all in one order, so that no two wait for each other; what it has stored counts as known once that
is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Lock

from aggregator.core.stemming import STEMMERS, stem
from aggregator.storage.sql import Session

_Words = Mapping[str, set[str]]
"""By language."""

KNOWN = 200_000
"""After so many words what is remembered begins anew; what was before is kept once more."""

ADD = """
    INSERT INTO word_forms (language, stem, word) VALUES (?, ?, ?)
    ON CONFLICT (language, stem, word) DO NOTHING
"""
LANGUAGE = ("", "")
"""Stem and word of the row that says that there are texts in a language; "" is one not known."""
# Steps from one language to the next: there are few, with many words each.
_LANGUAGES = """
    WITH RECURSIVE known (language) AS (
      SELECT (SELECT min(language) FROM word_forms)
      UNION ALL
      SELECT (SELECT min(w.language) FROM word_forms w WHERE w.language > known.language)
      FROM known WHERE known.language IS NOT NULL
    )
    SELECT language FROM known WHERE language IS NOT NULL
"""
_FORMS = """
    WITH wanted (language, stem) AS (VALUES {pairs})
    SELECT w.language, w.word FROM wanted CROSS JOIN word_forms w
    WHERE w.language = wanted.language AND w.stem = wanted.stem
"""


def forms_of(language: str, words: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Rows for those that are not their own stems."""
    if language in STEMMERS:
        for word in words:
            if (stemmed := stem(language, word)) != word:
                yield language, stemmed, word


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
        """`language` is a key of a facet, or "". Of one without a stemmer no words are kept."""
        heard = self._heard.setdefault(language, set())
        if language in STEMMERS:
            heard |= words

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


class Forms:
    """The forms of words, for one question."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._languages: list[str] | None = None

    def of(self, word: str) -> Iterator[tuple[Sequence[str], Sequence[str] | None]]:
        """Other forms of a word, and the languages of which they are: None when there are no texts
        in any other."""
        spoken: dict[str, list[str]] = {}
        for language, found in self._forms(word).items():
            for form in found - {word, ""}:
                spoken.setdefault(form, []).append(language)
        groups: dict[tuple[str, ...], list[str]] = {}
        for form in sorted(spoken):
            groups.setdefault(tuple(spoken[form]), []).append(form)
        for languages, forms in groups.items():
            yield forms, None if len(languages) == len(self._all_languages()) else languages

    def _forms(self, word: str) -> dict[str, set[str]]:
        """By language, those that have the stem which the word has in it."""
        stems = {
            language: stem(language, word)
            for language in self._all_languages()
            if language in STEMMERS
        }
        if not stems:
            return {}
        found: dict[str, set[str]] = {language: set() for language in stems}
        pairs = ", ".join(["(?, ?)"] * len(stems))
        params = [value for pair in stems.items() for value in pair]
        for row in self._session.rows(_FORMS.format(pairs=pairs), params):
            found[row["language"]].add(row["word"])
        for language, stemmed in stems.items():
            if stem(language, stemmed) == stemmed:
                found[language].add(stemmed)
        return found

    def _all_languages(self) -> Sequence[str]:
        if self._languages is None:
            self._languages = [row["language"] for row in self._session.rows(_LANGUAGES)]
        return self._languages
