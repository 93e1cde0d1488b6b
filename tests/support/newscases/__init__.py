"""Cases that grouping must get right: small groups of articles with the truth about them.

What is written by hand is in *.toml beside this file: a `case` has a name, a category, `parts`
(texts that its articles share, put in for `{name}`) and `article`s. What comes from templates is
made by the modules. All persons, places and firms are invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from aggregator.core.fingerprint import fingerprint
from aggregator.types import GroupInput
from newscases import bulletins, columns, releases, reports
from newscases.model import Article, Case

__all__ = ["Article", "Case", "cases", "item_of", "one_stream"]

START = datetime(2024, 2, 5, 6, 0, tzinfo=UTC)
STAGGER = 7.0
"""Hours between the beginnings of two cases in the common stream, within `SPREAD`."""
SPREAD = 96.0


@cache
def cases() -> tuple[Case, ...]:
    """All of them, each beginning at hour 0, its articles in order of time."""
    made = [*_written(), *releases.cases(), *bulletins.cases(), *reports.cases(), *columns.cases()]
    names = [case.name for case in made]
    if len(set(names)) < len(names):
        raise ValueError("two cases have one name")
    return tuple(made)


def one_stream() -> tuple[Article, ...]:
    """The articles of all cases, interleaved by time."""
    moved = [
        replace(article, hours=article.hours + number * STAGGER % SPREAD)
        for number, case in enumerate(cases())
        for article in case.articles
    ]
    return tuple(sorted(moved, key=lambda article: (article.hours, article.id)))


def item_of(article: Article) -> GroupInput:
    return GroupInput(
        article_id=article.id,
        source=article.source,
        title=article.title,
        url=article.url,
        at=START + timedelta(hours=article.hours),
        fingerprint=_printed(article.title, article.text, article.language),
    )


_printed = cache(fingerprint)


def _written() -> Iterator[Case]:
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield _case(**table)


def _case(
    *, name: str, category: str, article: list[dict[str, Any]], parts: dict[str, str] | None = None
) -> Case:
    filled = [{**table, "text": _text(table.get("text", ""), parts or {})} for table in article]
    return Case.of(name, category, filled)


def _text(text: str, parts: dict[str, str]) -> str:
    """The files break lines for the eye; here a paragraph is one line."""
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part.strip())
    if "{" in text:
        raise ValueError(f"a part is missing: {text[text.index('{') :][:40]}")
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).strip()
