"""A search without what changes as time goes by."""

from __future__ import annotations

from aggregator.core.query_tree import (
    After,
    And,
    Before,
    InStory,
    Is,
    Node,
    Not,
    Or,
    Outlets,
    finds,
    joined,
    nodes_of,
)

_Changing = After | Before | InStory | Is | Outlets


def relaxed(node: Node) -> Node | None:
    """What finds every article that `node` would have found at any time, and few others: times,
    stories and what articles are to them are left open.

    None: that is all there are. It may be exclusions only, so it is to be joined with something to
    look for.
    """
    match node:
        case And():
            return joined(And, [relaxed(one) for one in node.items])
        case Or():
            branches = [relaxed(one) for one in node.items]
            if not all(one is not None and finds(one) for one in branches):
                return None
            return joined(Or, branches)
        case Not():
            return None if any(isinstance(one, _Changing) for one in nodes_of(node)) else node
        case _:
            return None if isinstance(node, _Changing) else node
