"""Publishers' texts as pages show them: with their language and direction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from unicodedata import bidirectional

from aggregator.core.directions import direction_of
from aggregator.core.language_tags import primary_subtag
from aggregator.core.text import shorten

_LISTED = 200
"""Characters of a headline in a list."""
_LONGEST = 2_000
"""Of one on the page of its article."""
UNTITLED = "(no title)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    text: str
    lang: str = ""
    """BCP 47 primary subtag, or "" when not known, or the page's own."""
    dir: str = "auto"
    """"rtl", "ltr", or "auto" when the language is not known."""
    whole: str = ""
    """What `text` is the beginning of; "": it is not cut."""


def text_view(text: str, language: str | None) -> TextView:
    """As it is; `language` as an article has it."""
    lang = language_of(language)
    return TextView(text=text, lang=lang, dir=direction_of(lang))


def headline_view(title: str, language: str | None) -> TextView:
    """On one line, cut where it is too long for a list; what has no title says so."""
    whole = shorten(title, _LONGEST)
    line = shorten(whole, _LISTED)
    if not line:
        return TextView(text=UNTITLED, dir="ltr")
    return replace(text_view(line, language), whole="" if line == whole else whole)


def whole_headline_view(title: str, language: str | None) -> TextView:
    """As `headline_view`, for the page on which it is read."""
    view = headline_view(title, language)
    return replace(view, text=view.whole or view.text, whole="")


def language_of(language: str | None) -> str:
    """Its primary subtag, or "" for none and for what is no tag."""
    lang = primary_subtag(language or "")
    return lang if lang.isascii() and lang.isalpha() else ""


def isolated(name: str) -> str:
    """A name within a sentence of ours: written from the right, it would turn round what stands
    beside it (Unicode's first strong isolate)."""
    turns = any(bidirectional(letter) in {"R", "AL"} for letter in name)
    return f"\u2068{name}\u2069" if turns else name
