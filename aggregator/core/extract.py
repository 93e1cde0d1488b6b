"""From a page to its article: text, sanitised body and what the page says of them.

The body is found by trafilatura, in the setting that measured best (docs/decisions), and again in
its default setting where the first finds little. Its metadata mode is left off: it doubles the
time and runs quadratic regular expressions over the page.
"""

from __future__ import annotations

import logging
import re
from itertools import count

import py3langid  # type: ignore[import-untyped]  # ships no types
import trafilatura
from trafilatura.htmlprocessing import build_html_output
from trafilatura.meta import reset_caches
from trafilatura.settings import Document

from aggregator.core.boilerplate import prune_body, prune_page
from aggregator.core.html import Element, decode, line_text, parse_document, sanitise, to_text
from aggregator.core.metadata import read_metadata
from aggregator.core.text import count_words
from aggregator.core.trees import drop_comments, text_of
from aggregator.core.urls import normalise
from aggregator.errors import ExtractError
from aggregator.types import ArticleText

_LITTLE = 600
"""Characters of text below which the page is read a second time, less strictly."""
_LITTLE_LESS = 2
"""The second reading is believed when it is this many times as long."""
_FEWEST_WORDS = 10
"""What has fewer is a label or a link."""
_PAGES_A_RESET = 500
_IDENTIFIED = 2_000
"""Characters by which a language is recognised; more cost time and change nothing."""
_ENGLISH = frozenset(("the", "of", "and", "to", "in", "a", "that", "is", "for", "it"))
"""Words of which any English text has many."""
_SIGNATURES = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "an image",
    b"GIF8": "an image",
    b"\xff\xd8\xff": "an image",
    b"RIFF": "an image, sound or film",
    b"PK\x03\x04": "an archive or office document",
    b"\x1f\x8b": "compressed data",
    b"\x00\x00\x00": "sound or film",
    b"ID3": "sound",
    b"OggS": "sound or film",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_UNREADABLE_TYPE = re.compile(
    r"\s*(?:image|audio|video|font)/(?!svg)|\s*application/(?:pdf|zip|octet-stream|msword|epub)",
    re.IGNORECASE,
)

_pages = count(1)
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it warns of, we raise


def extract_article(
    body: bytes | str,
    *,
    url: str | None,
    content_type: str | None = None,
    title_hint: str | None = None,
) -> ArticleText:
    """The article of one page.

    `url` is the page's address, for relative links; `content_type` the header, for the character
    set; `title_hint` the feed's title, used where the page gives none. Paragraphs of the text are
    parted by an empty line, list items and table rows are lines. Raises ExtractError for an empty
    page, a binary document, and a page on which nothing reads like an article.
    """
    root = parse_document(_markup(body, url, content_type))
    drop_comments(root)
    page = read_metadata(root, url=url, title_hint=title_hint)
    headings = [line_text(text_of(heading, 1_000)) for heading in root.iter("h1")][:3]
    titles = [page.title, title_hint or "", *headings]
    prune_page(root)
    html, text = _read_body(root, titles, _base_of(root, url))
    if next(_pages) % _PAGES_A_RESET == 0:
        reset_caches()
    if count_words(text) < _FEWEST_WORDS:
        raise ExtractError("The page holds nothing that reads like an article.", url=url)
    return ArticleText(
        title=page.title,
        text=text,
        html=html,
        authors=page.authors,
        published_at=page.published_at,
        updated_at=page.updated_at,
        language=_language(page.language, text),
        image_url=page.image_url,
        site_name=page.site_name,
        canonical_url=page.canonical_url,
    )


def _markup(body: bytes | str, url: str | None, content_type: str | None) -> str:
    if isinstance(body, bytes):
        _refuse_binary(body, url, content_type)
        body = decode(body, content_type)
    if not body.strip():
        raise ExtractError("The page is empty.", url=url)
    return body


def _refuse_binary(body: bytes, url: str | None, content_type: str | None) -> None:
    for signature, kind in _SIGNATURES.items():
        if body.startswith(signature):
            raise ExtractError(f"The address leads to {kind}, not to a page.", url=url)
    head = body[:1_024]
    wide = head.startswith(_UTF_16)
    if _UNREADABLE_TYPE.match(content_type or "") or (b"\0" in head and not wide):
        raise ExtractError("The address leads to binary data, not to a page.", url=url)


def _read_body(root: Element, titles: list[str], url: str | None) -> tuple[str, str]:
    """Sanitised HTML and plain text; empty when there is no article."""
    html, text = _run(root, titles, url, strict=True)
    if len(text) < _LITTLE:
        other_html, other_text = _run(root, titles, url, strict=False)
        if len(other_text) > _LITTLE_LESS * len(text):
            return other_html, other_text
    return html, text


def _run(root: Element, titles: list[str], url: str | None, *, strict: bool) -> tuple[str, str]:
    try:
        document = trafilatura.bare_extraction(
            root,
            favor_precision=strict,
            include_comments=False,
            include_links=True,
            include_formatting=True,
            include_tables=True,
            output_format="html",
        )
    except RecursionError:
        raise ExtractError("The page nests its elements too deeply to be read.", url=url) from None
    if not isinstance(document, Document):
        return "", ""
    prune_body(document.body, titles)
    html = sanitise(build_html_output(document), base_url=url)
    return html, to_text(html)


def _base_of(root: Element, url: str | None) -> str | None:
    """What relative links in the body are relative to."""
    declared = next((href for e in root.iter("base") if (href := e.get("href"))), None)
    return (declared and normalise(declared, base=url)) or url


def _language(declared: str | None, text: str) -> str | None:
    """As declared, unless that is English and the text is not: many templates say so by default."""
    if declared == "en":
        words = text[:_IDENTIFIED].lower().split()
        if len(words) < 30 or sum(map(_ENGLISH.__contains__, words)) >= 0.08 * len(words):
            return declared
        declared = None
    return declared or _identify(text)


def _identify(text: str) -> str | None:
    """Primary subtag of the language that the text is in; None: not enough of it to say."""
    sample = text[:_IDENTIFIED]
    if sum(map(str.isalpha, sample)) < 20:
        return None
    language, _ = py3langid.classify(sample)
    return str(language)
