"""A parsed query as one expression for the full-text index and conditions beside it.

Words, phrases, headlines, authors, sources, tags, languages, hosts and pictures are words of the
index (facets.py) and become one expression. What stories, marks and times say is asked of the
article's row. An OR between the two cannot be one expression and becomes a condition with
sub-selects. How a backend writes expressions is its `Syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Near,
    Node,
    Not,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
)
from aggregator.core.search_terms import Term, term_of
from aggregator.core.source_keys import language_key, name_key, tag_key, text_of
from aggregator.storage.facets import (
    NOTHING,
    PICTURED,
    author_word,
    is_facet,
    language_facet,
    site_facet,
    source_facet,
)
from aggregator.storage.read_or_not import first_unread
from aggregator.storage.rows import span_to_us, to_us
from aggregator.storage.search_conditions import Condition, combined, few, of_row
from aggregator.storage.sql import Session, ids
from aggregator.storage.word_forms import Forms


@dataclass(frozen=True, slots=True)
class Seek:
    """Words side by side in one part of an article."""

    words: tuple[str, ...]
    """At least one."""
    prefix: bool = False
    """The last one is how a word begins."""
    title: bool = False
    """In the headline; else in any part."""


@dataclass(frozen=True, slots=True)
class Close:
    """All in one part, at most `distance` words between the end of each and the beginning of the
    last one."""

    items: tuple[Seek, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class Every:
    """What matches all `wanted` (at least one) and none of `unwanted`."""

    wanted: tuple[Asked, ...]
    unwanted: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one; there are at least two."""

    items: tuple[Asked, ...]


Asked = Seek | Close | Every | Some
"""What an index is asked for."""

_NEVER = Seek((NOTHING,))

_MAX_SOURCE_WORDS = 300
"""Sources looked for by the index; when a field names more, the article's row is asked."""
_FEW_SOURCES = 8
"""Sources whose articles may be few enough to be listed."""
_CLOCK_SLACK = timedelta(days=1)
"""Far more than the time between a poll and its commit."""

_BEYOND_ALL = 1 << 62
"""No article has such an id."""

_LIKE = r"LIKE ? ESCAPE '\'"
_TAGGED = "SELECT DISTINCT source_id AS id FROM source_tags WHERE tag {operator} ORDER BY 1"
_NAMED = "SELECT id FROM sources WHERE ' ' || name_key || ' ' {operator} ORDER BY id"
_OF_SOURCES = "SELECT id FROM articles WHERE source_id IN {ids}"
_LAST_SEEN = """
    SELECT id FROM articles WHERE first_seen_at < ? ORDER BY first_seen_at DESC LIMIT 1
"""


class Syntax(Protocol):
    """How a backend looks for words."""

    @property
    def matches(self) -> str:
        """SQL, true for an article `a` that matches the expression in its one parameter."""

    def expression(self, asked: Asked) -> str:
        """What the index is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    match: Asked | None
    """What the full-text index is asked for; None: the conditions alone decide."""
    conditions: tuple[Condition, ...]
    """All but `since` and `until`."""
    since: int | None
    """`at` in microseconds: nothing before it matches; None: no bound."""
    until: int | None
    """Nothing from then on matches; None: no bound."""
    first_id: int
    """Nothing before it matches."""
    few: tuple[Condition, ...]
    """SELECTs of `id`, unordered: whatever matches is among the rows of each."""
    ranked: tuple[Seek, ...]
    """What of `match` weighs when it ranks; empty: nothing does."""
    terms: tuple[Asked, ...]
    """The same as it was typed: a word with all its forms is one."""


def plan(session: Session, root: Node, syntax: Syntax) -> Plan:
    """Compile one query; `session` knows the sources that fields name, and the forms of words."""
    compiler = _Compiler(session, syntax)
    items = root.items if isinstance(root, And) else (root,)
    wanted: list[Asked] = []
    unwanted: list[Asked] = []
    conditions: list[Condition] = []
    for item in items:
        known = len(compiler.terms)
        asked = compiler.asked(item.item if isinstance(item, Not) else item)
        if asked is None or isinstance(item, Not):
            del compiler.terms[known:]
        if asked is not None:
            (unwanted if isinstance(item, Not) else wanted).append(asked)
        elif not isinstance(item, After | Before):
            conditions.append(compiler.condition(item))
    if not wanted:
        conditions += [
            Condition(f"NOT {syntax.matches}", (syntax.expression(asked),)) for asked in unwanted
        ]
    after = [item.at for item in items if isinstance(item, After)]
    before = [item.at for item in items if isinstance(item, Before)]
    match = _every(wanted, unwanted) if wanted else None
    return Plan(
        match=match,
        conditions=tuple(conditions),
        since=to_us(max(after)) if after else None,
        until=to_us(min(before)) if before else None,
        first_id=max(_first_ids(session, items), default=0),
        few=tuple(one for item in items if (one := compiler.few(item)) is not None),
        ranked=() if match is None else tuple(_ranked(match)),
        terms=tuple(compiler.terms),
    )


@dataclass(slots=True)
class _Compiler:
    session: Session
    syntax: Syntax
    terms: list[Asked] = field(default_factory=list)
    forms: Forms = field(init=False)

    def __post_init__(self) -> None:
        self.forms = Forms(self.session)

    # --- as words of the index

    def asked(self, node: Node) -> Asked | None:  # noqa: PLR0911 - one for each kind
        """None: it asks for something that the index does not have."""
        match node:
            case Word() | Phrase():
                return self._anywhere(term_of(node))
            case Near():
                return self._near(node)
            case Field():
                return self._field(node)
            case Site():
                return Seek((site_facet(node.host),))
            case Has():
                return Seek((PICTURED,))
            case Or():
                branches = [self.asked(item) for item in node.items]
                known = [branch for branch in branches if branch is not None]
                return _some(known) if len(known) == len(branches) else None
            case And():
                return self._all(node)
            case Not() | InStory() | Is() | Outlets() | After() | Before():
                return None

    def _weighed(self, asked: Asked) -> Asked:
        self.terms.append(asked)
        return asked

    def _anywhere(self, term: Term, *, title: bool = False) -> Asked:
        if not term.words:
            return _NEVER
        return self._weighed(self._in_all_forms(term, title=title))

    def _in_all_forms(self, term: Term, *, title: bool) -> Asked:
        seek = Seek(term.words, term.prefix, title)
        if term.exact:
            return seek
        items: list[Asked] = [seek]
        for words, languages in self.forms.of(term.words[0]):
            seeks = [Seek((word,), title=title) for word in words]
            some = _some(seeks)
            if languages is None:
                items.append(some)
            else:
                spoken = _some([Seek((language_facet(one),)) for one in languages])
                items.append(Every((some, spoken)))
        return _some(items)

    def _near(self, near: Near) -> Asked:
        terms = [term_of(item) for item in near.items]
        if not all(term.words for term in terms):
            return _NEVER
        seeks = tuple(Seek(term.words, term.prefix) for term in terms)
        return self._weighed(Close(seeks, near.distance))

    def _field(self, node: Field) -> Asked | None:
        term = term_of(node.match)
        match node.name:
            case "title":
                return self._anywhere(term, title=True)
            case "author":
                words = tuple(map(author_word, term.words))
                return Seek(words, term.prefix) if words else _NEVER
            case "lang":
                key = language_key(text_of(node.match))
                return Seek((language_facet(key),)) if key else _NEVER
            case _:
                sources = self._sources(node)
                if len(sources) > _MAX_SOURCE_WORDS:
                    return None
                return _some([Seek((source_facet(one),)) for one in sources] or [_NEVER])

    def _all(self, node: And) -> Asked | None:
        wanted: list[Asked] = []
        unwanted: list[Asked] = []
        for item in node.items:
            asked = self.asked(item.item if isinstance(item, Not) else item)
            if asked is None:
                return None
            (unwanted if isinstance(item, Not) else wanted).append(asked)
        return _every(wanted, unwanted) if wanted else None

    def _sources(self, node: Field) -> list[int]:
        """Ids of the sources with this name or tag, whether still polled or not."""
        text = text_of(node.match)
        prefix = isinstance(node.match, Word) and node.match.prefix
        if node.name == "tag":
            statement = _TAGGED.format(operator=_LIKE)
            pattern = f"{_escaped(tag_key(text))}{'%' * prefix}"
        else:
            key = name_key(text)
            if not key:
                return []
            statement = _NAMED.format(operator=_LIKE)
            whole = "" if isinstance(node.match, Phrase) else "%"
            pattern = f"{whole} {_escaped(key)}{'' if prefix else ' '}{whole}"
        return [row["id"] for row in self.session.rows(statement, (pattern,))]

    # --- as SQL on the article

    def few(self, node: Node) -> Condition | None:
        """As `search_conditions.few`."""
        if isinstance(node, Field) and node.name == "source":
            sources = self._sources(node)
            is_few = 0 < len(sources) <= _FEW_SOURCES
            return Condition(_OF_SOURCES.format(ids=ids(sources))) if is_few else None
        return few(node)

    def condition(self, node: Node) -> Condition:
        match node:
            case After() | Before() | InStory() | Is() | Outlets():
                return of_row(node)
            case Not():
                inner = self.condition(node.item)
                return Condition(f"NOT ({inner.sql})", inner.params)
            case And():
                return combined(" AND ", map(self.condition, node.items))
            case Or():
                return combined(" OR ", map(self.condition, node.items))
            case Word() | Phrase() | Near() | Field() | Site() | Has():
                return self._text_condition(node)

    def _text_condition(self, node: Word | Phrase | Near | Field | Site | Has) -> Condition:
        asked = self.asked(node)
        if asked is None and isinstance(node, Field):
            return Condition(f"a.source_id IN {ids(self._sources(node))}")
        assert asked is not None  # noqa: S101 - the index has all else
        return Condition(self.syntax.matches, (self.syntax.expression(asked),))


def _ranked(asked: Asked) -> Iterator[Seek]:
    match asked:
        case Seek():
            if not is_facet(asked.words[0]):
                yield asked
        case Close() | Some():
            for item in asked.items:
                yield from _ranked(item)
        case Every():
            for item in asked.wanted:
                yield from _ranked(item)


def _first_ids(session: Session, items: Sequence[Node]) -> Iterator[int]:
    """Ids before which nothing matches."""
    after = [item.at for item in items if isinstance(item, After)]
    if after:
        yield _first_id(session, max(after))
    if Is("unread") in items or Not(Is("read")) in items:
        # What is unread is among the last: what is old is read, whatever was said of it.
        first = first_unread(session)
        yield _BEYOND_ALL if first is None else first


def _first_id(session: Session, at: datetime) -> int:
    """Articles are never listed later than first seen, and ids follow that time: nothing before
    this id can match, and a walk through the index may end there. Of the many that one poll has
    seen at once, any may be asked for here: so it is one that cannot match."""
    row = session.row(_LAST_SEEN, (to_us(at) - span_to_us(_CLOCK_SLACK),))
    return 0 if row is None else int(row["id"])


def _some(items: Sequence[Asked]) -> Asked:
    return items[0] if len(items) == 1 else Some(tuple(items))


def _every(wanted: Sequence[Asked], unwanted: Sequence[Asked]) -> Asked:
    if len(wanted) == 1 and not unwanted:
        return wanted[0]
    return Every(tuple(wanted), tuple(unwanted))


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
