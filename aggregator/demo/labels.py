"""What stands around the articles of each language, from labels.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words of a site that are not its articles."""

    direction: str
    home: str
    menu: str
    search: str
    sign_in: str
    cookies_title: str
    cookies: str
    accept: str
    choose: str
    share: str
    print: str
    by: str
    updated: str
    read_also: str
    related: str
    most_read: str
    newsletter: str
    newsletter_text: str
    subscribe: str
    about_author: str
    comments: str
    reply: str
    rights: str
    footer_links: tuple[str, ...]
    not_found: str
    server_error: str
    pages: str
    for_subscribers: str
    readers: tuple[tuple[str, str], ...]
    """Name and comment."""


@cache
def labels_for(language: str) -> Labels:
    """Raises KeyError for a language that the press has no outlet in."""
    text = resources.files("aggregator.demo").joinpath("labels.toml").read_text("utf-8")
    return _labels(**tomllib.loads(text)[language])


def _labels(*, footer_links: list[str], readers: list[tuple[str, str]], **words: Any) -> Labels:
    comments = tuple((name, comment) for name, comment in readers)
    return Labels(footer_links=tuple(footer_links), readers=comments, **words)
