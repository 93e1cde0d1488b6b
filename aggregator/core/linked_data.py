"""JSON-LD in pages: which object is the article, and what its properties say.

The vocabulary is schema.org's. Only JSON is read, never with regular expressions, and never more
than `MAX_CHARS` of it: a page may carry megabytes, and some do so on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Self

from aggregator.core.html import Element
from aggregator.core.text import letters_of

MAX_CHARS = 1_000_000
"""Of all scripts of one page together."""
MAX_OBJECTS = 5_000

_ARTICLES = """
    advertisercontentarticle analysisnewsarticle article askpublicnewsarticle backgroundnewsarticle
    blogposting discussionforumposting liveblogposting newsarticle opinionnewsarticle report
    reportagenewsarticle review reviewnewsarticle satiricalarticle scholarlyarticle
    socialmediaposting techarticle
"""
_STAND_INS = "audioobject recipe videoobject webpage creativework event"
"""What may carry the facts of an article on a page that names no article."""
_ARTICLE_KINDS, _STAND_IN_KINDS = frozenset(_ARTICLES.split()), frozenset(_STAND_INS.split())
_WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
_DECODER = json.JSONDecoder(strict=False)

Node = dict[str, Any]


class LinkedData:
    """The objects of one page, read once; references by `@id` are resolved on reading."""

    def __init__(self, scripts: Iterable[str]) -> None:
        self._documents: list[Any] = []
        left = MAX_CHARS
        for script in scripts:
            if len(script) <= left:
                left -= len(script)
                self._documents.append(_load(script))
        self._nodes = [list(_entities(document)) for document in self._documents]

    @classmethod
    def of(cls, root: Element) -> Self:
        """Of a parsed page."""
        scripts = (s for s in root.iter("script") if "ld+json" in s.get("type", "").lower())
        return cls(script.text or "" for script in scripts)

    def article(self, titles: frozenset[str], urls: frozenset[str]) -> Node:
        """The object that describes this page's article; empty: there is none.

        Of several, the one whose headline is among `titles` (folded by `fold_title`) or whose
        address is among `urls`: pages list other articles in the same form. Else the first.
        """
        return self._choose([node for nodes in self._nodes for node in nodes], titles, urls)

    def described(self) -> Iterator[Node]:
        """The object that each script says the page is about."""
        for nodes in self._nodes:
            if node := self._choose(nodes, frozenset(), frozenset()):
                yield node

    def values(self, node: Node, *names: str) -> list[Any]:
        """The values of the first of these properties that has any, with references resolved."""
        for name in names:
            value = node.get(name)
            values = value if isinstance(value, list) else [value]
            if found := [self._resolve(item) for item in values if item not in (None, "")]:
                return found
        return []

    def text(self, node: Node, *names: str) -> str:
        """The first value that is text, or the name of the object that it is; else empty."""
        for name in names:
            for value in self.values(node, name):
                if isinstance(value, str) and value.strip():
                    return value.strip()
                if isinstance(value, dict) and isinstance(value.get("name"), str):
                    return str(value["name"]).strip()
        return ""

    def address(self, node: Node, *names: str) -> str:
        """The first value that is an address, or the address of the object that it is."""
        for value in self.values(node, *names):
            if isinstance(value, str):
                return value.strip()
            if isinstance(value, dict):
                for name in ("url", "contentUrl", "@id"):
                    inner = value.get(name)
                    inner = inner[0] if isinstance(inner, list) and inner else inner
                    if isinstance(inner, str) and inner:
                        return inner.strip()
        return ""

    def _choose(self, nodes: list[Node], titles: frozenset[str], urls: frozenset[str]) -> Node:
        kinds = [(node, node_kinds(node)) for node in nodes]
        for wanted in (_ARTICLE_KINDS, _STAND_IN_KINDS):
            found = [node for node, its in kinds if not wanted.isdisjoint(its)]
            if len(found) > 1 and (titles or urls):
                for node in found:
                    if self._is_at(node, urls) or fold_title(self.text(node, "headline")) in titles:
                        return node
            if found:
                return found[0]
        return {}

    def _is_at(self, node: Node, urls: frozenset[str]) -> bool:
        return self.address(node, "mainEntityOfPage") in urls or self.address(node, "url") in urls

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return self._by_id.get(value["@id"], value)
        return value

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        found: dict[str, Node] = {}
        waiting = self._documents[::-1]
        while waiting and len(found) < MAX_OBJECTS:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                waiting.extend(value.values())
                if isinstance(name := value.get("@id"), str) and len(value) > 1:
                    found[name] = {**value, **found.get(name, {})}
        return found


def fold_title(title: str) -> str:
    """For comparing headlines: letters and digits only, without case."""
    return letters_of(title[:1_000])


def _load(script: str) -> Any:
    """The first JSON value in a script; None: there is none that can be read."""
    script = script.replace("<![CDATA[", "", 1)
    starts = [place for mark in "[{" if (place := script.find(mark)) >= 0]
    if not starts:
        return None
    try:
        return _DECODER.raw_decode(script, min(starts))[0]
    except (ValueError, RecursionError):
        return None


def _entities(document: Any) -> Iterator[Node]:
    """What the page says of itself: not the items of its lists, nor the parts of its objects."""
    waiting = [document]
    for _ in range(MAX_OBJECTS):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:MAX_OBJECTS]
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[name] for name in _WRAPPERS if name in value)


def node_kinds(node: Node) -> set[str]:
    """The names of an object's types, in lower case."""
    kinds = node.get("@type")
    names = kinds if isinstance(kinds, list) else [kinds]
    return {name.rpartition("/")[2].lower() for name in names if isinstance(name, str)}
