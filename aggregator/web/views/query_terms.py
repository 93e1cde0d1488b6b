"""Searches that are narrowed and widened by links: their fields put in and taken out again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from aggregator.core.query_tokens import Token, TokenKind, tokens
from aggregator.errors import QueryError

DAYS = frozenset({"after", "before"})
_ONE_DAY = timedelta(days=1)
_QUOTED = str.maketrans('"“”«»「」', " " * 7)
_VALUES = frozenset({TokenKind.WORD, TokenKind.PHRASE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A field that every match must have: it stands in no parentheses and is not excluded."""

    name: str
    value: str
    text: str
    """As typed, as in `source:"Daily Example"`."""
    start: int
    """Where it begins in the search; from 0."""
    end: int


def terms_of(text: str) -> tuple[Term, ...]:
    """In order; none of a search that cannot be read, or of alternatives."""
    try:
        read = tokens(text)
    except QueryError:
        return ()
    if _has_alternatives(read):
        return ()
    return tuple(_terms(text, read))


def with_term(text: str, term: str) -> str:
    """The search narrowed by a field."""
    words = text.strip()
    if not words:
        return term
    try:
        alternatives = _has_alternatives(tokens(words))
    except QueryError:
        alternatives = False
    return f"({words}) {term}" if alternatives else f"{words} {term}"


def without(text: str, gone: Collection[Term]) -> str:
    """The search without these of its terms."""
    for term in sorted(gone, key=lambda one: one.start, reverse=True):
        text = f"{text[: term.start].rstrip()} {text[term.end :].lstrip()}"
    return text.strip()


def with_days(text: str, first: date, last: date) -> str:
    """The search narrowed to these days, and not to those that it had before."""
    words = without(text, [term for term in terms_of(text) if term.name in DAYS])
    return with_term(words, days_term(first, last))


def days_term(first: date, last: date) -> str:
    """As in `after:2026-03-30 before:2026-04-02`."""
    after = f"after:{first.isoformat()}"
    return after if last == date.max else f"{after} before:{(last + _ONE_DAY).isoformat()}"


def field_term(name: str, value: str) -> str:
    """A field with a value that may be several words."""
    line = " ".join(value.translate(_QUOTED).split())
    return f"{name}:{line}" if line.isalnum() and line.isascii() else f'{name}:"{line}"'


def _has_alternatives(read: Collection[Token]) -> bool:
    depth = 0
    for token in read:
        depth += _step(token)
        if token.kind is TokenKind.OR and not depth:
            return True
    return False


def _step(token: Token) -> int:
    """How much deeper in parentheses it leads."""
    if token.kind in (TokenKind.OPEN, TokenKind.NEAR):
        return 1
    return -1 if token.kind is TokenKind.CLOSE else 0


def _terms(text: str, read: tuple[Token, ...]) -> Iterator[Term]:
    depth = 0
    for at, token in enumerate(read):
        depth += _step(token)
        if token.kind is not TokenKind.FIELD or depth:
            continue
        value, following = read[at + 1], read[at + 2 : at + 3]
        excluded = at > 0 and read[at - 1].kind is TokenKind.NOT
        if excluded or value.kind not in _VALUES or not following:
            continue
        start = token.column - 1
        end = start + len(text[start : following[0].column - 1].rstrip())
        yield Term(
            name=token.text.lower(), value=value.text, text=text[start:end], start=start, end=end
        )
