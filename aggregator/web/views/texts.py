"""Publishers' texts as pages show them: with their language and direction."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import bidirectional

from aggregator.core.directions import direction_of
from aggregator.core.language_tags import primary_subtag
from aggregator.core.text import shorten

_LONGEST_HEADLINE = 300
UNTITLED = "(no title)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    text: str
    lang: str = ""
    """BCP 47 primary subtag, or "" when not known, or the page's own."""
    dir: str = "auto"
    """"rtl", "ltr", or "auto" when the language is not known."""


def text_view(text: str, language: str | None) -> TextView:
    """As it is; `language` as an article has it."""
    lang = language_of(language)
    return TextView(text=text, lang=lang, dir=direction_of(lang))


def headline_view(title: str, language: str | None) -> TextView:
    """On one line; what has no title says so."""
    line = shorten(title, _LONGEST_HEADLINE)
    return text_view(line, language) if line else TextView(text=UNTITLED, dir="ltr")


def language_of(language: str | None) -> str:
    """Its primary subtag, or "" for none and for what is no tag."""
    lang = primary_subtag(language or "")
    return lang if lang.isascii() and lang.isalpha() else ""


def isolated(name: str) -> str:
    """A name within a sentence of ours: written from the right, it would turn round what stands
    beside it (Unicode's first strong isolate)."""
    turns = any(bidirectional(letter) in {"R", "AL"} for letter in name)
    return f"\u2068{name}\u2069" if turns else name
