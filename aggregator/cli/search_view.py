"""How hits look to people."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.cli.output import LONGEST_HEADLINE, Cell, blank, line, moment, snippet
from aggregator.core.kind_names import RELATION_NAMES, kind_mark
from aggregator.core.text import shorten
from aggregator.types import FoldedHit, SearchHit

_NAMED = 4
"""Further articles of a story that are named."""


def print_hits(hits: Sequence[SearchHit]) -> None:
    """A few lines a hit, with its number."""
    width = len(str(len(hits)))
    for number, hit in enumerate(hits, 1):
        if number > 1:
            blank()
        print_hit(hit, f"{number:>{width}}")


def print_hit(hit: SearchHit, mark: str) -> None:
    """With a mark before its headline, below which the rest is indented."""
    article = hit.article
    indent = len(mark) + 2
    line(
        Cell(f"{mark}  ", "dim"),
        Cell(shorten(article.title, LONGEST_HEADLINE) or "(no title)", "bold"),
    )
    line(
        Cell(f"{moment(article.at)} · {article.source}", "accent"),
        Cell("".join(f" · {sign}" for sign in _signs(hit)), "warn"),
        Cell("".join(f" · {fact}" for fact in _facts(hit)), "dim"),
        indent=indent,
    )
    if hit.snippet:
        snippet(hit.snippet, indent=indent)
    if hit.folded:
        line(Cell(f"and {also(hit.folded)}", "dim"), indent=indent)
    if article.url:
        line(Cell(article.url, "dim"), indent=indent, whole=True)


def also(folded: Sequence[FoldedHit]) -> str:
    """Further articles of the story, as in "3 more: The Gulf Observer (copy), …"."""
    named = list(dict.fromkeys(map(_named, folded)))
    shown = ", ".join(named[:_NAMED])
    return f"{len(folded)} more: {shown}{', …' if len(named) > _NAMED else ''}"


def _named(one: FoldedHit) -> str:
    word = RELATION_NAMES[one.relation]
    return f"{one.source} ({word})" if word else one.source


def _facts(hit: SearchHit) -> list[str]:
    facts = [f"{hit.outlets} outlets"] if hit.outlets > 1 else []
    facts.append(f"article {hit.article.article_id}")
    if hit.article.story_id is not None:
        facts.append(f"story {hit.article.story_id}")
    return facts


def _signs(hit: SearchHit) -> list[str]:
    relation = RELATION_NAMES[hit.relation] if hit.relation is not None else ""
    return [sign for sign in (relation, kind_mark(hit.article.kind)) if sign]
