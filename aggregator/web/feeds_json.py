"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

from datetime import UTC, datetime

from aggregator.codec import to_json
from aggregator.web.feeds_content import Entry, Feed, Outlet

MEDIA_TYPE = "application/feed+json; charset=utf-8"


def to_json_feed(feed: Feed) -> bytes:
    """What JSON Feed has no place for stands under `_aggregator`."""
    told: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.self_url,
        "next_url": feed.next_url,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return to_json(_given(told)).encode()


def _item(entry: Entry) -> dict[str, object]:
    return _given(
        {
            "id": entry.entry_id,
            "url": entry.url,
            "title": entry.title,
            "content_html": entry.html,
            "summary": entry.summary or None,
            "image": entry.image,
            "date_published": _time(entry.published_at),
            "date_modified": _time(entry.updated_at),
            "authors": [{"name": name} for name in entry.authors or (entry.source,)],
            "tags": list(entry.categories) or None,
            "language": entry.language or None,
            "attachments": [
                _given(
                    {
                        "url": media.url,
                        "mime_type": media.type,
                        "title": media.title or None,
                        "size_in_bytes": media.size,
                        "duration_in_seconds": (
                            None if media.duration is None else media.duration.total_seconds()
                        ),
                    }
                )
                for media in entry.enclosures
                if media.type
            ]
            or None,
            "_aggregator": _extension(entry),
        }
    )


def _extension(entry: Entry) -> dict[str, object]:
    own: dict[str, object] = {"source": entry.source}
    if entry.related is not None:
        own["page"] = entry.related
    if entry.outlets:
        own["outlets"] = [_outlet(outlet) for outlet in entry.outlets]
    return own


def _outlet(outlet: Outlet) -> dict[str, object]:
    return {
        "name": outlet.name,
        "standing": outlet.standing,
        "title": outlet.title,
        "url": outlet.url,
        "date": _time(outlet.at),
    }


def _given(told: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in told.items() if value is not None}


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
