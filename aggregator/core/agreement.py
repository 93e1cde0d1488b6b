"""Whether a text is about what a feed announced, by the words that they share."""

from __future__ import annotations

import re

from aggregator.core.commonwords import common_words
from aggregator.core.contents import words
from aggregator.core.text import fold

AGREES = 0.5
"""From this share of the announced words on, a text is about what was announced."""
_COMPARED = 20_000
_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "ru", "ar", "tr", "pl", "sv")
_COMMON = frozenset().union(*map(common_words, _LANGUAGES))
_WIDE = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_STEM = 6
"""Characters of a word that are compared, for its ending depends on the sentence."""
_ADDRESS = re.compile(r"(?<!\S)[^\s/]*+/\S*")
"""Of which a page that has nothing to say often repeats the one that was asked for."""


def agreement(text: str, *announced: str) -> float | None:
    """The greatest share of the words of one announcement that `text` has, 0 to 1; None: none of
    them has two words that say anything."""
    asked = [terms for value in announced if len(terms := _terms(value[:_COMPARED])) >= 2]
    if not asked:
        return None
    found = _terms(text[:_COMPARED])
    return max(len(terms & found) / len(terms) for terms in asked)


def _terms(text: str) -> set[str]:
    found: set[str] = set()
    for word in set(words(_ADDRESS.sub(" ", text))):
        folded = fold(word)
        for run in _WIDE.findall(folded):
            found.update(run[i : i + 2] for i in range(len(run) - 1))
        if len(folded) > 2 and folded not in _COMMON and not _WIDE.search(folded):
            found.add(folded[:_STEM])
    return found
