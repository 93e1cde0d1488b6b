"""robots.txt: which pages of a host a program may ask for (RFC 9309), and how fast.

Read as Google's reference parser reads it, whose liberties the RFC allows: lines without a colon,
common misspellings, names with a version. `Crawl-delay` is no part of the RFC; it counts for the
agents named above it and ends no group.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from aggregator.core.text import shorten
from aggregator.core.urls import normalise

MAX_BYTES = 500 * 1024
"""As much of the file is read; the RFC asks for at least that."""
CACHE_FOR = timedelta(days=1)
"""RFC 9309, 2.4: a copy should not be used for longer, unless the file cannot be reached."""
UNREACHABLE_FOR = timedelta(days=30)
"""RFC 9309, 2.3.1.4: a file that has been out of reach for longer counts as missing."""
MAX_DELAY = timedelta(days=1)
MAX_REDIRECTS = 5
"""RFC 9309, 2.3.1.2; a file behind more of them counts as missing."""

_LINE = re.compile(
    r"[ \t]*(?:(?P<agent>user[- ]?agent)|(?P<disallow>dis{1,2}al{1,2}ow|diasllow|disallaw)"
    r"|(?P<allow>allow)|(?P<delay>crawl[- ]?delay)|(?P<sitemap>site-?maps?))"
    r"[ \t]*(?:[ \t]|:)(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
_KINDS = ("agent", "disallow", "allow", "delay", "sitemap")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"\*(?=\s|\Z)|[A-Za-z0-9_-]+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SPECIAL = re.compile(rb"%([0-9A-Fa-f]{2})|([^A-Za-z0-9._~-])", re.DOTALL)
_ESCAPE = re.compile(r"%..")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One `Allow` or `Disallow`."""

    pattern: str
    """As written."""
    allows: bool
    line: int
    """From 1."""
    parts: tuple[str, ...]
    """What stands between the asterisks, in the canonical form that paths are compared in."""
    to_the_end: bool
    """Whether the last part must end the path."""
    weight: int
    """Octets of the pattern: of several that match, the heaviest counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    tokens: frozenset[str]
    """Product tokens in lower case, or "*"."""
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    allowed: bool
    why: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a host's robots.txt says, or what follows from its absence."""

    groups: tuple[Group, ...] = ()
    delays: Mapping[str, timedelta] = field(default_factory=dict)
    """By the token that `Crawl-delay` is told to; at most MAX_DELAY."""
    sitemaps: tuple[str, ...] = ()
    """As written, in order."""
    unreachable: str | None = None
    """Why the file could not be had, a sentence: nothing may be asked for until it can; a copy had
    before stays good meanwhile. None: it was had, or there is none."""

    def judge(self, url: str, product: str) -> Verdict:
        """May a page be asked for by a program of that product token (no version, no comment)?"""
        if self.unreachable:
            return Verdict(allowed=False, why=self.unreachable)
        path = _path_of(url)
        if path == "/robots.txt":
            return Verdict(allowed=True, why="robots.txt itself may always be asked for.")
        token = product.lower()
        if not any(token in group.tokens for group in self.groups):
            token = "*"  # noqa: S105 - it stands for everybody
        rules = (rule for group in self.groups if token in group.tokens for rule in group.rules)
        rule = max(
            (rule for rule in rules if _matches(rule, path)),
            key=lambda one: (one.weight, one.allows),
            default=None,
        )
        if rule is None:
            return Verdict(allowed=True, why="Nothing in robots.txt speaks of it.")
        verb = "allows" if rule.allows else "disallows"
        whom = "everybody" if token == "*" else token  # noqa: S105 - the same
        why = f'robots.txt {verb} "{shorten(rule.pattern, 80)}" to {whom}, at line {rule.line}.'
        return Verdict(allowed=rule.allows, why=why)

    def delay(self, product: str) -> timedelta | None:
        """The pause between two requests that is asked for; None: none is."""
        return self.delays.get(product.lower(), self.delays.get("*"))


ALLOW_ALL = Robots()


def robots_url(url: str) -> str | None:
    """Where the file is that governs a page; None for what is no http(s) address."""
    return normalise("/robots.txt", base=url) if normalise(url) else None


def read_answer(status: int | None, body: bytes) -> Robots:
    """What follows from the answer to a request for robots.txt (RFC 9309, 2.3.1).

    `status` is that after redirects; None: there was no answer. A 4xx, and a redirect that leads
    nowhere, mean that there are no rules; a 5xx that nobody may come. A 429 is no answer to the
    question either: whoever is asked to slow down does not know the rules yet.
    """
    if status is None:
        return Robots(unreachable="robots.txt could not be had, so its host is left alone.")
    if status == 429 or status >= 500:
        why = (
            f"robots.txt is answered with {status}, so its host is left alone until it can be had."
        )
        return Robots(unreachable=why)
    return parse_robots(body) if 200 <= status < 300 else ALLOW_ALL


def parse_robots(body: bytes) -> Robots:
    """The rules of a file in UTF-8, whatever state it is in."""
    reader = _Reader()
    for number, line in enumerate(_lines(body), start=1):
        match = _LINE.match(line.partition("#")[0])
        if match is not None:
            kind = next(name for name in _KINDS if match[name])
            reader.read(kind, match["value"].strip(" \t"), number)
    return Robots(
        groups=tuple(
            Group(tokens=frozenset(tokens), rules=tuple(rules)) for tokens, rules in reader.groups
        ),
        delays=reader.delays(),
        sitemaps=tuple(reader.sitemaps),
    )


# --- reading -------------------------------------------------------------------------------------


class _Reader:
    def __init__(self) -> None:
        self.groups: list[tuple[list[str], list[Rule]]] = []
        self.sitemaps: dict[str, None] = {}
        self._runs: list[tuple[list[str], timedelta | None]] = []
        """Agents named without anything else between them, and the longest delay told to them."""
        self._last = ""
        self._has_rules = True

    def read(self, kind: str, value: str, line: int) -> None:
        if kind == "agent":
            self._read_agent(value)
        elif kind == "sitemap":
            self.sitemaps.setdefault(value)
        elif kind == "delay":
            if self._runs and (delay := _delay(value)) is not None:
                tokens, known = self._runs[-1]
                self._runs[-1] = tokens, max(delay, known or delay)
        elif self.groups:
            self._has_rules = True
            if value:
                self.groups[-1][1].append(_rule(value, allows=kind == "allow", line=line))
        self._last = kind

    def _read_agent(self, value: str) -> None:
        if self._has_rules:
            self.groups.append(([], []))
            self._has_rules = False
        if self._last != "agent":
            self._runs.append(([], None))
        if token := _TOKEN.match(value):
            self.groups[-1][0].append(token[0].lower())
            self._runs[-1][0].append(token[0].lower())

    def delays(self) -> dict[str, timedelta]:
        longest: dict[str, timedelta] = {}
        for tokens, delay in self._runs:
            if delay is not None:
                longest.update({token: max(delay, longest.get(token, delay)) for token in tokens})
        return longest


def _lines(body: bytes) -> list[str]:
    """Those within MAX_BYTES; bytes that are no UTF-8 stay what they are."""
    text = body[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    lines = _LINE_END.split(text)
    return lines if len(body) <= MAX_BYTES else lines[:-1]  # half a rule would forbid too much


def _delay(value: str) -> timedelta | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    if not (math.isfinite(seconds) and seconds >= 0):
        return None
    return timedelta(seconds=min(seconds, MAX_DELAY.total_seconds()))


def _rule(pattern: str, *, allows: bool, line: int) -> Rule:
    to_the_end = pattern.endswith("$")
    bare = pattern[:-1] if to_the_end else pattern
    canonical = _canonical(bare, keep="*")
    return Rule(
        pattern=pattern.encode("utf-8", "replace").decode("utf-8", "replace"),
        allows=allows,
        line=line,
        parts=tuple(re.split(r"\*+", canonical)),
        to_the_end=to_the_end,
        weight=len(_ESCAPE.sub("x", canonical)) + to_the_end,
    )


# --- matching ------------------------------------------------------------------------------------


def _path_of(url: str) -> str:
    """Path and query of an http(s) address, in canonical form."""
    parts = urlsplit(normalise(url) or "")
    return _canonical((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _canonical(path: str, *, keep: str = "") -> str:
    """Path and query such that what RFC 9309, 2.2.2 holds to be equal is equal.

    Every octet but unreserved ones and "/" is percent-encoded, an encoded "/" of the path stays
    encoded, and in the query neither "/" nor "?" ever is. `keep` are characters left as they are.
    """
    before, mark, query = path.partition("?")
    return (
        _encoded(before, "/" + keep, decode="") + mark + _encoded(query, "/?" + keep, decode="/?")
    )


def _encoded(text: str, plain: str, *, decode: str) -> str:
    def encode(match: re.Match[bytes]) -> bytes:
        octet = int(match[1], 16) if match[1] else match[2][0]
        kept = decode if match[1] else plain
        if octet in _UNRESERVED or chr(octet) in kept:
            return bytes([octet])
        return b"%%%02X" % octet

    return _SPECIAL.sub(encode, text.encode("utf-8", "surrogateescape")).decode("ascii")


def _matches(rule: Rule, path: str) -> bool:
    """By the leftmost place of each part: linear for each part, and no worse than backtracking."""
    first, *others = rule.parts
    if not path.startswith(first):
        return False
    if not others:
        return not rule.to_the_end or path == first
    position = len(first)
    for part in others[:-1]:
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    last = others[-1]
    if rule.to_the_end:
        return len(path) - len(last) >= position and path.endswith(last)
    return path.find(last, position) >= 0
