"""What the words, phrases, fields and NEAR of a search stand for; each raises QueryError."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from aggregator.core.query_dates import moment
from aggregator.core.query_fields import FIELDS
from aggregator.core.query_tokens import Token, TokenKind, has_word
from aggregator.core.query_tree import (
    After,
    Before,
    Field,
    FieldName,
    Has,
    InStory,
    Is,
    Near,
    Outlets,
    Phrase,
    Site,
    Word,
)
from aggregator.core.query_values import (
    is_comparison,
    read_choice,
    read_comparison,
    read_host,
    read_story,
    read_tag,
)
from aggregator.core.text import clean_line
from aggregator.errors import QueryError

MAX_DISTANCE = 100
"""Words between those of NEAR."""
DISTANCE = 10
"""When none is given; as in FTS5."""

_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_SMALL = re.compile(r"[0-9]{1,2}")


def word_or_phrase(token: Token) -> Word | Phrase | None:
    """None: it has no word in it."""
    if token.kind is TokenKind.PHRASE:
        words = tuple(filter(has_word, map(clean_line, token.text.split())))
        return Phrase(words) if words else None
    text = token.text.rstrip("*")
    return Word(clean_line(text), prefix=text != token.text) if has_word(text) else None


def limited(field: str, token: Token) -> Field | Site | None:
    """A word or phrase of a field that takes text."""
    if field == "site":
        return Site(_host(token))
    match = word_or_phrase(token)
    if match is None:
        return None
    if field == "lang":
        match = _language(token)
    elif field == "source" and token.kind is TokenKind.WORD and is_comparison(token.text):
        raise QueryError(
            f"source: takes a name; did you mean sources:{token.text}?", column=token.column
        )
    return Field(_field_name(field), match)


def valued(
    field: str, value: Token, *, following: Token, now: datetime
) -> After | Before | InStory | Outlets | Is | Has:
    """What a field of another kind stands for; `following` is the token behind its value."""
    if value.kind is TokenKind.OPEN:
        raise QueryError(
            f"{field}: takes one value, and no parentheses (as in"
            f" {field}:{FIELDS[field].example}),",
            column=value.column,
        )
    try:
        match field:
            case "story":
                return read_story(value.text)
            case "sources":
                return read_comparison(value.text)
            case "is" | "has":
                return read_choice(field, value.text)
        at = moment(value.text, now)
    except ValueError as error:
        raise QueryError(f"{error},", column=value.column) from None
    if following.kind is TokenKind.WORD and _CLOCK.fullmatch(following.text):
        _refuse_clock(field, value, following)
    return After(at) if field == "after" else Before(at)


def near(opening: Token, inner: Sequence[Token]) -> Near:
    """What stands in the parentheses of NEAR."""
    items: list[Word | Phrase] = []
    distance = DISTANCE
    for token in inner:
        if token.kind is TokenKind.DISTANCE:
            distance = int(token.text)
            if distance > MAX_DISTANCE:
                raise QueryError(f"NEAR spans at most {MAX_DISTANCE} words", column=token.column)
        elif token.kind not in (TokenKind.WORD, TokenKind.PHRASE):
            raise QueryError(
                f'NEAR( ) takes words, phrases and a distance, as in NEAR(dam "river bank", 5), and'
                f' no "{token.text}"',
                column=token.column,
            )
        elif (item := word_or_phrase(token)) is not None:
            items.append(item)
    if len(items) < 2:
        raise QueryError("NEAR needs two words or phrases at least", column=opening.column)
    last = inner[-1]
    if len(items) > 2 and last.kind is TokenKind.WORD and _SMALL.fullmatch(last.text):
        raise QueryError(
            f"a comma is missing before the distance {last.text} (or, if it is a word, quotes round"
            " it),",
            column=last.column,
        )
    return Near(tuple(items), distance)


def _refuse_clock(field: str, day: Token, time: Token) -> None:
    if _DAY.fullmatch(day.text):
        raise QueryError(
            f"a time of day stands right behind its date, as in {field}:{day.text}T{time.text} (or"
            " put it in quotes to look for it),",
            column=time.column,
        )


def _host(token: Token) -> str:
    try:
        return read_host(token.text)
    except ValueError as error:
        raise QueryError(f"{error},", column=token.column) from None


def _language(token: Token) -> Word:
    try:
        return Word(read_tag(token.text))
    except ValueError as error:
        raise QueryError(f"{error},", column=token.column) from None


def _field_name(name: str) -> FieldName:
    for known in get_args(FieldName):
        if known == name:
            return known  # type: ignore[no-any-return]  # get_args of a Literal gives its values
    raise AssertionError(name)
