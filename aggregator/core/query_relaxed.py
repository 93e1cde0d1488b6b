"""A search without what changes as time goes by."""

from __future__ import annotations

from aggregator.core.query_tree import After, And, Before, InStory, Is, Node, Not, Or, Outlets

_Changing = After | Before | InStory | Is | Outlets


def relaxed(node: Node) -> Node | None:
    """What finds every article that `node` would have found at any time, and few others: times,
    stories and what articles are to them are left open.

    None: that is all there are. It may be exclusions only, so it is to be joined with something to
    look for.
    """
    match node:
        case And():
            return _joined(And, [relaxed(one) for one in node.items])
        case Or():
            branches = [relaxed(one) for one in node.items]
            if not all(one is not None and _finds(one) for one in branches):
                return None
            return _joined(Or, branches)
        case Not():
            return None if _changes(node.item) else node
        case _:
            return None if isinstance(node, _Changing) else node


def _joined(kind: type[And | Or], items: list[Node | None]) -> Node | None:
    kept: list[Node] = []
    for item in items:
        if isinstance(item, And | Or) and isinstance(item, kind):
            kept += item.items
        elif item is not None:
            kept.append(item)
    return kind(tuple(kept)) if len(kept) > 1 else next(iter(kept), None)


def _finds(node: Node) -> bool:
    """Whether it names something to look for."""
    match node:
        case Not():
            return False
        case And():
            return any(map(_finds, node.items))
        case _:
            return True


def _changes(node: Node) -> bool:
    match node:
        case And() | Or():
            return any(map(_changes, node.items))
        case Not():
            return _changes(node.item)
        case _:
            return isinstance(node, _Changing)
