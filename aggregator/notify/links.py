"""Publishers' texts and addresses, made safe to show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.core.directions import direction_of
from aggregator.core.language_tags import primary_subtag
from aggregator.core.text import clean_line, shorten
from aggregator.types import StoryArticle

_LONGEST_LINK = 2000
_DECEIVING = re.compile(r"""[\s\\"<>]""")
_LONGEST_HEADLINE = 300
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A text that may lead somewhere."""

    text: str
    url: str | None
    """http(s) only; None: no link that is safe to show."""
    lang: str
    """BCP 47 primary subtag, or "" when not known."""
    dir: str
    """"rtl", "ltr", or "auto" when the language is not known."""


def safe_link(url: str | None) -> str | None:
    """The address if it is http(s), names a host and hides nothing; else None.

    Refused are other schemes, white space, controls, backslashes, and a user name before the
    host (`https://bank.example@evil.example/`), which only serves to deceive.
    """
    if url is None or len(url) > _LONGEST_LINK or clean_line(url) != url:
        return None
    if _DECEIVING.search(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        return None
    return url


def safe_name(name: str) -> str:
    """An outlet's, a watch's or a section's: one line of a hundred characters."""
    return shorten(name, _LONGEST_NAME)


def headline_of(item: StoryArticle, *, untitled: str) -> LinkView:
    """The headline of an article, linked with it; `untitled` stands in where it has none."""
    lang = primary_subtag(item.article.language or "")
    lang = lang if lang.isascii() and lang.isalpha() else ""
    return LinkView(
        text=shorten(item.article.title, _LONGEST_HEADLINE) or untitled,
        url=safe_link(item.article.url),
        lang=lang,
        dir=direction_of(lang),
    )
