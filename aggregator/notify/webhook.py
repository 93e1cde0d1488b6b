"""A notice as a POST of JSON, and what the answers mean."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus

from aggregator.core.text import clean_line, shorten
from aggregator.errors import DeliveryError
from aggregator.notify.hiding import without_address
from aggregator.notify.links import safe_link
from aggregator.notify.notices import marked_spans
from aggregator.notify.signing import header_key, signature
from aggregator.types import (
    Answered,
    Channel,
    FailureGrade,
    Notice,
    NoticeItem,
    PostOutcome,
    PostRequest,
)

Post = Callable[[PostRequest], Awaitable[PostOutcome]]

VERSION = 1
"""Of the shape of the JSON; a change that breaks a reader gets the next number."""
MAX_BODY = 256_000
"""Bytes; many receivers take no more."""
_PASSING = frozenset({408, 425, 429})
"""Of the answers below 500: those after which another try may do."""
_ANSWER = 200


async def post_notice(notice: Notice, channel: Channel, *, post: Post, now: datetime) -> None:
    """Hand a notice over. Raises DeliveryError; the address shows nowhere in it."""
    body = payload(notice)
    key = header_key(notice.key)
    headers = [("Idempotency-Key", key)]
    if channel.secret is not None:
        headers += signature(key, body, secret=channel.secret, now=now)
    outcome = await post(
        PostRequest(
            url=channel.address,
            body=body,
            content_type="application/json",
            headers=tuple(headers),
        )
    )
    if isinstance(outcome, Answered):
        if not 200 <= outcome.status < 300:
            raise _refused(outcome, channel)
        return
    raise DeliveryError(
        f"The webhook “{channel.name}” got no answer: {outcome.reason}.",
        recipient=channel.name,
        # Hard is only what no later try can change: an address that cannot be right.
        permanent=outcome.grade is FailureGrade.HARD,
        retry_after=outcome.retry_after,
    )


def payload(notice: Notice) -> bytes:
    """The JSON, the same at every try. Where it would be too large, the last items are counted and
    not listed."""
    content = notice.content
    items = [_item(item) for item in content.items]
    while True:
        more = content.more + len(content.items) - len(items)
        data = {
            "watch": clean_line(content.watch),
            "query": clean_line(content.query),
            "since": content.since_at.isoformat(),
            "items": items,
            "more": more,
        }
        whole = {
            "type": "watch.notice",
            "version": VERSION,
            "timestamp": notice.created_at.isoformat(),
            "data": data,
        }
        body = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        if len(body) <= MAX_BODY or not items:
            return body
        # By so much that a few rounds do, whatever the sizes.
        items = items[: min(len(items) - 1, len(items) * MAX_BODY // len(body))]


def _item(item: NoticeItem) -> dict[str, object]:
    snippet, spans = marked_spans(item.snippet)
    return {
        "headline": clean_line(item.headline),
        "source": clean_line(item.source),
        "at": item.at.isoformat(),
        "url": safe_link(item.url),
        "snippet": snippet,
        "matches": spans,
        "article_id": item.article_id,
        "story_id": item.story_id,
        "outlets": item.outlets,
        "relation": None if item.relation is None else item.relation.value,
    }


def _refused(answer: Answered, channel: Channel) -> DeliveryError:
    said = without_address(answer.body.decode("utf-8", "replace"), channel.address)
    said = shorten(said, _ANSWER)
    sentence = f"answered {_named(answer.status)}"
    if said:
        sentence += f" (“{said}”)"
    if 300 <= answer.status < 400:
        sentence += "; redirects are not followed, give the address that it leads to"
    permanent = answer.status < 500 and answer.status not in _PASSING
    return DeliveryError(
        f"The webhook “{channel.name}” {sentence}.",
        recipient=channel.name,
        permanent=permanent,
        retry_after=answer.retry_after,
    )


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
