"""The loopback press: that it serves what its data says, and that its truth is true."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from itertools import combinations
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from ruamel.yaml import YAML

from aggregator.demo.articles import NEWEST_AGE, load
from aggregator.demo.feeds import rfc822_date
from aggregator.demo.press import Press, PressOutlet, Truth

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


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


def shared(one: Truth, other: Truth) -> float:
    """The part of the shorter text's word 3-grams that the other has too."""
    a, b = grams(one.text), grams(other.text)
    return len(a & b) / min(len(a), len(b))


def by_title(press: Press, title: str) -> str:
    return next(url for url, truth in press.truth().items() if truth.title == title)


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    """For tests that change nothing."""
    with Press(NOW) as running:
        yield running


@pytest.fixture
def own_press() -> Iterator[Press]:
    with Press(NOW) as running:
        yield running


# --- the texts -----------------------------------------------------------------------------------


def test_there_is_enough_of_everything(press: Press) -> None:
    truths = press.truth().values()
    stories = Counter(truth.story for truth in truths)
    assert len(press.outlets) >= 9
    assert len(truths) >= 64
    assert len({truth.language for truth in truths}) >= 4
    assert sum(count > 1 for count in stories.values()) >= 10
    assert sum(count == 1 for count in stories.values()) >= 20
    for truth in truths:
        assert (80 if truth.title == PAYWALLED else 120) <= len(truth.text.split()) <= 350


def test_every_shape_of_reporting_occurs(press: Press) -> None:
    relations = Counter(truth.relation for truth in press.truth().values())
    assert set(relations) == {"first", "copy", "rewrite", "report", "translation"}
    assert min(relations.values()) >= 2


def test_the_core_story_has_a_first_a_copy_a_rewrite_and_a_translation(press: Press) -> None:
    core = [truth for truth in press.truth().values() if truth.story == "zhang-akram"]
    found = {truth.outlet: truth.relation for truth in core}
    assert found["The Europe Today"] == "first"
    assert found["The Gulf Observer"] == "copy"
    assert sorted(found.values()) == ["copy", "first", "rewrite", "translation"]
    for truth in core:
        assert all(name in truth.text for name in ("Zhang Ming", "Akram", "PRCCSF"))


def test_copies_also_occur_within_cyrillic_and_arabic(press: Press) -> None:
    copies = {t.language for t in press.truth().values() if t.relation == "copy"}
    assert {"ru", "ar"} <= copies


def test_every_story_has_one_first_and_it_is_the_earliest(press: Press) -> None:
    stories: dict[str, list[Truth]] = defaultdict(list)
    for truth in press.truth().values():
        stories[truth.story].append(truth)
    for name, truths in stories.items():
        earliest = min(truths, key=lambda truth: truth.published_at)
        assert [truth for truth in truths if truth.relation == "first"] == [earliest], name
        assert len({truth.outlet for truth in truths}) == len(truths), name


def test_what_goes_back_to_another_article_is_later_and_of_the_same_story(press: Press) -> None:
    truths = press.truth()
    for truth in truths.values():
        assert (truth.of is None) == (truth.relation == "first")
        if truth.of is not None:
            source = truths[truth.of]
            assert source.story == truth.story
            assert source.published_at < truth.published_at
            assert (source.language != truth.language) == (truth.relation == "translation")


def test_copies_share_their_wording_and_reports_do_not(press: Press) -> None:
    truths = press.truth()
    for truth in truths.values():
        if truth.of is None:
            continue
        part = shared(truth, truths[truth.of])
        if truth.relation == "copy":
            assert part >= 0.8, truth.title
        elif truth.relation == "rewrite":
            assert 0.2 <= part <= 0.6, truth.title
        else:
            assert part <= 0.3, truth.title


def test_two_reports_share_a_long_quotation(press: Press) -> None:
    reports = [t for t in press.truth().values() if t.story == "wexcombe-maternity"]
    one, other = sorted(reports, key=lambda truth: truth.published_at)
    quoted = max(re.findall(r'"[^"]+"', one.text), key=len)
    assert len(quoted.split()) >= 60
    assert quoted.strip('".,') in other.text
    assert other.relation == "report"


def test_articles_of_different_stories_share_little(press: Press) -> None:
    """Templates are all that they have in common."""
    for one, other in combinations(press.truth().values(), 2):
        if one.story != other.story and one.language == other.language:
            assert shared(one, other) < 0.45, (one.title, other.title)


def test_templated_look_alikes_are_among_the_singles(press: Press) -> None:
    likeness = [
        shared(one, other)
        for one, other in combinations(press.truth().values(), 2)
        if one.story != other.story and one.outlet == other.outlet
    ]
    assert sum(part > 0.2 for part in likeness) >= 6


# --- the times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now", [NOW, datetime(2024, 2, 29, 0, 0, tzinfo=UTC), datetime(2031, 1, 1, 0, 5, tzinfo=UTC)]
)
def test_the_week_is_moved_to_end_forty_minutes_ago(now: datetime) -> None:
    _, articles = load(now)
    times = sorted(article.published_at for article in articles.values())
    assert times[-1] == now.replace(second=0) - NEWEST_AGE
    assert times[0] >= now - timedelta(days=4)
    assert times[-1] - times[0] > timedelta(days=3)
    assert all(at.second == 0 and at.utcoffset() == timedelta() for at in times)


def test_the_copy_of_the_core_story_comes_two_hours_later(press: Press) -> None:
    core = {t.outlet: t for t in press.truth().values() if t.story == "zhang-akram"}
    delay = core["The Gulf Observer"].published_at - core["The Europe Today"].published_at
    assert timedelta(hours=1, minutes=45) < delay < timedelta(hours=2, minutes=15)


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        Press(datetime(2026, 3, 4))  # noqa: DTZ001 - that is the case under test


# --- the feeds -----------------------------------------------------------------------------------


def test_feeds_hold_what_the_data_says(press: Press) -> None:
    truths = press.truth()
    kinds: Counter[str] = Counter()
    for outlet in press.outlets:
        kind, entries = read_feed(outlet)
        kinds[kind] += 1
        expected = {url: t for url, t in truths.items() if t.outlet == outlet.name}
        assert [entry.link for entry in entries] == list(expected), outlet.name
        assert len({entry.guid for entry in entries}) == len(entries)
        for entry in entries:
            truth = expected[entry.link]
            assert entry.title == truth.title
            assert entry.published_at == truth.published_at
            assert entry.summary
            for paragraph in truth.text.split("\n\n") if entry.content else ():
                assert paragraph.replace("&", "&amp;") in entry.content
    assert kinds == {"rss": 7, "atom": 3, "rdf": 1, "json": 1}


def test_feeds_carry_full_text_or_summaries_by_outlet(press: Press) -> None:
    full = {o.name for o in press.outlets if all(e.content for e in read_feed(o)[1])}
    assert {"The Europe Today", "Tessmark", "Harbour Ledger"} <= full
    assert {"The Gulf Observer", "The Absheron Courier", "La Crónica de Puertoalba"}.isdisjoint(
        full
    )


def test_one_feed_is_in_windows_1251(press: Press) -> None:
    outlet = next(o for o in press.outlets if o.name == "Вестник Лугоморья")
    reply = get(outlet.feed_url)
    assert "windows-1251" in reply.headers["Content-Type"]
    assert "Зелёнку" in reply.body.decode("windows-1251")
    assert b"&#8722;14" in reply.body  # a minus sign, which this encoding does not have
    assert any("−14" in entry.content for entry in read_feed(outlet)[1])


def test_some_links_carry_tracking_and_some_entries_an_image(press: Press) -> None:
    entries = [entry for outlet in press.outlets for entry in read_feed(outlet)[1]]
    assert any("utm_source=" in entry.link for entry in entries)
    assert sum(bool(entry.image) for entry in entries) >= 3


def test_an_image_is_a_small_picture_of_its_own_and_always_the_same(press: Press) -> None:
    images = {e.image for outlet in press.outlets for e in read_feed(outlet)[1] if e.image}
    replies = [get(image) for image in images]
    assert len({reply.body for reply in replies}) == len(images)
    for image, reply in zip(images, replies, strict=True):
        assert reply.headers["Content-Type"] == "image/png"
        assert len(reply.body) < 10_000
        assert get(image).body == reply.body
        chunks = list(png_chunks(reply.body))
        assert [kind for kind, _ in chunks] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
        width, height, depth, colour_type = struct.unpack(">IIBB", chunks[0][1][:10])
        assert (width, height, depth, colour_type) == (1280, 720, 8, 3)
        pixels = zlib.decompress(chunks[2][1])
        assert len(pixels) == height * (1 + width)
        assert max(pixels) < len(chunks[1][1]) // 3


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of each, whose check sum is right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        named, total = data[at + 4 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        assert zlib.crc32(named) == int.from_bytes(total, "big")
        yield named[:4], named[4:]
        at += 12 + length


def test_an_enclosure_says_what_it_is_and_how_long(press: Press) -> None:
    outlet = next(o for o in press.outlets if o.name == "The Europe Today")
    enclosures = list(ET.fromstring(get(outlet.feed_url).body).iter("enclosure"))
    assert enclosures
    for one in enclosures:
        assert one.attrib["type"] == "image/png"
        assert int(one.attrib["length"]) == len(get(one.attrib["url"]).body)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("full", "Wed, 07 Feb 2024 15:04:00 GMT"),
        ("short", "Wed, 07 Feb 24 15:04 UT"),
        ("bare", "7 Feb 2024 18:04 +0300"),
    ],
)
def test_dates_are_awkward_but_legal(style: str, text: str) -> None:
    assert rfc822_date(datetime(2024, 2, 7, 15, 4, tzinfo=UTC), style) == text


# --- the pages -----------------------------------------------------------------------------------


def test_every_link_of_every_feed_answers_as_it_should(press: Press) -> None:
    for url, truth in press.truth().items():
        reply = follow(url)
        expected = {MISSING: 404, BROKEN: 500}.get(truth.title, 200)
        assert reply.status == expected, url
        if expected != 200 or truth.title == CONSENT:
            continue
        page = Page(reply.body)
        if truth.title == SPLIT:
            page.texts += Page(get(f"{truth.page_url}&page=2").body).texts
        assert page.html["lang"] == truth.language
        assert page.html["dir"] == ("rtl" if truth.language == "ar" else "ltr")
        assert page.rel["canonical"] == page.meta["og:url"] == truth.page_url
        assert page.meta["og:title"] == truth.title
        published = datetime.fromisoformat(page.meta["article:published_time"])
        assert published == truth.published_at
        assert set(truth.text.split("\n\n")) <= set(page.texts), url


def test_where_the_page_fails_the_feed_tells_the_story(press: Press) -> None:
    summaries = {e.title: e.summary for o in press.outlets for e in read_feed(o)[1]}
    for title in (MISSING, BROKEN, CONSENT):
        assert len(summaries[title].split()) >= 60


def test_one_page_asks_for_consent_and_shows_nothing(press: Press) -> None:
    url = by_title(press, CONSENT)
    texts = " ".join(Page(get(url).body).texts)
    assert "cookies" in texts
    assert not any(paragraph in texts for paragraph in press.truth()[url].text.split("\n\n"))


def test_one_article_is_split_over_two_pages(press: Press) -> None:
    url = by_title(press, SPLIT)
    texts = press.truth()[url].text.split("\n\n")
    first, second = (Page(get(one).body) for one in (url, f"{url}&page=2"))
    shown = [sum(text in page.texts for text in texts) for page in (first, second)]
    assert sum(shown) == len(texts)
    assert min(shown) >= 3
    assert f"{url}&page=2" in first.links
    assert second.rel["canonical"] == url
    assert press.truth_of(f"{url}&page=2") == press.truth()[url]
    for page in ("3", "0", "x", "%C2%B2"):
        assert get(f"{url}&page={page}").status == 404
    assert get(f"{by_title(press, LIVE)}?page=2").status == 404


def test_one_article_is_behind_a_paywall_and_one_is_a_live_blog(press: Press) -> None:
    walled = Page(follow(by_title(press, PAYWALLED)).body)
    assert json.loads(walled.scripts[0])["isAccessibleForFree"] is False
    assert not any("Pat Dyer" in text for text in walled.texts)
    live = json.loads(Page(get(by_title(press, LIVE)).body).scripts[0])
    assert live["@type"] == "LiveBlogPosting"


def test_lines_recur_on_the_pages_of_an_outlet_and_in_no_text(press: Press) -> None:
    recurring = {one.name: one.furniture for one in press.outlets}
    assert sum(map(bool, recurring.values())) >= 5
    pages = {
        truth.page_url: Page(get(truth.page_url).body).texts
        for truth in press.truth().values()
        if truth.title not in {MISSING, BROKEN, CONSENT}
    }
    for truth in press.truth().values():
        for text in recurring[truth.outlet]:
            assert text in pages.get(truth.page_url, [text])
            assert text not in truth.text


def test_times_are_given_as_the_clocks_of_the_outlet_show_them(press: Press) -> None:
    url, truth = next(
        (url, truth) for url, truth in press.truth().items() if truth.outlet == "The Gulf Observer"
    )
    said = datetime.fromisoformat(Page(get(url).body).meta["article:published_time"])
    assert said == truth.published_at
    assert said.utcoffset() == timedelta(hours=4)


def test_pages_carry_teasers_of_other_articles(press: Press) -> None:
    truths = list(press.truth().values())
    for truth in truths:
        if truth.title in {MISSING, BROKEN, CONSENT}:
            continue
        texts = set(Page(get(truth.page_url).body).texts)
        others = [t for t in truths if t.outlet == truth.outlet and t.title != truth.title]
        assert sum(other.title in texts for other in others) >= 3, truth.page_url


def test_linked_data_says_what_the_page_says(press: Press) -> None:
    url = by_title(press, "Brannoch to swallow Lindal Dairies in 412 million pound deal")
    page = Page(get(url).body)
    data = json.loads(page.scripts[0])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == press.truth()[url].title
    assert data["image"] == [page.meta["og:image"]]


def test_no_link_within_a_site_is_dead(press: Press) -> None:
    allowed = {truth.page_url for truth in press.truth().values()}
    for outlet in press.outlets:
        home = get(outlet.site_url)
        assert Page(home.body).rel["alternate"] == outlet.feed_url
        links = {urljoin(outlet.site_url, link) for link in Page(home.body).links}
        article = next(t.page_url for t in press.truth().values() if t.outlet == outlet.name)
        links |= {urljoin(article, link) for link in Page(get(article).body).links}
        for link in links - allowed:
            assert get(link.partition("#")[0]).status == 200, link
        assert b"Disallow: /search" in get(f"{outlet.site_url}robots.txt").body
        assert get(f"{outlet.site_url}nothing-here").status == 404


def test_one_page_has_moved(press: Press) -> None:
    url = by_title(press, MOVED)
    reply = get(url)
    assert reply.status == 301
    assert reply.headers["Location"] == press.truth()[url].page_url


# --- HTTP ----------------------------------------------------------------------------------------


def test_validators_are_honoured(press: Press) -> None:
    for outlet in press.outlets:
        first = get(outlet.feed_url)
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        assert get(outlet.feed_url, If_None_Match=etag).status == 304
        assert get(outlet.feed_url, If_None_Match=f'"other", W/{etag}').status == 304
        assert get(outlet.feed_url, If_Modified_Since=modified).status == 304
        assert get(outlet.feed_url, If_None_Match='"other"').status == 200
        both = get(outlet.feed_url, If_None_Match='"other"', If_Modified_Since=modified)
        assert both.status == 200
        for useless in ("yesterday", "Wed, 07 Feb 2024 15:04:00 -0000"):
            assert get(outlet.feed_url, If_Modified_Since=useless).status == 200


def test_an_unchanged_answer_repeats_the_validators(press: Press) -> None:
    url = press.outlets[0].feed_url
    first = get(url)
    second = get(url, If_None_Match=first.headers["ETag"])
    assert second.body == b""
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Last-Modified"] == first.headers["Last-Modified"]


def test_bodies_are_compressed_for_those_who_accept_it(press: Press) -> None:
    url = press.outlets[0].feed_url
    plain, packed = get(url), get(url, Accept_Encoding="br, gzip;q=0.8")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = get(url, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    assert again.status == 304
    assert get(url, Accept_Encoding="gzip;q=0, br").headers["Content-Encoding"] is None


def test_a_connection_is_kept_alive(press: Press) -> None:
    parts = urlsplit(press.outlets[0].feed_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    ports = set()
    for path in (parts.path, "/", "/nothing-here", "/robots.txt"):
        connection.request("GET", path)
        connection.getresponse().read()
        ports.add(connection.sock.getsockname()[1])
    connection.close()
    assert len(ports) == 1


def test_head_answers_without_a_body(press: Press) -> None:
    url = press.outlets[0].feed_url
    reply = get(url, method="HEAD")
    assert reply.status == 200
    assert reply.body == b""
    assert int(reply.headers["Content-Length"]) == len(get(url).body)


def test_requests_are_logged(own_press: Press) -> None:
    outlet = own_press.outlets[0]
    reply = get(outlet.feed_url)
    get(outlet.feed_url, If_None_Match=reply.headers["ETag"])
    get(f"{outlet.site_url}nothing-here?at=all")
    path = urlsplit(outlet.feed_url).path
    assert [request[1:] for request in own_press.requests] == [
        (outlet.name, path, 200),
        (outlet.name, path, 304),
        (outlet.name, "/nothing-here?at=all", 404),
    ]
    assert all(request.at.tzinfo is UTC for request in own_press.requests)


# --- starting, stopping, changing ----------------------------------------------------------------


def test_a_press_started_again_keeps_its_addresses() -> None:
    with Press(NOW) as first:
        ports, truth = first.ports, first.truth()
        idle = http.client.HTTPConnection("127.0.0.1", next(iter(ports.values())), timeout=20)
        idle.request("GET", "/robots.txt")
        idle.getresponse().read()
    with Press(NOW, ports=ports) as second:
        assert second.truth() == truth
        assert get(second.outlets[0].feed_url).status == 200
    second.start()
    assert second.ports == ports
    second.stop()
    second.stop()
    idle.close()


def test_a_client_that_goes_away_is_not_waited_for(capfd: pytest.CaptureFixture[str]) -> None:
    with Press(NOW) as press:
        parts = urlsplit(by_title(press, SLOW))
        client = socket.create_connection((parts.hostname or "", parts.port or 0))
        client.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_an_error_and_nothing_stays_open(own_press: Press) -> None:
    last, port = list(own_press.ports.items())[-1]
    other = Press(NOW, ports={last: port})
    with pytest.raises(OSError, match="in use"):
        other.start()
    assert other.ports == {}


def test_an_edit_shows_in_feed_and_page_and_changes_the_validators(own_press: Press) -> None:
    url = by_title(own_press, "Last keeper leaves Stannaken lighthouse")
    outlet = next(o for o in own_press.outlets if o.name == "Tessmark")
    before = get(outlet.feed_url)
    guids = [entry.guid for entry in read_feed(outlet)[1]]
    at = NOW + timedelta(minutes=5)
    own_press.edit(url, title="Keeper returns", text="He is back.\n\nSo is the hen.", at=at)
    after = get(
        outlet.feed_url,
        If_None_Match=before.headers["ETag"],
        If_Modified_Since=before.headers["Last-Modified"],
    )
    assert after.status == 200
    assert parsedate_to_datetime(after.headers["Last-Modified"]) == at.replace(microsecond=0)
    entry = next(e for e in read_feed(outlet)[1] if e.link == url)
    assert entry.title == "Keeper returns"
    assert entry.summary == "He is back. So is the hen."
    assert [entry.guid for entry in read_feed(outlet)[1]] == guids
    page = Page(get(url).body)
    assert "So is the hen." in page.texts
    assert datetime.fromisoformat(page.meta["article:modified_time"]) == at
    assert own_press.truth()[url].text == "He is back.\n\nSo is the hen."


def test_what_is_published_is_in_the_feed_and_keeps_html_whole(own_press: Press) -> None:
    title = 'Less < more & "quoted" ]]> </script>'
    for outlet in own_press.outlets:
        url = own_press.publish(outlet.name, title=title, text=f"{title}\n\nSecond.", at=NOW)
        entry = read_feed(outlet)[1][0]
        assert (entry.link, entry.title, entry.published_at.minute) == (url, title, NOW.minute)
        page = Page(get(url).body)
        assert page.meta["og:title"] == title
        assert "Second." in page.texts
        assert own_press.truth()[url].relation == "first"


def test_what_is_not_there_cannot_be_changed(own_press: Press) -> None:
    with pytest.raises(KeyError):
        own_press.publish("The Daily Nothing", title="x", text="y")
    with pytest.raises(KeyError):
        own_press.edit(f"{own_press.outlets[0].site_url}nothing", title="x")
    with pytest.raises(KeyError):
        own_press.edit("http://example.com/", title="x")


def test_an_article_is_known_by_all_its_addresses(press: Press) -> None:
    for url, truth in press.truth().items():
        assert press.truth_of(url) == truth
        assert press.truth_of(truth.page_url) == truth
    assert press.truth_of(press.outlets[0].site_url) is None
    assert press.truth_of("http://example.com/") is None


def test_the_configuration_names_every_outlet(press: Press) -> None:
    text = press.feeds_yaml("/tmp/news: a & b.db")
    config = YAML(typ="safe").load(text)
    assert config["storage"] == "/tmp/news: a & b.db"
    assert config["host_delay"] == "0s"
    assert config["sources"] == [
        {"name": outlet.name, "url": outlet.feed_url, "tags": list(outlet.tags)}
        for outlet in press.outlets
    ]
    assert len({urlsplit(outlet.feed_url).port for outlet in press.outlets}) == len(press.outlets)
