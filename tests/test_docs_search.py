"""docs/search.md tells of every field and value, and its examples are what the parser reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.query import MAX_DEPTH, MAX_LENGTH, MAX_WORDS, parse
from aggregator.core.query_fields import FIELDS
from aggregator.core.query_leaves import DISTANCE, MAX_DISTANCE
from aggregator.core.stemming import STEMMERS
from aggregator.errors import QueryError

PAGE = (Path(__file__).parent.parent / "docs" / "search.md").read_text(encoding="utf-8")
NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)


def section(title: str) -> str:
    found = re.search(
        rf"^##+ {re.escape(title)}\n(.*?)(?=^## |^### |\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    assert found, title
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The cells of the tables of a section."""
    lines = re.findall(r"^\| (`.*) \|$", section(title), re.MULTILINE)
    assert lines
    return [re.split(r" \| ", line) for line in lines]


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def errors() -> list[tuple[str, str]]:
    return re.findall(r"^    (\S+(?: \S+)*) {2,}(\S.*)$", section("Errors"), re.MULTILINE)


def test_each_field_has_its_line_and_no_other_has() -> None:
    names = [code(row[0])[0] for row in rows("Fields")]
    assert [name.removesuffix(":") for name in names if name.endswith(":")] == list(FIELDS)


@pytest.mark.parametrize(
    "value", [f"{name}:{value}" for name, spec in FIELDS.items() for value in spec.values]
)
def test_each_value_of_a_field_is_told(value: str) -> None:
    assert f"`{value}`" in section("Fields")


def test_the_examples_can_be_read() -> None:
    examples = [text for row in rows("Operators") for text in code(row[0])]
    examples += [text for row in rows("Fields") for text in code(row[-1])]
    examples += [f"after:{text}" for row in rows("Times") for text in code(row[0])]
    assert len(examples) > 40
    for text in examples:
        parse(text, now=NOW)


def test_the_errors_are_those_of_the_parser() -> None:
    assert len(errors()) == 5
    for text, message in errors():
        with pytest.raises(QueryError) as caught:
            parse(text, now=NOW)
        parts = message.split("…")
        assert re.search(".*".join(map(re.escape, parts)), str(caught.value)), text


def test_the_limits_are_those_of_the_parser() -> None:
    limits = section("Limits").replace("\n", " ")
    for limit in (
        f"{MAX_LENGTH:,} characters",
        f"{MAX_WORDS} words",
        f"{MAX_DEPTH} parentheses",
        f"at most {MAX_DISTANCE} words",
    ):
        assert limit in limits
    assert f"the distance is {DISTANCE} " in section("Operators")


def test_the_languages_are_those_with_stems() -> None:
    told = re.search(
        r"This works for articles in (.*?)\.", section("How words are compared"), re.DOTALL
    )
    assert told
    assert set(code(told[1])) == set(STEMMERS)
