from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.core.query import MAX_DEPTH, MAX_LENGTH, MAX_WORDS, parse
from aggregator.core.query_fields import FIELDS, Takes, meant_field
from aggregator.core.query_tree import And, Field, Node, Or, Site, Word
from aggregator.errors import QueryError

NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)


def tree(text: str) -> Node:
    return parse(text, now=NOW).root


def refused(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        tree(text)
    assert str(caught.value).endswith(f"at column {caught.value.column}")
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("&", 1, "no word"),
        ('flood "river bank', 7, "unclosed quote"),
        ('"', 1, "unclosed quote"),
        ("a «b", 3, "unclosed quote"),
        ('a 「b"', 3, "unclosed quote"),
        ("a b」", 4, "closing quote"),
        ("(flood", 1, "opening parenthesis"),
        ("a ((flood)", 3, "opening parenthesis"),
        ("a (", 3, "opening parenthesis"),
        ("title:(a", 7, "opening parenthesis"),
        ("flood)", 6, "closing parenthesis"),
        (")", 1, "closing parenthesis"),
        ("a ()", 3, "nothing between"),
        ("title:()", 7, "nothing between"),
        ("OR a", 1, "before OR"),
        ("a OR", 3, "after OR"),
        ("a OR OR b", 6, "before OR"),
        ("(OR a)", 2, "before OR"),
        ("(a OR) b", 4, "after OR"),
        ("AND", 1, 'before AND (the word is looked for as "AND", in quotes)'),
        ("AND a", 1, "before AND"),
        ("a AND", 3, "after AND"),
        ("a AND AND b", 7, "before AND"),
        ("a AND OR b", 7, "before OR"),
        ("a OR AND b", 6, "before AND"),
        ("(a AND) b", 4, "after AND"),
        ("NOT", 1, 'after NOT (the word is looked for as "NOT", in quotes)'),
        ("a NOT", 3, "after NOT"),
        ("a NOT OR b", 3, "after NOT"),
        ("a NOT NOT b", 3, "after NOT"),
        ("a NOT -b", 3, "after NOT"),
        ("-", 1, 'lone "-"'),
        ("a - b", 3, 'lone "-"'),
        ("a --b", 3, 'lone "-"'),
        ("(a -)", 4, 'lone "-"'),
        ("a -OR", 4, '"OR" is no word to leave out'),
        ("a -NOT", 4, '"NOT" is no word to leave out'),
        ("-a", 1, "only words to leave out"),
        ("NOT a", 1, "only words to leave out"),
        ("-a -b", 1, "only words to leave out"),
        ("a OR -b", 6, "only words to leave out"),
        ("a -(-b)", 3, "only words to leave out"),
        ("-source:example", 1, "only words to leave out"),
        ("-title:(a b)", 1, "only words to leave out"),
        ("title:(a OR -b)", 13, "only words to leave out"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, column: int, message: str) -> None:
    error = refused(text)
    assert message in str(error)
    assert error.column == column


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("el*ct", 3, "the end of a word only"),
        ("*ing", 1, "the end of a word only"),
        ("elect*, flood", 6, "the end of a word only"),
        ("title:el*ct", 9, "the end of a word only"),
        ('"elect* day"', 7, "inside quotes"),
        ('"river ban"*', 12, "behind a phrase"),
        ('"river bank"~5', 13, "NEAR(one other, 5)"),
        ("flood NEAR/5 dam", 7, "NEAR(one other, 5)"),
        ("flood || dam", 7, "write OR"),
        ("flood –dam", 7, "is a dash"),
        ("flood −dam", 7, "is a dash"),
        ("title:-flood", 7, 'write "-" before title:'),
        ("title:source:dam", 7, "one field only"),
        ("sources>3", 1, "sources:>3"),
        ("lang=de", 1, "lang:de"),
        ("source:>3", 8, "sources:>3"),
        ("after:2026-05-31 14:30", 18, "2026-05-31T14:30"),
    ],
)
def test_the_ways_of_other_tools_are_not_misread(text: str, column: int, message: str) -> None:
    error = refused(text)
    assert message in str(error)
    assert error.column == column


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("NEAR(flood)", 1, "two words or phrases"),
        ("flood NEAR()", 7, "two words or phrases"),
        ("NEAR(flood, 5)", 1, "two words or phrases"),
        ("NEAR(flood &)", 1, "two words or phrases"),
        ("NEAR(flood dam", 1, "opening parenthesis"),
        ("NEAR(flood dam, 101)", 17, "at most 100 words"),
        ("NEAR(flood dam 5)", 16, "comma is missing"),
        ("NEAR(flood 10,50)", 14, "comma between two numbers"),
        ("NEAR(flood OR dam, 5)", 12, 'no "OR"'),
        ("NEAR(flood (dam), 5)", 12, 'no "("'),
        ("NEAR(flood -dam, 5)", 12, 'no "-"'),
        ("NEAR(flood title:dam, 5)", 12, 'no "title"'),
        ("NEAR(flood NEAR(a b), 5)", 12, 'no "NEAR"'),
        ("title:(NEAR(flood dam))", 8, "neither NEAR nor a field"),
        ("title:(flood source:a)", 14, "neither NEAR nor a field"),
    ],
)
def test_near_and_groups_say_what_they_take(text: str, column: int, message: str) -> None:
    error = refused(text)
    assert message in str(error)
    assert error.column == column


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_without_a_value_is_refused_with_an_example(name: str) -> None:
    for behind in ("", " flood", ")"):
        error = refused(f"dam {name}:{behind}")
        assert f"as in {name}:{FIELDS[name].example}" in str(error)
        assert error.column == len(f"dam {name}:") + 1


@pytest.mark.parametrize(
    ("text", "column", "messages"),
    [
        ("title:&", 7, ["no word"]),
        ("title:(&)", 7, ["no word"]),
        ("dam is:copied", 8, ["first, same, copy", "starred", "did you mean is:copy?"]),
        ("is:x", 4, ["translation, starred, read or unread"]),
        ("has:images", 5, ["image", "did you mean has:image?"]),
        ("has:video", 5, ["takes image"]),
        ("is:(copy OR same)", 4, ["one value"]),
        ("after:(3d)", 7, ["one value"]),
        ("story:baku", 7, ["story:22"]),
        ("story:-1", 7, ["story:22"]),
        ("story:1234567890123456789", 7, ["story:22"]),
        ("sources:many", 9, ["sources:>3", "did you mean source:?"]),
        ("sources:3.5", 9, ["sources:>3"]),
        ("sources:>", 9, ["sources:>3"]),
        ("sources:> 3", 9, ["sources:>3"]),
        ("sources:1234567890", 9, ["sources:>3"]),
        ("lang:german", 6, ["lang:de"]),
        ("lang:de*", 6, ["lang:de"]),
        ("lang:(de OR german)", 13, ["lang:de"]),
        ('lang:"de fr"', 6, ["lang:de"]),
        ("site:&", 6, ["site:example.org"]),
        ("site:bbc*", 6, ["site:example.org"]),
        ('site:"two words"', 6, ["site:example.org"]),
        ("before:soon", 8, ["2026-05-31", "3d", "yesterday"]),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_right(
    text: str, column: int, messages: list[str]
) -> None:
    error = refused(text)
    for message in messages:
        assert message in str(error)
    assert error.column == column


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("titel", "title"), ("titl", "title"), ("titles", "title"), ("TITEL", "title")),
        *(("souce", "source"), ("sourcs", "source"), ("autor", "author"), ("stroy", "story")),
        *(("befor", "before"), ("aftre", "after"), ("sites", "site"), ("stie", "site")),
        *(("lnag", "lang"), ("tags", "tag"), ("intitle", "title"), ("since", "after")),
    ],
)
def test_a_misspelt_field_is_refused_with_the_one_it_is_near_to(typed: str, meant: str) -> None:
    for value in ("x", '"x y"', "(x OR y)"):
        error = refused(f"dam {typed}:{value}")
        assert f"did you mean {meant}:?" in str(error)
        assert error.column == 5


def test_no_field_is_taken_for_a_misspelt_one() -> None:
    for name, spec in FIELDS.items():
        if spec.takes is Takes.TEXT:
            assert isinstance(tree(f"{name}:de"), Field | Site)
        assert meant_field(name) in (None, "source", "sources")


def test_the_column_is_that_of_what_was_typed() -> None:
    """Also where characters that nobody sees stand before it, and where it is not composed."""
    assert refused('\u200b\u200be\u0301 "x').column == 6
    assert refused("flood\x00 (").column == 8


def test_size_is_bounded() -> None:
    assert isinstance(tree("a " * MAX_WORDS), And)
    for text in (
        "a " * (MAX_WORDS + 1),
        '"' + "a " * (MAX_WORDS + 1) + '"',
        "is:copy " * (MAX_WORDS + 1),
        "NEAR(" + "a " * (MAX_WORDS + 1) + ")",
        "title:(" + "a " * (MAX_WORDS + 1) + ")",
    ):
        assert "more than" in str(refused(text))
    assert "too long" in str(refused("a" * (MAX_LENGTH + 1)))


@pytest.mark.parametrize("opening", ["(", "title:(", "b -("])
def test_depth_is_bounded(opening: str) -> None:
    inner = opening + "(" * (MAX_DEPTH - 1) + "a" + ")" * MAX_DEPTH
    tree(inner)
    assert "too many parentheses" in str(refused(opening + "(" * MAX_DEPTH + "a"))


def test_many_alternatives_are_one_or() -> None:
    root = tree(" OR ".join(["a"] * MAX_WORDS))
    assert root == Or((Word("a"),) * MAX_WORDS)
