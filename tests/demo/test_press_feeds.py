"""The press's feeds: that they say what its data says, each in its own way."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from pressreader import get, read_feed

from aggregator.demo.feeds import rfc822_date
from aggregator.demo.press import Press


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
