"""Stories put right by hand: merged, split, articles moved.

Each is one transaction, so it works beside a running service, which notices by the store's
`grouping_state`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from aggregator.core.relating import begin_story, join_story
from aggregator.errors import UsageError
from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.types import ArticleSummary, Database, Fingerprint, Placed, Story


def open_present(database: Database, *, patience: timedelta | None = None) -> Storage:
    """Open what is there, to change it beside whoever works on it. `patience` as in `open_storage`.

    Raises StorageError, also for a file that is missing or is to be brought up to date first.
    """
    if isinstance(database, Path):
        open_storage(database, read_only=True, patience=patience).close()
    return open_storage(database, patience=patience)


def merge(storage: Storage, story_ids: Sequence[int]) -> Placed:
    """Put all articles of the later stories into the first one.

    Raises UsageError for a story that does not exist, and when there is only one.
    """
    first, *others = [story_of(storage, one) for one in dict.fromkeys(story_ids)]
    if not others:
        raise UsageError("name two stories or more; all go into the first one")
    moved = [item.article for story in others for item in story.articles]
    return _join(storage, moved, first)


def split(storage: Storage, story_id: int, article_ids: Sequence[int]) -> Placed:
    """Take articles out of a story, into one of their own.

    Raises UsageError for a story or an article that does not exist, for an article of another
    story, and for all articles of the story.
    """
    story = story_of(storage, story_id)
    there = {item.article.article_id: item.article for item in story.articles}
    moved = []
    for article_id in dict.fromkeys(article_ids):
        if article_id not in there:
            home = article_of(storage, article_id).story_id
            raise UsageError(f"article {article_id} is not in story {story_id} but in story {home}")
        moved.append(there[article_id])
    if not moved:
        raise UsageError("name the articles that do not belong to the story")
    if len(moved) == len(there):
        raise UsageError(
            f"that is all of story {story_id}; name only the articles that do not belong to it"
        )
    answers = begin_story(moved, _prints(storage, moved))
    return storage.place(answers, now=storage.clock())


def move(storage: Storage, article_ids: Sequence[int], *, to: int) -> Placed:
    """Put articles into a story, whichever they are in.

    Raises UsageError for a story or an article that does not exist, for an article that has no
    story yet, and when all of them are there already.
    """
    story = story_of(storage, to)
    articles = [article_of(storage, one) for one in dict.fromkeys(article_ids)]
    moved = [article for article in articles if article.story_id != to]
    if not moved:
        what = f"article {articles[0].article_id} is" if len(articles) == 1 else "all of them are"
        raise UsageError(f"{what} in story {to} already")
    return _join(storage, moved, story)


def story_of(storage: Storage, story_id: int) -> Story:
    """Raises UsageError, which says where the article with that number is."""
    story = storage.story(story_id)
    if story is not None:
        return story
    article = storage.article(story_id)
    home = None if article is None else article.summary.story_id
    if home is None:
        raise UsageError(f"there is no story {story_id}; `aggregator stories` lists them")
    raise UsageError(f"there is no story {story_id}; article {story_id} is in story {home}")


def article_of(storage: Storage, article_id: int) -> ArticleSummary:
    """One that has a story. Raises UsageError."""
    article = storage.article(article_id)
    if article is None:
        raise UsageError(
            f"there is no article {article_id}; `aggregator story ID` shows the numbers"
        )
    if article.summary.story_id is None:
        raise UsageError(
            f"article {article_id} has no story yet; one is found as soon as its text is there"
        )
    return article.summary


def _join(storage: Storage, moved: Sequence[ArticleSummary], story: Story) -> Placed:
    members = [item.article for item in story.articles]
    # The one that began the story comes first, whatever the time.
    members.sort(key=lambda article: article.article_id != story.story_id)
    answers = join_story(moved, members, _prints(storage, [*members, *moved]), story=story.story_id)
    return storage.place(answers, now=storage.clock())


def _prints(storage: Storage, articles: Sequence[ArticleSummary]) -> dict[int, Fingerprint]:
    """Of those that are still to be compared with others."""
    found = storage.recall([article.article_id for article in articles])
    return {int(item.article_id): item.fingerprint for item in found}
