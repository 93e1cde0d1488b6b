"""What must hold between keys, checked on the file as written.

They do not wait for the single values to be right, so that a file's problems come all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches

from aggregator.config import digest_rules, watch_rules
from aggregator.config.messages import dotted
from aggregator.config.naming import name_sources
from aggregator.config.schema import FeedsFile
from aggregator.config.tree import Flaw, Loc, Node
from aggregator.config.values import quote
from aggregator.core.durations import format_duration, parse_duration
from aggregator.core.text import clean_line
from aggregator.core.urls import normalise

_SECRET_NAME = re.compile(
    r"auth|cookie|token|secret|passw|credential|session|signature|(?:\b|_|api|access)key\b",
    re.IGNORECASE,
)
_SECRET_COOKIE = re.compile(
    r"auth|token|secret|passw|credential|sess|signature|\bsid\b|(?:\b|_|api|access)key\b",
    re.IGNORECASE,
)
"""Many a cookie has "cookie" in its name."""


def broken_rules(root: Node) -> Iterator[Flaw]:
    """Every rule that the file breaks."""
    yield from _any_source(root)
    yield from _unique(root, "url")
    yield from _unique(root, "name")
    yield from _headers(root)
    yield from _unused_rules(root)
    yield from _never_joined(root)
    yield from _login(root)
    yield from _lease(root)
    yield from _smtp(root)
    yield from watch_rules.broken_rules(root)
    yield from digest_rules.broken_rules(root)


def _sources(root: Node) -> Iterator[tuple[Loc, Node]]:
    sources = root.child("sources")
    if sources is not None and isinstance(sources.value, list):
        for position, node in enumerate(sources.value):
            yield ("sources", position), node


def _any_source(root: Node) -> Iterator[Flaw]:
    sources = root.child("sources")
    if sources is not None and sources.value == []:
        yield Flaw(
            line=sources.line,
            loc=("sources",),
            message="is empty; list at least one feed, - https://example.org/feed/",
        )


def _unique(root: Node, key: str) -> Iterator[Flaw]:
    seen: dict[str, tuple[Loc, int]] = {}
    for loc, source in _sources(root):
        node, here = source.child(key), (*loc, key)
        if node is None and key == "url":
            node, here = source, loc
        if node is None or not isinstance(node.value, str):
            continue
        identity = _identity(key, node.value)
        if not identity:
            continue
        if identity in seen:
            other, line = seen[identity]
            what = "address" if key == "url" else "name"
            yield Flaw(
                line=node.line,
                loc=here,
                message=f"is the {what} of {dotted(other)} on line {line} too; "
                + ("remove one of them" if key == "url" else "each source needs its own"),
            )
        else:
            seen[identity] = (loc, node.line)


def _identity(key: str, value: str) -> str:
    """What two sources may not share; empty for what is wrong in itself."""
    return (normalise(value) or "") if key == "url" else clean_line(value).casefold()


def _headers(root: Node) -> Iterator[Flaw]:
    for loc, _ in _sources(root):
        for section in ((*loc, "headers"), (*loc, "extract", "headers")):
            seen: set[str] = set()
            for name in _named(root, section):
                here = (*section, name)
                if name.lower() in seen:
                    yield Flaw(
                        line=root.key_line(here),
                        loc=here,
                        message="is given twice, for case does not count in header names",
                    )
                seen.add(name.lower())
            yield from _written_out(root, section, _SECRET_NAME)
        yield from _written_out(root, (*loc, "extract", "cookies"), _SECRET_COOKIE)


def _named(root: Node, section: Loc) -> dict[str, Node]:
    """Headers or cookies with their names; none where there is no such section."""
    node = root.at(section)
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _written_out(root: Node, section: Loc, names: re.Pattern[str]) -> Iterator[Flaw]:
    """Values of such names that stand in the file."""
    for name, node in _named(root, section).items():
        if isinstance(node.value, str) and names.search(name):
            yield Flaw(
                line=node.line,
                loc=(*section, name),
                message="looks like a secret, which does not belong in this file; write"
                " {env: NAME} for an environment variable or {file: PATH} for a file",
            )


def _unused_rules(root: Node) -> Iterator[Flaw]:
    for loc, source in _sources(root):
        own = source.child("pages")
        policy = root.child("pages") if own is None else own
        if source.child("extract") is None or policy is None:
            continue
        if isinstance(policy.value, str) and policy.value.strip().lower() == "never":
            yield Flaw(
                line=root.key_line((*loc, "extract")),
                loc=(*loc, "extract"),
                message="is of no use, for its article pages are not fetched: pages is never, on"
                f" line {policy.line}; give this source pages: auto, or remove this section",
            )


def _never_joined(root: Node) -> Iterator[Flaw]:
    """Names under `never_join` that are no other source's."""
    names = _names(root)
    if names is None:
        return
    known = {name.casefold(): name for name in names}
    for own, (loc, source) in zip(names, _sources(root), strict=True):
        node, here = source.child("never_join"), (*loc, "never_join")
        if node is None:
            continue
        listed = isinstance(node.value, list)
        for position, one in enumerate(node.children() if listed else [node]):
            name = clean_line(one.value) if isinstance(one.value, str) else ""
            if not name or name == "*" or (name.lower() == "all" and not listed):
                continue
            place = (*here, position) if listed else here
            if name.casefold() == own.casefold():
                message = (
                    "is the source's own name; take it out (stories: off keeps each of its"
                    " articles in a story of its own)"
                )
                yield Flaw(line=one.line, loc=place, message=message)
            elif name.casefold() not in known:
                yield Flaw(line=one.line, loc=place, message=_no_source(name, known))


def _no_source(name: str, known: dict[str, str]) -> str:
    if name.casefold() == "all":
        return "names no source; for all of them write never_join: all, without brackets"
    near = get_close_matches(name.casefold(), known, n=1)
    hint = f"did you mean {quote(known[near[0]])}?" if near else "`aggregator sources` lists them"
    return f"{quote(name)} names no source in this file; {hint}"


def _names(root: Node) -> list[str] | None:
    """What each source is called; None: that cannot be told yet."""
    entries: list[tuple[str | None, str]] = []
    for _, source in _sources(root):
        name, url = source.child("name"), source.child("url")
        if isinstance(source.value, str):
            url = source
        given = clean_line(name.value) if name and isinstance(name.value, str) else None
        address = normalise(clean_line(url.value)) if url and isinstance(url.value, str) else None
        if not (given or address):
            return None
        entries.append((given or None, address or ""))
    return name_sources(entries)


def _lease(root: Node) -> Iterator[Flaw]:
    """Who takes over a host whose lease ran out must not find the former holder at it."""
    fields = FeedsFile.model_fields
    lease = _duration(root, "lease", fields["lease"].default)
    timeout = _duration(root, "timeout", fields["timeout"].default)
    if lease is None or timeout is None or lease > timeout:
        return
    key = "lease" if root.child("lease") is not None else "timeout"
    message = (
        f"must be longer than timeout, which is {format_duration(timeout)}"
        if key == "lease"
        else f"needs a lease that is longer; add lease: {format_duration(2 * timeout)}"
    )
    yield Flaw(line=root.key_line((key,)), loc=(key,), message=message)


def _duration(root: Node, key: str, default: timedelta) -> timedelta | None:
    """None: what is written there is no duration."""
    node = root.child(key)
    if node is None:
        return default
    try:
        return parse_duration(node.value) if isinstance(node.value, str) else None
    except ValueError:
        return None


def _smtp(root: Node) -> Iterator[Flaw]:
    yield from _password(root, ("smtp",))
    given = _given(root, ("smtp",))
    if given and root.at(("smtp", "username")) is None:
        yield Flaw(
            line=root.key_line(("smtp", given[0])),
            loc=("smtp", given[0]),
            message="needs username beside it",
        )


def _login(root: Node) -> Iterator[Flaw]:
    for loc, source in _sources(root):
        if source.child("login") is None:
            continue
        yield from _password(root, (*loc, "login"))
        if any(one.lower() == "authorization" for one in _named(root, (*loc, "headers"))):
            yield Flaw(
                line=root.key_line((*loc, "login")),
                loc=(*loc, "login"),
                message="is sent as the header Authorization, which is given too; keep one of"
                " the two",
            )


def _password(root: Node, section: Loc) -> Iterator[Flaw]:
    """A user name needs one password, from one place."""
    username = root.at((*section, "username"))
    given = _given(root, section)
    if username is not None and not given and root.at((*section, "password")) is None:
        yield Flaw(
            line=root.key_line((*section, "username")),
            loc=(*section, "username"),
            message="needs a password; name where it is under password_env or password_file",
        )
    if len(given) == 2:
        one, two = given
        yield Flaw(
            line=root.key_line((*section, two)),
            loc=(*section, two),
            message=f"is given beside {one}; keep one of the two",
        )


def _given(root: Node, section: Loc) -> list[str]:
    """Which of the two places of a password a section names, in file order."""
    keys = [key for key in ("password_env", "password_file") if root.at((*section, key))]
    return sorted(keys, key=lambda key: root.key_line((*section, key)))
