"""Articles as the Google Reader API tells them."""

from __future__ import annotations

from aggregator.core.directions import direction_of
from aggregator.core.greader_ids import (
    LABEL,
    READ,
    READING_LIST,
    STARRED,
    long_id,
    microseconds,
    seconds,
)
from aggregator.notify.links import safe_link
from aggregator.types import Article, Marks, SourceStatus
from aggregator.web.clients.following import labels_of
from aggregator.web.feeds_content import content_of, language_of, title_of, updated_of


def item_fields(
    article: Article, marks: Marks, source: SourceStatus | None, *, base: str
) -> dict[str, object]:
    """`source`: None where it is followed no longer."""
    summary = article.summary
    url = safe_link(summary.url) or f"{base}/articles/{summary.article_id}"
    published = summary.published_at or summary.first_seen_at
    direction = direction_of(language_of(summary.language))
    told: dict[str, object] = {
        "id": long_id(summary.article_id),
        "crawlTimeMsec": str(microseconds(summary.first_seen_at) // 1_000),
        "timestampUsec": str(microseconds(summary.first_seen_at)),
        "published": max(seconds(published), 0),
        "updated": max(seconds(updated_of(article)), 0),
        "title": title_of(summary.title),
        "canonical": [{"href": url}],
        "alternate": [{"href": url, "type": "text/html"}],
        "summary": {
            "direction": "rtl" if direction == "rtl" else "ltr",
            "content": content_of(article),
        },
        "categories": _categories(marks, source),
        "origin": {
            "streamId": f"feed/{summary.source_id}",
            "title": summary.source,
            "htmlUrl": home_of(source),
        },
    }
    if article.authors:
        told["author"] = ", ".join(article.authors)
    if enclosures := _enclosures(article):
        told["enclosure"] = enclosures
    return told


def home_of(source: SourceStatus | None) -> str:
    """The outlet's; "": it is not known."""
    return "" if source is None else safe_link(source.state.site_url) or ""


def _categories(marks: Marks, source: SourceStatus | None) -> list[str]:
    return [
        READING_LIST,
        *([READ] if marks.read else []),
        *([STARRED] if marks.starred else []),
        *(LABEL + label for label in (labels_of(source) if source else ())),
    ]


def _enclosures(article: Article) -> list[dict[str, object]]:
    return [
        {
            "href": media.url,
            "type": media.type,
            **({} if media.size is None else {"length": media.size}),
        }
        for media in article.media
        if media.type and safe_link(media.url)
    ]
