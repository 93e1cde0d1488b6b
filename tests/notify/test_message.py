from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.charset import CHARSETS, QP, add_charset
from email.message import EmailMessage, Message
from email.policy import default

import pytest
from digestmaker import digest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.text import clean_line, shorten
from aggregator.errors import DeliveryError
from aggregator.notify.message import compose
from aggregator.notify.render import render
from aggregator.notify.words import LANGUAGES
from aggregator.notify.words.catalogue import Words
from aggregator.types import Edition, RenderedDigest

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
    "List-Unsubscribe",
    "MIME-Version",
    "Content-Type",
]


PLAIN = RenderedDigest(subject="Bridge opens", text="Text.\n", html="<p>Text.</p>\n", short="Text.")


def make(
    rendered: RenderedDigest = PLAIN,
    *,
    sender: str = "Aggregator <news@example.org>",
    recipient: str = "ann@example.com",
    name: str = "morning news",
    title: str = "Morning news",
    day: int = 30,
    slot: int = 1,
    unsubscribe: str | None = None,
    now: datetime = NOW,
) -> tuple[str, bytes]:
    return compose(
        rendered,
        edition=Edition(digest=name, local_date=date(2026, 3, day), slot=slot),
        title=title,
        sender=sender,
        recipient=recipient,
        unsubscribe=unsubscribe,
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
    assert parsed["List-Unsubscribe"] == (
        "<mailto:news@example.org?subject=unsubscribe%20morning%20news>"
    )
    assert parsed["MIME-Version"] == "1.0"
    assert parsed.get_content_type() == "multipart/alternative"
    assert all(not value.defects for value in parsed.values())


def test_both_parts_come_back_text_first() -> None:
    rendered = render(digest(12, items=20, troubles=2))
    _, message = make(rendered)
    text, html = parse(message).iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text["Content-Type"].params["charset"] == "utf-8"
    assert unfolded(text).startswith(rendered.text)
    head, tail = rendered.html.split("</body>")
    assert unfolded(html).startswith(head)
    assert unfolded(html).rstrip("\n").endswith(f"</body>{tail}")


def test_it_can_go_through_any_server() -> None:
    _, message = make(render(digest(12, items=20)))
    assert message.isascii()
    lines = message.split(b"\r\n")
    assert max(len(line) for line in lines if not line.startswith(b"List-Unsubscribe:")) <= 78
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_the_message_id_is_of_digest_recipient_date_and_slot_alone() -> None:
    message_id, message = make()
    assert message_id.endswith("@example.org>")
    assert make(now=NOW.replace(hour=9))[0] == message_id
    assert make(render(digest(3)))[0] == message_id
    assert make(recipient="Ann <ann@example.com>")[0] == message_id
    assert make(title="Another title")[0] == message_id
    assert make(unsubscribe="https://example.org/leave")[0] == message_id
    others = {make(day=29)[0], make(recipient="bob@example.com")[0], make(name="evening")[0]}
    others |= {make(slot=2)[0], make(slot=3)[0]}
    assert len(others | {message_id}) == 6
    assert make() == (message_id, message)


def test_a_sender_without_a_name_goes_by_the_title_of_the_digest() -> None:
    parsed = parse(make(sender="news@example.org", title="Nachrichten, früh")[1])
    (address,) = parsed["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Nachrichten, früh", "news@example.org")


@pytest.mark.parametrize("name", ["Ünal, Ayşe", "صحيفة الميناء", "橋の新聞", 'The "Post"', "Ann"])
def test_names_before_addresses_come_back(name: str) -> None:
    quoted = name.replace('"', '\\"')
    parsed = parse(
        make(sender=f'"{quoted}" <news@example.org>', recipient=f'"{quoted}" <ann@example.com>')[1]
    )
    for header, spec in (("From", "news@example.org"), ("To", "ann@example.com")):
        (address,) = parsed[header].addresses
        assert (address.display_name, address.addr_spec) == (name, spec)


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
    parsed = parse(make(replace(PLAIN, subject=headline))[1])
    assert "Bcc" not in parsed
    assert parsed["Subject"] == headline


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.text(max_size=60))
def test_no_headline_and_no_name_can_add_a_header(pieces: list[str], anything: str) -> None:
    headline = " ".join([*pieces, anything])
    rendered = RenderedDigest(subject=headline, text=headline, html=headline, short="")
    name = clean_line(headline).replace('"', "")
    parsed = parse(
        make(rendered, sender="news@example.org", name=name or "news", title=name or "News")[1]
    )
    assert sorted(parsed.keys()) == sorted(HEADERS)
    assert parsed["Subject"] == shorten(headline, 200)
    assert [str(address.addr_spec) for address in parsed["From"].addresses] == ["news@example.org"]
    assert len(list(parsed.iter_parts())) == 2


def test_a_boundary_in_a_headline_parts_nothing() -> None:
    plain = make()[1]
    boundary = parse(plain).get_boundary()
    assert boundary is not None
    text = f"Text.\n--{boundary}--\n--{boundary}\nContent-Type: text/html\n\n<b>\n"
    parsed = parse(make(replace(PLAIN, text=text))[1])
    first, _second = parsed.iter_parts()
    assert unfolded(first).startswith(text)


def test_what_libraries_do_to_character_sets_changes_nothing() -> None:
    """Apprise has UTF-8 written as quoted-printable in the whole process once it is loaded."""
    arguments = {"sender": "صحيفة الميناء <news@example.org>", "title": "橋の新聞"}
    before = make(render(digest(1, language="ar")), **arguments)  # type: ignore[arg-type]
    known = CHARSETS["utf-8"]
    try:
        add_charset("utf-8", QP, QP, "utf-8")
        assert make(render(digest(1, language="ar")), **arguments) == before  # type: ignore[arg-type]
    finally:
        CHARSETS["utf-8"] = known


# --- how one leaves


def test_one_click_unsubscribes_where_there_is_a_web_address() -> None:
    parsed = parse(make(unsubscribe="https://example.org/leave?list=1&who=ann%40x")[1])
    assert parsed["List-Unsubscribe"] == "<https://example.org/leave?list=1&who=ann%40x>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_unsubscribes_where_there_is_none() -> None:
    parsed = parse(make(unsubscribe="mailto:leave@example.org?subject=out")[1])
    assert parsed["List-Unsubscribe"] == "<mailto:leave@example.org?subject=out>"
    assert "List-Unsubscribe-Post" not in parsed


@pytest.mark.parametrize(
    "unsubscribe",
    [
        "https://example.org/ü/x y>\r\nBcc: bob@example.org",
        "https://example.org/" + "a" * 200,
        'mailto:a@example.org?subject="<b>"',
    ],
)
def test_no_address_to_unsubscribe_by_can_add_a_header(unsubscribe: str) -> None:
    message = make(render(digest(1)), unsubscribe=unsubscribe)[1]
    parsed = parse(message)
    assert set(parsed.keys()) - {"List-Unsubscribe-Post"} == set(HEADERS)
    assert re.fullmatch(r"<[!-;=?-~]+>", parsed["List-Unsubscribe"])
    _, html = parsed.iter_parts()
    assert "<b>" not in unfolded(html).partition('class="muted" style')[2]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_both_parts_end_with_a_way_out_in_the_language_of_the_digest(language: str) -> None:
    rendered = render(digest(1, language=language))
    address = "https://example.org/leave?a=1&b=2"
    text, html = parse(make(rendered, unsubscribe=address)[1]).iter_parts()
    said = Words(language).say("unsubscribe")
    assert unfolded(text).endswith(f"{said}:\n  {address}\n")
    assert 'href="https://example.org/leave?a=1&amp;b=2"' in unfolded(html)
    assert unfolded(html).count(f">{said.replace(chr(39), '&#x27;')}</a></p>\n</body>") == 1
