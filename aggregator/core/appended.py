"""Other articles that a page appends to its own, for readers who scroll on.

They come in the page's own template, each whole and with its own headline. The same template also
holds the halves of one article, items of a list, posts of a live blog and teasers: what has no
headline, no page of its own elsewhere or little text stays.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import cast

from aggregator.core.html import Element, document_base
from aggregator.core.linked_data import fold_title
from aggregator.core.trees import outermost, pieces_of, remove, text_of
from aggregator.core.urls import host_key, normalise, url_key

_FULL_LENGTH = 800
"""Characters in paragraphs; a teaser has fewer."""
_TELLING = 10
"""Letters of a headline that is compared with the page's title."""
_LONGEST_HEADLINE = 500
_MOST_BLOCKS = 1_000
_LIKE = 0.5
"""Share of common class names of two elements of one template."""
_ADDRESSES = """
    data-url data-permalink data-href data-canonical data-canonical-url data-article-url
    data-story-url data-page-url data-link itemid
"""
_WITH_ADDRESS = " or ".join(f"@{name}" for name in _ADDRESSES.split())
_BLOCKS = f"""
    descendant::*[self::article or (self::div or self::section or self::main) and ({_WITH_ADDRESS})]
"""
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    host: str
    base: str
    keys: frozenset[str]
    """Of its own addresses."""
    titles: tuple[str, ...]
    """Folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    element: Element
    headline: Element | None
    """None: it has none."""
    declared: str
    """The address that the element itself names; empty: none."""


def drop_appended(root: Element, *, url: str) -> int:
    """Take other articles out of a page that begin behind its own; how many there were.

    `url` is the page's address; empty: not known. Nothing is taken from a page that does not show
    which block is its own: by its title, or by an address that the block declares.
    """
    found = _candidates(root)
    if len(found) < 2:
        return 0
    page = _page(root, url)
    blocks = [_block(element, page) for element in outermost(found)]
    first = next((place for place, one in enumerate(blocks) if _is_own(one, page)), None)
    if first is None:
        return 0
    own = blocks[first]
    length = _length(own.element)
    removed = 0
    for block in blocks[first + 1 :]:
        if block.headline is None and not removed:
            length += _length(block.element)  # the other half of the article
        elif _is_appended(block, own, page, own_is_long=length >= _FULL_LENGTH):
            remove(block.element)
            removed += 1
    return removed


def _page(root: Element, url: str) -> _Page:
    base = document_base(root, url)
    canonical = ""
    titles = []
    for element in root.iter("link", "meta", "title"):
        if element.tag == "title":
            titles.append(text_of(element, _LONGEST_HEADLINE))
        elif "og:title" in (element.get("property"), element.get("name")):
            titles.append(element.get("content", "")[:_LONGEST_HEADLINE])
        elif element.tag == "link" and element.get("rel", "").lower() == "canonical":
            canonical = canonical or normalise(element.get("href", ""), base=base) or ""
    return _Page(
        host=host_key(url) or host_key(canonical),
        base=base if url else document_base(root, canonical),
        keys=frozenset(url_key(one) for one in (url, canonical) if one),
        titles=tuple(filter(None, map(fold_title, titles))),
    )


def _candidates(root: Element) -> list[Element]:
    tags = Counter(element.tag for element in root.iter("article", "h1"))
    if max(tags.values(), default=0) < 2:
        return []  # as most pages have it; looking for attributes takes longer
    found = cast("list[Element]", root.xpath(_BLOCKS))[:_MOST_BLOCKS]
    with_headline: set[Element] = set()
    for headline in root.iter("h1"):
        for around in headline.iterancestors():
            if around in with_headline:
                break
            with_headline.add(around)
    return [element for element in found if element.tag == "article" or element in with_headline]


def _block(element: Element, page: _Page) -> _Block:
    declared = (value for name in _ADDRESSES.split() if (value := element.get(name)))
    address = next((found for one in declared if (found := normalise(one, base=page.base))), "")
    headline = next(element.iter("h1"), None)
    if headline is None:
        headline = next(element.iter("h2"), None)
    return _Block(element=element, headline=headline, declared=address)


def _is_own(block: _Block, page: _Page) -> bool:
    if block.declared and url_key(block.declared) in page.keys:
        return True
    return block.headline is not None and _is_title(block.headline, page)


def _is_title(headline: Element, page: _Page) -> bool:
    folded = fold_title(text_of(headline, _LONGEST_HEADLINE))
    if len(folded) < _TELLING:
        return folded in page.titles
    return any(
        folded in title or (len(title) >= _TELLING and title in folded) for title in page.titles
    )


def _is_appended(block: _Block, own: _Block, page: _Page, *, own_is_long: bool) -> bool:
    if block.headline is None or _is_own(block, page):
        return False
    address = block.declared or _linked(block.headline, block.element, page)
    if not address or not _is_elsewhere(address, page):
        return False
    # An article of items has headlines of the second rank, too, with links to longer reviews.
    alike = bool(block.declared) or _is_alike(block.element, own.element)
    if block.headline.tag != "h1" and not (own_is_long and alike):
        return False
    return _length(block.element) >= _FULL_LENGTH


def _linked(headline: Element, block: Element, page: _Page) -> str:
    """Where a headline leads; empty: nowhere."""
    link = next(headline.iter("a"), None)
    for around in headline.iterancestors() if link is None else ():
        if around.tag == "a":
            link = around
        if around is block or link is not None:
            break
    href = link.get("href") if link is not None else None
    return (href and normalise(href, base=page.base)) or ""


def _is_elsewhere(address: str, page: _Page) -> bool:
    """Whether it is another page of the same host, and not a part of this one."""
    key = url_key(address)
    return host_key(address) == page.host and not any(
        key == own or key.startswith((f"{own}/", f"{own}#")) for own in page.keys
    )


def _is_alike(one: Element, other: Element) -> bool:
    """Whether two elements are of one template, by their class names."""
    names, others = _classes(one), _classes(other)
    return one.tag == other.tag and len(names & others) > _LIKE * len(names | others)


def _classes(element: Element) -> set[str]:
    """Names that number an article are left out."""
    return {name for name in element.get("class", "").split() if not _NUMBERED.search(name)}


def _length(block: Element) -> int:
    """Characters in paragraphs, counted as far as it matters."""
    length = 0
    for paragraph in block.iter("p"):
        length += sum(map(len, pieces_of(paragraph)))
        if length >= _FULL_LENGTH:
            break
    return length
