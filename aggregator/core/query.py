"""The search language: what a user types, as a syntax tree.

    climate summit          both words
    "climate summit"        side by side
    flood OR drought        either; OR (in capitals) binds looser than words side by side
    -football               without this word
    (flood OR drought) iran parentheses group
    elect*                  words that begin so
    title:flood             in the headline
    source:example          of a source whose name has this word
    source:"Daily Example"  of the source of exactly this name
    lang:de  tag:world      in this language; of a source with this tag
    after:2026-05           published (else first seen) from the beginning of that time on
    before:3d               … and earlier than that: YYYY[-MM[-DD]], 12h, 3d, 2w, today, yesterday

Everything else is words: `10:30`, `http://example.com/`, AND, NOT and NEAR are looked for as they
stand. What has neither a letter nor a digit (`&`, `–`) is passed over. Case and diacritics are the
store's business; the tree keeps words as they were typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from typing import Literal, get_args

from aggregator.core.text import clean_line
from aggregator.errors import QueryError

MAX_LENGTH = 4_000
"""Characters; beyond it no person typed it."""
MAX_WORDS = 200
"""Words, fields and words of phrases together."""
MAX_DEPTH = 16
"""Parentheses inside parentheses."""

FieldName = Literal["title", "source", "lang", "tag"]


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    """As typed; a store may see several words in it, side by side ("e-mail")."""
    prefix: bool = False
    """True: words that begin with it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    name: FieldName
    match: Word | Phrase


@dataclass(frozen=True, slots=True)
class After:
    at: datetime
    """Aware UTC; this moment is included."""


@dataclass(frozen=True, slots=True)
class Before:
    at: datetime
    """Aware UTC; this moment is not included."""


@dataclass(frozen=True, slots=True)
class Not:
    item: Node


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Node, ...]
    """At least two; no And among them, and at least one that is no Not where one is needed."""


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Node, ...]
    """At least two; no Or among them; each names something to look for, not only exclusions."""


Node = Word | Phrase | Field | After | Before | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    text: str
    """As typed."""
    root: Node
    """Never only exclusions: a store can always start from something to look for."""


def parse(text: str, *, now: datetime) -> Query:
    """Read a search. Raises QueryError, with the column, for what cannot be read.

    `now` is aware; "today" and dates are days in its time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware of its time zone")
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"the search is too long: it may have {MAX_LENGTH:,} characters, and goes on",
            column=MAX_LENGTH + 1,
        )
    root = _Parser(tuple(_tokens(text)), now).parse()
    return Query(text=text, root=root)


# --- tokens --------------------------------------------------------------------------------------


class _Kind(Enum):
    OPEN = auto()
    CLOSE = auto()
    OR = auto()
    NOT = auto()
    WORD = auto()
    PHRASE = auto()
    FIELD = auto()
    """The name only; the value is the next token."""
    END = auto()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str
    column: int


_QUOTES = '"“”„'
_RUN = re.compile(rf"[^\s(){_QUOTES}]+")
_FIELD = re.compile(r"(title|source|lang|tag|after|before):", re.IGNORECASE)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        char = text[position]
        if char.isspace():
            position += 1
        elif char in "()":
            yield _Token(_Kind.OPEN if char == "(" else _Kind.CLOSE, char, position + 1)
            position += 1
        elif char in _QUOTES:
            end = _closing_quote(text, position)
            yield _Token(_Kind.PHRASE, text[position + 1 : end], position + 1)
            position = end + 1
        elif char == "-":
            _check_exclusion(text, position)
            yield _Token(_Kind.NOT, char, position + 1)
            position += 1
        else:
            run = _RUN.match(text, position)
            assert run is not None  # noqa: S101 - the character is none of those above
            yield from _word_tokens(run[0], position, following=text[run.end() : run.end() + 1])
            position = run.end()
    yield _Token(_Kind.END, "", len(text) + 1)


def _closing_quote(text: str, opening: int) -> int:
    for position in range(opening + 1, len(text)):
        if text[position] in _QUOTES:
            return position
    raise QueryError("unclosed quote", column=opening + 1)


def _check_exclusion(text: str, position: int) -> None:
    following = text[position + 1 : position + 2]
    if not following or following.isspace() or following in ")-":
        raise QueryError(
            'a lone "-" (it must stand right before the word it excludes)', column=position + 1
        )


def _word_tokens(run: str, position: int, *, following: str) -> Iterator[_Token]:
    if run == "OR":
        yield _Token(_Kind.OR, run, position + 1)
        return
    field = _FIELD.match(run)
    if field is None:
        yield _Token(_Kind.WORD, run, position + 1)
        return
    name, value = field[1].lower(), run[field.end() :]
    if not value and following not in tuple(_QUOTES):
        raise QueryError(
            f"{name}: needs its value right after the colon, one word or a phrase in quotes,",
            column=position + len(field[0]) + 1,
        )
    yield _Token(_Kind.FIELD, name, position + 1)
    if value:
        yield _Token(_Kind.WORD, value, position + len(field[0]) + 1)


# --- grammar -------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent. A part that has no word in it ("&", "()" of such) is None."""

    def __init__(self, tokens: tuple[_Token, ...], now: datetime) -> None:
        self._tokens = tokens
        self._now = now
        self._index = 0
        self._words = 0
        self._depth = 0

    def parse(self) -> Node:
        if self._token.kind is _Kind.END:
            raise QueryError("the search is empty: type a word to look for", column=1)
        root = self._alternatives()
        if self._token.kind is _Kind.CLOSE:
            raise QueryError("a closing parenthesis without its opening one", column=self._column)
        if root is None:
            raise QueryError("there is no word to look for", column=1)
        _check_positive(root, 1)
        return root

    @property
    def _token(self) -> _Token:
        return self._tokens[self._index]

    @property
    def _column(self) -> int:
        return self._token.column

    def _next(self) -> _Token:
        token = self._token
        self._index += 1
        return token

    def _alternatives(self) -> Node | None:
        branches: list[tuple[Node | None, int]] = []
        while True:
            column = self._column
            branches.append((self._conjunction(), column))
            if self._token.kind is not _Kind.OR:
                break
            self._next()
        if len(branches) > 1:
            for branch, column in branches:
                if branch is not None:
                    _check_positive(branch, column)
        return _joined(Or, [branch for branch, _ in branches if branch is not None])

    def _conjunction(self) -> Node | None:
        if self._token.kind is _Kind.OR:
            raise QueryError("nothing to look for before OR", column=self._column)
        items: list[Node] = []
        found = False
        while self._token.kind not in (_Kind.OR, _Kind.CLOSE, _Kind.END):
            found = True
            item = self._item()
            if item is not None:
                items.append(item)
        if not found:
            self._refuse_nothing()
        return _joined(And, items)

    def _refuse_nothing(self) -> None:
        before = self._tokens[self._index - 1] if self._index else None
        if before is not None and before.kind is _Kind.OR:
            raise QueryError("nothing to look for after OR", column=before.column)
        if before is not None and self._token.kind is _Kind.CLOSE:
            raise QueryError("nothing between the parentheses", column=before.column)
        if before is not None:
            raise QueryError("an opening parenthesis without its closing one", column=before.column)
        raise QueryError("a closing parenthesis without its opening one", column=self._column)

    def _item(self) -> Node | None:
        token = self._next()
        match token.kind:
            case _Kind.NOT:
                item = self._item()
                if item is None:
                    return None
                _check_positive(item, token.column)
                return Not(item)
            case _Kind.OPEN:
                return self._group(token)
            case _Kind.FIELD:
                return self._field(token.text, self._next())
            case _:
                return self._text(token)

    def _group(self, opening: _Token) -> Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("too many parentheses inside each other", column=opening.column)
        inner = self._alternatives()
        if self._token.kind is not _Kind.CLOSE:
            raise QueryError(
                "an opening parenthesis without its closing one", column=opening.column
            )
        self._next()
        self._depth -= 1
        return inner

    def _field(self, name: str, value: _Token) -> Node | None:
        if name in ("after", "before"):
            self._count(1, value.column)
            at = _moment(value, self._now)
            return After(at) if name == "after" else Before(at)
        match = self._text(value)
        return None if match is None else Field(_field_name(name), match)

    def _text(self, token: _Token) -> Word | Phrase | None:
        if token.kind is _Kind.PHRASE:
            words = tuple(filter(_has_word, map(clean_line, token.text.split())))
            self._count(len(words), token.column)
            return Phrase(words) if words else None
        prefix = token.text.endswith("*")
        text = clean_line(token.text.rstrip("*") if prefix else token.text)
        self._count(1, token.column)
        return Word(text, prefix) if _has_word(text) else None

    def _count(self, words: int, column: int) -> None:
        self._words += words
        if self._words > MAX_WORDS:
            raise QueryError(f"more than {MAX_WORDS} words to look for", column=column)


def _joined(kind: type[And | Or], items: list[Node]) -> Node | None:
    flat: list[Node] = []
    for item in items:
        if isinstance(item, kind):
            flat.extend(item.items)
        else:
            flat.append(item)
    if len(flat) <= 1:
        return flat[0] if flat else None
    return kind(tuple(flat))


def _check_positive(node: Node, column: int) -> None:
    """A store can look for something and leave out some of it; it cannot look for nothing."""
    only_exclusions = isinstance(node, Not) or (
        isinstance(node, And) and all(isinstance(item, Not) for item in node.items)
    )
    if only_exclusions:
        raise QueryError(
            "only words to leave out, and none to look for (add one, or a field such as after:1d),",
            column=column,
        )


def _field_name(name: str) -> FieldName:
    for known in get_args(FieldName):
        if known == name:
            return known  # type: ignore[no-any-return]  # get_args of a Literal gives its values
    raise AssertionError(name)


def _has_word(text: str) -> bool:
    """Letters, digits and private-use characters are what full-text indexes take for words."""
    return any(char.isalnum() or unicodedata.category(char) == "Co" for char in text)


# --- dates ---------------------------------------------------------------------------------------

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_AGO = re.compile(r"([0-9]{1,9})([hdw])", re.IGNORECASE)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_DAYS_AGO = {"today": 0, "yesterday": 1}


def _moment(value: _Token, now: datetime) -> datetime:
    text = value.text.strip().lower()
    try:
        if ago := _AGO.fullmatch(text):
            return now.astimezone(UTC) - int(ago[1]) * _UNITS[ago[2]]
        if text in _DAYS_AGO:
            return _midnight(now.date() - timedelta(days=_DAYS_AGO[text]), now)
        if day := _DATE.fullmatch(text):
            return _midnight(date(int(day[1]), int(day[2] or 1), int(day[3] or 1)), now)
    except (ValueError, OverflowError):
        pass  # month 13, 30 February, a million weeks ago: refused below like any other
    raise QueryError(
        f'"{clean_line(value.text)}" is no date (write 2026-05-31, 2026-05, 2026, 12h, 3d, 2w, '
        "today or yesterday),",
        column=value.column,
    )


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), tzinfo=now.tzinfo).astimezone(UTC)
