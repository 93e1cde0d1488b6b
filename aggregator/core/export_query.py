"""What is taken out of the store: a search, a story, a time, in any combination."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.core.query_tree import After, And, InStory, Node, Query

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Before every article."""


def narrowed(
    query: Query | None, *, story: int | None = None, since: datetime | None = None
) -> Query | None:
    """What matches the query (None: everything), is of that story and is not older; None: all."""
    nodes: list[Node] = []
    if query is not None:
        nodes += query.root.items if isinstance(query.root, And) else (query.root,)
    if story is not None:
        nodes.append(InStory(story))
    if since is not None:
        nodes.append(After(since.astimezone(UTC)))
    if not nodes:
        return None
    text = "" if query is None else query.text
    return Query(text=text, root=nodes[0] if len(nodes) == 1 else And(tuple(nodes)))


def whole_story(query: Query | None) -> int | None:
    """The story whose articles are meant, all of them and no others; None: something else is."""
    if query is not None and isinstance(query.root, InStory):
        return query.root.story_id
    return None
