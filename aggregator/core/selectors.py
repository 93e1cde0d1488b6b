"""Selectors over parsed pages: CSS, and XPath in the rules for a site. The only importer of
cssselect.

CSS is translated to XPath here. XPath that a configuration says is run as it stands, which is safe
for these reasons. libxml2 knows XPath 1.0 and nothing later, and none of its functions reads a
file or asks a server: `document()` is XSLT's, `unparsed-text()` and `doc()` are XPath 3's. What
lxml adds, regular expressions (EXSLT), is reached by a namespace prefix alone, and no prefix is
bound here. A library may still register functions of its own for the whole process; so a path is
refused that calls any but those of XPath 1.0, or that has a prefix or a variable in it. What is
left can take long on a hostile page: it runs where it can be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import cssselect

from aggregator.core.html import Element, parse_document
from aggregator.core.text import shorten

MAX_LENGTH = 1_000
"""Characters of one selector."""
MAX_NESTED = 10
"""Conditions within conditions of a path; each may multiply the time that it takes."""

_PATH = re.compile(r"/|\.\.?/|\(")
"""How XPath begins; nothing in CSS does."""
_ATTRIBUTE = re.compile(r"::attr\(\s*([A-Za-z][\w:.-]{0,100})\s*\)\s*\Z")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
_PREFIX = re.compile(r"(?<![\w.-])([^\W\d][\w.-]*)\s*:(?!:)")
_CALL = re.compile(r"(?<![\w.-])([^\W\d][\w.-]*)\s*\(")
_FUNCTIONS = """
    boolean ceiling concat contains count false floor id lang last local-name name namespace-uri
    normalize-space not number position round starts-with string string-length substring
    substring-after substring-before sum translate true
"""
_NO_CALLS = "and or div mod node text comment processing-instruction"
"""Operators and kinds of nodes, which brackets may stand behind."""
_KNOWN = frozenset([*_FUNCTIONS.split(), *_NO_CALLS.split()])
_CONDITION = re.compile(r"\[[^\[\]]*\]")
_ENDS_IN_TEXT = re.compile(
    r"(?:(?:@|\battribute\s*::)\s*[\w*.-]+|\b(?:text|comment)\s*\(\s*\))[\s)]*\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    xpaths: tuple[str, ...]
    attribute: str | None
    """What `::attr(name)` names; None: the element itself is meant."""
    finds_text: bool = False
    """An XPath that ends in attributes or text: there is no element to find."""

    def find(self, root: Element) -> list[Element | str]:
        """Those that match, `root` or within it, in document order; of an XPath also the values of
        attributes and the texts that it ends in."""
        found = root.xpath(" | ".join(self.xpaths), smart_strings=False)
        if isinstance(found, str):
            return [found]
        return [one for one in cast("list[object]", found) if _is_found(one)]  # type: ignore[misc]

    def select(self, root: Element) -> list[Element]:
        """The elements among them."""
        return [one for one in self.find(root) if not isinstance(one, str)]


@lru_cache(maxsize=1024)
def compile_selector(css: str) -> Selector:
    """Raises ValueError, with a sentence, for what is no selector or cannot be translated."""
    _check_length(css)
    elements, attribute = css, None
    if match := _ATTRIBUTE.search(css):
        elements, attribute = css[: match.start()], match[1].lower()
    try:
        parsed = cssselect.parse(elements)
        translator = cssselect.HTMLTranslator()
        xpaths = tuple(translator.selector_to_xpath(one) for one in parsed)
    except (cssselect.SelectorError, RecursionError) as error:
        raise ValueError(f"{_quote(css)} is no CSS selector: {_reason(error)}") from error
    _try(" | ".join(xpaths), css, kind="CSS selector")  # it may name a namespace: a|b
    if any(one.pseudo_element for one in parsed):
        raise ValueError(f"{_quote(css)} has a pseudo-element; only ::attr(name) at its end counts")
    return Selector(xpaths=xpaths, attribute=attribute)


@lru_cache(maxsize=4096)
def compile_rule(rule: str) -> Selector:
    """CSS, or XPath 1.0 where it begins with "/", "./", "../" or "(".

    Raises ValueError, with a sentence, for what is neither.
    """
    if _PATH.match(rule):
        return _compile_path(rule)
    try:
        return compile_selector(rule)
    except ValueError as error:
        hint = "; XPath begins with /, ./, ../ or (" if "/" in rule else ""
        raise ValueError(f"{error}{hint}") from error


def compile_element_rule(rule: str) -> Selector:
    """The same, where elements are wanted and not their texts."""
    selector = compile_rule(rule)
    if selector.attribute:
        raise ValueError(f"must name elements, not their {selector.attribute}")
    if selector.finds_text:
        raise ValueError(f"must name elements, and {_quote(rule)} names attributes or text")
    return selector


def _compile_path(path: str) -> Selector:
    _check_length(path)
    if match := _ATTRIBUTE.search(path):
        raise ValueError(f"{_quote(path)} is XPath; there an attribute is written /@{match[1]}")
    bare = _LITERAL.sub(lambda literal: '"' * len(literal[0]), path)
    for complaint in _complaints(bare):
        raise ValueError(f"{_quote(path)} {complaint}")
    result = _try(path, path, kind="XPath 1.0")
    for call in _CALL.finditer(bare):
        # By itself: in the path it may stand behind a step that leads nowhere on an empty page.
        if call[1] in _FUNCTIONS.split():
            condition = path[call.start() : _end_of_call(bare, call.end())]
            _try(f"self::node()[{condition}]", path, kind="XPath 1.0")
    if isinstance(result, bool | float):
        raise ValueError(  # noqa: TRY004 - what is written is wrong, not its type
            f"{_quote(path)} gives a number, or yes or no, instead of what it finds"
        )
    while (shorter := _CONDITION.sub("", bare)) != bare:
        bare = shorter
    finds_text = isinstance(result, str) or _ENDS_IN_TEXT.search(bare) is not None
    return Selector(xpaths=(path,), attribute=None, finds_text=finds_text)


def _complaints(bare: str) -> Iterator[str]:
    """What a path, its literals blanked, may not hold."""
    if "$" in bare:
        yield "has a variable, and none has a value here; write the value itself"
    for match in _PREFIX.finditer(bare):
        yield f"has the namespace prefix {match[1]}:, and none is known here; leave it out"
    for match in _CALL.finditer(bare):
        if match[1] not in _KNOWN:
            yield f"calls {match[1]}(), which is no function of XPath 1.0"
    if _nested(bare) > MAX_NESTED:
        yield f"has more than {MAX_NESTED} conditions within each other"


def _nested(bare: str) -> int:
    depth = deepest = 0
    for character in bare:
        depth += (character == "[") - (character == "]")
        deepest = max(deepest, depth)
    return deepest


def _end_of_call(bare: str, start: int) -> int:
    """Behind the bracket that closes what is open before `start`."""
    depth, end = 1, start
    while depth and end < len(bare):
        depth += (bare[end] == "(") - (bare[end] == ")")
        end += 1
    return end


def _try(path: str, whole: str, *, kind: str) -> object:
    """What a path gives on an empty page. `whole` is what was written, and meant to be a `kind`."""
    try:
        return parse_document("<html></html>").xpath(path)
    except Exception as error:  # lxml's own, which only core.html may import
        raise ValueError(f"{_quote(whole)} is no {kind}: {shorten(str(error), 200)}") from error


def _is_found(one: object) -> bool:
    """Comments, processing instructions and namespaces are of no use."""
    return isinstance(one, str) or isinstance(getattr(one, "tag", None), str)


def _check_length(rule: str) -> None:
    if len(rule) > MAX_LENGTH:
        raise ValueError(f"is longer than {MAX_LENGTH:,} characters")


def _quote(css: str) -> str:
    return f'"{shorten(css, 60)}"'


def _reason(error: Exception) -> str:
    return shorten(str(error), 200) if isinstance(error, cssselect.SelectorError) else "too deep"
