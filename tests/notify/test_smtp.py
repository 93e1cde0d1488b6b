"""Sending to a real server on loopback, well-behaved and not."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from digestmaker import digest
from mailserver import Mailbox, mail_server, serving

from aggregator.errors import DeliveryError
from aggregator.notify.message import compose
from aggregator.notify.render import render
from aggregator.notify.smtp import SmtpSettings, send
from aggregator.types import Edition

SENDER = "Aggregator <news@example.org>"
RECIPIENT = "ann@example.com"
MESSAGE = b"Subject: Hello\r\n\r\nFirst line\r\n.\r\n..leading dots\r\nLast line\r\n"
SECRET = "correct horse"


def settings(port: int, **changes: Any) -> SmtpSettings:
    base = SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=timedelta(seconds=10))
    return replace(base, **changes)


def deliver(port: int, **changes: Any) -> None:
    send(MESSAGE, sender=SENDER, recipient=RECIPIENT, settings=settings(port, **changes))


def refused(port: int, **changes: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        deliver(port, **changes)
    assert caught.value.recipient == RECIPIENT
    assert SECRET not in f"{caught.value}{caught.value.__cause__!r}"
    return caught.value


# --- accepted


def test_a_message_arrives_byte_for_byte() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        deliver(port)
    (envelope,) = box.envelopes
    assert envelope.content == MESSAGE
    assert envelope.mail_from == "news@example.org"
    assert envelope.rcpt_tos == [RECIPIENT]
    assert box.hello == "example.org"


def test_a_digest_arrives_whole() -> None:
    box = Mailbox()
    rendered = render(digest(12, items=30, troubles=2))
    now = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
    message_id, message = compose(
        rendered,
        sender=SENDER,
        recipient=RECIPIENT,
        edition=Edition(digest="digest", local_date=date(2026, 3, 30), slot=1),
        title="Morning news",
        unsubscribe=None,
        now=now,
    )
    with mail_server(box) as port:
        send(message, sender=SENDER, recipient=RECIPIENT, settings=settings(port))
    (envelope,) = box.envelopes
    assert envelope.content == message
    parsed = message_from_bytes(envelope.content, policy=default)
    assert parsed["Message-ID"] == message_id
    text, html = (part.get_content() for part in parsed.iter_parts())
    assert text.replace("\r\n", "\n").startswith(rendered.text.rstrip("\n"))
    body = rendered.html.partition("</body>")[0].rpartition("</table>")[0]
    assert html.replace("\r\n", "\n").startswith(body[: len(body) // 2])


def test_a_rude_goodbye_does_not_undo_a_delivery() -> None:
    """The server takes the message and closes without answering QUIT."""
    with scripted([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go", b"250 ok", b""]) as port:
        deliver(port)


# --- refused


@pytest.mark.parametrize(
    ("step", "answer", "permanent", "words"),
    [
        ("mail", "451 4.3.0 Try later", False, "refused the sender news@example.org (451 4.3.0"),
        ("mail", "550 5.7.1 Not you", True, "refused the sender news@example.org (550 5.7.1"),
        ("rcpt", "450 4.2.1 Busy", False, "refused the recipient ann@example.com (450 4.2.1 Busy"),
        ("rcpt", "550 5.1.1 Nobody", True, "refused the recipient ann@example.com (550 5.1.1"),
        ("rcpt", "421 Going down", False, "refused the recipient ann@example.com (421 Going down"),
        ("data", "452 4.3.1 Full", False, "refused the message (452 4.3.1 Full)"),
        ("data", "554 5.7.1 Spam", True, "refused the message (554 5.7.1 Spam)"),
    ],
)
def test_refusals_by_their_code(step: str, answer: str, permanent: bool, words: str) -> None:
    with mail_server(Mailbox(**{step: answer})) as port:
        error = refused(port)
    assert error.permanent is permanent
    assert words in str(error)
    assert str(error).startswith(f"The mail server 127.0.0.1:{port} ")


def test_a_server_that_turns_us_away_at_the_door() -> None:
    with scripted([b"554 no service here"]) as port:
        error = refused(port)
    assert error.permanent
    assert "refused the connection (554 no service here)" in str(error)


CONVERSATION = (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go")
COMMANDS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "message")
BEFORE = {command: CONVERSATION[:number] for number, command in enumerate(COMMANDS)}
"""By command, what the server has said before it."""


@pytest.mark.parametrize("code", [b"421", b"554"])
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_refusal_at_each_command(before: tuple[bytes, ...], code: bytes) -> None:
    refusal = code + b" not now"
    with scripted([*before, refusal, refusal]) as port:
        error = refused(port)
    assert error.permanent is (code == b"554")
    assert f"{code.decode()} not now" in str(error)


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_connection_dropped_at_each_command(before: tuple[bytes, ...]) -> None:
    with scripted(list(before)) as port:
        error = refused(port)
    assert not error.permanent


@pytest.mark.parametrize(("code", "permanent"), [(b"454", False), (b"501", True)])
def test_a_server_that_offers_tls_and_refuses_it(code: bytes, permanent: bool) -> None:
    with scripted([b"220 hi", b"250-hi\r\n250 STARTTLS", code + b" no"]) as port:
        error = refused(port, security="starttls")
    assert error.permanent is permanent
    assert f"{code.decode()} no" in str(error)


@pytest.mark.parametrize(("code", "permanent"), [(b"454", False), (b"535", True)])
def test_a_login_that_is_refused_for_now_or_for_good(code: bytes, permanent: bool) -> None:
    with scripted([b"220 hi", b"250-hi\r\n250 AUTH PLAIN", code + b" no"]) as port:
        error = refused(port, username="ann", password=SECRET)
    assert error.permanent is permanent
    assert f"refused the login ({code.decode()} no)" in str(error)


def test_the_words_of_a_server_cannot_upset_a_log() -> None:
    with scripted([b"554 \x1b]8;;https://evil.example\x07 " + b"x" * 400]) as port:
        error = refused(port)
    assert str(error).isprintable()
    assert len(str(error)) < 300


def test_a_bad_address_never_reaches_a_server() -> None:
    with pytest.raises(DeliveryError) as caught:
        send(MESSAGE, sender=SENDER, recipient="ann", settings=settings(1))
    assert caught.value.permanent


# --- the connection


def test_a_connection_dropped_after_the_message_may_be_tried_again() -> None:
    box = Mailbox(data="hang up")
    with mail_server(box) as port:
        error = refused(port)
    assert not error.permanent
    assert "before it confirmed the message" in str(error)
    assert [envelope.content for envelope in box.envelopes] == [MESSAGE]


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        error = refused(held.getsockname()[1])
    assert not error.permanent
    assert "check host, port and security" in str(error)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 70 + ".example"])
def test_a_host_that_is_not_there(host: str) -> None:
    assert not refused(25, host=host).permanent


def test_a_silent_server_is_left_after_the_time_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused(silent.getsockname()[1], timeout=timedelta(milliseconds=100))
    assert not error.permanent


@pytest.mark.timeout(20)
@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_drips_is_left_when_the_patience_is_over(security: str) -> None:
    """Each byte comes within the time-out, and the answer never ends."""
    with serving(Dripping) as port:
        error = refused(port, security=security, patience=timedelta(milliseconds=300))
    assert not error.permanent
    assert "took the message not within 300ms" in str(error)


@pytest.mark.timeout(20)
def test_a_server_that_drips_within_tls_is_left(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = certificate
    with serving(Dripping, ssl=context) as port:
        error = refused(port, security="tls", ca_file=ca_file, patience=timedelta(milliseconds=300))
    assert "took the message not within" in str(error)


@pytest.mark.timeout(20)
def test_a_message_that_is_taken_in_time_is_no_failure_however_slow_the_goodbye() -> None:
    lines = [b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go", b"250 ok"]
    with serving(lambda: Scripted(lines, hangs=True)) as port:
        deliver(port, patience=timedelta(milliseconds=300))


def test_a_server_that_speaks_something_else() -> None:
    with scripted([b"HTTP/1.1 400 Bad Request"]) as port:
        assert not refused(port).permanent


# --- login and TLS


def authenticator(
    server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        b"ann",
        SECRET.encode(),
    )
    return AuthResult(success=good, handled=False)


# aiosmtpd warns of what these tests are about: a login that is asked for in clear.
in_clear = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
LOGIN: dict[str, Any] = {
    "authenticator": authenticator,
    "auth_required": True,
    "auth_require_tls": False,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that signs itself: (server's context, file to trust)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the openssl command is needed to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = (
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    outputs = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *outputs], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, str(cert)


@in_clear
def test_login_with_the_right_password() -> None:
    box = Mailbox()
    with mail_server(box, **LOGIN) as port:
        deliver(port, username="ann", password=SECRET)
    assert len(box.envelopes) == 1


@in_clear
@pytest.mark.parametrize("password", [SECRET + "x", ""])
def test_login_with_a_wrong_password_is_refused_for_good(password: str) -> None:
    with mail_server(Mailbox(), **LOGIN) as port:
        error = refused(port, username="ann", password=password)
    assert error.permanent
    assert "refused the login (535" in str(error)


@in_clear
def test_a_login_that_is_needed_and_not_given() -> None:
    with mail_server(Mailbox(), **LOGIN) as port:
        error = refused(port)
    assert error.permanent
    assert "530" in str(error)


def test_a_login_that_the_server_does_not_offer() -> None:
    with mail_server(Mailbox()) as port:
        error = refused(port, username="ann", password=SECRET)
    assert error.permanent
    assert "lacks what the settings ask for" in str(error)


def test_a_password_that_login_cannot_carry_is_not_shown() -> None:
    with pytest.raises(DeliveryError) as caught:
        deliver(1, username="ann", password="geheim-ß")
    assert caught.value.permanent
    assert "geheim" not in str(caught.value)
    assert "ß" not in str(caught.value)


def test_the_password_is_not_in_a_repr() -> None:
    assert SECRET not in repr(settings(25, username="ann", password=SECRET))


def test_starttls_then_login(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = certificate
    box = Mailbox()
    options: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        **LOGIN,
        "auth_require_tls": True,
    }
    with mail_server(box, **options) as port:
        deliver(port, security="starttls", ca_file=ca_file, username="ann", password=SECRET)
    assert [envelope.content for envelope in box.envelopes] == [MESSAGE]


def test_tls_from_the_first_byte(certificate: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = certificate
    box = Mailbox()
    with mail_server(box, tls=context) as port:
        deliver(port, security="tls", ca_file=ca_file)
    assert [envelope.content for envelope in box.envelopes] == [MESSAGE]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for(
    certificate: tuple[ssl.SSLContext, str], security: str
) -> None:
    context, _ = certificate
    box = Mailbox()
    tls = context if security == "tls" else None
    with mail_server(box, tls=tls, tls_context=context) as port:
        error = refused(port, security=security)
    assert not error.permanent
    assert "no certificate that can be trusted" in str(error)
    assert box.envelopes == []


@in_clear
def test_starttls_that_is_not_offered_sends_nothing_in_clear() -> None:
    box = Mailbox()
    with mail_server(box, **LOGIN) as port:
        error = refused(port, security="starttls", username="ann", password=SECRET)
    assert error.permanent
    assert "STARTTLS" in str(error)
    assert box.envelopes == []


def test_tls_against_a_server_in_clear() -> None:
    with mail_server(Mailbox()) as port:
        assert not refused(port, security="tls").permanent


# --- a server that says what it is told, and nothing more


class Scripted(asyncio.Protocol):
    """Answers each line (or the end of a message) with the next of the lines; b"" hangs up."""

    def __init__(self, lines: list[bytes], *, hangs: bool = False) -> None:
        """`hangs`: after the last of the lines it says nothing, and stays."""
        self.lines = list(lines)
        self.hangs = hangs
        self.in_data = False
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._answer()

    def data_received(self, data: bytes) -> None:
        if not self.in_data or data.endswith(b"\r\n.\r\n"):
            self._answer()

    def _answer(self) -> None:
        if self.hangs and not self.lines:
            return
        line = self.lines.pop(0) if self.lines else b""
        self.in_data = line.startswith(b"354")
        if line:
            self.transport.write(line + b"\r\n")
        else:
            self.transport.abort()


class Dripping(asyncio.Protocol):
    """Says a byte now and then, of an answer without end; as TLS it is a record without end."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._task = asyncio.ensure_future(self._drip(transport))

    async def _drip(self, transport: asyncio.Transport) -> None:
        # The head of a TLS handshake record of 16,000 bytes, or the begin of a long line.
        start = b"220-" if transport.get_extra_info("ssl_object") else b"\x16\x03\x03\x3e\x80"
        for byte in start:
            transport.write(bytes([byte]))
        while not transport.is_closing():
            transport.write(b"x")
            await asyncio.sleep(0.02)


@contextmanager
def scripted(lines: list[bytes]) -> Iterator[int]:
    with serving(lambda: Scripted(lines)) as port:
        yield port
