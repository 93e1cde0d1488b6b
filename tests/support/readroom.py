"""Helpers for tests of the pages that people read."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import httpx
from webdoor import PAGE, csrf
from webhouse import House

from aggregator.types import (
    Article,
    NewArticle,
    PollDecision,
    PollRecord,
    Relation,
    Revision,
    Story,
    TextOrigin,
)


def get(web: House, path: str, **headers: str) -> httpx.Response:
    """As a browser asks for a page."""
    return web.client.get(path, headers={**PAGE, **headers})


def post(web: House, path: str, back: str = "", **fields: object) -> httpx.Response:
    """As a form of the page of today sends it."""
    form = {"csrf": csrf(get(web, "/")), **fields}
    params = {"back": back} if back else {}
    return web.client.post(path, params=params, data=form, headers=PAGE)


def text_of(answer: httpx.Response) -> str:
    """What a page says, on one line, without its tags."""
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def stories(web: House) -> list[Story]:
    return web.storage.stories(min_sources=2, limit=100)


def story_with(web: House, relation: Relation) -> Story:
    """One that has an article of the relation."""
    return next(
        one for one in stories(web) if any(item.relation is relation for item in one.articles)
    )


def revise(web: House, article: Article, *, title: str, text: str) -> None:
    """Have its publisher change it."""
    source = article.summary.source_id
    web.storage.wake([source], now=web.now, force=True)
    (work,) = web.storage.due_hosts(now=web.now, limit=1, only=[source])
    (claim,) = web.storage.claim_feeds(
        work.host, now=web.now, lease=timedelta(minutes=1), only=[source]
    )
    changed = NewArticle(
        keys=frozenset({f"changed {article.summary.article_id}"}),
        guid=article.guid,
        url=article.summary.url,
        title=title,
        authors=article.authors,
        published_at=article.summary.published_at,
        updated_at=web.now,
        language=article.summary.language,
        image_url=None,
        categories=(),
        text=text,
        html="",
        text_origin=TextOrigin.CONTENT,
        content_hash="changed",
        page_host=None,
    )
    revision = Revision(article_id=article.summary.article_id, article=changed)
    decision = PollDecision(new=(), revised=(revision,), new_keys=(), unchanged=0)
    web.storage.record_poll(
        PollRecord(claim=claim, state=claim.state, polled_at=web.now, decision=decision)
    )
    # What is changed next may be of the same host.
    web.storage.release_host(work.host, lease_until=claim.lease_until, free_at=web.now)
