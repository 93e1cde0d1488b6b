"""Searches for property tests: syntax trees as the parser makes them, and texts as people type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from hypothesis import strategies as st

from aggregator.core.query_leaves import MAX_DISTANCE
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Kind,
    Leaf,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
)

WORDS = (
    *("flood", "Fluß", "été", "İstanbul", "наводнение", "سیلاب", "می‌رود", "बाढ़", "洪水", "น้ำท่วม"),
    *("e-mail", "don't", "it’s", "10:30", "U.S.", "C++", "#tag", "@name", "R&D", "a,b", 'צה"ל'),
    *("or", "and", "not", "NEAR", "NOTE", "ORAND", "foo:bar", "note:", "http://example.com/a?b=c"),
    *("^a", "{b}", "a;b", "a'b", "\\a", "rowid", "5", "+1", "\ue000x", "1,5"),
)
"""Words as they may stand by themselves; many would mean something to a database."""
ONLY_QUOTED = ("OR", "AND", "NOT", "(a)", "-b", "title:c", "NEAR(d", "–e", "NEAR/3", "f*g", "||h")
"""Words in quotes alone."""
HOSTS = ("example.org", "news.example.org", "xn--mnchen-3ya.example", "localhost", "[::1]")


def words(texts: Sequence[str] = WORDS) -> st.SearchStrategy[Word]:
    return st.builds(Word, st.sampled_from(texts), prefix=st.booleans())


def phrases(texts: Sequence[str] = (*WORDS, *ONLY_QUOTED)) -> st.SearchStrategy[Phrase]:
    return st.builds(Phrase, st.lists(st.sampled_from(texts), min_size=1, max_size=4).map(tuple))


def moments() -> st.SearchStrategy[datetime]:
    return st.datetimes(timezones=st.just(UTC))


def leaves(
    texts: Sequence[str] = WORDS, *, hosts: Sequence[str] = HOSTS
) -> st.SearchStrategy[Leaf]:
    """Everything that a search can ask for, of these words."""
    quoted = phrases((*texts, *(ONLY_QUOTED if texts is WORDS else ())))
    text = words(texts) | quoted
    near = words([text for text in texts if not re.search(r"[^0-9],|,[^0-9]", text)]) | quoted
    return st.one_of(
        text,
        st.builds(Field, st.sampled_from(["title", "author", "source", "tag"]), text),
        st.builds(
            Near, st.lists(near, min_size=2, max_size=3).map(tuple), st.integers(0, MAX_DISTANCE)
        ),
        st.builds(Field, st.just("lang"), st.sampled_from(["de", "pt-BR", "zho"]).map(Word)),
        st.builds(Site, st.sampled_from(hosts)),
        st.builds(InStory, st.integers(0, 10**18 - 1)),
        st.builds(Is, st.sampled_from(get_args(Kind))),
        st.just(Has("image")),
        st.builds(Outlets, st.sampled_from(get_args(Operator)), st.integers(0, 10**9 - 1)),
        st.builds(After, moments()),
        st.builds(Before, moments()),
    )


def query_trees(
    leaf: st.SearchStrategy[Leaf] | None = None, *, max_leaves: int = 12
) -> st.SearchStrategy[Node]:
    """Trees as the types promise them: And and Or of two or more and not of their own kind, no Not
    of a Not, nothing that only leaves out."""
    return st.recursive(leaves() if leaf is None else leaf, _joined, max_leaves=max_leaves)


def _joined(positive: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(positive, min_size=1, max_size=3)
    return st.one_of(
        st.builds(_all, some, st.lists(positive.map(Not), max_size=2), st.randoms()),
        st.builds(_either, some, positive),
    )


def _all(wanted: list[Node], unwanted: list[Node], random: object) -> Node:
    items = _flat(And, [*wanted, *unwanted])
    random.shuffle(items)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    return items[0] if len(items) == 1 else And(tuple(items))


def _either(some: list[Node], one: Node) -> Node:
    return Or(tuple(_flat(Or, [*some, one])))


def _flat(kind: type[And | Or], items: list[Node]) -> list[Node]:
    return [
        inner for item in items for inner in (item.items if isinstance(item, kind) else (item,))
    ]


_PIECES = (
    *(
        "(",
        ")",
        "（",
        "）",
        '"',
        "“",
        "”",
        "«",
        "»",
        "「",
        "」",
        "-",
        "–",
        "*",
        ":",
        "：",
        ",",
        ", 5)",
    ),
    *(
        "OR",
        "AND",
        "NOT",
        "NEAR",
        "NEAR(",
        "NEAR/5",
        "||",
        "~2",
        "^",
        "+",
        "{",
        "}",
        "'",
        "\\",
        "%",
    ),
    *(
        "title:",
        "author:",
        "source:",
        "tag:",
        "lang:",
        "site:",
        "after:",
        "before:",
        "story:",
        "is:",
    ),
    *(
        "has:",
        "sources:",
        "titel:",
        "ſource:",
        "title:(",
        "3d",
        "6mo",
        "2026-05-31",
        "T14:30",
        ">3",
    ),
    *("copy", "image", "de", "example.org", "https://www.example.org/a", "22", "flood", "rowid"),
    *("\x00", "\ud800", "\ue000", "\u200b", "\u200f", "\u0301", "א", "洪水", "ـ", "ﬁ"),
)


def query_texts() -> st.SearchStrategy[str]:
    """Anything, with much in it that means something; few are searches, most are errors."""
    piece = st.one_of(st.just(" "), st.sampled_from(_PIECES), st.text(max_size=8))
    return st.lists(piece, max_size=25).map("".join)
