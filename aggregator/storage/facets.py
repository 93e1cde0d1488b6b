"""What the index knows of an article beside its words: words of their own that no text has.

The words of texts and searches are letters, digits and marks (core.searchwords); these begin with
a sign. So they stand in one column, are found, joined and left out as fast as words are, and
nothing that a user types is one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from aggregator.core.searchwords import index_words
from aggregator.core.source_keys import hosts_above, language_key, site_of
from aggregator.storage.rows import strings
from aggregator.storage.sql import Row

PICTURED = "=i"
"""It has an image."""
NOTHING = "=s0"
"""No article is of source 0."""
SIGNS = "!#$%&*+,-./:;<=>?@[]^_{|}~"
"""What a tokeniser must take for letters: they are in hosts, or begin one of these words."""

_LANGUAGE, _AUTHOR = "=l", "@"


def source_facet(source_id: int) -> str:
    return f"=s{source_id}"


def language_facet(key: str) -> str:
    """Of a language, as `source_keys.language_key` has it."""
    return f"{_LANGUAGE}{key}"


def site_facet(host: str) -> str:
    """Of the articles on a host, or below it."""
    return f"=h{_plain(host)}"


def author_word(word: str) -> str:
    """A word of an author's name; the words of one name, and those of the next, stand in order."""
    return f"{_AUTHOR}{word}"


def facets(
    source_id: int,
    language: str | None,
    image_url: str | None,
    url: str | None,
    authors: Sequence[str],
) -> str:
    """All of them of one article, parted by blanks."""
    found = [source_facet(source_id)]
    if language and (key := language_key(language)):
        found.append(language_facet(key))
    if image_url is not None:
        found.append(PICTURED)
    if url:
        found += _sites(site_of(url))
    found += [author_word(word) for one in authors for word in index_words(one)]
    return " ".join(found)


def facets_of(row: Row, source_id: int) -> str:
    """The same of a row of an article, whose it is to be."""
    authors = strings(row["authors"])
    return facets(source_id, row["language"], row["image_url"], row["url"], authors)


def is_facet(word: str) -> bool:
    """Whether a word of the index is none of a text."""
    return word[0] in SIGNS


def language_of(facets: str) -> str:
    """The language's key; empty: it is not known."""
    for word in facets.split(" ", 3)[:2]:
        if word.startswith(_LANGUAGE):
            return word.removeprefix(_LANGUAGE)
    return ""


@lru_cache(maxsize=4_096)
def _sites(host: str) -> tuple[str, ...]:
    return tuple(map(site_facet, hosts_above(host))) if host else ()


def _plain(host: str) -> str:
    return "".join(
        char if char in SIGNS or not char.isascii() or char.isalnum() else "_"
        for char in host.lower()
    )
