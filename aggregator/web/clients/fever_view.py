"""What the Fever API tells, made from what is stored.

There is no document of it but the one that came with Fever itself; what is here is what FreshRSS,
Miniflux and its clients agree upon.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aggregator.core.fever_ids import group_number
from aggregator.core.greader_ids import seconds
from aggregator.core.standing import without_login
from aggregator.notify.links import safe_link
from aggregator.types import Article, Marks
from aggregator.web.clients.following import Following
from aggregator.web.clients.greader_items import home_of
from aggregator.web.feeds_content import content_of, title_of

_UNMARKED = Marks(read=False, starred=False)


def groups(followed: Following) -> list[dict[str, object]]:
    """Tags; a source may be in several."""
    return [{"id": group_number(tag), "title": tag} for tag in followed.labels()]


def feeds_groups(followed: Following) -> list[dict[str, object]]:
    return [
        {"group_id": group_number(tag), "feed_ids": joined(sorted(ids))}
        for tag, ids in followed.labels().items()
    ]


def feeds(followed: Following) -> list[dict[str, object]]:
    return [
        {
            "id": one.source_id,
            "favicon_id": 0,
            "title": one.source.name,
            "url": without_login(one.source.url),
            "site_url": home_of(one),
            "is_spark": 0,
            "last_updated_on_time": _time(one.newest_at),
        }
        for one in followed.sources
    ]


def item(article: Article, marks: Marks | None, *, base: str) -> dict[str, object]:
    summary, own = article.summary, marks or _UNMARKED
    return {
        "id": summary.article_id,
        "feed_id": summary.source_id,
        "title": title_of(summary.title),
        "author": ", ".join(article.authors),
        "html": content_of(article),
        "url": safe_link(summary.url) or f"{base}/articles/{summary.article_id}",
        "is_saved": int(own.starred),
        "is_read": int(own.read),
        "created_on_time": _time(summary.at),
    }


def refreshed(followed: Following) -> int:
    """When the last source was polled, in seconds since 1970."""
    return max((_time(one.state.last_poll_at) for one in followed.sources), default=0)


def joined(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _time(at: datetime | None) -> int:
    return 0 if at is None else max(seconds(at), 0)
