"""In which direction a language is written."""

from __future__ import annotations

from typing import Literal

from aggregator.core.language_tags import primary_subtag

Direction = Literal["ltr", "rtl", "auto"]

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
"""Primary subtags."""


def direction_of(language: str | None) -> Direction:
    """As HTML's `dir` has it; "auto", by the first letter, where the language is not known."""
    if not language:
        return "auto"
    return "rtl" if primary_subtag(language) in RIGHT_TO_LEFT else "ltr"
