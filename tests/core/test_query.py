from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_WORDS,
    After,
    And,
    Before,
    Field,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Word,
    parse,
)
from aggregator.errors import QueryError

NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)


def tree(text: str) -> Node:
    return parse(text, now=NOW).root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flood", Word("flood")),
        ("  flood\t", Word("flood")),
        ("flood drought", And((Word("flood"), Word("drought")))),
        ("flood OR drought", Or((Word("flood"), Word("drought")))),
        ("a OR b OR c", Or((Word("a"), Word("b"), Word("c")))),
        ("a b OR c d", Or((And((Word("a"), Word("b"))), And((Word("c"), Word("d")))))),
        ("a (b OR c)", And((Word("a"), Or((Word("b"), Word("c")))))),
        ("((a))", Word("a")),
        ("a (b c)", And((Word("a"), Word("b"), Word("c")))),
        ("a OR (b OR c)", Or((Word("a"), Word("b"), Word("c")))),
        ("flood -dam", And((Word("flood"), Not(Word("dam"))))),
        ("-dam flood", And((Not(Word("dam")), Word("flood")))),
        ('a -"b c"', And((Word("a"), Not(Phrase(("b", "c")))))),
        ("a -(b OR c)", And((Word("a"), Not(Or((Word("b"), Word("c"))))))),
        ('"  river   bank "', Phrase(("river", "bank"))),
        ("“river bank”", Phrase(("river", "bank"))),
        ('"OR"', Phrase(("OR",))),
        ("elect*", Word("elect", prefix=True)),
        ("e-mail", Word("e-mail")),
        ("title:flood", Field("title", Word("flood"))),
        ("Title:flood", Field("title", Word("flood"))),
        ('title:"river bank"', Field("title", Phrase(("river", "bank")))),
        ("title:elect*", Field("title", Word("elect", prefix=True))),
        ('source:"Daily Example"', Field("source", Phrase(("Daily", "Example")))),
        ("a -source:example", And((Word("a"), Not(Field("source", Word("example")))))),
        ("lang:de", Field("lang", Word("de"))),
        ("tag:world", Field("tag", Word("world"))),
        ("-lang:de tag:world", And((Not(Field("lang", Word("de"))), Field("tag", Word("world"))))),
        # No field, no operator: words.
        ("10:30", Word("10:30")),
        ("foo:bar", Word("foo:bar")),
        ("http://example.com/a?b=c", Word("http://example.com/a?b=c")),
        ("or", Word("or")),
        ("a AND b", And((Word("a"), Word("AND"), Word("b")))),
        ("NOT", Word("NOT")),
        ("NEAR/3", Word("NEAR/3")),
        ("it's", Word("it's")),
        ("^a", Word("^a")),
        # Nothing with a letter or digit in it: passed over.
        ("rock & roll", And((Word("rock"), Word("roll")))),
        ("rock – roll", And((Word("rock"), Word("roll")))),
        ("rock -& roll", And((Word("rock"), Word("roll")))),
        ("rock OR &", Word("rock")),
        ('rock ""', Word("rock")),
        ("rock (&)", Word("rock")),
        # Controls never reach a store.
        ("fl\x00ood", Word("flood")),
        ("\ud800flood", Word("flood")),
    ],
)
def test_forms(text: str, expected: Node) -> None:
    assert tree(text) == expected


def test_the_text_is_kept_as_typed() -> None:
    assert parse(" Flood  OR x", now=NOW).text == " Flood  OR x"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("&", 1, "no word"),
        ("title:*", 1, "no word"),
        ('flood "river bank', 7, "unclosed quote"),
        ('"', 1, "unclosed quote"),
        ("(flood", 1, "opening parenthesis"),
        ("a ((flood)", 3, "opening parenthesis"),
        ("a (", 3, "opening parenthesis"),
        ("flood)", 6, "closing parenthesis"),
        (")", 1, "closing parenthesis"),
        ("a ()", 3, "nothing between"),
        ("OR a", 1, "before OR"),
        ("a OR", 3, "after OR"),
        ("a OR OR b", 6, "before OR"),
        ("(OR a)", 2, "before OR"),
        ("(a OR) b", 4, "after OR"),
        ("-", 1, 'lone "-"'),
        ("a - b", 3, 'lone "-"'),
        ("a --b", 3, 'lone "-"'),
        ("(a -)", 4, 'lone "-"'),
        ("-a", 1, "only words to leave out"),
        ("-a -b", 1, "only words to leave out"),
        ("a OR -b", 6, "only words to leave out"),
        ("a -(-b)", 3, "only words to leave out"),
        ("-source:example", 1, "only words to leave out"),
        ("title:", 7, "needs its value"),
        ("a title: b", 9, "needs its value"),
        ("title:(a b)", 7, "needs its value"),
        ("after:soon", 7, "no date"),
        ("before:2026-13", 8, "no date"),
        ("before:2026-02-30", 8, "no date"),
        ("after:0000", 7, "no date"),
        ("after:3m", 7, "no date"),
        ("after:999999999w", 7, "no date"),
        ('after:"next week"', 7, "no date"),
    ],
)
def test_errors_say_what_and_where(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        tree(text)
    assert message in str(caught.value)
    assert str(caught.value).endswith(f"at column {column}")
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-02", datetime(2026, 2, 1, tzinfo=UTC)),
        ("2026-2-3", datetime(2026, 2, 3, tzinfo=UTC)),
        ("today", datetime(2026, 5, 31, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 5, 30, tzinfo=UTC)),
        ("12h", NOW - timedelta(hours=12)),
        ("3d", NOW - timedelta(days=3)),
        ("2W", NOW - timedelta(weeks=2)),
        ('"2026"', datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates(value: str, expected: datetime) -> None:
    assert tree(f"after:{value}") == After(expected)
    assert tree(f"before:{value}") == Before(expected)


def test_days_begin_where_the_user_is() -> None:
    berlin = datetime(2026, 3, 29, 1, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert parse("after:today", now=berlin).root == After(datetime(2026, 3, 28, 23, tzinfo=UTC))
    # The day of the change to summer time has 23 hours.
    assert parse("after:2026-03-30", now=berlin).root == After(
        datetime(2026, 3, 29, 22, tzinfo=UTC)
    )


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        parse("a", now=datetime(2026, 1, 1))  # noqa: DTZ001 - what is refused


def test_size_is_bounded() -> None:
    assert isinstance(tree("a " * MAX_WORDS), And)
    with pytest.raises(QueryError, match="more than"):
        tree("a " * (MAX_WORDS + 1))
    with pytest.raises(QueryError, match="more than"):
        tree('"' + "a " * (MAX_WORDS + 1) + '"')
    with pytest.raises(QueryError, match="too long"):
        tree("a" * (MAX_LENGTH + 1))
    assert tree("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Word("a")
    with pytest.raises(QueryError, match="too many parentheses"):
        tree("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))


# --- properties ----------------------------------------------------------------------------------

TOKENS = [
    "(",
    ")",
    '"',
    "-",
    "*",
    "OR",
    "AND",
    "NOT",
    "NEAR(",
    ":",
    "title:",
    "lang:",
    "after:",
    "3d",
    "flood",
    "^",
    "+",
    "{",
    "}",
    "'",
    "\\",
    "“",
    ",",
    "rowid",
    "\x00",
    "\ue000",
]
PIECES = st.one_of(st.text(max_size=8), st.just(" "), st.sampled_from(TOKENS))
TYPED = st.lists(PIECES, max_size=25).map("".join)


@given(TYPED)
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    try:
        query = parse(text, now=NOW)
    except QueryError as error:
        column = error.column
    else:
        assert isinstance(query, Query)
        _check(query.root)
        column = 1
    assert 1 <= column <= len(text) + 1


def _check(node: Node) -> None:
    """What the types promise to those who compile the tree."""
    match node:
        case Word(text=text):
            _check_text(text)
        case Phrase(words=words):
            assert words
            for word in words:
                _check_text(word)
        case Field(match=inner):
            _check(inner)
        case After() | Before():
            assert node.at.tzinfo is UTC
        case Not(item=item):
            assert not isinstance(item, Not)
            _check(item)
        case And(items=items) | Or(items=items):
            assert len(items) > 1
            for item in items:
                assert not isinstance(item, type(node))
                assert not (isinstance(node, Or) and isinstance(item, Not))
                _check(item)


def _check_text(text: str) -> None:
    assert text.strip() == text != ""
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)
