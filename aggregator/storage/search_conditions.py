"""What a search asks of an article's row: times, marks, and what its story says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.core.query_tree import After, Before, InStory, Is, Node, Outlets
from aggregator.storage.read_or_not import READ
from aggregator.storage.rows import to_us
from aggregator.storage.sql import Session

FEW = 5_000
"""Articles that conditions leave, up to which they are listed beforehand."""
_SOME = 300
"""So many are listed without being counted before."""
THESE = "SELECT id FROM articles WHERE id IN {ids}"

OfRow = InStory | Is | Outlets | After | Before

_RELATED = """
    EXISTS (SELECT 1 FROM assignments x WHERE x.article_id = a.id AND x.relation IN {kinds})
"""
_FIRST = """
    EXISTS (SELECT 1 FROM stories o WHERE o.id = a.story_id AND o.first_at >= a.at)
"""
_STARRED = "EXISTS (SELECT 1 FROM stars x WHERE x.article_id = a.id)"
_UNREAD = f"{READ} = 0"
_READ = f"{READ} = 1"
_OUTLETS = """
    coalesce((SELECT o.outlets FROM stories o WHERE o.id = a.story_id), 1) {operator} ?
"""
_HOW_MANY = "SELECT count(*) AS articles FROM ({listing} LIMIT ?) listed"
_OF_STARRED = "SELECT article_id AS id FROM stars"
_OF_RELATED = "SELECT article_id AS id FROM assignments WHERE relation IN {kinds}"
_OF_STORY = "SELECT id FROM articles WHERE story_id = ?"
_OF_LARGE = """
    SELECT a.id AS id FROM stories o JOIN articles a ON a.story_id = o.id
    WHERE o.outlets {operator} ?
"""
_KINDS = {
    "same": "('same')",
    "copy": "('copy', 'same')",
    "rewrite": "('rewrite')",
    "report": "('report')",
    "translation": "('translation')",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL on `articles a`, with its parameters."""

    sql: str
    params: tuple[object, ...] = ()


def of_row(node: OfRow) -> Condition:
    """Whether an article `a` is as it says."""
    match node:
        case After():
            return Condition("a.at >= ?", (to_us(node.at),))
        case Before():
            return Condition("a.at < ?", (to_us(node.at),))
        case InStory():
            # An unknown is no answer where it is negated.
            return Condition("coalesce(a.story_id, -1) = ?", (node.story_id,))
        case Is():
            return Condition(_kind(node))
        case Outlets():
            return Condition(_OUTLETS.format(operator=node.operator), (node.count,))


def few(node: Node) -> Condition | None:
    """A SELECT of ids among which all are that it can match; None: there is none that does not look
    at every article."""
    match node:
        case InStory():
            return Condition(_OF_STORY, (node.story_id,))
        case Is() if node.kind == "starred":
            return Condition(_OF_STARRED)
        case Is() if node.kind in _KINDS:
            return Condition(_OF_RELATED.format(kinds=_KINDS[node.kind]))
        case Outlets() if _is_above_one(node):
            return Condition(_OF_LARGE.format(operator=node.operator), (node.count,))
        case _:
            return None


def _is_above_one(node: Outlets) -> bool:
    """Whether an article without a story is not meant."""
    match node.operator:
        case ">":
            return node.count >= 1
        case ">=" | "=":
            return node.count > 1
        case _:
            return False


def _kind(node: Is) -> str:
    match node.kind:
        case "first":
            return _FIRST
        case "starred":
            return _STARRED
        case "read":
            return _READ
        case "unread":
            return _UNREAD
        case _:
            return _RELATED.format(kinds=_KINDS[node.kind])


def fewest(session: Session, listings: Iterable[Condition]) -> set[int] | None:
    """What the SELECT that gives fewest ids gives: all that match are among them. None: there is
    none that gives no more than FEW."""
    found: set[int] | None = None
    for listing in listings:
        most = FEW if found is None else len(found) - 1
        rows = session.rows(f"{listing.sql} LIMIT ?", (*listing.params, min(most, _SOME) + 1))
        if len(rows) > _SOME:
            # Most listings are much longer, and to count costs less than to make rows.
            how_many = _HOW_MANY.format(listing=listing.sql)
            counted = session.row(how_many, (*listing.params, most + 1))
            if counted is None or counted["articles"] > most:
                continue
            rows = session.rows(listing.sql, listing.params)
        if len(rows) <= most:
            found = {row["id"] for row in rows}
    return found


def together(*conditions: Condition) -> Condition:
    """All of them; at least one."""
    return combined(" AND ", conditions)


def combined(operator: str, parts: Iterable[Condition]) -> Condition:
    parts = tuple(parts)
    return Condition(
        f"({operator.join(part.sql for part in parts)})",
        tuple(value for part in parts for value in part.params),
    )
