"""How tests look at the press's feeds and pages, without the code under test."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from aggregator.demo.press import Press, PressOutlet

NOW = datetime(2026, 3, 4, 9, 30, 27, tzinfo=UTC)
MISSING = "Forty schools to be powered by their own roofs"
BROKEN = "Footbridge at Tillie to be lifted into place by helicopter"
SLOW = "Un terremoto de magnitud 5,4 despierta a Valdehierro y deja 17 heridos leves"
MOVED = "It stays! Wexcombe maternity unit saved"
SPLIT = "Trust drops plan to close maternity unit at Wexcombe"
PAYWALLED = "The library clock runs again after 40 years"
CONSENT = "El embalse de Fuentelahoz recupera la mitad de su agua"
LIVE = "Crew of pearl divers' grandsons wins the winter dhow race"

ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Entry(NamedTuple):
    link: str
    guid: str
    title: str
    published_at: datetime
    summary: str
    content: str
    image: str


def get(url: str, method: str = "GET", **headers: str) -> Reply:
    """One request; `If_None_Match="x"` sends If-None-Match."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        target = url.removeprefix(f"{parts.scheme}://{parts.netloc}")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=sent)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def follow(url: str) -> Reply:
    """As `get`, but one redirect is followed."""
    reply = get(url)
    return get(reply.headers["Location"]) if reply.status == 301 else reply


def read_feed(outlet: PressOutlet) -> tuple[str, list[Entry]]:
    """The kind of feed and its entries, read without the code under test."""
    body = get(outlet.feed_url).body
    if body[:1] == b"{":
        feed = json.loads(body)
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        return "json", [json_entry(item) for item in feed["items"]]
    root = ET.fromstring(body)
    if root.tag == f"{ATOM}feed":
        return "atom", [atom_entry(item) for item in root.iter(f"{ATOM}entry")]
    if root.tag == f"{RDF}RDF":
        return "rdf", [rdf_entry(item) for item in root.iter(f"{RSS1}item")]
    return "rss", [rss_entry(item) for item in root.iter("item")]


def json_entry(item: dict[str, str]) -> Entry:
    at = datetime.fromisoformat(item["date_published"])
    return Entry(
        item["url"],
        item["id"],
        item["title"],
        at,
        item["summary"],
        item["content_html"],
        item.get("image", ""),
    )


def atom_entry(item: ET.Element) -> Entry:
    link = item.find(f"{ATOM}link[@rel='alternate']")
    assert link is not None
    return Entry(
        link.attrib["href"],
        item.findtext(f"{ATOM}id", ""),
        item.findtext(f"{ATOM}title", ""),
        datetime.fromisoformat(item.findtext(f"{ATOM}published", "")),
        item.findtext(f"{ATOM}summary", ""),
        item.findtext(f"{ATOM}content", ""),
        "",
    )


def rdf_entry(item: ET.Element) -> Entry:
    at = datetime.fromisoformat(item.findtext(f"{DC}date", ""))
    title, summary = item.findtext(f"{RSS1}title", ""), item.findtext(f"{RSS1}description", "")
    about = item.attrib[f"{RDF}about"]
    return Entry(item.findtext(f"{RSS1}link", ""), about, title, at, summary, "", "")


def rss_entry(item: ET.Element) -> Entry:
    at = parsedate_to_datetime(item.findtext("pubDate", ""))
    images = [*item.iter("enclosure"), *item.iter(f"{MEDIA}thumbnail")]
    return Entry(
        item.findtext("link", ""),
        item.findtext("guid", ""),
        item.findtext("title", ""),
        at if at.tzinfo else at.replace(tzinfo=UTC),
        item.findtext("description", ""),
        item.findtext(f"{CONTENT}encoded", ""),
        images[0].attrib["url"] if images else "",
    )


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.meta: dict[str, str] = {}
        self.rel: dict[str, str] = {}
        self.html: dict[str, str] = {}
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._tag = ""
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._tag = tag
        if tag == "html":
            self.html = values
        elif tag == "meta":
            self.meta[values.get("property", values.get("name", ""))] = values.get("content", "")
        elif tag == "link":
            self.rel[values["rel"]] = values["href"]
        self.links.update(values[name] for name in ("href", "src") if name in values)

    def handle_data(self, data: str) -> None:
        (self.scripts if self._tag == "script" else self.texts).append(data)


def by_title(press: Press, title: str) -> str:
    return next(url for url, truth in press.truth().items() if truth.title == title)
