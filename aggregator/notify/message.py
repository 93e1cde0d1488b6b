"""A rendered digest or notice as a whole e-mail message, to be stored and sent as it is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from aggregator.core.text import clean_line
from aggregator.notify.address import mailbox
from aggregator.notify.headers import address_header, text_header, token_header
from aggregator.notify.render import RenderedMail
from aggregator.notify.unsubscribing import unsubscribe_headers, way_out, with_way_out
from aggregator.types import Edition, Notice, RenderedDigest

# 7bit: a body that needs more is encoded, so any server on the way may relay it.
_POLICY = SMTP.clone(cte_type="7bit")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


def compose(
    rendered: RenderedDigest,
    *,
    edition: Edition,
    title: str,
    sender: str,
    recipient: str,
    unsubscribe: str | None,
    now: datetime,
) -> tuple[str, bytes]:
    """The Message-ID and the message: multipart/alternative of text and HTML, CRLF, 7 bit.

    `sender` and `recipient` are addresses, with or without a name before them; a sender without
    one goes by the digest's title. `unsubscribe` is a mailto: or https: address; None: a mail to
    the sender. Both parts end with it. The Message-ID depends on digest, recipient, date and slot
    alone, so that a digest that is sent again after a crash is recognised as the same; equal
    arguments give equal bytes. Raises DeliveryError (permanent) for an address that mail cannot
    carry.
    """
    origin = mailbox(sender, recipient=recipient, name=clean_line(title))
    target = mailbox(recipient, recipient=recipient)
    key = "\n".join((edition.digest, target.addr_spec, edition.local_date.isoformat()))
    if edition.slot != 1:
        key = f"{key}\n{edition.slot}"
    message_id = f"<{edition.local_date:%Y%m%d}.{_hash(key)}@{origin.domain}>"
    list_id = f"<{_slug(edition.digest)}.digest.{origin.domain}>"
    leave = way_out(unsubscribe, origin=origin, digest=edition.digest)
    text, html = with_way_out(rendered, leave)
    mail = RenderedMail(subject=rendered.subject, text=text, html=html)
    head = _head(mail, origin, target, message_id=message_id, list_id=list_id, date=now)
    return message_id, head + unsubscribe_headers(leave).encode("ascii") + _body(mail, key)


def compose_notice(
    rendered: RenderedMail, notice: Notice, *, sender: str, recipient: str
) -> tuple[str, bytes]:
    """The same for what a watch has caught; a sender without a name goes by that of the watch.

    The Message-ID depends on the notice's key and the recipient alone, and the date is when the
    notice was made: each try sends the same bytes. Raises DeliveryError as `compose` does.
    """
    watch = clean_line(notice.content.watch)
    origin = mailbox(sender, recipient=recipient, name=watch)
    target = mailbox(recipient, recipient=recipient)
    key = "\n".join(("notice", notice.key, target.addr_spec))
    message_id = f"<{notice.created_at:%Y%m%d}.{_hash(key)}@{origin.domain}>"
    list_id = f"<{_slug(watch)}.watch.{origin.domain}>"
    date = notice.created_at
    head = _head(rendered, origin, target, message_id=message_id, list_id=list_id, date=date)
    return message_id, head + _body(rendered, key)


def _head(
    rendered: RenderedMail,
    origin: Address,
    target: Address,
    *,
    message_id: str,
    list_id: str,
    date: datetime,
) -> bytes:
    headers = (
        address_header("From", origin),
        address_header("To", target),
        text_header("Subject", rendered.subject),
        token_header("Date", format_datetime(date)),
        token_header("Message-ID", message_id),
        token_header("List-Id", list_id),
        token_header("Auto-Submitted", "auto-generated"),
    )
    return "".join(headers).encode("ascii")


def _body(rendered: RenderedMail, key: str) -> bytes:
    """The MIME headers and both parts."""
    text, html = _encodable(rendered.text), _encodable(rendered.html)
    message = EmailMessage(policy=_POLICY)
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    # Made from the content, so it cannot be known to anyone whose headline is in there.
    message.set_boundary(f"=_{_hash(key + text + html)}")
    return message.as_bytes()


def _encodable(text: str) -> str:
    """Without lone surrogates, which no encoding of mail can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return _NOT_IN_ID.sub("-", ascii_name.lower()).strip("-")[:40].strip("-") or _hash(name)
