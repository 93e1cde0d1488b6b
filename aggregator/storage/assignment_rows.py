"""Assignments to rows and back."""

from __future__ import annotations

from aggregator.storage.rows import storable
from aggregator.storage.sql import Row
from aggregator.types import Assignment, Relation

ASSIGNMENT_COLUMNS = "x.story_id AS story, x.relation, x.of_id, x.score, x.why, x.continues_id"
"""Of `assignments x`."""


DECIDED = ("story_id", "relation", "of_id", "score", "why", "continues_id")
"""The columns of what has been decided about an article."""


def decided(item: Assignment) -> tuple[object, ...]:
    """Its values for DECIDED."""
    return (
        int(item.story),
        item.relation.value,
        None if item.of is None else int(item.of),
        item.score,
        storable(item.why),
        None if item.continues is None else int(item.continues),
    )


def assignment(row: Row) -> Assignment:
    return Assignment(
        article_id=row["id"],
        story=row["story"],
        relation=Relation(row["relation"]),
        of=row["of_id"],
        score=row["score"],
        why=row["why"],
        continues=row["continues_id"],
    )
