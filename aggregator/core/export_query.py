"""What is taken out of the store: a search, a story, a time, in any combination."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.core.query_tree import After, And, InStory, Query, joined

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Before every article."""


def narrowed(
    query: Query | None, *, story: int | None = None, since: datetime | None = None
) -> Query | None:
    """What matches the query (None: everything), is of that story and is not older; None: all."""
    wanted = (
        None if query is None else query.root,
        None if story is None else InStory(story),
        None if since is None else After(since.astimezone(UTC)),
    )
    root = joined(And, wanted)
    if root is None:
        return None
    return Query(text="" if query is None else query.text, root=root)


def whole_story(query: Query | None) -> int | None:
    """The story whose articles are meant, all of them and no others; None: something else is."""
    if query is not None and isinstance(query.root, InStory):
        return query.root.story_id
    return None
