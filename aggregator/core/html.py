"""HTML: its character set, what of it may be shown, its plain text, and the feeds it links to.

The only importer of lxml and nh3. Nothing here raises on any input.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

import lxml.html
import nh3
from lxml import etree

from aggregator.core.charsets import decode
from aggregator.core.feed_addresses import looks_like_feed
from aggregator.core.markup import from_text, line_text, to_text
from aggregator.core.urls import MAX_URL, normalise

__all__ = (
    "Element",
    "decode",
    "document_base",
    "drop",
    "feed_links",
    "from_text",
    "line_text",
    "parse_document",
    "sanitise",
    "serialise",
    "to_text",
    "unwrap",
)

Element = etree._Element  # noqa: SLF001 - the stubs name no public type; others need not import lxml

MAX_TAGS = 20_000
MAX_REFERENCES = 50_000
"""A fragment with more tags or "&" than that is kept as plain paragraphs: building a tree of some
such input takes quadratic time, and no article has them."""
MAX_PASSES = 4
MAX_FEED_LINKS = 20

_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "del": {"datetime"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"datetime"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
_TAGS = """
    a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del
    details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li
    main mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td
    tfoot th thead time tr u ul var wbr
"""
_LEFT_OUT = """
    audio button canvas embed head iframe math noembed noframes object script select style svg
    template textarea title video xmp
"""
# All elements of one class, which lxml gives them without asking Python about each of them: that
# takes a tenth of the time of an extraction.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_FRAGMENT = re.compile(r"[<>&\0\r\xa0]")
_NOSCRIPT = re.compile(r"</?noscript[^>]*>", re.IGNORECASE)
"""Left out because what is inside counts as text for a reader that runs scripts, not for ours."""
_UNSTEADY = re.compile(rf"<(?!/|(?:p|{'|'.join(_TAGS.split())})[\s/>]|!--)|<(?:table|TABLE)")
"""Where a tag is taken out, or moved out of a table, what it parted may be read otherwise next.
The commonest tag is tried first."""
_FIRST_BREAK = re.compile(r"(<pre[^>]*>)\n+")

_FEED_TYPES = """
    application/rss+xml application/atom+xml application/feed+json application/rdf+xml
    application/x.atom+xml application/x-atom+xml
"""


def sanitise(html: str, *, base_url: str | None = None) -> str:
    """HTML that may be shown anywhere: elements and attributes of an allow-list only.

    Addresses are of http(s) only. Relative ones are resolved against `base_url`, and left out when
    it is None or no web address. What comes out stays as it is when it goes through again.
    """
    if not _NO_FRAGMENT.search(html):
        return _SURROGATE.sub("", html).strip()
    if len(html) > MAX_TAGS and (html.count("<") > MAX_TAGS or html.count("&") > MAX_REFERENCES):
        return from_text(to_text(html))
    if "noscript" in html:
        html = _NOSCRIPT.sub("", html)
    token = _BASE.set(base_url)
    try:
        clean = _clean(html)
        if _UNSTEADY.search(html):
            for _ in range(MAX_PASSES):
                former, clean = clean, _clean(clean)
                if clean == former:
                    break
    finally:
        _BASE.reset(token)
    return clean


def parse_document(html: str) -> Element:
    """The root of a tree of elements, whatever the input; an empty document where nothing can be
    read. Comments and processing instructions are left out.

    Elements nested more than 2,048 deep are lost: libxml2's bound.
    """
    try:
        markup = html.encode()
    except UnicodeEncodeError:
        markup = _SURROGATE.sub("", html).encode()
    if b"\0" in markup:
        markup = markup.replace(b"\0", b"")
    parser = lxml.html.HTMLParser(
        huge_tree=True, recover=True, encoding="utf-8", remove_comments=True, remove_pis=True
    )
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return lxml.html.document_fromstring(markup, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):  # nothing but white space or comments
        return lxml.html.document_fromstring("<html><head></head><body></body></html>")


def document_base(root: Element, url: str) -> str:
    """What the links of a page are relative to; `url` is where it came from."""
    hrefs = (element.get("href") for element in root.iter("base"))
    declared = next((href for href in hrefs if href), None)
    return (declared and normalise(declared, base=url)) or url


def unwrap(root: Element, *tags: str) -> None:
    """Take these elements out from within `root` and leave what is in them."""
    etree.strip_tags(root, *tags)


def drop(root: Element, *tags: str) -> None:
    """Take these elements out from within `root`, and leave the text behind them."""
    etree.strip_elements(root, *tags, with_tail=False)


def serialise(element: Element) -> str:
    """Its HTML, not sanitised, without what stands behind it."""
    return str(lxml.html.tostring(element, encoding="unicode", with_tail=False))


def feed_links(html: str, base_url: str) -> tuple[str, ...]:
    """Absolute addresses of the feeds that a page announces, then of those it links to openly."""
    root = parse_document(html)
    base = document_base(root, base_url)
    types = _FEED_TYPES.split()
    announced = [
        link.get("href", "")
        for link in root.iter("link")
        if "alternate" in link.get("rel", "").lower().split()
        and link.get("type", "").partition(";")[0].strip().lower() in types
    ]
    linked = [
        href
        for anchor in root.iter("a")
        if looks_like_feed(href := anchor.get("href", "").strip()[:MAX_URL])
    ]
    found = (normalise(href, base=base) for href in announced + linked if href)
    return tuple(dict.fromkeys(url for url in found if url))[:MAX_FEED_LINKS]


_BASE: ContextVar[str | None] = ContextVar("base_url", default=None)


def _resolve(href: str) -> str | None:
    base = _BASE.get()
    return normalise(href, base=base) if base else None


# Made once: to make one takes longer than to sanitise an article.
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags=set(_LEFT_OUT.split()),
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https"},
    url_relative=_resolve,
)


def _clean(html: str) -> str:
    try:
        clean = _CLEANER.clean(html)
    except UnicodeEncodeError:  # lone surrogates
        clean = _CLEANER.clean(_SURROGATE.sub("", html))
    clean = clean.replace("\r", "\n")  # as readers do, but for references to it
    if "<pre" in clean:  # the reader has dropped the first line break of each, and would again
        clean = _FIRST_BREAK.sub(r"\1", clean)
    return clean.strip()
