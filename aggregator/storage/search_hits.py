"""Articles that were found, as they are shown: with a passage, and what is known of their story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aggregator.core.highlighting import snippet
from aggregator.core.language_tags import primary_subtag
from aggregator.core.query_tree import Node
from aggregator.storage.rows import SUMMARY_COLUMNS, from_us, summary
from aggregator.storage.sql import Row, Session, chunks, ids
from aggregator.types import FoldedHit, Relation, SearchHit

_HITS = """
    SELECT {columns}, {text} AS text, x.relation, o.outlets
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    {texts}
    LEFT JOIN assignments x ON x.article_id = a.id
    LEFT JOIN stories o ON o.id = a.story_id
    WHERE a.id IN {ids}
"""
_TEXTS = "JOIN texts t ON t.article_id = a.id"
_FOLDED = """
    SELECT a.id, s.name AS source, x.relation, a.at
    FROM articles a
    JOIN sources s ON s.id = a.source_id
    JOIN assignments x ON x.article_id = a.id
    WHERE a.id IN {ids}
"""


def hits(
    session: Session, root: Node | None, heads: Sequence[int], folded: Mapping[int, Sequence[int]]
) -> tuple[SearchHit, ...]:
    """In the order of `heads`; `folded` under each of them. Without `root` no passages are cut."""
    text, texts = ("''", "") if root is None else ("t.text", _TEXTS)
    under = _folded(session, [one for others in folded.values() for one in others])
    found: dict[int, SearchHit] = {}
    for chunk in chunks(heads):
        for row in session.rows(
            _HITS.format(columns=SUMMARY_COLUMNS, text=text, texts=texts, ids=ids(chunk))
        ):
            others = folded.get(row["id"], ())
            found[row["id"]] = _hit(row, root, [under[one] for one in others if one in under])
    return tuple(found[one] for one in heads if one in found)


def _hit(row: Row, root: Node | None, folded: Sequence[FoldedHit]) -> SearchHit:
    language = "" if row["language"] is None else primary_subtag(row["language"])
    return SearchHit(
        article=summary(row),
        snippet="" if root is None else snippet(row["text"], root, language),
        relation=None if row["relation"] is None else Relation(row["relation"]),
        outlets=1 if row["outlets"] is None else row["outlets"],
        folded=tuple(folded),
    )


def _folded(session: Session, article_ids: Sequence[int]) -> dict[int, FoldedHit]:
    found: dict[int, FoldedHit] = {}
    for chunk in chunks(article_ids):
        for row in session.rows(_FOLDED.format(ids=ids(chunk))):
            found[row["id"]] = FoldedHit(
                article_id=row["id"],
                source=row["source"],
                relation=Relation(row["relation"]),
                at=from_us(row["at"]),
            )
    return found
