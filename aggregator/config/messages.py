"""Mismatches with the schema → sentences with file, line and key."""

from __future__ import annotations

import re
from difflib import get_close_matches

from aggregator.config.schema import ANY_NAME, SECTIONS, Mismatch, keys, place_of
from aggregator.config.tree import Flaw, Loc, Node
from aggregator.config.values import kind
from aggregator.core.text import clean_line, shorten

_PLAIN_KEY = re.compile(r"[\w-]+")
_MISSING: dict[tuple[str, ...], str] = {
    ("sources",): "is missing; list below it at least one feed, - https://example.org/feed/",
    ("sources", "url"): "is missing; give the address of the feed, url: https://example.org/feed/",
    ("sources", "login", "username"): "is missing; give the name to log in with",
    ("sources", "select", "item"): "is missing; name the elements that are the items, as in"
    " item: main article",
    ("smtp", "host"): "is missing; give the name of the mail server, host: mail.example.org",
    ("watches", "name"): "is missing; give it a name, name: Floods",
    ("digests", "name"): "is missing; give it a name, name: Morning",
    ("web", "proxy", "from"): "is missing; give the address of the proxy, from: 127.0.0.1",
}
_KEEP_ELSEWHERE = (
    "a password does not belong in this file; put it into an environment variable and name that"
    " under password_env, or into a file and name that under password_file"
)
_SPECIAL: dict[tuple[str, ...], str] = {
    ("smtp", "password"): _KEEP_ELSEWHERE,
    ("smtp", "pass"): _KEEP_ELSEWHERE,
    ("sources", "password"): "belongs under login; " + _KEEP_ELSEWHERE,
    ("sources", "login", "password"): _KEEP_ELSEWHERE,
    ("channels", ANY_NAME, "secret"): "a secret does not belong in this file; put it into an"
    " environment variable and name that under secret_env, or into a file and name that under"
    " secret_file",
    ("web", "password"): "does not belong in this file; set it by `aggregator web password`",
    ("sources", "<<"): "merge keys (<<) are not read here; repeat the keys that are meant",
}
_BY_CODE = {
    "model_type": "needs keys below it, not {kind}",
    "dict_type": "needs keys below it, not {kind}",
    "tuple_type": "needs a list, as in [one, two], not {kind}",
}
_OF_SOURCES = {
    "model_type": "needs the address of a feed, or keys such as url, not {kind}",
    "tuple_type": "needs a list, one line - https://example.org/feed/ for each feed, not {kind}",
}


def explain(root: Node, mismatch: Mismatch) -> Flaw:
    """The sentence for one mismatch, at the line where the user should look."""
    found = root.find(mismatch.loc)
    if mismatch.code == "missing":
        what = _MISSING.get(_names(mismatch.loc), "is missing")
        return Flaw(line=root.key_line(found), loc=mismatch.loc, message=what)
    if mismatch.code == "extra_forbidden":
        return Flaw(line=root.key_line(found), loc=found, message=_unknown(found))
    node = root.at(found) or root
    own = _OF_SOURCES if _names(found) == ("sources",) else _BY_CODE
    template = own.get(mismatch.code) or _BY_CODE.get(mismatch.code)
    message = template.format(kind=kind(node.value)) if template else mismatch.message
    return Flaw(line=node.line, loc=found, message=message)


def dotted(loc: Loc) -> str:
    """`sources[2].interval`; a key that is no plain word stands in quotes."""
    result = ""
    for part in loc:
        if isinstance(part, int):
            result += f"[{part}]"
        else:
            plain = _PLAIN_KEY.fullmatch(part) or part == ANY_NAME
            word = part if plain else f'"{shorten(clean_line(part), 40)}"'
            result += f".{word}" if result else word
    return result


def _names(loc: Loc) -> tuple[str, ...]:
    return tuple(part for part in loc if isinstance(part, str))


def _unknown(loc: Loc) -> str:
    *path, key = place_of(_names(loc))
    section = tuple(path)
    if special := _SPECIAL.get((*section, key)):
        return special
    homes = [dotted(place) for place, other in SECTIONS.items() if key in keys(other)]
    if homes:
        home = f"belongs under {homes[0]}" if homes[0] else "belongs at the top of the file"
        return f"is not known here; it {home}"
    known = keys(SECTIONS[section])
    word = key.strip().lower().replace("-", "_")
    if near := get_close_matches(word, known, n=1):
        return f"is not known; did you mean {near[0]}?"
    return f"is not known; the keys here are {', '.join(known)}"
