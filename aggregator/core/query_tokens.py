"""A search as tokens, each with the column where it begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

from aggregator.core.query_fields import FIELDS, Takes, meant_field
from aggregator.core.query_marks import (
    CLOSING,
    DASHES,
    HEBREW_MARK,
    IGNORED,
    LONE_CLOSING,
    OPENING,
    QUOTES,
    closing_quote,
)
from aggregator.core.searchwords import index_words
from aggregator.core.text import clean_line
from aggregator.errors import QueryError


class TokenKind(Enum):
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    """A minus sign right before a word, or the word."""
    WORD = auto()
    PHRASE = auto()
    """What is between two quotes."""
    FIELD = auto()
    """The name only; the value is the next token: a WORD, a PHRASE or OPEN."""
    NEAR = auto()
    """With its opening parenthesis."""
    DISTANCE = auto()
    """The number at the end of NEAR; CLOSE follows."""
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: TokenKind
    text: str
    column: int


_OPERATORS = {"AND": TokenKind.AND, "OR": TokenKind.OR, "NOT": TokenKind.NOT}
_COMMAS = ",，、"
_PARTING = rf"\s{re.escape(OPENING + CLOSING + QUOTES)}"
_RUN = re.compile(rf"(?:[^{_PARTING}]|{HEBREW_MARK})+")
_RUN_IN_NEAR = re.compile(rf"(?:[^{_PARTING}{_COMMAS}]|{HEBREW_MARK}|(?<=[0-9]),(?=[0-9]))+")
_NAME = re.compile(r"([A-Za-z]+)[:：]")
_NO_COLON = re.compile(r"([A-Za-z]+)(=|[<>]=?|[≤≥])[^=<>]")
_NEAR_INFIX = re.compile(r"NEAR/[0-9]+")
_DISTANCE = re.compile(rf"[{_COMMAS}]\s*(0|[1-9][0-9]{{0,8}})\s*(?=[{re.escape(CLOSING)}])")
_SLOP = re.compile(r"[~*^][0-9]*")
_LITERALLY = "in quotes it is looked for as it stands"


def tokens(text: str) -> tuple[Token, ...]:
    """The last one is END. Raises QueryError."""
    readable, columns = _readable(text)
    return tuple(_Lexer(readable, columns).read())


def has_word(text: str) -> bool:
    """Whether an index has a word for it."""
    return bool(index_words(text))


def _readable(text: str) -> tuple[str, Sequence[int]]:
    """Without characters that nobody sees, and the column of each that is left and of the end."""
    if text.isprintable():
        return text, range(1, len(text) + 2)
    kept = [
        at
        for at, char in enumerate(text)
        if char.isspace() or (char not in IGNORED and clean_line(char))
    ]
    return "".join(text[at] for at in kept), [at + 1 for at in (*kept, len(text))]


class _Lexer:
    def __init__(self, text: str, columns: Sequence[int]) -> None:
        self._text = text
        self._columns = columns
        self._at = 0
        self._tokens: list[Token] = []
        self._in_near = False

    def read(self) -> list[Token]:
        while self._at < len(self._text):
            char = self._text[self._at]
            if char.isspace():
                self._at += 1
            elif char in OPENING:
                self._emit(TokenKind.OPEN, char, self._at + 1)
            elif char in CLOSING:
                self._emit(TokenKind.CLOSE, char, self._at + 1)
                self._in_near = False
            elif char in QUOTES:
                self._phrase(char)
            elif self._in_near and char in _COMMAS:
                self._comma()
            elif char == "-":
                self._check_exclusion()
                self._emit(TokenKind.NOT, char, self._at + 1)
            else:
                self._run()
        self._emit(TokenKind.END, "", self._at)
        return self._tokens

    def _emit(self, kind: TokenKind, text: str, end: int) -> None:
        """Its column is that of the present position."""
        self._tokens.append(Token(kind, text, self._columns[self._at]))
        self._at = end

    def _refuse(self, message: str, at: int | None = None) -> NoReturn:
        raise QueryError(message, column=self._columns[self._at if at is None else at])

    # --- phrases and exclusions

    def _phrase(self, quote: str) -> None:
        if quote in LONE_CLOSING:
            self._refuse("a closing quote without its opening one")
        end = closing_quote(self._text, self._at)
        if end is None:
            self._refuse("unclosed quote")
        inner = self._text[self._at + 1 : end]
        for word in re.finditer(r"\S+", inner):
            if word[0].endswith("*") and has_word(word[0]):
                self._refuse(
                    'a "*" inside quotes finds no beginnings of words (leave it out)',
                    self._at + 1 + word.end() - 1,
                )
        self._emit(TokenKind.PHRASE, inner, end + 1)
        if (behind := _SLOP.match(self._text, self._at)) and behind[0] != "^":
            self._refuse(
                f'"{behind[0][:1]}" behind a phrase means nothing (words near each other are '
                "NEAR(one other, 5), beginnings of words are written without quotes),"
            )

    def _check_exclusion(self) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        if not following or following.isspace() or following in CLOSING + "-":
            self._refuse('a lone "-" (it must stand right before the word it excludes)')

    # --- words and what is written like them

    def _comma(self) -> None:
        """Inside NEAR commas part, and the last one may be followed by the distance."""
        distance = _DISTANCE.match(self._text, self._at)
        if distance is None:
            self._at += 1
        else:
            self._at = distance.start(1)
            self._emit(TokenKind.DISTANCE, distance[1], distance.end())

    def _run(self) -> None:
        match = (_RUN_IN_NEAR if self._in_near else _RUN).match(self._text, self._at)
        assert match is not None  # noqa: S101 - the character is none of those above
        run = match[0]
        if self._in_near and _DISTANCE.match(self._text, self._at + (comma := run.rfind(","))):
            self._refuse(
                "a comma between two numbers (put a blank behind it if the distance follows, or "
                "quotes round the whole number)",
                self._at + comma,
            )
        self._read_run(run, match.end())

    def _read_run(self, run: str, end: int) -> None:
        if run in _OPERATORS:
            last = self._tokens[-1] if self._tokens else None
            if last is not None and (last.kind, last.text) == (TokenKind.NOT, "-"):
                self._refuse(f'"{run}" is no word to leave out ({_LITERALLY})')
            self._emit(_OPERATORS[run], run, end)
        elif run == "||":
            self._refuse('"||" means nothing here (write OR)')
        elif run.upper() == "NEAR" and self._text[end : end + 1] in tuple(OPENING):
            self._emit(TokenKind.NEAR, run, end + 1)
            self._in_near = True
        elif _NEAR_INFIX.fullmatch(run):
            self._refuse(
                f'"{run}" is written NEAR(one other, {run.partition("/")[2]}) here ({_LITERALLY})'
            )
        else:
            self._field_or_word(run, end)

    def _field_or_word(self, run: str, end: int) -> None:
        match = _NAME.match(run)
        name = match[1].lower() if match else ""
        if match is None or name not in FIELDS:
            if match is not None:
                self._check_name(match, behind=run[match.end() :] or self._text[end : end + 1])
            self._check_colon(run)
            self._word(run, end)
            return
        begin = self._at + match.end()
        self._emit(TokenKind.FIELD, name, begin)
        value = run[match.end() :]
        if value:
            self._value(name, value, end)
        elif self._text[end : end + 1] not in tuple(QUOTES + OPENING):
            self._refuse(
                f"{name}: needs its value right behind the colon, as in "
                f"{name}:{FIELDS[name].example} ({_LITERALLY}),"
            )

    def _check_colon(self, run: str) -> None:
        match = _NO_COLON.match(run)
        if match and (name := match[1].lower()) in FIELDS:
            self._refuse(
                f"a field is written with a colon, as in {name}:{FIELDS[name].example}, and not "
                f"{name}{match[2]} ({_LITERALLY}),"
            )

    def _check_name(self, name: re.Match[str], *, behind: str) -> None:
        meant = meant_field(name[1])
        if meant and behind and not behind[0].isspace() and not behind.startswith("//"):
            self._refuse(f"{name[1]}: is no field; did you mean {meant}:? ({_LITERALLY}),")

    def _value(self, name: str, value: str, end: int) -> None:
        if FIELDS[name].takes is Takes.TEXT:
            if value.startswith("-"):
                self._refuse(f'"-" behind a field (to leave it out, write "-" before {name}:),')
            if (inner := _NAME.match(value)) and inner[1].lower() in FIELDS:
                self._refuse(f"a value is of one field only ({_LITERALLY}),")
            if name != "site":
                self._word(value, end)
                return
        self._emit(TokenKind.WORD, value, end)

    def _word(self, run: str, end: int) -> None:
        if run[0] in DASHES and has_word(run[1:2]):
            self._refuse(
                f'"{run[0]}" is a dash (to leave a word out, write "-" before it; {_LITERALLY}),'
            )
        star = run.find("*")
        if star >= 0 and run.rstrip("*")[star:] and has_word(run):
            self._refuse(
                f'"*" stands for the end of a word only, as in elect* ({_LITERALLY}),',
                self._at + star,
            )
        self._emit(TokenKind.WORD, run, end)
