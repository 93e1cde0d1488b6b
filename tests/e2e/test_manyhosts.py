"""The press of many hosts and its log: that what must not happen would be found there."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from manyhosts import Layout, ManyHosts, worker_of
from requestlog import BROKEN_OFF, Request, hurried, line, overlaps, read, told
from workers import eventually

from aggregator.core.parse import parse_feed
from aggregator.core.urls import host_key

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8"
)


def request(
    start: float, end: float | None, *, host: str = "127.7.0.1", agent: str = ""
) -> Request:
    return Request(start=start, end=end, host=host, path="/feed/0", status=200, agent=agent)


def test_overlaps_are_found() -> None:
    first, second, third = request(1, 2), request(1.5, 1.7), request(1.9, 3)
    assert overlaps([third, second, first]) == [(first, second), (first, third)]
    assert overlaps([request(1, 2), request(2, 3), request(1, 2, host="127.7.0.2")]) == []
    unanswered = request(1, None)
    assert overlaps([unanswered, third]) == [(unanswered, third)]


def test_the_longest_request_so_far_is_what_others_overlap_with() -> None:
    requests = [request(1, 9), request(2, 3), request(4, 5), request(9, 10)]
    assert [later.start for _, later in overlaps(requests)] == [2, 4]


def test_hurry_is_found() -> None:
    requests = [request(1, 1.1), request(1.4, 1.5), request(2, 2.1, host="127.7.0.2")]
    assert hurried(requests, delay=0.5) == [(requests[0], requests[1])]
    assert hurried(requests, delay=0.3) == []


def test_another_worker_may_be_held_to_a_stricter_delay() -> None:
    one, same, other = request(1, 1, agent="a"), request(1.4, 2, agent="a"), request(1.8, 2)
    assert hurried([one, same, other], delay=0.5, among=0.3) == [(same, other)]
    assert "127.7.0.1/feed/0" in told([(same, other)])
    assert told([]) == ""


def test_a_log_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    written = request(1.25, 2.5, agent="aggregator/1 (+https://example.org/worker/two)")
    log = tmp_path / "requests.log"
    log.write_text(line(written) + "1.0\t2", encoding="utf-8")
    assert read(log) == [written]
    assert worker_of(written.agent) == "two"
    assert worker_of("aggregator/1") == ""


LAYOUT = Layout(feeds=6, hosts=3, entries=2, paged=2)


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[ManyHosts]:
    with ManyHosts(LAYOUT, tmp_path) as running:
        yield running


def ask(press: ManyHosts, host: str, path: str, tag: str = "") -> tuple[int, str, bytes]:
    """(status, ETag, body)."""
    with socket.create_connection((host, press.port), timeout=10) as connection:
        header = f"If-None-Match: {tag}\r\n" if tag else ""
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65_536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65_536)
    etag = re.search(rb"ETag: (\S+)", head)
    return int(head.split()[1]), etag[1].decode() if etag else "", body


def ask_feed(press: ManyHosts, feed: int, tag: str = "") -> tuple[int, str, bytes]:
    return ask(press, LAYOUT.host(feed), LAYOUT.feed_path(feed), tag)


def test_hosts_are_what_politeness_counts_by(hosts: ManyHosts) -> None:
    keys = {host_key(hosts.url(feed)) for feed in range(LAYOUT.feeds)}
    assert keys == {f"{LAYOUT.host(feed)}:{hosts.port}" for feed in range(3)}
    assert len(keys) == LAYOUT.hosts


def test_every_entry_is_in_its_feed_and_new_ones_come(hosts: ManyHosts) -> None:
    status, etag, _ = ask_feed(hosts, 4)
    assert status == 200
    assert ask_feed(hosts, 4, etag) == (304, etag, b"")
    hosts.publish([4])
    status, fresh, _ = ask_feed(hosts, 4, etag)
    assert (status, fresh != etag) == (200, True)

    guids = []
    for feed in range(LAYOUT.feeds):
        _, _, body = ask_feed(hosts, feed)
        parsed = parse_feed(body, url=hosts.url(feed), content_type="application/rss+xml")
        guids += [entry.guid for entry in parsed.entries]
    assert sorted(filter(None, guids)) == sorted(hosts.guids().elements())
    assert len(guids) == 2 * 6 + 1


def test_what_has_a_page_is_on_the_same_host_and_only_there(hosts: ManyHosts) -> None:
    for host, path in hosts.pages():
        assert ask(hosts, host, path)[0] == 200
        other = next(LAYOUT.host(feed) for feed in range(3) if LAYOUT.host(feed) != host)
        assert ask(hosts, other, path)[0] == 404
    assert len(hosts.pages()) == 6
    assert sorted(len(story) for story in hosts.stories()) == [2] * 6


def test_the_log_shows_two_at_once_and_one_broken_off(hosts: ManyHosts) -> None:
    hosts.set_delay(timedelta(seconds=0.2))
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda feed: ask_feed(hosts, feed), (1, 4)))
    ask_feed(hosts, 1)
    [(one, other)] = overlaps(hosts.requests())
    assert {one.path, other.path} == {"/feed/1", "/feed/4"}

    with socket.create_connection((LAYOUT.host(0), hosts.port)) as connection:
        connection.sendall(b"GET /feed/0 HTTP/1.1\r\n\r\n")
        eventually(lambda: not hosts.under_way(), within=10, what="a request under way")
    eventually(hosts.under_way, within=10, what="the request to be broken off")
    broken = hosts.requests()[-1]
    assert (broken.path, broken.status) == ("/feed/0", BROKEN_OFF)
