"""The further pages of an article that its page links to.

A link is believed only when its address is made from the page's own: most links that say "next"
lead to the next article, the next picture or more comments. What is missed costs the rest of one
article; what is taken wrongly puts a second article into the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.core.html import Element, document_base
from aggregator.core.page_addresses import (
    Form,
    is_home,
    is_print_of,
    own_numbers,
    page_numbers,
    stem_of,
    undivided_stem,
)
from aggregator.core.page_labels import (
    OFFERS,
    Label,
    is_in_place,
    label_of,
    relations_of,
    says_print,
    says_undivided,
)
from aggregator.core.trees import text_of
from aggregator.core.urls import host_key, normalise
from aggregator.types import PageRole, WantedPage

MOST_NEXT = 20
"""Pages reported at once; those link to the rest."""
_MOST_LINKS = 3_000
_LONGEST = 1_000
"""Characters of an address; longer ones carry the state of a program."""

_GALLERIES = re.compile(
    r"/(?:photo-?|picture-?|bilder-?|image-?|foto-?)?(?:galler(?:y|ies|i|ia|ie)|galerien?|galerie"
    r"|slide-?shows?|strecken?|diaporama)(?=[/.?-]|\Z)|/(?:photos|pictures|bilder|fotos)/",
    re.IGNORECASE,
)
_FROM_HERE = re.compile(r"(?!/|[A-Za-z][A-Za-z0-9+.-]{0,20}:)")
"""How an address begins that is relative to the page's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What is known of the page's own addresses."""

    url: str
    plain: frozenset[str]
    """Its own and those of pages that are there already, as `_plain` gives them."""
    names: tuple[str, ...]
    """Of which one is in the address of every form of the article; empty ones are in any."""
    stems: frozenset[str]
    """Of the page and of the form in which it calls itself canonical."""
    number: int
    """1: it is the first page, or the only one."""
    counted: frozenset[tuple[str, Form]]
    """Stems and forms by which it has that number."""
    sure: bool
    """Whether it is known to be a numbered page, not an article that is called so."""


def further_pages(
    root: Element, *, url: str, seen: frozenset[str] = frozenset()
) -> tuple[WantedPage, ...]:
    """What else the page at `url` has of its article, none of it twice nor among `seen`.

    `root` is the page as it was parsed, `url` its absolute address, `seen` those of the article's
    pages that are there already. All are of the page's own host. First comes, as a PRINT page, the
    form that shows a divided article undivided; then its NEXT pages in order, without a gap and at
    most `MOST_NEXT` of them; then its AMP form; then its form for printing. One of the first kind
    comes only before NEXT pages, so that a PRINT page is undivided where a NEXT one follows it.
    """
    own_url = normalise(url)
    if own_url is None:
        return ()
    base = document_base(root, own_url)
    heads, anchors = _links(root)
    own = _own(heads, anchors, own_url, base, seen)
    following: dict[int, str] = {}
    undivided: list[str] = []
    prints: list[str] = []
    for link, address in _promising(heads, anchors, base, own):
        plain = _plain(address)
        if plain == _plain(own_url):
            continue
        if number := _next_number(link, address, own):
            following.setdefault(number, address)
        elif plain in own.plain:
            continue
        elif _is_undivided(link, address, own):
            undivided.append(address)
        elif _is_print(link, address, own):
            prints.append(address)
    pages = [one for one in _in_row(following, own.number) if _plain(one) not in own.plain]
    amps = [one for one in _amp_forms(heads, base, own_url) if _plain(one) not in own.plain]
    return (
        *(WantedPage(role=PageRole.PRINT, url=one) for one in undivided[: bool(pages)]),
        *(WantedPage(role=PageRole.NEXT, url=one) for one in pages),
        *(WantedPage(role=PageRole.AMP, url=one) for one in amps[:1]),
        *(WantedPage(role=PageRole.PRINT, url=one) for one in prints[:1]),
    )


def _links(root: Element) -> tuple[list[Element], list[Element]]:
    """What a page declares in its head, and what it links to."""
    heads: list[Element] = []
    anchors: list[Element] = []
    for link in root.iter("link", "a"):
        (anchors if link.tag == "a" else heads).append(link)
    return heads[:_MOST_LINKS], anchors[:_MOST_LINKS]


def _own(
    heads: list[Element], anchors: list[Element], url: str, base: str, seen: frozenset[str]
) -> _Own:
    canonical = next(_declared(heads, base, "canonical"), None)
    if canonical is None or host_key(canonical) != host_key(url) or is_home(canonical):
        canonical = url
    stems = frozenset({stem_of(url), stem_of(canonical)})
    readings = list(page_numbers(url))
    firsts = _first_pages(anchors, base) if readings else ()
    others = {stem_of(one) for one in (canonical, *seen, *firsts)} - {stem_of(url)}
    sure = [one for one in readings if one.form is Form.NAMED or one.stem in others]
    believed = sure or [one for one in readings if one.number == 1]
    number = believed[0].number if believed else 1
    counted = frozenset(
        (one.stem, one.form)
        for one in believed
        if one.number == number and ("/" in one.stem or "?" in one.stem)  # else it is the home page
    )
    return _Own(
        url=url,
        names=_names(url, [*stems, *(stem for stem, _ in counted)]),
        plain=frozenset(_plain(one) for one in (url, *seen)),
        stems=stems - {""} if not is_home(url) else frozenset(),
        number=number,
        counted=counted,
        sure=bool(sure),
    )


def _first_pages(anchors: list[Element], base: str) -> Iterator[str]:
    """Where a page's bar of page numbers leads back to."""
    for link in anchors:
        href = link.get("href", "")
        is_one = len(href) <= _LONGEST and text_of(link, 5).strip(" []") == "1"
        if is_one and (address := normalise(href, base=base)):
            yield address


def _names(url: str, stems: Iterable[str]) -> tuple[str, ...]:
    """What `_Own.names` holds."""
    if "%" in url:  # links may be written otherwise
        return ("",)
    slugs = {stem.partition("?")[0].rpartition("/")[2] for stem in stems}
    return tuple(sorted(slugs | set(own_numbers(url)), key=len, reverse=True))


def _promising(
    heads: list[Element], anchors: list[Element], base: str, own: _Own
) -> Iterator[tuple[Element, str]]:
    """The links that may lead to further pages, with their absolute addresses."""
    announced = [link for link in heads if "next" in relations_of(link)]
    host = host_key(own.url)
    for link in announced[:3] + anchors:
        href = link.get("href", "")
        if not 0 < len(href) <= _LONGEST or href[0] == "#":
            continue
        if _FROM_HERE.match(href) or any(name in href for name in own.names):
            address = normalise(href, base=base)
            if address and host_key(address) == host:
                yield link, address


def _declared(heads: list[Element], base: str, relation: str) -> Iterator[str]:
    for link in heads:
        href = link.get("href", "")
        if relation in relations_of(link) and len(href) <= _LONGEST:
            address = normalise(href, base=base)
            if address:
                yield address


def _amp_forms(heads: list[Element], base: str, url: str) -> Iterator[str]:
    for address in _declared(heads, base, "amphtml"):
        if host_key(address) == host_key(url) and not is_home(address):
            yield address


# --- next pages ----------------------------------------------------------------------------------


def _next_number(link: Element, address: str, own: _Own) -> int:
    """The number of the page that a link leads to; 0: it is no next page."""
    more_comments = address.count("comment") > own.url.count("comment")
    if more_comments or is_print_of(address, own.url) or _GALLERIES.search(own.url):
        return 0
    for page in page_numbers(address):
        added = page.stem in own.stems
        counted = (page.stem, page.form) in own.counted
        if page.number <= own.number or not (added or counted):
            continue
        label = label_of(link, page.number, follows=page.number == own.number + 1)
        if label >= _needed(page.form, own, added=added) and is_in_place(link):
            return page.number
    return 0


def _needed(form: Form, own: _Own, *, added: bool) -> Label:
    """How clear a link must be for its address to be believed."""
    if form is Form.NAMED or (form is Form.SEGMENT and (added or own.sure)):
        return Label.NEXT
    return Label.PAGE


def _in_row(pages: dict[int, str], number: int) -> list[str]:
    """Those that follow page `number` one by one: with a gap the order of the text is not known."""
    found: list[str] = []
    while len(found) < MOST_NEXT and (number := number + 1) in pages:
        found.append(pages[number])
    return found


# --- other forms ---------------------------------------------------------------------------------


def _is_undivided(link: Element, address: str, own: _Own) -> bool:
    stem = undivided_stem(address)
    stems = own.stems | {stem for stem, _ in own.counted}
    return stem in stems and says_undivided(link)


def _is_print(link: Element, address: str, own: _Own) -> bool:
    if not is_print_of(address, own.url) or OFFERS.search(address.removeprefix(own.url)):
        return False
    return says_print(link)


def _plain(url: str) -> str:
    """An address without what makes no difference; unlike `url_key`, forms for print do."""
    return url.partition("://")[2].partition("#")[0].rstrip("/")
