"""Sending one message through a mail server. Blocking; the standard library's client."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from aggregator.core.durations import format_duration
from aggregator.core.text import shorten
from aggregator.errors import DeliveryError
from aggregator.notify.address import mailbox
from aggregator.notify.patience import Patience

_LONGEST_REPLY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The mail server and how to speak to it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str | None = None
    """None: no login."""
    password: str | None = field(default=None, repr=False)
    """None exactly when `username` is."""
    timeout: timedelta = timedelta(seconds=60)
    """For the connection and for each answer of the server."""
    patience: timedelta = timedelta(minutes=3)
    """For one message as a whole, however lively the server is meanwhile."""
    ca_file: str | None = None
    """PEM file with authorities to trust besides the system's; None: no others."""


def without_server(whom: str, *, recipient: str) -> DeliveryError:
    """Nothing says through which server, or from whom, mail is sent. `whom`: for a sentence."""
    return DeliveryError(
        f"There is no mail server for {whom}; add a section smtp with its host, and the sender"
        " under digest, from.",
        recipient=recipient,
        permanent=True,
    )


def send(message: bytes, *, sender: str, recipient: str, settings: SmtpSettings) -> None:
    """Hand a message to the server for one recipient; returning means the server has it.

    `message` has CRLF line ends; of `sender` and `recipient` only the addresses are used. Raises
    DeliveryError: permanent when the server refuses with a 5xx or lacks what the settings ask
    for, temporary (a later try may help) on a 4xx and on any trouble with the connection. When
    the connection breaks after the message was sent, the server may have it all the same; the
    same Message-ID on the next try lets it be recognised.
    """
    origin = mailbox(sender, recipient=recipient)
    target = mailbox(recipient, recipient=recipient).addr_spec
    if not f"{settings.username}{settings.password}".isascii():
        raise DeliveryError(
            "The user name or password for the mail server has a character beyond ASCII, "
            "which its login cannot carry; set one without.",
            recipient=target,
            permanent=True,
        )
    with Patience(settings.patience) as patience:
        try:
            _hand_over(message, origin.addr_spec, target, settings, patience)
        except (OSError, ValueError) as error:  # smtplib's own are OSErrors; ValueError: odd hosts
            if patience.is_over:
                raise _too_slow(target, settings) from error
            raise _delivery_error(error, origin.addr_spec, target, settings) from error


def _hand_over(
    message: bytes, sender: str, recipient: str, settings: SmtpSettings, patience: Patience
) -> None:
    client = _Client(settings, patience, name=sender.rpartition("@")[2])
    try:
        if settings.security == "starttls":
            client.starttls(context=_tls(settings))
        if settings.username is not None:
            client.login(settings.username, settings.password or "")
        client.sendmail(sender, [recipient], message)
    finally:
        # Whatever has come of the message is known; how the server says goodbye is no matter.
        with contextlib.suppress(OSError):
            client.quit()
        client.close()


class _Client(smtplib.SMTP):
    """The standard library's, whose connection is cut when the patience is over: its own time-out
    begins anew with each byte."""

    def __init__(self, settings: SmtpSettings, patience: Patience, *, name: str) -> None:
        """`name` is what we call ourselves; left to smtplib, it would ask the DNS and may hang."""
        self._settings = settings
        self._patience = patience
        seconds = settings.timeout.total_seconds()
        super().__init__(settings.host, settings.port, local_hostname=name, timeout=seconds)

    def connect(
        self,
        host: str = "localhost",
        port: int = 0,
        source_address: Any = None,  # noqa: ARG002 - smtplib's signature
    ) -> tuple[int, bytes]:
        self.file = None
        self.sock = self._patience.connected((host, port), timeout=self._settings.timeout)
        if self._settings.security == "tls":
            self.sock = _tls(self._settings).wrap_socket(self.sock, server_hostname=host)
        return self.getreply()


def _tls(settings: SmtpSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(cafile=settings.ca_file)
    return context


def _too_slow(recipient: str, settings: SmtpSettings) -> DeliveryError:
    return DeliveryError(
        f"The mail server {settings.host}:{settings.port} took the message not within "
        f"{format_duration(settings.patience)}; it is too slow, or hangs.",
        recipient=recipient,
        permanent=False,
    )


def _delivery_error(
    error: OSError | ValueError, sender: str, recipient: str, settings: SmtpSettings
) -> DeliveryError:
    code = 0
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        sentence = f"refused the recipient {recipient} ({_reply(code, reply)}); check the address"
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        sentence = _refused(error, sender)
    else:
        sentence = _broken(error)
    permanent = 500 <= code <= 599 or isinstance(error, smtplib.SMTPNotSupportedError)
    return DeliveryError(
        f"The mail server {settings.host}:{settings.port} {sentence}.",
        recipient=recipient,
        permanent=permanent,
    )


def _refused(error: smtplib.SMTPResponseException, sender: str) -> str:
    answer = _reply(error.smtp_code, error.smtp_error)
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"refused the login ({answer}); check user name and password"
        case smtplib.SMTPSenderRefused():
            return f"refused the sender {sender} ({answer}); check the address and the login"
        case smtplib.SMTPDataError():
            return f"refused the message ({answer})"
        case _:
            return f"refused the connection ({answer})"


def _broken(error: OSError | ValueError) -> str:
    match error:
        case smtplib.SMTPNotSupportedError():
            return f"lacks what the settings ask for ({_say(error)}); check security and login"
        case ssl.SSLCertVerificationError():
            return f"has no certificate that can be trusted ({error.verify_message})"
        case smtplib.SMTPServerDisconnected():
            return f"broke the connection before it confirmed the message ({_say(error)})"
        case _:
            return f"cannot be used ({_say(error)}); check host, port and security"


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return shorten(f"{code} {text}", _LONGEST_REPLY)


def _say(error: Exception) -> str:
    return shorten(str(error) or type(error).__name__, _LONGEST_REPLY).rstrip(".")
