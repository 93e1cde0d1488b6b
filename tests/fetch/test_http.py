"""The fetcher against a real server on loopback: what is sent, accepted and refused."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from clients import AGENT, FEED, fetcher
from exchanging import dripping, exchange
from server import Answer, Seen, Server

from aggregator.errors import UsageError
from aggregator.types import (
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
)

# --- what is sent


def test_a_200_comes_back_whole() -> None:
    answer = Answer(body=FEED, headers=[("Content-Type", "application/rss+xml"), ("X-A", "1")])
    fetched = exchange(answer).fetched
    assert (fetched.status, fetched.body) == (200, FEED)
    assert (fetched.content_type, fetched.headers["x-a"]) == ("application/rss+xml", "1")
    assert (fetched.etag, fetched.last_modified) == (None, None)
    assert fetched.url.endswith("/feed.xml")
    assert fetched.elapsed > timedelta()


def test_b24_the_request_has_these_fields_and_no_others() -> None:
    seen = exchange(
        Answer(),
        request=lambda url: FetchRequest(
            url=url, accept="text/html", headers=(("X-Api-Key", "secret"),)
        ),
    ).requests[0]
    host = seen.headers["host"]
    assert seen.raw_headers == (
        (b"host", host.encode()),
        (b"user-agent", AGENT.encode()),
        (b"accept", b"text/html"),
        (b"x-api-key", b"secret"),
        (b"accept-encoding", b"gzip, deflate, br, zstd"),
    )


def test_b23_a_source_may_set_its_own_user_agent() -> None:
    headers = (("User-Agent", "other/1"),)
    seen = exchange(Answer(), request=lambda url: FetchRequest(url=url, headers=headers))
    assert [pair for pair in seen.requests[0].raw_headers if pair[0] == b"user-agent"] == [
        (b"user-agent", b"other/1")
    ]


@pytest.mark.parametrize(
    "etag",
    ['"plain"', 'W/"weak"', '"abc-gzip"', "unquoted", '"with, comma"', '"\u00c3\u00a9"', '""'],
)
def test_b02_if_none_match_is_the_etag_byte_for_byte(etag: str) -> None:
    first = exchange(Answer(headers=[("ETag", etag)])).fetched
    assert first.etag == etag
    again = exchange(Answer(status=304), request=lambda url: FetchRequest(url=url, etag=first.etag))
    assert (b"if-none-match", etag.encode("latin-1")) in again.requests[0].raw_headers


@pytest.mark.parametrize(
    "last_modified", ["Mon, 02 Mar 2026 08:00:00 GMT", "2026-03-02T08:00:00Z", "yesterday, 8 am"]
)
def test_b03_if_modified_since_is_last_modified_byte_for_byte(last_modified: str) -> None:
    first = exchange(
        Answer(
            headers=[("Last-Modified", last_modified), ("Date", "Mon, 02 Mar 2026 12:00:00 GMT")]
        )
    ).fetched
    assert first.last_modified == last_modified
    again = exchange(
        Answer(status=304),
        request=lambda url: FetchRequest(url=url, last_modified=first.last_modified),
    )
    assert again.requests[0].headers["if-modified-since"] == last_modified
    assert "if-none-match" not in again.requests[0].headers


def test_b04_both_validators_are_sent_when_both_were_given() -> None:
    seen = exchange(
        Answer(status=304),
        request=lambda url: FetchRequest(url=url, etag='"1"', last_modified="then"),
    ).requests[0]
    assert (seen.headers["if-none-match"], seen.headers["if-modified-since"]) == ('"1"', "then")


def test_b05_a_touched_feed_brings_its_new_validators() -> None:
    def touched(tag: str) -> Answer:
        return Answer(body=FEED, headers=[("ETag", tag), ("Last-Modified", f"at {tag}")])

    first, second = exchange(
        touched('"1"'),
        touched('"2"'),
        request=lambda url: FetchRequest(url=url, etag='"0"'),
        times=2,
    ).outcomes
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert first.body == second.body
    assert (first.etag, second.etag) == ('"1"', '"2"')
    assert second.last_modified == 'at "2"'


def test_b06_a_304_brings_the_validators_that_it_names() -> None:
    outcomes = exchange(
        Answer(status=304),
        Answer(status=304, headers=[("ETag", '"2"')]),
        request=lambda url: FetchRequest(url=url, etag='"1"', last_modified="then"),
        times=2,
    ).outcomes
    assert [type(outcome) for outcome in outcomes] == [NotModified, NotModified]
    assert [outcome.etag for outcome in outcomes if isinstance(outcome, NotModified)] == [
        None,
        '"2"',
    ]


def test_b08_validators_of_a_redirect_do_not_count() -> None:
    moved = Answer(status=302, headers=[("Location", "/real.xml"), ("ETag", '"hop"')])
    result = exchange(moved, others={"/real.xml": Answer(body=FEED)})
    assert result.fetched.etag is None
    assert result.fetched.url.endswith("/real.xml")


def test_a_304_that_was_not_asked_for_is_a_failure() -> None:
    failed = exchange(Answer(status=304)).failed
    assert (failed.status, failed.reason) == (304, "the server answered 304 Not Modified")


def test_b22_no_cookie_and_no_referer_ever() -> None:
    cookie = ("Set-Cookie", "id=1; Path=/")
    result = exchange(
        Answer(status=302, headers=[cookie, ("Location", "/real.xml")]),
        others={"/real.xml": Answer(body=FEED, headers=[cookie])},
        times=2,
    )
    assert len(result.requests) == 4
    for seen in result.requests:
        assert not {"cookie", "referer"} & set(seen.headers)


def test_b22_the_target_is_sent_as_it_is_without_fragment() -> None:
    target = "/feed.xml?b=%7e&a=%C3%A9&q=x+y&empty=&sub[]=1|2'"
    seen = exchange(
        Answer(), request=lambda url: FetchRequest(url=url.replace("/feed.xml", target) + "#top")
    )
    assert seen.requests[0].target == target


def test_a_login_in_the_address_is_sent_as_a_field_and_kept_out_of_outcomes() -> None:
    result = exchange(
        Answer(status=401),
        request=lambda url: FetchRequest(url=url.replace("//", "//me:p%40ss@")),
    )
    assert result.requests[0].headers["authorization"] == "Basic bWU6cEBzcw=="
    assert "p%40ss" not in result.failed.url


def test_a_field_that_cannot_be_sent_is_a_failure() -> None:
    result = exchange(
        Answer(), request=lambda url: FetchRequest(url=url, headers=(("X-Key", "a\r\nb"),))
    )
    assert result.failed.grade is FailureGrade.HARD
    assert result.failed.reason == "the request header 'X-Key' has characters that cannot be sent"
    assert result.requests == []


def test_a_connection_serves_several_requests() -> None:
    result = exchange(Answer(body=FEED), times=5)
    assert (len(result.requests), result.connections) == (5, 1)


# --- failures


@pytest.mark.parametrize(
    ("status", "grade", "reason"),
    [
        (404, FailureGrade.SOFT, "the server answered 404 Not Found"),
        (403, FailureGrade.SOFT, "the server answered 403 Forbidden"),
        (429, FailureGrade.SOFT, "the server answered 429 Too Many Requests"),
        (503, FailureGrade.SOFT, "the server answered 503 Service Unavailable"),
        (410, FailureGrade.HARD, "the server answered 410 Gone"),
        (401, FailureGrade.HARD, "the server answered 401 Unauthorized"),
        (204, FailureGrade.HARD, "the server answered 204 No Content"),
    ],
)
def test_other_answers_are_graded(status: int, grade: FailureGrade, reason: str) -> None:
    failed = exchange(Answer(status=status)).failed
    assert (failed.status, failed.grade, failed.reason) == (status, grade, reason)
    assert failed.retry_after is None


def test_b18_no_answer_is_asked_for_twice() -> None:
    for status in (403, 404, 429, 503):
        assert len(exchange(Answer(status=status)).requests) == 1


@pytest.mark.parametrize("status", [429, 503, 500, 403])
@pytest.mark.parametrize("value", ["90", "Mon, 02 Mar 2026 12:01:30 GMT"])
def test_b15_retry_after_is_read_in_both_forms(status: int, value: str) -> None:
    failed = exchange(Answer(status=status, headers=[("Retry-After", value)])).failed
    assert failed.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the server closed the connection without an answer"),
        (b"SSH-2.0-example\r\n\r\n", "the answer is not valid HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, "the header of the answer is too large"),
    ],
)
def test_what_is_no_answer_is_a_failure(raw: bytes, reason: str) -> None:
    failed = exchange(Answer(raw=raw)).failed
    assert (failed.reason, failed.status) == (reason, None)


def fetch(url: str, **options: float) -> FetchFailed:
    async def main() -> FetchOutcome:
        async with fetcher(**options) as client:  # type: ignore[arg-type]  # names fit
            return await client.fetch(FetchRequest(url=url))

    outcome = asyncio.run(main())
    assert isinstance(outcome, FetchFailed)
    return outcome


def test_a_refused_connection_is_a_failure() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    failed = fetch(f"http://127.0.0.1:{port}/")
    assert failed.reason == f"127.0.0.1:{port} refused the connection"
    assert failed.grade is FailureGrade.PASSING


def test_an_unknown_host_is_a_failure() -> None:
    failed = fetch("http://nowhere.invalid/feed.xml", timeout=30)
    assert failed.reason == "no address is known for host nowhere.invalid"
    assert failed.grade is FailureGrade.PASSING


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://example.com/", "http://[x]/"])
def test_what_is_no_web_address_is_not_asked_for(url: str) -> None:
    assert fetch(url).reason == "the address is no http or https address"


@pytest.mark.parametrize("host", ["xn--0.example", "xn--a", "1.2.3.4.5.example.invalid"])
def test_odd_host_names_are_failures(host: str) -> None:
    assert fetch(f"http://{host}/", timeout=2).status is None


# --- TLS


def _over_tls(certificate: Path, *, ca_file: Path | None, host: str) -> FetchOutcome:
    async def main() -> FetchOutcome:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        async with Server(tls=context) as server, fetcher(ca_file=ca_file) as client:
            server.answers["/feed.xml"] = Answer(body=FEED)
            return await client.fetch(FetchRequest(url=server.url("/feed.xml", host=host)))

    return asyncio.run(main())


def test_b31_a_certificate_that_nobody_vouches_for_is_refused_and_named(certificate: Path) -> None:
    outcome = _over_tls(certificate, ca_file=None, host="localhost")
    assert isinstance(outcome, FetchFailed)
    assert outcome.grade is FailureGrade.SOFT
    assert outcome.reason.startswith("the certificate of localhost:")
    assert "is not trusted: self" in outcome.reason


def test_b31_a_ca_file_makes_it_trusted(certificate: Path) -> None:
    outcome = _over_tls(certificate, ca_file=Path(f"{certificate}.crt"), host="localhost")
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == FEED


def test_b31_a_certificate_for_another_host_is_refused(certificate: Path) -> None:
    outcome = _over_tls(certificate, ca_file=Path(f"{certificate}.crt"), host="127.0.0.1")
    assert isinstance(outcome, FetchFailed)
    assert "IP address mismatch" in outcome.reason


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_ca_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"The CA file .*ca\.pem cannot be read .*PEM form"):
        fetcher(ca_file=path)


# --- many at a time


def test_more_requests_than_connections_wait_without_their_time_running() -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"<item/>"
            await asyncio.sleep(0.05)

    async def main() -> Sequence[FetchOutcome]:
        async with Server() as server, fetcher(timeout=1.0, connections=1) as client:
            server.answers["/feed.xml"] = Answer(chunks=slowly)
            urls = [server.url("/feed.xml")] * 8
            return await asyncio.gather(*(client.fetch(FetchRequest(url=url)) for url in urls))

    assert all(isinstance(outcome, Fetched) for outcome in asyncio.run(main()))


def test_cancelling_a_fetch_frees_its_connection() -> None:
    async def main() -> FetchOutcome:
        async with Server() as server, fetcher(connections=1) as client:
            asked = asyncio.Event()

            def drip(_: Seen) -> Answer:
                asked.set()
                return Answer(chunks=dripping)

            server.answers["/drip"] = drip
            server.answers["/feed.xml"] = Answer(body=FEED)
            task = asyncio.ensure_future(client.fetch(FetchRequest(url=server.url("/drip"))))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await client.fetch(FetchRequest(url=server.url("/feed.xml")))

    assert isinstance(asyncio.run(main()), Fetched)
