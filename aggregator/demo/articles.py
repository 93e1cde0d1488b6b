"""The texts: read from articles/*.toml, one file an outlet, and moved in time.

An article has its own `text`, or takes over that of another by `base` and says what was done to
it: the first `keep` paragraphs only, `changes` of wording, an `extra` paragraph, its own
`dateline`. So a copy and its original cannot drift apart by accident.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from typing import Any

from aggregator.demo.model import Article, Outlet, PageFate, Relation

NEWEST_AGE = timedelta(minutes=40)
"""How long before `now` the newest article was published."""

_FIRST_ID = 4103
_ID_STEP = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """An article as the file has it."""

    slug: str
    title: str
    at: datetime
    section: str
    author: str
    story: str = ""
    relation: Relation = "first"
    of: str = ""
    text: str = ""
    base: str = ""
    keep: int | None = None
    changes: tuple[tuple[str, str], ...] = ()
    extra: str = ""
    dateline: str = ""
    summary: str = ""
    image: bool = False
    page: PageFate = "fine"


def load(now: datetime) -> tuple[tuple[Outlet, ...], dict[str, Article]]:
    """All outlets, and all articles by slug as if their week were ending at `now`.

    Raises ValueError when the files contradict themselves.
    """
    outlets: list[Outlet] = []
    written: dict[str, tuple[Outlet, int, _Written]] = {}
    for document in _documents():
        outlet = _outlet(**document["outlet"], key=document["key"])
        outlets.append(outlet)
        for number, table in enumerate(document["article"]):
            entry = _Written(**table)
            if entry.slug in written:
                raise ValueError(f"two articles are called {entry.slug}")
            written[entry.slug] = (outlet, _FIRST_ID + _ID_STEP * number, entry)
    shift = _shift([entry.at for _, _, entry in written.values()], now)
    originals = {slug: entry for slug, (_, _, entry) in written.items()}
    articles = {
        slug: _article(entry, outlet, article_id, originals, shift)
        for slug, (outlet, article_id, entry) in written.items()
    }
    return tuple(outlets), articles


def _documents() -> Iterable[dict[str, Any]]:
    folder = resources.files("aggregator.demo") / "articles"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            document = tomllib.loads(file.read_text("utf-8"))
            yield {**document, "key": file.name.removesuffix(".toml")}


def _outlet(*, tags: list[str], **table: Any) -> Outlet:
    return Outlet(tags=tuple(tags), **table)


def _shift(times: list[datetime], now: datetime) -> timedelta:
    newest = now.replace(second=0, microsecond=0) - NEWEST_AGE
    return newest - max(times)


def _article(
    entry: _Written,
    outlet: Outlet,
    article_id: int,
    originals: dict[str, _Written],
    shift: timedelta,
) -> Article:
    published_at = entry.at + shift
    first = next(
        other.slug
        for other in originals.values()
        if _story(other) == _story(entry) and other.relation == "first"
    )
    return Article(
        id=article_id,
        slug=entry.slug,
        outlet=outlet.key,
        title=entry.title,
        text=_text(entry, originals),
        section=entry.section,
        author=entry.author,
        published_at=published_at,
        updated_at=published_at,
        story=_story(entry),
        relation=entry.relation,
        of=None if entry.relation == "first" else entry.of or first,
        summary=entry.summary,
        image=entry.image,
        page=entry.page,
    )


def _story(entry: _Written) -> str:
    return entry.story or entry.slug


def _text(entry: _Written, originals: dict[str, _Written]) -> str:
    source = originals[entry.base].text if entry.base else entry.text
    body = "\n\n".join(_paragraphs(source)[: entry.keep])
    for old, new in entry.changes:
        if body.count(old) != 1:
            raise ValueError(f"{entry.slug} changes what does not stand there once: {old}")
        body = body.replace(old, new)
    parts = [entry.dateline + body, *_paragraphs(entry.extra)]
    return "\n\n".join(part for part in parts if part)


def _paragraphs(text: str) -> list[str]:
    """The files break lines for the eye; here a paragraph is one line."""
    return [" ".join(block.split()) for block in text.strip().split("\n\n") if block.strip()]
