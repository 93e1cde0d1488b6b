"""Webhooks: real posts to a server on loopback, by the fetcher, signed; and what answers mean."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hookserver import Hooks, Reply, hook_server
from noticemaker import NOW, item, notice

from aggregator.errors import DeliveryError
from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Fetcher
from aggregator.notify.signing import header_key, signature, signing_key
from aggregator.notify.webhook import payload, post_notice
from aggregator.types import Channel, ChannelKind, Notice

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
TARGET = "/t/S3cretPath?key=S3cretKey"


def deliver(url: str, made: Notice, *, secret: str | None, allow: Sequence[str]) -> None:
    channel = Channel(name="press", kind=ChannelKind.WEBHOOK, address=url, secret=secret)

    async def run() -> None:
        async with Fetcher(
            user_agent="aggregator/9",
            timeout=timedelta(seconds=2),
            connections=2,
            guard=Guard.allowing(allow),
            clock=lambda: NOW,
        ) as fetcher:
            await post_notice(made, channel, post=fetcher.post, now=NOW)

    asyncio.run(run())


def posted(
    *replies: Reply,
    made: Notice | None = None,
    secret: str | None = None,
    allow: Sequence[str] = ("127.0.0.1",),
) -> Hooks:
    with hook_server(replies or (Reply(),)) as hooks:
        deliver(hooks.url(TARGET), made or notice(), secret=secret, allow=allow)
    return hooks


def refused(*replies: Reply, **options: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        posted(*replies, **options)
    assert caught.value.recipient == "press"
    for secret in ("S3cretPath", "S3cretKey", SECRET):
        assert secret not in f"{caught.value}{caught.value.__cause__!r}"
    return caught.value


def test_a_notice_arrives_as_json_with_its_key() -> None:
    (received,) = posted().received
    assert (received.method, received.target) == ("POST", TARGET)
    assert received.headers["content-type"] == "application/json"
    assert received.headers["idempotency-key"] == "baku-desk-1"
    assert json.loads(received.body)["data"]["watch"] == "Baku"
    assert received.body == payload(notice())
    assert "webhook-signature" not in received.headers


def test_the_signature_is_that_of_standard_webhooks() -> None:
    (received,) = posted(secret=SECRET).received
    headers = received.headers
    assert headers["webhook-id"] == headers["idempotency-key"] == "baku-desk-1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = b"baku-desk-1." + headers["webhook-timestamp"].encode() + b"." + received.body
    digest = hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_the_example_of_the_specification_is_signed_as_there() -> None:
    """Its test vector, by which libraries of other languages are checked."""
    moment = NOW.fromtimestamp(1_614_265_330, tz=NOW.tzinfo)
    headers = signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        now=moment,
    )
    assert dict(headers)["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["whsec_AAAA", "not base64 at all!", "", "A" * 100])
def test_a_secret_of_another_form_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 random bytes in base64") as caught:
        signing_key(secret)
    assert not secret or secret not in str(caught.value)
    assert signing_key(f" {SECRET}\n") == bytes(range(32))


@pytest.mark.parametrize("key", ["Привет:1", "a.b", "x" * 500, "a b", "a\r\nb: c", ""])
def test_every_key_makes_a_header(key: str) -> None:
    (received,) = posted(made=notice(key=key), secret=SECRET).received
    assert received.headers["idempotency-key"] == header_key(key)
    assert received.headers["webhook-id"] == header_key(key)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_status_of_success_is_delivered(status: int) -> None:
    assert len(posted(Reply(status=status)).received) == 1


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((400, True), (401, True), (404, True), (410, True), (422, True), (302, True)),
        *((408, False), (425, False), (429, False), (500, False), (503, False), (599, False)),
    ],
)
def test_what_a_later_try_cannot_change_is_given_up(status: int, *, permanent: bool) -> None:
    error = refused(Reply(status=status))
    assert error.permanent is permanent
    assert str(error).startswith(f"The webhook “press” answered {status}")


def test_the_error_says_what_the_server_said() -> None:
    body = b"no such \x1b[31mproject\r\n\r\nfor S3cretPath " + b"x " * 500
    error = refused(Reply(status=404, body=body))
    assert str(error).startswith(
        "The webhook “press” answered 404 Not Found (“no such [31mproject for … x x"
    )
    assert len(str(error)) < 260


def test_a_server_that_asks_for_time_gets_it() -> None:
    error = refused(Reply(status=429, headers={"Retry-After": "90"}))
    assert error.retry_after == timedelta(seconds=90)
    assert refused(Reply(status=500)).retry_after is None


def test_a_redirect_is_not_followed_and_said() -> None:
    with hook_server() as other:
        error = refused(Reply(status=308, headers={"Location": other.url()}))
        assert other.received == []
    assert "redirects are not followed, give the address that it leads to" in str(error)


def test_a_server_that_says_nothing_is_asked_again_later() -> None:
    error = refused(Reply(hangs=True))
    assert str(error) == "The webhook “press” got no answer: took longer than 2 s."
    assert not error.permanent


def test_a_server_that_hangs_up_is_asked_again_later() -> None:
    error = refused(Reply(hangs_up=True))
    assert not error.permanent


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DeliveryError, match="refused the connection") as caught:
        deliver(f"http://127.0.0.1:{port}{TARGET}", notice(), secret=None, allow=("127.0.0.1",))
    assert not caught.value.permanent


def test_a_private_address_that_is_not_allowed_is_not_asked() -> None:
    error = refused(allow=())
    assert error.permanent
    assert "127.0.0.1" in str(error)


def test_many_things_are_posted_below_the_bound() -> None:
    items = [item(number, snippet="Bridge " * 70) for number in range(1_000)]
    (received,) = posted(made=notice(*items)).received
    assert len(received.body) <= 256_000
    assert json.loads(received.body)["data"]["more"] > 0


# --- as documented -------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "watches.md"


def fenced(language: str) -> str:
    part = PAGE.read_text(encoding="utf-8").partition("\n### Webhooks\n")[2].partition("\n### ")[0]
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_documented_json_is_what_is_posted() -> None:
    def shape(value: object) -> object:
        """Keys, and of everything else its kind."""
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        return [shape(value[0])] if isinstance(value, list) else type(value)

    documented = json.loads(fenced("json"))
    assert shape(documented) == shape(json.loads(payload(notice())))
    [one] = documented["data"]["items"]
    begin, end = one["matches"][0]
    assert one["snippet"][begin:end] == "night train"


def test_the_documented_check_knows_our_requests_from_others() -> None:
    names: dict[str, Any] = {}
    exec(fenced("python"), names)  # the page's own code
    is_ours = names["is_ours"]
    body = payload(notice())
    headers = dict(signature("k1", body, secret=SECRET, now=datetime.now(UTC)))
    assert is_ours(headers, body, SECRET)
    assert not is_ours(headers, body + b" ", SECRET)
    assert not is_ours({**headers, "webhook-id": "k2"}, body, SECRET)
    old = dict(signature("k1", body, secret=SECRET, now=NOW))
    assert not is_ours(old, body, SECRET)
