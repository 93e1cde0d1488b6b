"""A page read by the rules that somebody has written for its site.

To be run where it can be stopped: what is done here takes linear time, but on a hostile page a
selector of several steps does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.byline import split_names
from aggregator.core.feed_fields import clean_title
from aggregator.core.html import Element, line_text, sanitise, serialise, to_text
from aggregator.core.page_dates import PageDate, first_date
from aggregator.core.selectors import compile_element_rule, compile_rule
from aggregator.core.text import clean_line
from aggregator.core.trees import outermost, pieces_of, remove_all, text_of
from aggregator.types import PageRules

MAX_TEXT = 5_000
"""Characters of a title, byline or date that are looked at."""
MAX_VALUES = 30
"""Elements that are looked at for one of these."""

_NEVER_REMOVED = ("html", "body")
_DATE_ATTRIBUTES = ("datetime", "content")
_NUMBER = re.compile(r"\d.{5,}")
_WORD_AND_NUMBER = re.compile(r"[^\W\d_]{3,20}[.,]?\s+\d.{5,}")
"""Where a date may begin behind "Published on": with a month or a weekday, or the day itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What the rules have found on a page."""

    body: tuple[Element, ...] = ()
    """In the order of the page, none of them within another; empty: not ruled, or not found."""
    title: str = ""
    """One line; empty likewise."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """None likewise."""
    utc_offset: timedelta | None = None
    """Its time zone as the page gives it; None: it gives none."""
    missing: tuple[str, ...] = ()
    """Which of "body", "title", "author" and "date" are ruled and found nothing, or nothing that
    can be read as such: the site may have changed. What is to be removed need not be there."""


def apply_rules(root: Element, rules: PageRules) -> Ruled:
    """Take out of a parsed page what its rules want removed, and find what they name.

    Raises ValueError for selectors that are none; those of a configuration have been checked.
    """
    for rule in rules.remove:
        found = compile_element_rule(rule).select(root)
        remove_all([one for one in found if one.tag not in _NEVER_REMOVED])
    body = _body(root, rules.body)
    title = _title(root, rules.title)
    authors = _authors(root, rules.author)
    date = _date(root, rules.date)
    named = {"body": body, "title": title, "author": authors, "date": date}
    return Ruled(
        body=body,
        title=title,
        authors=authors,
        published_at=date.at if date else None,
        utc_offset=date.offset if date else None,
        missing=tuple(name for name, what in named.items() if getattr(rules, name) and not what),
    )


def body_html(ruled: Ruled, *, base_url: str | None) -> str:
    """The bodies one after another, sanitised; relative links are left out without a base."""
    return sanitise("\n".join(map(serialise, ruled.body)), base_url=base_url)


def _body(root: Element, rules: Sequence[str]) -> tuple[Element, ...]:
    for rule in rules:
        found = outermost(compile_element_rule(rule).select(root))
        if any(piece.strip() for element in found for piece in pieces_of(element)):
            return tuple(found)
    return ()


def _title(root: Element, rules: Sequence[str]) -> str:
    values = (value for rule in rules for value in _values(root, rule))
    return clean_title(next(values, ""))


def _authors(root: Element, rules: Sequence[str]) -> tuple[str, ...]:
    for rule in rules:
        if names := [name for value in _values(root, rule) for name in split_names(value)]:
            return tuple(dict.fromkeys(names))
    return ()


def _values(root: Element, rule: str) -> Iterator[str]:
    """What is not empty of the attributes or texts that a selector finds, each as one line."""
    selector = compile_rule(rule)
    for one in selector.find(root)[:MAX_VALUES]:
        if value := _value(one, selector.attribute):
            yield value


def _value(one: Element | str, attribute: str | None) -> str:
    if isinstance(one, str):
        return clean_line(one[:MAX_TEXT])
    if attribute or one.tag == "meta":
        return clean_line(one.get(attribute or "content", "")[:MAX_TEXT])
    if len(one) == 0:
        return clean_line(text_of(one, MAX_TEXT))
    # Blocks and line breaks part words.
    return line_text(to_text(serialise(one))[:MAX_TEXT], markup=False)


# --- the date ------------------------------------------------------------------------------------


def _date(root: Element, rules: Sequence[str]) -> PageDate | None:
    """The first that can be read; None: none can."""
    for rule in rules:
        selector = compile_rule(rule)
        for one in selector.find(root)[:MAX_VALUES]:
            if found := first_date(_dates(one, selector.attribute)):
                return found
    return None


def _dates(one: Element | str, attribute: str | None) -> Iterator[str]:
    """What may be its date, the likeliest first."""
    if not isinstance(one, str) and attribute is None:
        yield from (value for name in _DATE_ATTRIBUTES if (value := one.get(name)))
    value = _value(one, attribute)
    yield value
    for said in (_WORD_AND_NUMBER.search(value), _NUMBER.search(value)):
        if said is not None:
            yield said[0]
