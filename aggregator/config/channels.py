"""Where messages may go: a mail address, a webhook, or a URL that Apprise knows.

An address may be a secret as a whole, so that no message here repeats one that is no mail address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType
from urllib.parse import urlsplit

from aggregator.config.credentials import (
    UNREAD,
    HiddenText,
    secret_from_environment,
    secret_from_file,
)
from aggregator.config.values import Surroundings, mail_address, text
from aggregator.config.values import name as plain_name
from aggregator.core.urls import normalise
from aggregator.notify.signing import signing_key
from aggregator.types import ChannelKind

_EXAMPLES = (
    "must be a mail address, the address of a webhook, https://…, or a URL of Apprise, such as"
    " ntfy://ntfy.sh/our-topic"
)
_LOGIN = (
    "holds a user name or password, which does not belong in this file; put the whole address into"
    " an environment variable and name that, {url_env: NAME}, or into a file, {url_file: PATH}"
)
CHANNEL_INSTEAD = "write a mail address, a URL of Apprise, or the name of a channel that is one"
"""What is right for a recipient of a digest."""
_SERVICES = frozenset(
    {
        "api.ciscospark.com",
        "chat.googleapis.com",
        "discord.com",
        "discordapp.com",
        "hooks.slack.com",
        "hooks.slack-gov.com",
        "inbots.zoom.us",
        "ntfy.sh",
        "open.larksuite.com",
        "outlook.office.com",
        "qyapi.weixin.qq.com",
        "webexapis.com",
        "webhook.office.com",
    }
)
"""Hosts whose webhooks people have at hand and that take a form of their own; Apprise, which is not
loaded for other webhooks, is asked about them."""


@dataclass(frozen=True, slots=True)
class ChannelAddress:
    kind: ChannelKind
    text: str = field(repr=False)
    unread: bool = False
    """It is a secret that is not at hand: of what kind it is, is not known."""


def channel_name(value: object) -> str:
    line = plain_name(value)
    if "@" in line:
        raise ValueError(
            "is a mail address, not a name; give it a name, as in desk: name@example.org, or write"
            " the address under to"
        )
    return line


def written_address(value: object, around: Surroundings) -> ChannelAddress:
    """As it stands in the file."""
    line = text(value)
    if kind_of(line) is ChannelKind.MAIL:
        if "@" not in line:
            raise ValueError(_EXAMPLES)
        # mailto:, as links have it, is no mistake.
        plain = line[len("mailto:") :] if line.lower().startswith("mailto:") else line
        return ChannelAddress(ChannelKind.MAIL, _mail_address(plain))
    return _address(line, around, written_out=True)


def unwritten_address(line: str, around: Surroundings) -> ChannelAddress:
    """Where no variable and no file can be named: an address without secrets."""
    _address(line, around, written_out=False)  # what else is wrong with it comes first
    try:
        return _address(line, around, written_out=True)
    except ValueError:
        raise ValueError(
            "holds a password or key, which does not belong in this file; give it a name under"
            " channels, with url_env or url_file, and write that name here"
        ) from None


def address_from_environment(value: object, around: Surroundings) -> ChannelAddress:
    return _secret_address(secret_from_environment(value, around), around)


def address_from_file(value: object, around: Surroundings) -> ChannelAddress:
    return _secret_address(secret_from_file(value, around), around)


def signing_secret_from_environment(value: object, around: Surroundings) -> HiddenText:
    return _signing_secret(secret_from_environment(value, around))


def signing_secret_from_file(value: object, around: Surroundings) -> HiddenText:
    return _signing_secret(secret_from_file(value, around))


def kind_of(line: str) -> ChannelKind:
    """By how an address begins, whether or not it is right."""
    scheme, parted, _ = line.partition("://")
    if not parted:
        return ChannelKind.MAIL
    return ChannelKind.WEBHOOK if scheme.lower() in {"http", "https"} else ChannelKind.APPRISE


def _mail_address(line: str) -> str:
    if ":" in line:
        # Not repeated: it may be a login.
        raise ValueError(_EXAMPLES)
    return mail_address(line)


def _secret_address(secret: HiddenText, around: Surroundings) -> ChannelAddress:
    if secret is UNREAD:
        return ChannelAddress(ChannelKind.APPRISE, secret, unread=True)
    try:
        return _address(text(secret), around, written_out=False)
    except ValueError as error:
        raise ValueError(f"leads to an address that {error}") from None


def _address(line: str, around: Surroundings, *, written_out: bool) -> ChannelAddress:
    kind = kind_of(line)
    if kind is ChannelKind.WEBHOOK:
        _check_webhook(line, around, written_out=written_out)
    elif kind is ChannelKind.MAIL:
        raise ValueError("begins with no https:// and no scheme of Apprise, such as ntfy://")
    elif around.thorough:
        _chat().check(line, written_out=written_out)
    return ChannelAddress(kind, HiddenText(line))


def _check_webhook(line: str, around: Surroundings, *, written_out: bool) -> None:
    if normalise(line) is None or " " in line:
        raise ValueError("is no web address: its host or port cannot be right, or it has a space")
    if written_out and "@" in urlsplit(line).netloc:
        raise ValueError(_LOGIN)
    host = urlsplit(line).hostname or ""
    is_service = host in _SERVICES or host.partition(".")[2] in _SERVICES
    if around.thorough and is_service and (known := _chat().service_of(line)):
        service, page = known
        raise ValueError(
            f"is where {service} takes messages in a form of its own; write it as Apprise does,"
            f" see {page}"
        )


def _signing_secret(secret: HiddenText) -> HiddenText:
    if secret is UNREAD:
        return secret
    try:
        signing_key(secret)
    except ValueError as error:
        raise ValueError(f"leads to a secret that {error}") from None
    return secret


def recipient(value: object, around: Surroundings) -> str:
    """Of a watch: the name of a channel, a mail address, or a URL of Apprise without secrets, which
    is a channel's name and address at once."""
    line = text(value)
    match kind_of(line):
        case ChannelKind.MAIL:
            return plain_name(line)
        case ChannelKind.WEBHOOK:
            raise ValueError(
                "is the address of a webhook, which may be a secret; give it a name under channels,"
                " and write that name here"
            )
        case ChannelKind.APPRISE:
            unwritten_address(line, around)
            return line


def mail_recipient(line: str) -> str | None:
    """A mail address that stands where else a channel's name does; None: it is a name.

    Raises ValueError for one that is wrong.
    """
    return _mail_address(line) if "@" in line else None


def _chat() -> ModuleType:
    from aggregator.notify import chat  # noqa: PLC0415 - slow to load, and seldom needed

    return chat
