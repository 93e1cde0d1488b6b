"""Every real feed gives all of its entries, and what they say is what the file says.

The files are read a second time here, by lxml's recovering parser or as JSON, with rules of this
test's own: nothing of the program takes part in what is expected.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree

from aggregator.core.parse import parse_feed
from aggregator.errors import ParseError

FEEDS = Path(__file__).parents[2].parent / "shared" / "data" / "feeds"
URL = "https://feeds.example.com/dir/feed.xml"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/data/feeds is not beside the repository"),
]

# Counted in the files: `<item` or `<entry` elements, or the objects in `items`.
ENTRIES = {
    "aktuality.rss": 30,
    "allthis.json": 12,
    "atom_relative.xml": 1,
    "bio.rdf": 30,
    "content-encoded.rss": 7,
    "feedburner.atom": 25,
    "heise.atom": 15,
    "jsonfeed_elastic_1.1.json": 3,
    "livemint.xml": 25,
    "macworld.rss": 30,
    "rss_0.91_encoding_1.xml": 1,
    "rss_1.0_biorxiv.xml": 1,
    "rss_1.0_debian.xml": 1,
    "rss_2.0_bbc.xml": 1,
    "rss_2.0_cloudflare.xml": 1,
    "rss_2.0_ilgiornale.xml": 1,
    "rss_2.0_invalid_1.xml": 0,
    "rss_2.0_nbcny.xml": 1,
    "rss_2.0_wirecutter.xml": 1,
    "uolNoticias.rss": 15,
}
ENCODINGS = {"uolNoticias.rss": "windows-1252"}
"""Of files that are neither UTF-8 nor say what they are."""
FLAWED = {"rss_2.0_invalid_1.xml", "uolNoticias.rss"}
MEDIA = "{http://search.yahoo.com/mrss/}"
MONTHS = {"Set": "Sep", "Seg": "Mon"}
"""Names that one of the feeds writes in Portuguese."""


@dataclass(frozen=True)
class Said:
    """What a file says of one entry."""

    title: str
    link: str
    date: datetime | None


def words(text: str) -> str:
    """One line, without the tags that one of the feeds has in its titles, references resolved."""
    return " ".join(html.unescape(re.sub(r"</?span[^>]*>", "", text)).split())


def moment(text: str) -> datetime | None:
    for portuguese, english in MONTHS.items():
        text = text.replace(portuguese, english)
    text = " ".join(text.split())
    if not text:
        return None
    if text[:4].isdigit():
        found = datetime.fromisoformat(text)
    elif text.endswith("M"):
        found = datetime.strptime(text, "%a, %b %d %Y %I:%M:%S %p")  # noqa: DTZ007 - names no zone
    else:
        found = parsedate_to_datetime(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def child_texts(item: etree._Element) -> dict[str, str]:
    """By local name; of elements that come twice, the first."""
    texts: dict[str, str] = {}
    for child in item:
        if isinstance(child.tag, str):
            name = etree.QName(child).localname
            if child.prefix not in {"media", "itunes"}:
                texts.setdefault(name, "".join(map(str, child.itertext())))
    return texts


def read_xml(path: Path) -> Iterator[Said]:
    parser = etree.XMLParser(recover=True, huge_tree=True, encoding=ENCODINGS.get(path.name))
    root = etree.fromstring(path.read_bytes().lstrip(), parser)
    for item in root.iter("{*}item", "{*}entry"):
        texts = child_texts(item)
        original = texts.get("origLink")
        atom = [
            link.get("href", "")
            for link in item.findall("{http://www.w3.org/2005/Atom}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        dates = (texts.get(name, "") for name in ("pubDate", "published", "date", "updated"))
        yield Said(
            title=words(texts.get("title", "")),
            link=urljoin(URL, (original or (atom[0] if atom else texts.get("link", ""))).strip()),
            date=moment(next(filter(None, dates), "")),
        )


def read_json(path: Path) -> Iterator[Said]:
    for item in json.loads(path.read_text(encoding="utf-8"))["items"]:
        yield Said(
            title=words(item["title"]),
            link=item["url"],
            date=moment(item.get("date_published", "")),
        )


def address(url: str) -> tuple[str, ...]:
    """Hosts may differ in case, and an empty path is the root."""
    scheme, netloc, path, query, fragment = urlsplit(url)
    return scheme, netloc.lower(), path or "/", query, fragment


def test_files_without_a_count_are_read_or_refused_by_name() -> None:
    for path in FEEDS.iterdir():
        if path.name not in ENTRIES:
            with suppress(ParseError):
                parse_feed(path.read_bytes(), url=URL)


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_says_what_the_file_says(name: str) -> None:
    path = FEEDS / name
    if not path.exists():
        pytest.skip(f"{name} is not among the feeds")
    said = list((read_json if path.suffix == ".json" else read_xml)(path))
    assert len(said) == ENTRIES[name]
    feed = parse_feed(path.read_bytes(), url=URL)
    assert len(feed.entries) == ENTRIES[name]
    assert feed.title
    assert (feed.warning is not None) == (name in FLAWED)
    for entry, expected in zip(feed.entries, said, strict=True):
        assert entry.title == expected.title
        assert address(entry.url or "") == address(expected.link)
        assert entry.published_at == expected.date


@pytest.mark.parametrize(
    "name", sorted(name for name in ENTRIES if ENTRIES[name] > 1 and not name.endswith(".json"))
)
def test_a_cut_file_gives_the_entries_before_the_cut(name: str) -> None:
    if not (FEEDS / name).exists():
        pytest.skip(f"{name} is not among the feeds")
    body = (FEEDS / name).read_bytes()
    last = max(body.rfind(b"<item"), body.rfind(b"<entry"))
    feed = parse_feed(body[:last], url=URL)
    assert len(feed.entries) == ENTRIES[name] - 1
    assert feed.warning is not None
    assert not feed.complete


@pytest.mark.parametrize("name", sorted(name for name in ENTRIES if ENTRIES[name]))
def test_entries_of_a_cut_file_are_those_of_the_whole(name: str) -> None:
    if not (FEEDS / name).exists():
        pytest.skip(f"{name} is not among the feeds")
    body = (FEEDS / name).read_bytes().rstrip()
    whole = parse_feed(body, url=URL)
    assert whole.complete
    for part in range(1, 20):
        try:
            feed = parse_feed(body[: len(body) * part // 20], url=URL)
        except ParseError:
            continue  # nothing came whole
        assert not feed.complete
        assert feed.entries == whole.entries[: len(feed.entries)]


@pytest.mark.parametrize("name", sorted(name for name in ENTRIES if not name.endswith(".json")))
def test_every_file_of_an_entry_is_kept(name: str) -> None:
    """As the elements of the file name them; pictures that show nothing are left out."""
    if not (FEEDS / name).exists():
        pytest.skip(f"{name} is not among the feeds")
    parser = etree.XMLParser(recover=True, huge_tree=True, encoding=ENCODINGS.get(name))
    root = etree.fromstring((FEEDS / name).read_bytes().lstrip(), parser)
    named = [
        [
            urljoin(URL, element.get("url", "").strip())
            for element in item.iter("{*}enclosure", f"{MEDIA}content", f"{MEDIA}thumbnail")
        ]
        for item in root.iter("{*}item", "{*}entry")
    ]
    feed = parse_feed((FEEDS / name).read_bytes(), url=URL)
    for entry, urls in zip(feed.entries, named, strict=True):
        kept = {address(media.url) for media in entry.media}
        missing = {url for url in urls if address(url) not in kept}
        assert all("gravatar.com/avatar/" in url for url in missing)
