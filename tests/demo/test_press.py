"""The loopback press as a server: validators, changes, beginning and end."""

from __future__ import annotations

import gzip
import http.client
import socket
import struct
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from pressreader import NOW, SLOW, Page, by_title, get, read_feed
from ruamel.yaml import YAML

from aggregator.demo.press import Press

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
