"""Which language an article is in. The only importer of py3langid."""

from __future__ import annotations

import py3langid  # type: ignore[import-untyped]  # ships no types

_IDENTIFIED = 2_000
"""Characters by which a language is recognised; more cost time and change nothing."""
_ENGLISH = frozenset(("the", "of", "and", "to", "in", "a", "that", "is", "for", "it"))
"""Words of which any English text has many."""


def prepare() -> None:
    """Load the model, which takes a second, before it is needed."""
    py3langid.classify("")


def language_of(text: str, *, declared: str | None) -> str | None:
    """Primary subtag: as declared, unless that is English and the text is not, for many templates
    say so by default. None: not declared, and not enough text to recognise it by."""
    if declared == "en":
        words = text[:_IDENTIFIED].lower().split()
        if len(words) < 30 or sum(map(_ENGLISH.__contains__, words)) >= 0.08 * len(words):
            return declared
        declared = None
    return declared or _identify(text)


def _identify(text: str) -> str | None:
    sample = text[:_IDENTIFIED]
    if sum(map(str.isalpha, sample)) < 20:
        return None
    language, _ = py3langid.classify(sample)
    return str(language)
