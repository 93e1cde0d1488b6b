"""What a watch has caught, as mail, JSON and chat: readable, and safe whatever a headline says."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noticemaker import NOW, content, item, notice

from aggregator.core.text import clean_line
from aggregator.errors import DeliveryError
from aggregator.notify.message import compose_notice
from aggregator.notify.notices import (
    MOST_IN_CHAT,
    chat_subject,
    chat_text,
    marked_spans,
    render_notice,
    subject,
)
from aggregator.notify.webhook import MAX_BODY, payload
from aggregator.notify.wrapping import columns
from aggregator.types import NoticeContent, Relation

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x.png onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "one\r\nBcc: ann@example.org",
    "=?utf-8?q?=0D=0ABcc:_bob@example.org?=",
    "a\u2028b\u202ec\u2066d\x1b]8;;https://evil.example\x07e",
    "lone \ud800 surrogate",
    "\x00\x0b\x0c",
    "\x02unclosed \x02 twice \x03\x03",
    "[win](https://evil.example) <https://evil.example|here> @everyone <!channel>",
    "word " * 2_000,
    "W" * 5_000,
    "",
]
HEADERS = [
    *("Auto-Submitted", "Content-Type", "Date", "From", "List-Id", "MIME-Version"),
    *("Message-ID", "Subject", "To"),
]
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td"),
    *("h1", "h2", "p", "span", "a", "b"),
}


class Reader(HTMLParser):
    """What a document has in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str | None] = []
        self.texts: list[str] = []
        self.bold: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        self._last = tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if getattr(self, "_last", "") == "b":
            self.bold.append(data)
        self._last = ""


def mail(made: NoticeContent, **options: Any) -> EmailMessage:
    whole = replace(notice(), content=made)
    rendered = render_notice(made, timezone=UTC)
    given = {"sender": "news@example.org", "recipient": "ann@example.com", **options}
    parsed = message_from_bytes(compose_notice(rendered, whole, **given)[1], policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


# --- what is said --------------------------------------------------------------------------------


def test_the_subject_of_one_is_its_headline() -> None:
    assert subject(content()) == "Baku: Aldermoor reopens harbour bridge 1"


def test_the_subject_of_several_counts_them_and_says_the_latest() -> None:
    made = content(item(1), item(2), more=5)
    assert subject(made) == "Baku: 7 new, latest: Aldermoor reopens harbour bridge 1"


def test_the_subject_of_silent_sources_says_that_they_are_sources() -> None:
    silent = item(article_id=None, headline="The Gulf Observer has been silent for 24 h", url=None)
    assert subject(content(silent)) == "Baku: The Gulf Observer has been silent for 24 h"
    assert subject(content(silent, silent)).startswith("Baku: 2 sources, latest: The Gulf")


def test_a_long_subject_is_cut_between_words() -> None:
    made = content(item(headline="Bridge " * 100), watch="Harbours " * 30)
    assert len(subject(made)) <= 200
    assert subject(made).endswith("…")


def test_the_text_tells_each_thing_with_its_source_time_and_address() -> None:
    made = content(
        item(1, relation=Relation.COPY, outlets=5),
        item(2, snippet="", url=None),
        more=3,
    )
    assert render_notice(made, timezone=ZoneInfo("Asia/Karachi")).text == (
        "Baku\n5 new\n\n"
        "Aldermoor reopens harbour bridge 1\n"
        "  The Gulf Observer, Mon 30 Mar 09:59 PKT, a copy, 5 outlets\n"
        "  The harbour bridge of Aldermoor is open again …\n"
        "  https://example.org/1\n\n"
        "Aldermoor reopens harbour bridge 2\n"
        "  The Gulf Observer, Mon 30 Mar 09:58 PKT\n\n"
        "and 3 more\n\n"
        '--------\nWatched for: harbour OR "night train"\n'
    )


def test_the_html_marks_what_was_found_and_links_the_headline() -> None:
    read = Reader(render_notice(content(), timezone=UTC).html)
    assert read.bold == ["harbour", "Aldermoor"]
    assert read.links == ["https://example.org/1"]
    assert read.tags <= TAGS


def test_a_mail_says_which_list_it_is_of_and_is_the_same_at_every_try() -> None:
    rendered = render_notice(content(), timezone=UTC)
    made = notice()
    message_id, first = compose_notice(
        rendered, made, sender="news@example.org", recipient="ann@example.com"
    )
    again = replace(made, notice_id=9, attempts=3, due_at=NOW + timedelta(hours=1))
    assert compose_notice(
        rendered, again, sender="news@example.org", recipient="ann@example.com"
    ) == (message_id, first)
    parsed = message_from_bytes(first, policy=default)
    assert sorted(parsed.keys()) == HEADERS
    assert parsed["Message-ID"] == message_id
    assert parsed["List-Id"] == "<baku.watch.example.org>"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["From"] == "Baku <news@example.org>"
    assert parsed["Date"].datetime == NOW
    for other in (replace(made, key="baku-desk-2"), made):
        recipient = "bob@example.com" if other is made else "ann@example.com"
        made_id, _ = compose_notice(rendered, other, sender="news@example.org", recipient=recipient)
        assert made_id != message_id


def test_mail_cannot_be_sent_to_what_is_no_address() -> None:
    with pytest.raises(DeliveryError, match="no address") as caught:
        mail(content(), recipient="ann@")
    assert caught.value.permanent


# --- chats ---------------------------------------------------------------------------------------


def test_a_chat_gets_a_line_for_each_thing_and_its_address() -> None:
    made = content(item(1), item(2, url=None), more=1)
    assert chat_text(made, timezone=UTC, limit=3_000) == (
        "• Aldermoor reopens harbour bridge 1 (The Gulf Observer, Mon 30 Mar 04:59 UTC)\n"
        "https://example.org/1\n"
        "• Aldermoor reopens harbour bridge 2 (The Gulf Observer, Mon 30 Mar 04:58 UTC)\n"
        "and 1 more"
    )


def test_of_a_silent_source_a_chat_is_told_what_is_known() -> None:
    silent = item(
        article_id=None,
        headline="The Gulf Observer is silent",
        snippet="Nothing new for 3 days, although the feed can be read.",
        url=None,
    )
    assert chat_text(content(silent), timezone=UTC, limit=1_000) == (
        "• The Gulf Observer is silent (Mon 30 Mar 04:59 UTC)\n"
        "Nothing new for 3 days, although the feed can be read."
    )


def test_a_chat_lists_some_and_counts_the_rest() -> None:
    made = content(*map(item, range(1, 41)), more=60)
    text = chat_text(made, timezone=UTC, limit=10_000)
    assert text.count("•") == MOST_IN_CHAT
    assert text.endswith(f"and {100 - MOST_IN_CHAT} more")


@pytest.mark.parametrize("limit", [5, 40, 100, 160, 300, 1_000, 2_000])
def test_a_chat_never_gets_more_than_it_takes(limit: int) -> None:
    made = content(*map(item, range(1, 31)), more=1)
    text = chat_text(made, timezone=UTC, limit=limit)
    assert text.strip()
    assert len(text) <= limit
    for url in re.findall(r"https://\S+", text):
        assert re.fullmatch(r"https://example\.org/\d+", url)


def test_no_headline_calls_people_or_dresses_up_a_link_in_a_chat() -> None:
    nasty = "[win](https://evil.example) [x][y] <https://evil.example|here> @everyone <!channel> `"
    made = content(item(headline=nasty, source=nasty, url="https://example.org/@everyone"))
    for text in (chat_text(made, timezone=UTC, limit=3_000), chat_subject(made, limit=250)):
        assert not re.search(r"\]\(|\]\[|[<>@`]", text)
    assert "https://example.org/%40everyone" in chat_text(made, timezone=UTC, limit=3_000)


# --- JSON ----------------------------------------------------------------------------------------


def test_the_json_has_the_documented_shape() -> None:
    made = notice(item(1, relation=None), more=2)
    assert json.loads(payload(made)) == {
        "type": "watch.notice",
        "version": 1,
        "timestamp": "2026-03-30T05:00:00+00:00",
        "data": {
            "watch": "Baku",
            "query": 'harbour OR "night train"',
            "since": "2026-03-30T04:00:00+00:00",
            "items": [
                {
                    "headline": "Aldermoor reopens harbour bridge 1",
                    "source": "The Gulf Observer",
                    "at": "2026-03-30T04:59:00+00:00",
                    "url": "https://example.org/1",
                    "snippet": "The harbour bridge of Aldermoor is open again …",
                    "matches": [[4, 11], [22, 31]],
                    "article_id": 1,
                    "story_id": 7,
                    "outlets": 1,
                    "relation": None,
                }
            ],
            "more": 2,
        },
    }


@pytest.mark.parametrize("headline", ["Bridge " * 100, "Мост 桥 " * 400, '\\"' * 1_000])
def test_the_json_stays_below_its_bound_and_counts_what_it_leaves_out(headline: str) -> None:
    items = [item(number, headline=headline) for number in range(2_000)]
    body = payload(notice(*items, more=7))
    data = json.loads(body)["data"]
    assert MAX_BODY // 2 < len(body) <= MAX_BODY
    assert len(data["items"]) + data["more"] == 2_007
    assert [one["article_id"] for one in data["items"]] == [*range(len(data["items"]))]


# --- what publishers may try ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a@evil.example/", "data:x", "/x", ""]
)
def test_only_plain_web_addresses_are_links(url: str) -> None:
    made = content(item(url=url))
    rendered = render_notice(made, timezone=UTC)
    assert Reader(rendered.html).links == []
    for text in (rendered.text, chat_text(made, timezone=UTC, limit=500)):
        assert url == "" or url not in text
    assert json.loads(payload(notice(item(url=url))))["data"]["items"][0]["url"] is None


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_no_text_of_others_adds_headers_tags_or_links(nasty: str) -> None:
    made = content(
        item(headline=nasty, source=nasty, snippet=f"{nasty} \x02{nasty}\x03"),
        watch=nasty or "Baku",
        query=nasty,
    )
    message = mail(made)
    assert sorted(message.keys()) == HEADERS
    assert "\n" not in message["Subject"]
    html = render_notice(made, timezone=UTC).html
    read = Reader(html)
    assert read.tags <= TAGS
    assert read.attributes.isdisjoint({"src", "onerror"})
    assert read.links == ["https://example.org/1"]
    shown = (html, render_notice(made, timezone=UTC).text, chat_text(made, timezone=UTC, limit=900))
    for text in (*shown, json.dumps(json.loads(payload(replace(notice(), content=made))))):
        assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)


def test_a_thing_without_a_headline_says_so() -> None:
    assert subject(content(item(headline="\x00"))) == "Baku: (without a title)"


def test_lines_are_no_wider_than_mail_has_them() -> None:
    made = content(
        item(headline="桥梁" * 100, snippet="Bridge \x02opens\x03 " * 60), watch="桥" * 90
    )
    for line in render_notice(made, timezone=UTC).text.splitlines():
        assert columns(line) <= 78


def test_a_notice_without_things_still_can_be_told() -> None:
    made = replace(content(), items=(), more=3)
    assert subject(made) == "Baku: 3 new"
    assert "and 3 more" in render_notice(made, timezone=UTC).text
    assert chat_text(made, timezone=UTC, limit=100) == "3 new"


@given(st.text(alphabet="ab \x02\x03\n\u202e", max_size=60))
def test_marks_give_back_the_text_and_lie_within_it(snippet: str) -> None:
    text, spans = marked_spans(snippet)
    assert text.split() == clean_line(snippet.replace("\n", " ")).split()
    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert spans == sorted(spans)


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_texts_make_one_mail_of_two_parts(headline: str, watch: str, query: str) -> None:
    message = mail(content(item(headline=headline), watch=watch or "w", query=query))
    assert sorted(message.keys()) == HEADERS
    assert len(list(message.iter_parts())) == 2
