"""One notice to a channel of each kind, each with a real server behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from hookserver import Reply, hook_server
from mailserver import Mailbox, mail_server
from noticemaker import NOW, notice

from aggregator.errors import DeliveryError
from aggregator.fetch.guard import Guard
from aggregator.fetch.http import Fetcher
from aggregator.notify.dispatch import deliver
from aggregator.notify.smtp import SmtpSettings
from aggregator.types import Channel, ChannelKind

DESK = Channel(name="desk", kind=ChannelKind.MAIL, address="desk@example.com")
SENDER = "News desk <news@example.org>"


def send(
    channel: Channel,
    *,
    smtp: SmtpSettings | None = None,
    sender: str | None = SENDER,
    patience: float = 10,
    clock: Callable[[], datetime] = lambda: NOW,
) -> None:
    async def run() -> None:
        async with Fetcher(
            user_agent="aggregator/9",
            timeout=timedelta(seconds=5),
            connections=2,
            guard=Guard.allowing(["127.0.0.1"]),
        ) as fetcher:
            await deliver(
                notice(),
                channel,
                post=fetcher.post,
                smtp=smtp,
                sender=sender,
                timezone=UTC,
                patience=timedelta(seconds=patience),
                clock=clock,
            )

    asyncio.run(run())


def settings(port: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=timedelta(seconds=5))


def test_a_mail_arrives_with_its_headers() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        send(DESK, smtp=settings(port))
        send(DESK, smtp=settings(port))
    first, again = box.envelopes
    assert first.rcpt_tos == ["desk@example.com"]
    assert first.content == again.content
    assert isinstance(first.content, bytes)
    parsed = message_from_bytes(first.content, policy=default)
    assert parsed["Subject"] == "Baku: Aldermoor reopens harbour bridge 1"
    assert parsed["From"] == SENDER
    assert parsed["To"] == "desk@example.com"


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 no such user", True), ("451 later", False)]
)
def test_a_mail_server_that_refuses_is_heard(answer: str, *, permanent: bool) -> None:
    with mail_server(Mailbox(rcpt=answer)) as port, pytest.raises(DeliveryError) as caught:
        send(DESK, smtp=settings(port))
    assert caught.value.permanent is permanent
    assert answer in str(caught.value)


def test_mail_without_a_server_or_a_sender_is_given_up() -> None:
    for given in ({"smtp": None}, {"smtp": settings(1), "sender": None}):
        with pytest.raises(DeliveryError, match="no mail server for the channel “desk”") as caught:
            send(DESK, **given)
        assert caught.value.permanent


def test_a_webhook_gets_json_signed_at_this_moment() -> None:
    with hook_server() as hooks:
        channel = Channel(
            name="press",
            kind=ChannelKind.WEBHOOK,
            address=hooks.url("/in"),
            secret="whsec_" + "k" * 32,
        )
        send(channel)
        send(channel, clock=lambda: NOW + timedelta(minutes=5))
    first, again = hooks.received
    assert first.body == again.body
    stamps = [int(one.headers["webhook-timestamp"]) for one in hooks.received]
    assert stamps[1] - stamps[0] == 300
    assert first.headers["webhook-signature"] != again.headers["webhook-signature"]


def test_a_service_gets_its_message_while_others_go_on() -> None:
    with hook_server() as hooks:
        address = hooks.url("/in", scheme="json")
        send(Channel(name="phone", kind=ChannelKind.APPRISE, address=address))
    assert json.loads(hooks.received[0].body)["title"].startswith("Baku: ")


def test_a_service_that_hangs_holds_nobody_up() -> None:
    with hook_server([Reply(hangs=True)]) as hooks:
        address = hooks.url("/in?rto=1", scheme="json")
        with pytest.raises(DeliveryError, match="did not finish") as caught:
            send(Channel(name="phone", kind=ChannelKind.APPRISE, address=address), patience=0.3)
    assert not caught.value.permanent
