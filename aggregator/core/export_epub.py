"""Articles as the files of an EPUB 3.3 publication: one chapter for each, with a contents page.

The same articles give the same bytes: the book's identifier and its date come from them.
Specification: https://www.w3.org/TR/epub-33/.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from aggregator.core.directions import Direction, direction_of
from aggregator.core.export_outline import Entry, Outline, by_day, by_story
from aggregator.core.export_times import long_date
from aggregator.core.export_xhtml import (
    attributes_of_language,
    escape,
    to_xhtml,
    under_headings,
)
from aggregator.core.markup import html_of
from aggregator.core.urls import normalise
from aggregator.types import Article

MIMETYPE = ("mimetype", "application/epub+zip")
"""The first file, which is stored without compression."""
CONTAINER = (
    "META-INF/container.xml",
    """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
""",
)
STYLE = (
    "EPUB/style.css",
    """body { margin: 0 5%; line-height: 1.4; }
h1 { line-height: 1.2; }
blockquote { margin: 1em 2em; }
pre { white-space: pre-wrap; }
table { border-collapse: collapse; }
td, th { border: 1px solid; padding: 0.2em 0.4em; vertical-align: top; }
.about { font-size: 0.85em; }
""",
)
_NAMESPACE = uuid.UUID("6f0c1d3e-0a53-5a55-9a0b-7d6a4c0e5b11")
"""Of the identifiers of our books."""
_NO_LANGUAGE = "und"
MOST_CREATORS = 12
"""Outlets that are named as those who wrote it."""

Group = Sequence[Entry]
"""Articles of one story, at least one."""


def chapter(article: Article, entry: Entry) -> tuple[str, str]:
    """An article as a file: its name and what is in it."""
    address = escape(normalise(entry.url or "") or "")
    link = f'<p class="about" dir="ltr"><a href="{address}">{address}</a></p>'
    html = under_headings(html_of(text=article.text, html=article.html), 2)
    body = [
        f"<h1>{escape(entry.title)}</h1>",
        f'<p class="about" dir="auto">{escape(" · ".join([entry.about, *entry.authors]))}</p>',
        link if address else "",
        to_xhtml(html),
    ]
    page = _page(entry.title, body, language=entry.language, direction=direction_of(entry.language))
    return f"EPUB/{entry.key}.xhtml", page


def frame(outline: Outline, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """The files around the chapters: title, a page for each story, contents, package document."""
    groups = [] if outline.story_id is not None else by_story(outline.entries)
    stories = [group for group in groups if len(group) > 1]
    yield "EPUB/title.xhtml", _title_page(outline)
    for group in stories:
        yield f"EPUB/{_story_key(group)}.xhtml", _story_page(group)
    yield "EPUB/nav.xhtml", _contents(outline, groups, zone)
    yield "EPUB/package.opf", _package(outline, groups)


# --- pages ----------------------------------------------------------------------------------------


def _title_page(outline: Outline) -> str:
    body = [f"<h1>{_named(outline.title, outline.language)}</h1>"]
    body += (f'<p dir="auto">{escape(fact)}</p>' for fact in outline.facts)
    if outline.story_id is not None:
        body.append(_list(map(_link, outline.entries)))
    return _page(outline.title, body, language="en", direction="ltr")


def _story_page(group: Group) -> str:
    first = group[0]
    body = [f"<h1>{_named(first.title, first.language)}</h1>", _list(map(_link, group))]
    return _page(first.title, body, language="en", direction="ltr")


def _contents(outline: Outline, groups: Sequence[Group], zone: tzinfo) -> str:
    title = f'<a href="title.xhtml">{_named(outline.title, outline.language)}</a>'
    if outline.story_id is not None:
        items = [*map(_link, outline.entries)]
    else:
        items = [*_days(groups, zone)]
    body = [f'<nav epub:type="toc" id="toc"><h1>Contents</h1>{_list([title, *items])}</nav>']
    return _page("Contents", body, language="en", direction="ltr")


def _days(groups: Sequence[Group], zone: tzinfo) -> Iterator[str]:
    """Each with its stories and articles; by the first article of a story."""
    of_first = {group[0].article_id: group for group in groups}
    days = by_day([group[0] for group in groups], zone)
    for day, firsts in days:
        items = [_group(of_first[first.article_id]) for first in firsts]
        if len(days) == 1:
            yield from items
        else:
            yield f"<span>{long_date(day)}</span>{_list(items)}"


def _group(group: Group) -> str:
    if len(group) == 1:
        return _link(group[0])
    name = _named(group[0].title, group[0].language)
    return f'<a href="{_story_key(group)}.xhtml">{name}</a>{_list(map(_link, group))}'


def _link(entry: Entry) -> str:
    said = f"<bdi>{escape(entry.about)}</bdi>: {_named(entry.title, entry.language)}"
    return f'<a href="{entry.key}.xhtml">{said}</a>'


def _named(title: str, language: str | None) -> str:
    said = f'{attributes_of_language(language)} dir="{direction_of(language)}"'
    return f"<bdi{said}>{escape(title)}</bdi>"


def _list(items: Iterator[str] | Sequence[str] | map[str]) -> str:
    return "<ol>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ol>"


def _story_key(group: Group) -> str:
    return f"story-{group[0].story_id}"


def _page(title: str, body: Sequence[str], *, language: str | None, direction: Direction) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"\
{attributes_of_language(language)} dir="{direction}">
<head>
<title>{escape(title)}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
{_joined(body)}
</body>
</html>
"""


def _joined(blocks: Sequence[str]) -> str:
    return "\n".join(filter(None, blocks))


# --- the package document -------------------------------------------------------------------------


def _package(outline: Outline, groups: Sequence[Group]) -> str:
    language = outline.main_language
    if not attributes_of_language(language):
        language = None
    pages = ["title", *_spine(outline, groups)]
    manifest = "\n".join(
        f'    <item id="{page}" href="{page}.xhtml" media-type="application/xhtml+xml"/>'
        for page in pages
    )
    spine = "\n".join(f'    <itemref idref="{page}"/>' for page in pages)
    outlets = dict.fromkeys(entry.source for entry in outline.entries)
    creators = "\n".join(
        f"    <dc:creator>{escape(name)}</dc:creator>" for name in [*outlets][:MOST_CREATORS]
    )
    progression = "rtl" if direction_of(language) == "rtl" else "ltr"
    modified = max(entry.seen_at for entry in outline.entries).astimezone(UTC)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package version="3.0" xmlns="http://www.idpf.org/2007/opf" unique-identifier="book">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:identifier id="book">urn:uuid:{_identifier(outline)}</dc:identifier>
    <dc:title{attributes_of_language(outline.language, html=False)}>{escape(outline.title)}\
</dc:title>
    <dc:language>{language or _NO_LANGUAGE}</dc:language>
{creators}
    <meta property="dcterms:modified">{modified:%Y-%m-%dT%H:%M:%SZ}</meta>
  </metadata>
  <manifest>
    <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
    <item id="style" href="style.css" media-type="text/css"/>
{manifest}
  </manifest>
  <spine page-progression-direction="{progression}">
{spine}
  </spine>
</package>
"""


def _spine(outline: Outline, groups: Sequence[Group]) -> Iterator[str]:
    """In the order of the contents."""
    if outline.story_id is not None:
        yield from (entry.key for entry in outline.entries)
    for group in groups:
        if len(group) > 1:
            yield _story_key(group)
        yield from (entry.key for entry in group)


def _identifier(outline: Outline) -> uuid.UUID:
    """The same for the same articles."""
    articles = (f"{entry.article_id}.{entry.revision}" for entry in outline.entries)
    seen = (entry.seen_at.isoformat() for entry in outline.entries)
    return uuid.uuid5(_NAMESPACE, "\n".join([outline.title, *articles, *seen]))
