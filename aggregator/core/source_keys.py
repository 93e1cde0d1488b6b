"""What a search for `source:`, `tag:`, `lang:` and `site:` is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aggregator.core.language_tags import primary_subtag
from aggregator.core.query_tree import Field, Phrase, Word
from aggregator.core.text import fold
from aggregator.core.urls import host_key

_WORDS = re.compile(r"\w+")
_PORT = re.compile(r":[0-9]+\Z")


def name_key(name: str) -> str:
    """The words of a name, folded, parted by single spaces."""
    return " ".join(_WORDS.findall(fold(name)))


def tag_key(tag: str) -> str:
    return " ".join(fold(tag).split())


def language_key(tag: str) -> str:
    """The letters and digits of its primary subtag; empty: it is not known."""
    return "".join(filter(str.isalnum, primary_subtag(tag)))


def site_of(url: str) -> str:
    """The host of a web address without port and "www."; empty: it is none."""
    return _PORT.sub("", host_key(url)).removeprefix("www.")


def hosts_above(host: str) -> Iterator[str]:
    """The host, and each domain that it is in."""
    while host:
        yield host
        _, _, host = host.partition(".")


def is_on_site(site: str, host: str) -> bool:
    """Whether `site`, as `site_of` gives it, is that host or one below it."""
    return site == host or site.endswith("." + host)


def text_of(match: Word | Phrase) -> str:
    return match.text if isinstance(match, Word) else " ".join(match.words)


def names_source(field: Field, name: str, tags: Sequence[str]) -> bool:
    """Whether a field `source` or `tag` means the source of this name and with these tags.

    A word of a name, or the beginning of one; a phrase is the whole name. A tag is always whole,
    or its beginning.
    """
    begins = isinstance(field.match, Word) and field.match.prefix
    text = text_of(field.match)
    if field.name == "tag":
        wanted = tag_key(text)
        return any(
            key == wanted or (begins and key.startswith(wanted)) for key in map(tag_key, tags)
        )
    wanted, key = name_key(text), name_key(name)
    if not wanted:
        return False
    if isinstance(field.match, Phrase):
        return key == wanted
    return f" {wanted}{'' if begins else ' '}" in f" {key} "
