"""What must hold between channels, watches and the rest of the file, checked as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches

from aggregator.config.channels import kind_of, mail_recipient
from aggregator.config.messages import dotted
from aggregator.config.tree import Flaw, Loc, Node
from aggregator.config.values import quote
from aggregator.core.query import parse
from aggregator.core.query_tree import And, Field, Not, Or, nodes_of
from aggregator.core.query_tree import Node as QueryNode
from aggregator.core.text import clean_line
from aggregator.core.watch_rules import watch_key
from aggregator.errors import QueryError
from aggregator.types import ChannelKind

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Whether a search can be read does not depend on when."""
_OF_SOURCES = frozenset({"source", "tag"})


def broken_rules(root: Node) -> Iterator[Flaw]:
    """Every rule that channels and watches break."""
    yield from _same_but_for_case(root)
    yield from _channels(root)
    seen: dict[str, tuple[Loc, int]] = {}
    for loc, watch in _watches(root):
        yield from _unique(loc, watch, seen)
        yield from _query(loc, watch)
        yield from _silent(root, loc, watch)
        yield from _timezone(root, loc, watch)
        yield from _recipients(root, loc, watch)


def _watches(root: Node) -> Iterator[tuple[Loc, Node]]:
    watches = root.child("watches")
    if watches is not None and isinstance(watches.value, list):
        for position, node in enumerate(watches.value):
            yield ("watches", position), node


def _named_channels(root: Node) -> dict[str, Node]:
    channels = root.child("channels")
    return channels.value if channels is not None and isinstance(channels.value, dict) else {}


# --- channels ------------------------------------------------------------------------------------


def _same_but_for_case(root: Node) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for name in _named_channels(root):
        other = seen.setdefault(clean_line(name).casefold(), name)
        if other != name:
            loc = ("channels", name)
            message = f"is {quote(other)} again, for case does not count; give it another name"
            yield Flaw(line=root.key_line(loc), loc=loc, message=message)


def _channels(root: Node) -> Iterator[Flaw]:
    for name, node in _named_channels(root).items():
        loc = ("channels", name)
        if isinstance(node.value, str):
            address: Node | None = node
        elif isinstance(node.value, dict):
            address = node.child("url")
            yield from _one_of(root, loc, ("url", "url_env", "url_file"), "the address")
            yield from _one_of(root, loc, ("secret_env", "secret_file"), None)
        else:
            continue
        line = _line(address)
        if line and kind_of(line) is ChannelKind.MAIL and "@" in line:
            yield from _mail(root, root.key_line(loc), loc)


def _one_of(root: Node, loc: Loc, keys: tuple[str, ...], needed: str | None) -> Iterator[Flaw]:
    """Of these keys one may be given; `needed`: must, for it says this."""
    given = [key for key in keys if root.at((*loc, key)) is not None]
    given.sort(key=lambda key: root.key_line((*loc, key)))
    if needed and not given:
        message = f"gives no address; add one of {', '.join(keys)}"
        yield Flaw(line=root.key_line(loc), loc=loc, message=message)
    for key in given[1:]:
        here = (*loc, key)
        message = f"is given beside {given[0]}; keep one of the two"
        yield Flaw(line=root.key_line(here), loc=here, message=message)


def _mail(root: Node, line: int, loc: Loc) -> Iterator[Flaw]:
    """Something that goes by mail stands there."""
    if root.child("smtp") is None:
        message = "is a mail address and needs a mail server; add a section smtp with its host"
        yield Flaw(line=line, loc=loc, message=message)
    elif root.at(("digest", "from")) is None:
        message = (
            "is a mail address and needs a sender; give one in the section digest,"
            " from: news@example.org"
        )
        yield Flaw(line=line, loc=loc, message=message)


# --- watches -------------------------------------------------------------------------------------


def _unique(loc: Loc, watch: Node, seen: dict[str, tuple[Loc, int]]) -> Iterator[Flaw]:
    node = watch.child("name")
    name = _line(node)
    if node is None or not name:
        return
    other = seen.setdefault(watch_key(name), (loc, node.line))
    if other[0] != loc:
        message = (
            f"is the name of {dotted(other[0])} on line {other[1]} too, for case and accents do not"
            " count; each watch needs its own"
        )
        yield Flaw(line=node.line, loc=(*loc, "name"), message=message)


def _query(loc: Loc, watch: Node) -> Iterator[Flaw]:
    node, silent = watch.child("query"), watch.child("silent")
    here = (*loc, "query")
    if node is None:
        if silent is None and isinstance(watch.value, dict):
            message = "is missing; say what is searched for, query: flood OR drought"
            yield Flaw(line=watch.line, loc=here, message=message)
        return
    line = _line(node)
    if not line:
        return
    try:
        query = parse(line, now=_ANY_TIME)
    except QueryError as error:
        message = f"cannot be read as a search: {error}"
        yield Flaw(line=node.line, loc=here, message=message)
        return
    if silent is not None and not _about_sources(query.root):
        message = (
            "may have only source: and tag: in it beside silent, for it says which sources are"
            " watched; leave it out for all of them"
        )
        yield Flaw(line=node.line, loc=here, message=message)


def _about_sources(root: QueryNode) -> bool:
    return all(
        isinstance(node, And | Or | Not) or (isinstance(node, Field) and node.name in _OF_SOURCES)
        for node in nodes_of(root)
    )


def _silent(root: Node, loc: Loc, watch: Node) -> Iterator[Flaw]:
    if watch.child("silent") is not None and watch.child("per") is not None:
        here = (*loc, "per")
        message = "says nothing beside silent, which is about sources; remove the line"
        yield Flaw(line=root.key_line(here), loc=here, message=message)


def _timezone(root: Node, loc: Loc, watch: Node) -> Iterator[Flaw]:
    if watch.child("timezone") is not None and watch.child("quiet") is None:
        here = (*loc, "timezone")
        message = "is the zone of quiet, which is not given; add quiet: 22:00-07:00 or remove it"
        yield Flaw(line=root.key_line(here), loc=here, message=message)


def _recipients(root: Node, loc: Loc, watch: Node) -> Iterator[Flaw]:
    node, here = watch.child("to"), (*loc, "to")
    if node is None:
        return
    known = {clean_line(name).casefold(): name for name in _named_channels(root)}
    listed = isinstance(node.value, list)
    if listed and not node.value:
        message = "is empty; name at least one channel, or a mail address"
        yield Flaw(line=node.line, loc=here, message=message)
    for position, one in enumerate(node.children() if listed else [node]):
        line, place = _line(one), ((*here, position) if listed else here)
        if not line:
            continue
        if "://" in line:
            # Not repeated: it may hold a secret.
            message = "is an address, not a name; give it a name under channels, and that name here"
            yield Flaw(line=one.line, loc=place, message=message)
            continue
        try:
            mail = mail_recipient(line)
        except ValueError as error:
            yield Flaw(line=one.line, loc=place, message=str(error))
            continue
        if mail is not None:
            yield from _mail(root, one.line, place)
        elif line.casefold() not in known:
            yield Flaw(line=one.line, loc=place, message=_no_channel(line, known))


def _no_channel(name: str, known: dict[str, str]) -> str:
    near = get_close_matches(name.casefold(), known, n=1)
    if near:
        hint = f"did you mean {quote(known[near[0]])}?"
    elif known:
        hint = f"there are {', '.join(map(quote, list(known.values())[:5]))}"
    else:
        hint = "add a section channels, with this name and its address"
    return f"{quote(name)} names no channel; {hint}"


def _line(node: Node | None) -> str:
    """Empty for what is no text."""
    return clean_line(node.value) if node is not None and isinstance(node.value, str) else ""
