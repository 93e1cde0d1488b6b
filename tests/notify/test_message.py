from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

import pytest
from digestmaker import digest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.text import clean_line, shorten
from aggregator.errors import DeliveryError
from aggregator.notify.message import compose
from aggregator.notify.render import RenderedMail, render

NOW = datetime(2026, 3, 30, 5, 0, 7, tzinfo=UTC)
PIECES = [
    "Bridge",
    "Straße",
    "橋が再開",
    "جسر",
    "_under_",
    "·",
    '"quoted"',
    "a,b;",
    "<x@example.org>",
    "=?utf-8?q?x?=",
    "=?utf-8?q?=0D=0ABcc:_ann@example.org?=",
    "?=",
    "\r\nBcc: ann@example.org",
    "\u2028Bcc: x",
    "\ud800",
    "\x00",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
    "w" * 90,
]
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
]


def make(
    rendered: RenderedMail | None = None,
    *,
    sender: str = "Aggregator <news@example.org>",
    recipient: str = "ann@example.com",
    name: str = "Morning news",
    day: int = 30,
    now: datetime = NOW,
) -> tuple[str, bytes]:
    return compose(
        rendered or RenderedMail(subject="Bridge opens", text="Text.\n", html="<p>Text.</p>\n"),
        sender=sender,
        recipient=recipient,
        local_date=date(2026, 3, day),
        digest_name=name,
        now=now,
    )


def parse(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def unfolded(part: Message) -> str:
    """The text of a part with the line ends it had before mail made them CRLF."""
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_every_header_comes_back() -> None:
    message_id, message = make()
    parsed = parse(message)
    assert sorted(parsed.keys()) == sorted(HEADERS)
    assert parsed["From"] == "Aggregator <news@example.org>"
    assert parsed["To"] == "ann@example.com"
    assert parsed["Subject"] == "Bridge opens"
    assert parsed["Date"].datetime == NOW
    assert parsed["Message-ID"] == message_id
    assert parsed["List-Id"] == "<morning-news.digest.example.org>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["MIME-Version"] == "1.0"
    assert parsed.get_content_type() == "multipart/alternative"
    assert all(not value.defects for value in parsed.values())


def test_both_parts_come_back_text_first() -> None:
    rendered = render(digest(12, items=20, troubles=2))
    _, message = make(rendered)
    text, html = parse(message).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text["Content-Type"].params["charset"] == "utf-8"
    assert unfolded(text) == rendered.text
    assert unfolded(html) == rendered.html


def test_it_can_go_through_any_server() -> None:
    _, message = make(render(digest(12, items=20)))
    assert message.isascii()
    lines = message.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_the_message_id_is_of_digest_recipient_and_date_alone() -> None:
    message_id, message = make()
    assert message_id.endswith("@example.org>")
    assert make(now=NOW.replace(hour=9))[0] == message_id
    assert make(render(digest(3)))[0] == message_id
    assert make(recipient="Ann <ann@example.com>")[0] == message_id
    others = {make(day=29)[0], make(recipient="bob@example.com")[0], make(name="Evening")[0]}
    assert len(others | {message_id}) == 4
    assert make() == (message_id, message)


def test_a_sender_without_a_name_goes_by_the_name_of_the_digest() -> None:
    parsed = parse(make(sender="news@example.org", name="Nachrichten, früh")[1])
    (address,) = parsed["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Nachrichten, früh", "news@example.org")


def test_international_domains_are_written_as_the_dns_has_them() -> None:
    message_id, message = make(sender="news@bücher.example", recipient="ann@münchen.example")
    parsed = parse(message)
    assert message_id.endswith("@xn--bcher-kva.example>")
    assert parsed["From"].addresses[0].domain == "xn--bcher-kva.example"
    assert parsed["To"].addresses[0].domain == "xn--mnchen-3ya.example"


def test_a_list_has_a_name_in_any_script() -> None:
    assert parse(make(name="朝のニュース")[1])["List-Id"].endswith(".digest.example.org>")
    assert make(name="朝のニュース")[1] != make(name="夜のニュース")[1]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "änn@example.org",
        "a@b.example, c@d.example",
        "a b@c.example",
        "ann@example.org\r\nBcc: bob@example.org",
        "ann@example..org",
    ],
)
def test_what_is_no_address_is_refused_for_good(address: str) -> None:
    for arguments in ({"recipient": address}, {"sender": address}):
        with pytest.raises(DeliveryError, match="no address") as caught:
            make(**arguments)  # type: ignore[arg-type]  # one of two strings by name
        assert caught.value.permanent


def test_an_encoded_line_break_in_a_headline_adds_no_header() -> None:
    """EmailMessage of Python 3.11.7 decodes it and writes the line break out."""
    headline = "Bridge =?utf-8?q?=0D=0ABcc:_bob@example.org?= opens"
    parsed = parse(make(RenderedMail(subject=headline, text="", html=""))[1])
    assert "Bcc" not in parsed
    assert parsed["Subject"] == headline


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.text(max_size=60))
def test_no_headline_and_no_name_can_add_a_header(pieces: list[str], anything: str) -> None:
    headline = " ".join([*pieces, anything])
    rendered = RenderedMail(subject=headline, text=headline, html=headline)
    name = clean_line(headline).replace('"', "")
    parsed = parse(make(rendered, sender="news@example.org", name=name or "News")[1])
    assert sorted(parsed.keys()) == sorted(HEADERS)
    assert parsed["Subject"] == shorten(headline, 200)
    assert [str(address.addr_spec) for address in parsed["From"].addresses] == ["news@example.org"]
    assert len(list(parsed.iter_parts())) == 2


def test_a_boundary_in_a_headline_parts_nothing() -> None:
    plain = make()[1]
    boundary = parse(plain).get_boundary()
    assert boundary is not None
    text = f"Text.\n--{boundary}--\n--{boundary}\nContent-Type: text/html\n\n<b>\n"
    parsed = parse(make(RenderedMail(subject="x", text=text, html="<p>"))[1])
    first, _second = parsed.iter_parts()
    assert unfolded(first) == text
