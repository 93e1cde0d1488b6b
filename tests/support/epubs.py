"""What is wrong with an EPUB, as far as its reader would stumble over it.

The rules are those of EPUB 3.3 (container, package document, navigation document) and of HTML's
content model; chapters may have what a text has, and nothing that is fetched.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from lxml import etree

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
OPS = "{http://www.idpf.org/2007/ops}"
CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

LINES = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark"}
    | {"q", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr"}
)
BLOCKS = frozenset(
    {"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "nav", "ol", "p", "pre"}
    | {"table", "ul"}
)
CHILDREN = {
    **dict.fromkeys(("p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", *LINES), LINES),
    **dict.fromkeys(("body", "div", "blockquote", "li", "td", "th", "nav"), LINES | BLOCKS),
    **dict.fromkeys(("ul", "ol"), frozenset({"li"})),
    **dict.fromkeys(("br", "hr", "wbr"), frozenset[str]()),
    "table": frozenset({"tbody"}),
    "tbody": frozenset({"tr"}),
    "tr": frozenset({"td", "th"}),
    "ruby": LINES | {"rt"},
    "rt": LINES,
}
NO_TEXT = frozenset({"ul", "ol", "table", "tbody", "tr", "br", "hr", "wbr"})
ATTRIBUTES = {
    "a": {"href"},
    "nav": {"id", OPS + "type"},
    "ol": {"start"},
    "p": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


def problems(data: bytes) -> list[str]:
    """A sentence each; empty: it can be read."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        if book.testzip() is not None:
            return ["a file is damaged"]
        return [*_of_container(book), *_of_package(book)]


def chapters(data: bytes) -> list[str]:
    """The files that are read, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        package, folder = _package(book)
        hrefs = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
        return [
            posixpath.join(folder, str(hrefs[ref.get("idref")]))
            for ref in package.iter(f"{OPF}itemref")
        ]


def read(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(name).decode()


def wrong_content(body: etree._Element) -> Iterator[str]:
    """Elements that are not where they may be. `body`: or a `div`."""
    for element in body.iter():
        tag = _name(element)
        if tag not in CHILDREN:
            yield f"<{tag}> is not known"
            continue
        allowed = ATTRIBUTES.get(tag, set()) | {"lang", "dir", XML_LANG}
        yield from (f"{tag}@{name!r}" for name in element.attrib if name not in allowed)
        if element.get("lang") != element.get(XML_LANG):
            yield f"{tag}: two languages"
        children = {_name(child) for child in element}
        yield from (f"<{inner}> in <{tag}>" for inner in children - CHILDREN[tag])
        yield from _of_element(element, tag)


def _of_element(element: etree._Element, tag: str) -> Iterator[str]:
    texts = [element.text, *(child.tail for child in element)]
    if tag in NO_TEXT and any(text and text.strip() for text in texts):
        yield f"text in <{tag}>"
    if tag in {"ul", "ol", "table", "tbody", "tr"} and not len(element):
        yield f"<{tag}> without anything"
    if tag == "a" and any(above.tag == element.tag for above in element.iterancestors()):
        yield "a link in a link"
    if tag == "ruby" and (not len(element) or _name(element[-1]) != "rt"):
        yield "<ruby> without <rt>"
    if tag == "bdo" and element.get("dir") not in {"ltr", "rtl"}:
        yield "<bdo> without a direction"


def _name(element: etree._Element) -> str:
    return str(element.tag).removeprefix(XHTML)


def _of_container(book: zipfile.ZipFile) -> Iterator[str]:
    first = book.infolist()[0]
    if first.filename != "mimetype" or book.read(first) != b"application/epub+zip":
        yield "the first file does not say what it is"
    if first.compress_type != zipfile.ZIP_STORED or first.extra or first.flag_bits:
        yield "what it is, is not where it is looked for"
    names = book.namelist()
    yield from {f"{name} is there twice" for name in names if names.count(name) > 1}


def _package(book: zipfile.ZipFile) -> tuple[etree._Element, str]:
    container = etree.fromstring(book.read("META-INF/container.xml"))
    [root] = container.iter(f"{CONTAINER}rootfile")
    assert root.get("media-type") == "application/oebps-package+xml"
    path = str(root.get("full-path"))
    return etree.fromstring(book.read(path)), posixpath.dirname(path)


def _of_package(book: zipfile.ZipFile) -> Iterator[str]:
    package, folder = _package(book)
    yield from _of_metadata(package)
    items = [*package.iter(f"{OPF}item")]
    hrefs = [posixpath.join(folder, str(item.get("href"))) for item in items]
    ids = [item.get("id") for item in items]
    if len({*hrefs}) < len(hrefs) or len({*ids}) < len(ids):
        yield "the manifest has something twice"
    others = {"mimetype", "META-INF/container.xml", f"{folder}/package.opf"}
    for name in {*hrefs} ^ ({*book.namelist()} - others):
        yield f"{name} is not both in the manifest and in the file"
    refs = [ref.get("idref") for ref in package.iter(f"{OPF}itemref")]
    if not refs or not {*refs} <= {*ids} or len({*refs}) < len(refs):
        yield "what is read is not in the manifest, or twice"
    [contents] = [
        href for item, href in zip(items, hrefs, strict=True) if item.get("properties") == "nav"
    ]
    pages = {
        href: etree.fromstring(book.read(href))
        for item, href in zip(items, hrefs, strict=True)
        if item.get("media-type") == "application/xhtml+xml"
    }
    for name, page in pages.items():
        yield from (f"{name}: {problem}" for problem in _of_page(page, name, {*hrefs}))
    order = [href for ref in refs for id_, href in zip(ids, hrefs, strict=True) if id_ == ref]
    yield from _of_contents(pages[contents], contents, order)


def _of_metadata(package: etree._Element) -> Iterator[str]:
    if package.get("version") != "3.0":
        yield "it is not of version 3"
    [identifier] = package.iter(f"{DC}identifier")
    if identifier.get("id") != package.get("unique-identifier") or not identifier.text:
        yield "it has no identifier"
    [title], [language] = package.iter(f"{DC}title"), package.iter(f"{DC}language")
    if not (title.text or "").strip():
        yield "it has no title"
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language.text or ""):
        yield "it has no language"
    changed = [
        one.text for one in package.iter(f"{OPF}meta") if one.get("property") == "dcterms:modified"
    ]
    if len(changed) != 1 or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", changed[0] or ""):
        yield "it does not say when it was changed"


def _of_page(page: etree._Element, name: str, known: set[str]) -> Iterator[str]:
    titles = [*page.iter(f"{XHTML}title")]
    if page.tag != f"{XHTML}html" or len(titles) != 1 or not (titles[0].text or "").strip():
        yield "it is no page with a title"
    [body] = page.iter(f"{XHTML}body")
    yield from wrong_content(body)
    for element in page.iter():
        for attribute in ("href", "src"):
            address = element.get(attribute)
            if address is None or urlsplit(address).scheme in {"http", "https"}:
                continue
            target = posixpath.join(posixpath.dirname(name), urldefrag(address)[0])
            if target not in known:
                yield f"{address} leads nowhere"
        if element.get("src"):
            yield "it needs something from elsewhere"


def _of_contents(page: etree._Element, name: str, order: list[str]) -> Iterator[str]:
    [nav] = [one for one in page.iter(f"{XHTML}nav") if one.get(f"{OPS}type") == "toc"]
    for item in nav.iter(f"{XHTML}li"):
        tags = [_name(child) for child in item]
        if tags not in (["a"], ["a", "ol"], ["span", "ol"]):
            yield f"an item of the contents is {tags}"
        elif not "".join(map(str, item[0].itertext())).strip():
            yield "an item of the contents has no name"
    led = [
        posixpath.join(posixpath.dirname(name), str(one.get("href")))
        for one in nav.iter(f"{XHTML}a")
    ]
    if led != order:
        yield "the contents are in another order than the chapters"
