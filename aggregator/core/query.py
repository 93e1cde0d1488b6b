"""The search language: what a user types, as a syntax tree.

    climate summit          both words; AND (in capitals) between them says the same
    "climate summit"        side by side; also “…”, «…» and 「…」
    flood OR drought        either; OR (in capitals) binds looser than words side by side
    -football               without this word; NOT (in capitals) before it says the same
    (flood OR drought) iran parentheses group
    elect*                  words that begin so
    NEAR(dam flood, 5)      both, with at most 5 words between them (10 when no number is given)
    title:flood             in the headline
    title:(flood OR dam)    fields of text take parentheses, too
    source:example          of a source whose name has this word
    source:"Daily Example"  of the source of exactly this name
    after:2026-05           published (else first seen) from the beginning of that time on

The fields are those of `core.query_fields`; docs/search.md is the manual. Everything else is
words: `10:30`, `http://example.com/`, `foo:bar` and NEAR without a parenthesis are looked for as
they stand, and what has neither a letter nor a digit (`&`, `–`) is passed over. What would be read
otherwise than it was meant is refused instead: a misspelt field, a value that a field does not
have, an operator with nothing to join. Case and diacritics are the store's business; the tree
keeps words as they were typed.

Everything takes time in proportion to the text.
"""

from __future__ import annotations

from datetime import datetime

from aggregator.core.query_fields import FIELDS, Takes
from aggregator.core.query_leaves import limited, near, valued, word_or_phrase
from aggregator.core.query_tokens import Token, TokenKind, tokens
from aggregator.core.query_tree import And, Near, Node, Not, Or, Query, finds, joined
from aggregator.errors import QueryError

MAX_LENGTH = 4_000
"""Characters; beyond it no person typed it."""
MAX_WORDS = 200
"""Words, fields and words of phrases together."""
MAX_DEPTH = 16
"""Parentheses inside parentheses."""


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
    return Query(text=text, root=_Parser(tokens(text), now).parse())


class _Parser:
    """Recursive descent. A part that has no word in it ("&", "()" of such) is None."""

    def __init__(self, tokens: tuple[Token, ...], now: datetime) -> None:
        self._tokens = tokens
        self._now = now
        self._index = 0
        self._words = 0
        self._depth = 0
        self._field: str | None = None
        """Whose parentheses these are."""

    def parse(self) -> Node:
        if self._token.kind is TokenKind.END:
            raise QueryError("the search is empty: type a word to look for", column=1)
        root = self._alternatives()
        if self._token.kind is TokenKind.CLOSE:
            raise QueryError("a closing parenthesis without its opening one", column=self._column)
        if root is None:
            raise QueryError("there is no word to look for", column=1)
        _check_positive(root, 1)
        return root

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    @property
    def _column(self) -> int:
        return self._token.column

    def _next(self) -> Token:
        token = self._token
        self._index += 1
        return token

    # --- what joins

    def _alternatives(self) -> Node | None:
        branches: list[tuple[Node | None, int]] = []
        while True:
            column = self._column
            branches.append((self._conjunction(), column))
            if self._token.kind is not TokenKind.OR:
                break
            self._next()
        if len(branches) > 1:
            for branch, column in branches:
                if branch is not None:
                    _check_positive(branch, column)
        return joined(Or, [branch for branch, _ in branches])

    def _conjunction(self) -> Node | None:
        items: list[Node | None] = []
        joiner = self._tokens[self._index - 1] if self._index else None
        while True:
            token = self._token
            if token.kind in (TokenKind.OR, TokenKind.AND, TokenKind.CLOSE, TokenKind.END):
                self._refuse_nothing(joiner)
            while self._token.kind not in _ENDS:
                items.append(self._item())
            if self._token.kind is not TokenKind.AND:
                return joined(And, items)
            joiner = self._next()

    def _refuse_nothing(self, before: Token | None) -> None:
        if self._token.kind in (TokenKind.OR, TokenKind.AND):
            operator = self._token.text
            raise QueryError(
                f'nothing to look for before {operator} (the word is looked for as "{operator}",'
                " in quotes),",
                column=self._column,
            )
        if before is not None and before.kind in (TokenKind.OR, TokenKind.AND):
            raise QueryError(
                f'nothing to look for after {before.text} (the word is looked for as "'
                f'{before.text}", in quotes),',
                column=before.column,
            )
        if before is not None and self._token.kind is TokenKind.CLOSE:
            raise QueryError("nothing between the parentheses", column=before.column)
        if before is not None:
            raise QueryError(_UNCLOSED, column=before.column)
        raise QueryError("a closing parenthesis without its opening one", column=self._column)

    # --- what is joined

    def _item(self) -> Node | None:
        token = self._next()
        match token.kind:
            case TokenKind.NOT:
                return self._exclusion(token)
            case TokenKind.OPEN:
                return self._group(token)
            case TokenKind.FIELD | TokenKind.NEAR if self._field:
                raise QueryError(
                    f"{self._field}:( ) takes words and phrases, and neither NEAR nor a field",
                    column=token.column,
                )
            case TokenKind.FIELD:
                return self._of_field(token)
            case TokenKind.NEAR:
                return self._near(token)
            case _:
                return self._leaf(token)

    def _exclusion(self, sign: Token) -> Node | None:
        if self._token.kind in (*_ENDS, TokenKind.NOT):
            raise QueryError(
                f'nothing to leave out after {sign.text} (the word is looked for as "NOT", in'
                " quotes),",
                column=sign.column,
            )
        item = self._item()
        if item is None:
            return None
        _check_positive(item, sign.column)
        return Not(item)

    def _group(self, opening: Token) -> Node | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("too many parentheses inside each other", column=opening.column)
        inner = self._alternatives()
        if self._token.kind is not TokenKind.CLOSE:
            raise QueryError(_UNCLOSED, column=opening.column)
        self._next()
        self._depth -= 1
        return inner

    def _near(self, opening: Token) -> Near:
        inner: list[Token] = []
        while self._token.kind is not TokenKind.CLOSE:
            if self._token.kind is TokenKind.END:
                raise QueryError(_UNCLOSED, column=opening.column)
            self._count(self._token)
            inner.append(self._next())
        self._next()
        return near(opening, inner)

    def _of_field(self, field: Token) -> Node:
        name, value = field.text, self._next()
        if FIELDS[name].takes is not Takes.TEXT:
            self._count(value)
            return valued(name, value, following=self._token, now=self._now)
        self._field = name
        node = self._group(value) if value.kind is TokenKind.OPEN else self._leaf(value)
        self._field = None
        if node is None:
            raise QueryError(f"no word to look for in {name}:", column=value.column)
        return node

    def _leaf(self, token: Token) -> Node | None:
        """One word or phrase, of the field whose parentheses it stands in."""
        self._count(token)
        return word_or_phrase(token) if self._field is None else limited(self._field, token)

    def _count(self, token: Token) -> None:
        self._words += len(token.text.split())
        if self._words > MAX_WORDS:
            raise QueryError(f"more than {MAX_WORDS} words to look for", column=token.column)


_ENDS = (TokenKind.OR, TokenKind.AND, TokenKind.CLOSE, TokenKind.END)
_UNCLOSED = "an opening parenthesis without its closing one"


def _check_positive(node: Node, column: int) -> None:
    """A store can look for something and leave out some of it; it cannot look for nothing."""
    if not finds(node):
        raise QueryError(
            "only words to leave out, and none to look for (add one, or a field such as after:1d),",
            column=column,
        )
