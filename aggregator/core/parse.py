"""Bytes of a feed made into a ParsedFeed. The only importer of feedparser.

feedparser is the judge of a feed's structure; it is spared what it does slowly or unsafely
(sanitising, resolving addresses in texts), which `core.html` does instead, and the choice of the
character set, which `core.charsets` makes. It is told no address either, for it would resolve
identifiers that only look relative.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import feedparser

from aggregator.core.charsets import decode_and_tell
from aggregator.core.feed_elements import Outline, read_outline
from aggregator.core.feed_fields import clean_guid, clean_language
from aggregator.core.feed_hints import read_hints
from aggregator.core.parse_entry import FeedFacts, authors_of, link_of, parse_entry, plain, title_of
from aggregator.core.parse_json import parse_json_feed
from aggregator.core.sitemap import SITEMAP_ROOTS, parse_sitemap
from aggregator.core.sniff import feed_start, not_a_feed, root_name
from aggregator.core.xml_repair import repair
from aggregator.errors import ParseError
from aggregator.types import ParsedEntry, ParsedFeed, PollHints

MAX_ENTRIES = 50_000

_OUR_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>"
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def parse_feed(body: bytes, *, url: str, content_type: str | None = None) -> ParsedFeed:
    """RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1, Google News sitemaps,
    well-formed or not.

    `url` is where the body came from; relative addresses are resolved against it unless the feed
    says otherwise. At most MAX_ENTRIES entries are read.

    Raises NotAFeed for anything else (a web page: with the feeds that it links to), and
    ParseError for a feed of which nothing can be read.
    """
    decoded = decode_and_tell(body, content_type)
    text = decoded.text.lstrip()
    if text.startswith(("{", "[")):
        return parse_json_feed(text, url=url, max_entries=MAX_ENTRIES)
    root = root_name(text)
    if root in SITEMAP_ROOTS:
        return parse_sitemap(decoded.text, url=url, max_entries=MAX_ENTRIES)
    start = feed_start(text, root)
    if start is None:
        raise not_a_feed(text, root=root, url=url)
    text = text[start:]
    if start:
        root = root_name(text)
    mended, flaw = repair(text)
    outline = read_outline(mended, root)
    parsed = _feedparser(_for_feedparser(mended, root, outline), url)
    line, trouble = None, None
    if flaw is not None:
        line = flaw.line + decoded.text.count("\n", 0, len(decoded.text) - len(text))
        trouble = (
            f"It is not well-formed XML at line {line}: {flaw.reason}."
            if outline.closed
            else f"It breaks off before its end, at line {line}: {flaw.reason}."
        )
    if start:
        trouble = f"Something else stands before the feed. {trouble or ''}".strip()
    warning = " ".join(filter(None, (trouble, decoded.warning))) or None
    feed = plain(parsed["feed"])
    if trouble and not (parsed["entries"] or feed.get("title") or feed.get("links")):
        raise ParseError(
            f"{url} is a feed of which nothing can be read. {trouble}", url=url, line=line
        )
    hints = read_hints(feed, text)
    return _feed(feed, parsed, outline, url=url, warning=warning, hints=hints)


def _for_feedparser(document: str, root: str, outline: Outline) -> str:
    """The document without what would be read wrongly, and without the entry that was cut: half of
    it would be taken for an edit of the whole one.
    """
    end = len(document) if outline.cut_at is None else outline.cut_at
    parts: list[str] = []
    position = 0
    for start, stop in outline.spans:
        if position <= start and stop <= end:
            parts.append(document[position:start])
            position = stop
    head = "".join((*parts, document[position:end]))
    return head if outline.cut_at is None else head + _closing_tags(head, root)


def _closing_tags(head: str, root: str) -> str:
    channel = root == "rss" and re.search(r"<channel[\s>]", head) and "</channel" not in head
    tag = re.search(rf"<((?:[\w.-]{{1,40}}:)?{re.escape(root)})[\s>]", head, re.IGNORECASE)
    return f"{'</channel>' if channel else ''}</{tag[1] if tag else root}>"


def _feedparser(text: str, url: str) -> dict[str, Any]:
    """feedparser's result."""
    document = (_OUR_DECLARATION + text).encode(errors="replace")
    try:
        parsed = feedparser.parse(
            io.BytesIO(document),  # what is no stream is first taken for the name of a file
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # feedparser promises nothing about what it raises
        raise ParseError(
            f"{url} is a feed that cannot be read ({type(error).__name__}). Tell the publisher.",
            url=url,
        ) from error
    return dict(parsed)


def _feed(
    raw: dict[str, Any],
    parsed: dict[str, Any],
    outline: Outline,
    *,
    url: str,
    warning: str | None,
    hints: PollHints | None,
) -> ParsedFeed:
    version = parsed["version"] or "rss"
    is_atom = version.startswith("atom")
    site_url = link_of(raw, url)
    language = clean_language(raw.get("language") or raw.get("title_detail", {}).get("language"))
    facts = FeedFacts(
        base=url if is_atom else site_url or url,
        is_atom=is_atom,
        language=language,
        authors=authors_of(raw),
    )
    entries = tuple(_entries(parsed["entries"], outline, facts))
    standing = {entry.guid for entry in entries}
    taken_back = dict.fromkeys(map(clean_guid, outline.withdrawn))
    return ParsedFeed(
        format=version,
        title=title_of(raw),
        site_url=site_url,
        language=language,
        entries=entries,
        warning=warning,
        hints=hints,
        complete=outline.closed,
        withdrawn=tuple(guid for guid in taken_back if guid and guid not in standing),
    )


def _entries(
    raw: list[dict[str, Any]], outline: Outline, facts: FeedFacts
) -> Iterator[ParsedEntry]:
    """Where feedparser finds another number of entries, nobody knows which elements are whose."""
    elements = outline.entries if len(outline.entries) == len(raw) else ((),) * len(raw)
    for entry, own in islice(zip(raw, elements, strict=True), MAX_ENTRIES):
        yield parse_entry(plain(entry), facts, own)
