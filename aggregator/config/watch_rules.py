"""What must hold between channels, watches and the rest of the file, checked as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.config import named
from aggregator.config.channels import kind_of, mail_recipient
from aggregator.config.messages import dotted
from aggregator.config.tree import Flaw, Loc, Node
from aggregator.config.values import quote, search
from aggregator.core.query_tree import And, Field, Not, Or, nodes_of, told_by_reading
from aggregator.core.query_tree import Node as QueryNode
from aggregator.core.text import clean_line
from aggregator.core.watch_rules import watch_key
from aggregator.types import ChannelKind

_OF_SOURCES = frozenset({"source", "tag"})


def broken_rules(root: Node) -> Iterator[Flaw]:
    """Every rule that channels and watches break."""
    yield from _same_but_for_case(root)
    yield from _channels(root)
    seen: dict[str, tuple[Loc, int]] = {}
    for loc, watch in named.watches(root):
        yield from _unique(loc, watch, seen)
        yield from _query(loc, watch)
        yield from _silent(root, loc, watch)
        yield from _timezone(root, loc, watch)
        yield from _recipients(root, loc, watch)
        yield from _nowhere(root, loc, watch)


# --- channels ------------------------------------------------------------------------------------


def _same_but_for_case(root: Node) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for name in named.channels(root):
        other = seen.setdefault(clean_line(name).casefold(), name)
        if other != name:
            loc = ("channels", name)
            message = f"is {quote(other)} again, for case does not count; give it another name"
            yield Flaw(line=root.key_line(loc), loc=loc, message=message)


def _channels(root: Node) -> Iterator[Flaw]:
    for name, node in named.channels(root).items():
        loc = ("channels", name)
        if isinstance(node.value, str):
            address: Node | None = node
        elif isinstance(node.value, dict):
            address = node.child("url")
            yield from _one_of(root, loc, ("url", "url_env", "url_file"), "the address")
            yield from _one_of(root, loc, ("secret_env", "secret_file"), None)
        else:
            continue
        line = named.line_of(address)
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
    name = named.line_of(node)
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
    line = named.line_of(node)
    if not line:
        return
    try:
        query = search(line)
    except ValueError as error:
        yield Flaw(line=node.line, loc=here, message=str(error))
        return
    if silent is not None and not _about_sources(query.root):
        message = (
            "may have only source: and tag: in it beside silent, for it says which sources are"
            " watched; leave it out for all of them"
        )
        yield Flaw(line=node.line, loc=here, message=message)
    elif (kind := told_by_reading(query.root)) is not None:
        message = (
            f"asks is:{kind}, which tells what a person has read, and nobody has read a new article"
            " yet; leave it out"
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
    known = named.channel_names(root)
    if node.value == []:
        message = "is empty; name at least one channel, or a mail address"
        yield Flaw(line=node.line, loc=here, message=message)
    for place, one in named.each(here, node):
        line = named.line_of(one)
        if not line:
            continue
        if "://" in line:
            continue  # whether it can be used is said where it is read
        try:
            mail = mail_recipient(line)
        except ValueError as error:
            yield Flaw(line=one.line, loc=place, message=str(error))
            continue
        if mail is not None:
            yield from _mail(root, one.line, place)
        elif line.casefold() not in known:
            message = f"{quote(line)} names no channel; {named.channel_meant(line, known)}"
            yield Flaw(line=one.line, loc=place, message=message)


def _nowhere(root: Node, loc: Loc, watch: Node) -> Iterator[Flaw]:
    """A watch without channels sends nothing, and says nothing of messages: what it catches is seen
    on the page, in its feed, and in digests."""
    if watch.child("to") is not None or not isinstance(watch.value, dict):
        return
    if watch.child("silent") is not None:
        message = "is missing; say where it is sent, to: the name of a channel, or a mail address"
        yield Flaw(line=watch.line, loc=(*loc, "to"), message=message)
        return
    for key in ("at_most", "quiet"):
        if watch.child(key) is not None:
            here = (*loc, key)
            message = "is about messages, and this watch sends none; remove it, or say to whom, to"
            yield Flaw(line=root.key_line(here), loc=here, message=message)
