"""What a feed is of: a search, a tag and a watch, in any combination."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from aggregator.config import Config
from aggregator.core.export_query import BEGINNING, narrowed
from aggregator.core.query import parse
from aggregator.core.query_tree import And, Field, Node, Phrase, Query, joined
from aggregator.core.source_keys import tag_key
from aggregator.core.text import clean_line
from aggregator.core.watch_rules import watch_key
from aggregator.web.views.times import Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    query: Query
    title: str
    """In words; "": it is of everything."""
    key: str
    """The same for feeds of the same."""
    home: str
    """The page about the same, from the root."""


def wanted(config: Config, times: Times, *, q: str, tag: str, watch: str) -> Wanted:
    """Raises QueryError for a search that cannot be read, and HTTPException 404 for a watch that
    there is not."""
    nodes: list[Node | None] = []
    words = []
    searched = []
    now = times.local(times.now)
    q, tag = clean_line(q), clean_line(tag)
    if q:
        nodes.append(parse(q, now=now).root)
        words.append(q)
        searched.append(q)
    if tag:
        nodes.append(Field(name="tag", match=Phrase(words=tuple(tag.split()))))
        words.append(tag)
        searched.append(f'tag:"{tag}"')
    if watch:
        name, query = _watch(config, watch)
        nodes.append(parse(query, now=now).root)
        words.append(name)
        searched.append(query if len(nodes) == 1 else f"({query})")
    root = joined(And, nodes)
    query_of_all = narrowed(None, since=BEGINNING)
    assert query_of_all is not None  # noqa: S101 - narrows the type
    return Wanted(
        query=query_of_all if root is None else Query(text=" ".join(searched), root=root),
        title=" · ".join(words),
        key=repr((q, tag_key(tag), watch_key(watch))),
        home=f"/search?{urlencode({'q': ' '.join(searched)})}" if searched else "/",
    )


def _watch(config: Config, name: str) -> tuple[str, str]:
    """(name, search) of a watch for articles."""
    key = watch_key(name)
    found = next((one for one in config.watches if watch_key(one.name) == key), None)
    if found is None:
        raise HTTPException(404, f"There is no watch “{name[:100]}” in feeds.yaml.")
    if found.silent is not None:
        raise HTTPException(404, f"The watch “{found.name}” is for sources, not for articles.")
    return found.name, found.query
