"""What a case is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article, and the truth about it."""

    id: str
    """Unique among all cases."""
    source: str
    title: str
    text: str
    hours: float
    """After the beginning of the case."""
    language: str | None
    url: str | None
    story: str
    """The same for all articles that belong together; unique among all cases."""
    relations: frozenset[str]
    """Those that are right. With "new" among them an article may also stand alone."""
    of: str | None
    """The article that it must hang on; None: any of its story."""
    continues: str | None
    """The story that its own story must be linked with; None: nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    name: str
    category: str
    articles: tuple[Article, ...]

    @classmethod
    def of(cls, name: str, category: str, tables: Iterable[Mapping[str, Any]]) -> Self:
        """From articles, each a mapping.

        `title`, `text`, and, where not as here: `source` (an outlet of the article's own), `id`
        (its number), `story` (its id), `relation` ("new" at the first of a story, else "report";
        several parted by "|"), `of`, `continues`, `hours` (0), `lang` ("en"), `url`.
        """
        articles: list[Article] = []
        seen: set[str] = set()
        for number, table in enumerate(sorted(tables, key=_hours)):
            own = str(table.get("id", number))
            story = f"{name}/{table.get('story', own)}"
            usual = "report" if story in seen else "new"
            seen.add(story)
            articles.append(
                Article(
                    id=f"{name}/{own}",
                    source=table.get("source", f"Outlet {number + 1} of {name}"),
                    title=table["title"],
                    text=table.get("text", ""),
                    hours=_hours(table),
                    language=table.get("lang", "en") or None,
                    url=table.get("url"),
                    story=story,
                    relations=frozenset(table.get("relation", usual).split("|")),
                    of=f"{name}/{table['of']}" if "of" in table else None,
                    continues=f"{name}/{table['continues']}" if "continues" in table else None,
                )
            )
        return cls(name=name, category=category, articles=tuple(articles))


def _hours(table: Mapping[str, Any]) -> float:
    return float(table.get("hours", 0))
