"""Where the database is, as far as that is plain to see in the text of a feeds.yaml.

A file of a thousand sources takes long to read as YAML, and what reads YAML takes long to load;
a search needs no more than this.
"""

from __future__ import annotations

import re

DEFAULT_STORAGE = "aggregator.db"
"""In the folder of feeds.yaml."""

_KEY = re.compile(r"^storage[ \t]*:", re.MULTILINE)
_NEXT_KEY = re.compile(r"^[^\s#]", re.MULTILINE)
_ODD = re.compile(r"^(?:---|\.\.\.|[%{?!&\"'])|^\s*<<|\r(?!\n)|[\x85\u2028\u2029]", re.MULTILINE)
"""Several documents, directives, keys that are not written plainly, and rare ends of lines."""
_BLANK = r"[ \t]*(?:#[^\n]*)?"
_INDENTED = re.compile(rf"(?:{_BLANK}\r?\n)*+[ \t]+[^\s#]")
"""The first that is no comment does not begin its line."""
_FILE = re.compile(
    r"""storage *: +(["']?)(?!null\b|\.+\Z)([a-z0-9_./][a-z0-9_./-]*)\1"""
    rf"(?:[ \t]+#[^\n]*|[ \t]*)(?:\r?\n{_BLANK})*",
    re.ASCII | re.IGNORECASE,
)


def excerpt(text: str) -> str | None:
    """The part that says where the database is, on the same lines; None: it takes a look at the
    whole file."""
    found = [*_KEY.finditer(text)]
    if len(found) != 1 or _ODD.search(text):
        return None
    start = found[0].start()
    following = _NEXT_KEY.search(text, found[0].end())
    part = text[start : following.start() if following else len(text)]
    return None if "*" in part else "\n" * text.count("\n", 0, start) + part


def plain_file(text: str) -> str | None:
    """The name of the database file where it is a plain one, or none is given; None: it takes a
    look at more."""
    if not _KEY.search(text):
        is_plain = not _ODD.search(text) and not _INDENTED.match(text)
        return DEFAULT_STORAGE if is_plain else None
    part = excerpt(text)
    found = None if part is None else _FILE.fullmatch(part.lstrip("\n"))
    return found[2] if found else None
