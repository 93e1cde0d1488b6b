"""Services through Apprise: its own plug-ins against real servers on loopback."""

from __future__ import annotations

import json
import logging
import socket
from datetime import UTC, timedelta
from urllib.parse import parse_qs

import pytest
from hookserver import Hooks, Reply, hook_server
from mailserver import Mailbox, mail_server
from noticemaker import item, notice

from aggregator.errors import DeliveryError
from aggregator.notify.chat import check, send, service_of
from aggregator.notify.hiding import without_address
from aggregator.types import Channel, ChannelKind, Notice

LOGIN = "ann:P4ssw0rd@"


def deliver(address: str, made: Notice | None = None, *, seconds: float = 10) -> None:
    channel = Channel(name="phone", kind=ChannelKind.APPRISE, address=address)
    send(made or notice(), channel, timezone=UTC, timeout=timedelta(seconds=seconds))


def address_of(hooks: Hooks, scheme: str, *, path: str = "/t/S3cretPath", query: str = "") -> str:
    return f"{scheme}://{LOGIN}127.0.0.1:{hooks.port}{path}{query}"


def refused(address: str, *, seconds: float = 10) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        deliver(address, seconds=seconds)
    error = caught.value
    assert error.recipient == "phone"
    for secret in ("P4ssw0rd", "S3cretPath", "S3cretKey"):
        assert secret not in f"{error}{error.__cause__!r}"
    return error


def test_a_service_gets_a_title_and_a_text() -> None:
    with hook_server() as hooks:
        deliver(address_of(hooks, "json"))
    (received,) = hooks.received
    said = json.loads(received.body)
    assert received.target.rstrip("/") == "/t/S3cretPath"
    assert said["title"] == "Baku: Aldermoor reopens harbour bridge 1"
    assert said["message"] == (
        "• Aldermoor reopens harbour bridge 1 (The Gulf Observer, Mon 30 Mar 04:59 UTC)\n"
        "https://example.org/1"
    )
    assert said["type"] == "info"


def test_a_form_gets_the_same() -> None:
    with hook_server() as hooks:
        deliver(address_of(hooks, "form"))
    said = parse_qs(hooks.received[0].body.decode())
    assert said["title"] == ["Baku: Aldermoor reopens harbour bridge 1"]
    assert said["message"][0].startswith("• Aldermoor")


def test_a_service_that_wants_html_gets_headlines_escaped() -> None:
    nasty = item(headline="<b>Bridge</b> & [river](https://evil.example)")
    with hook_server() as hooks:
        deliver(address_of(hooks, "json", query="?format=html"), notice(nasty))
    said = json.loads(hooks.received[0].body)["message"]
    assert "<b>" not in said
    assert "&amp;" in said
    assert "](" not in said


def test_a_message_is_no_longer_than_the_service_takes() -> None:
    with hook_server() as hooks:
        deliver(address_of(hooks, "json"), notice(*map(item, range(1, 200)), more=9))
    (received,) = hooks.received
    said = json.loads(received.body)["message"]
    assert said.endswith("and 198 more")
    assert len(said) <= 3_500


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_refusal_is_said_and_tried_again(status: int) -> None:
    with hook_server([Reply(status=status, body=b"S3cretPath P4ssw0rd")]) as hooks:
        error = refused(address_of(hooks, "json", query="?%2BX-Token=S3cretKey"))
    assert len(hooks.received) == 1
    assert not error.permanent
    assert str(error).startswith("JSON did not take the message for the channel “phone”: ")
    assert str(status) in str(error)


def test_a_service_that_hangs_is_left_after_a_while() -> None:
    with hook_server([Reply(hangs=True)]) as hooks:
        error = refused(address_of(hooks, "json", query="?rto=1"), seconds=0.5)
        assert not error.permanent
        assert "did not finish within" in str(error)


def test_a_service_that_is_not_there_is_said() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused(f"json://{LOGIN}127.0.0.1:{port}/S3cretPath")
    assert "Connection error" in str(error)


def test_mail_by_the_schemes_of_apprise_works_too() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        deliver(
            f"mailto://127.0.0.1:{port}?from=news@example.org&to=ann@example.com&mode=insecure"
            "&format=text"
        )
    (envelope,) = box.envelopes
    assert envelope.rcpt_tos == ["ann@example.com"]
    assert isinstance(envelope.content, bytes)
    assert b"Aldermoor" in envelope.content


def test_an_address_that_apprise_cannot_use_is_given_up() -> None:
    error = refused("pover://S3cretPath")
    assert error.permanent
    assert "`aggregator check` says what is wrong" in str(error)


class Lines(logging.Handler):
    """On the root of all loggers, as ours is; pytest's own listens to those apart from it, too."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def test_what_libraries_log_of_addresses_stays_out_of_our_log() -> None:
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        with hook_server([Reply(status=500)]) as hooks:
            refused(address_of(hooks, "json"))
        root.info("ours")
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    assert lines.said == ["ours"]


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://ntfy.sh/our-topic",
        "matrix://matrix.example.org/#room",
        "mailtos://mail.example.org?from=a@example.org&to=b@example.org",
        "syslog://",
    ],
)
def test_addresses_without_secrets_may_stand_in_the_file(address: str) -> None:
    check(address, written_out=True)


@pytest.mark.parametrize(
    "address",
    [
        f"ntfy://{LOGIN}ntfy.example.org/topic",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
        f"mailtos://{LOGIN}mail.example.org",
    ],
)
def test_addresses_with_secrets_may_not(address: str) -> None:
    with pytest.raises(ValueError, match="holds a password or key") as caught:
        check(address, written_out=True)
    assert "P4ssw0rd" not in str(caught.value)
    check(address, written_out=False)


def test_addresses_that_services_give_out_are_known() -> None:
    known = service_of("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js")
    assert known is not None
    assert known[0] == "Discord"
    assert service_of("https://hooks.example.org/aggregator") is None


def test_parts_of_an_address_are_hidden_wherever_they_are_said() -> None:
    address = "json://ann:P4ssw0rd%21@chat.example.org:8080/t/S3cretPath?+X-Token=S3cretKey&to=x"
    said = "P4ssw0rd! P4ssw0rd%21 s3cretpath/S3cretKey at chat.example.org t x"
    assert without_address(said, address) == "… … …/… at chat.example.org t x"
    assert without_address("nothing", "json://h") == "nothing"
