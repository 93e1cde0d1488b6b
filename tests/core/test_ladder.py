"""Of the texts that the pages and the feed of an article give, which one is taken, and why."""

from __future__ import annotations

import json
from html import escape

import pytest

from aggregator.core.extract import extract
from aggregator.core.ladder import common_share
from aggregator.errors import ExtractError
from aggregator.types import (
    Extraction,
    ExtractRequest,
    FeedText,
    PageCopy,
    PageKind,
    PageRole,
    PageRules,
    TextOrigin,
)

URL = "https://cape.example/2024/01/ferry"
TEXT = """\
The ferry to the outer islands will sail again from Friday, the company said, after divers had \
freed its propeller from eighty metres of fishing net in a bay south of the harbour.

Nine hundred islanders had lived for a week on what the coastguard's boat could carry, and the \
school had closed because its teachers come from the mainland every Monday.

Whose net it was nobody has said so far. Fishermen have to report a loss within a day, and the \
harbour master holds no such report, he told reporters on the quay.

The company asks those who had booked to come an hour early. Bicycles will wait until Sunday, \
for there are more of them on the quay than the deck can take.

A second ferry, ordered two years ago, is to be delivered in autumn; until then any fault stops \
all traffic, as the islands' council has often complained."""
STORY = TEXT.split("\n\n")
OTHERS = """\
Bakers of the region met in the town hall to choose the best rye loaf of the year, and a jury of \
nine tasted sixty loaves without butter, as the rules of the contest demand.

The prize went to a bakery that mills its own grain. It will be handed over in March, when the \
guild holds its yearly dinner in the old customs house by the bridge.

Entries are judged by crust, crumb, smell and by how they keep for a week, said the head of the \
jury, who has baked for forty years and never entered himself."""
OTHER = OTHERS.split("\n\n")


def markup(*texts: str, head: str = "", around: str = "{}") -> str:
    body = around.format("".join(f"<p>{escape(text)}</p>" for text in texts))
    return (
        f"<html><head><title>Ferry sails again</title>{head}</head><body><article>"
        f"<h1>Ferry sails again</h1>{body}</article></body></html>"
    )


def linked(body: str, **fields: object) -> str:
    node = {"@type": "NewsArticle", "headline": "Ferry sails again", "articleBody": body, **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def copy(html: str, role: PageRole = PageRole.PAGE, url: str = URL) -> PageCopy:
    return PageCopy(role=role, url=url, content_type="text/html; charset=utf-8", body=html.encode())


def read(
    *pages: PageCopy | str,
    feed: FeedText | None = None,
    rules: PageRules | None = None,
) -> Extraction:
    copies = tuple(copy(page) if isinstance(page, str) else page for page in pages)
    return extract(ExtractRequest(pages=copies, feed=feed or FeedText(), rules=rules))


def said(text: str, title: str = "Ferry sails again") -> FeedText:
    return FeedText(title=title, text=text, html=f"<p>{text}</p>")


# --- the page -------------------------------------------------------------------------------------


def test_the_markup_of_an_ordinary_page() -> None:
    found = read(markup(*STORY))
    assert found.article.text == TEXT
    assert (found.kind, found.origin) == (PageKind.ARTICLE, TextOrigin.PAGE)
    assert found.confidence == 1.0
    assert found.wanted == ()


def test_a_text_that_its_page_does_not_confirm_has_little_confidence() -> None:
    """The half of it stands where readers leave out what stands there."""
    more = "".join(f"<p>{escape(text)} Said {n} times.</p>" for n in (2, 3) for text in OTHER)
    html = markup(*STORY, around="{}<aside class='sidebar'>" + more + "</aside>")
    found = read(html)
    assert found.article.text == TEXT
    assert found.confidence is not None
    assert found.confidence < 0.7


def test_json_ld_that_says_the_same_confirms_the_markup_which_has_the_links() -> None:
    html = markup(*STORY, head=linked(" ".join(STORY))).replace(
        "harbour master", "<a href='/h'>harbour master</a>"
    )
    found = read(html)
    assert found.origin is TextOrigin.PAGE
    assert 'href="https://cape.example/h"' in found.article.html
    assert "JSON-LD says the same" in found.why


def test_json_ld_that_says_something_else_at_length_is_believed() -> None:
    found = read(markup(*OTHER, head=linked("\n\n".join(STORY))))
    assert found.origin is TextOrigin.LINKED_DATA
    assert found.article.text == TEXT
    assert found.why.endswith(".")


def test_json_ld_that_is_cut_is_not() -> None:
    found = read(markup(*STORY, head=linked(STORY[0])))
    assert found.origin is TextOrigin.PAGE
    assert found.article.text == TEXT


def test_json_ld_stands_in_for_a_page_without_text() -> None:
    found = read(markup("Loading…", head=linked("\n\n".join(STORY))))
    assert found.origin is TextOrigin.LINKED_DATA
    assert found.article.text == TEXT


# --- the feed as a check --------------------------------------------------------------------------


def test_of_two_parts_of_a_page_the_one_that_the_feed_announced() -> None:
    """The strict reading takes what is marked as the article, which is the wrong one."""
    html = (
        "<html><head><title>Ferry sails again</title></head><body>"
        f"<div class='story-body'><article>{''.join(f'<p>{t}</p>' for t in OTHER)}</article></div>"
        f"<div class='live'>{''.join(f'<p>{t}</p>' for t in STORY)}</div></body></html>"
    )
    summary = "Divers freed the propeller of the ferry to the outer islands; it sails from Friday."
    assert STORY[1] in read(html, feed=said(summary)).article.text


def test_the_feed_text_stands_in_where_the_page_yields_less_than_half_of_it() -> None:
    found = read(markup(STORY[0]), feed=said(TEXT))
    assert found.origin is TextOrigin.SUMMARY
    assert found.article.text == TEXT
    assert "the feed itself has" in found.why


# --- other pages ----------------------------------------------------------------------------------

SHORT = markup(STORY[0], head="<link rel='amphtml' href='/2024/01/ferry/amp'>")


def test_another_form_is_wanted_of_a_page_that_yields_too_little_and_only_then() -> None:
    found = read(SHORT)
    assert [(one.role, one.url) for one in found.wanted] == [
        (PageRole.AMP, "https://cape.example/2024/01/ferry/amp")
    ]
    long = markup(*STORY, head="<link rel='amphtml' href='/2024/01/ferry/amp'>")
    assert read(long).wanted == ()


def test_the_other_form_is_taken_when_it_has_more() -> None:
    amp = copy(markup(*STORY), PageRole.AMP, "https://cape.example/2024/01/ferry/amp")
    found = read(SHORT, amp)
    assert (found.origin, found.article.text, found.wanted) == (TextOrigin.AMP, TEXT, ())
    same = copy(SHORT, PageRole.AMP, "https://cape.example/2024/01/ferry/amp")
    assert read(SHORT, same).origin is TextOrigin.PAGE


def test_a_form_that_cannot_be_read_costs_itself_only() -> None:
    amp = copy("%PDF-1.4", PageRole.AMP, "https://cape.example/2024/01/ferry/amp")
    assert read(SHORT, amp).article.text == STORY[0]


def pages_of_three() -> list[PageCopy]:
    bar = (
        "<div class='pagination'>"
        + "".join(f"<a href='/2024/01/ferry?page={n}'>{n}</a>" for n in (1, 2, 3))
        + "</div>"
    )
    parts = (STORY[:2], STORY[2:4], STORY[4:])
    return [
        copy(
            markup(*part, around="{}" + bar),
            PageRole.NEXT if number else PageRole.PAGE,
            f"{URL}?page={number + 1}" if number else URL,
        )
        for number, part in enumerate(parts)
    ]


def test_the_pages_of_a_split_article_are_asked_for_one_by_one_and_joined() -> None:
    pages = pages_of_three()
    for have in (1, 2):
        found = read(*pages[:have])
        assert [one.url for one in found.wanted] == [f"{URL}?page={have + 1}"]
    found = read(*pages)
    assert found.wanted == ()
    assert found.article.text == TEXT
    assert "joined from 3 pages" in found.why


# --- the source's rules ---------------------------------------------------------------------------


def test_rules_go_first() -> None:
    html = markup(*OTHER).replace(
        "</body>",
        f"<div id='real'>{''.join(f'<p>{t}</p>' for t in STORY)}"
        "<p class='ad'>Buy a boat.</p><b class='who'>Ines Okafor</b></div></body>",
    )
    rules = PageRules(body=("#real",), author=(".who",), remove=(".ad", ".who"), title=("h1",))
    found = read(html, rules=PageRules(body=("#real",), author=(".who",), remove=(".ad",)))
    assert found.origin is TextOrigin.RULES
    assert found.article.text.startswith(TEXT)
    assert "Buy a boat" not in found.article.text
    assert found.article.authors == ("Ines Okafor",)
    assert rules.reads


def test_a_rule_that_finds_nothing_is_told_and_the_ladder_goes_on() -> None:
    found = read(markup(*STORY), rules=PageRules(body=("#gone",), title=("h1",)))
    assert (found.origin, found.article.text) == (TextOrigin.PAGE, TEXT)
    assert "rules for body find nothing" in found.why


# --- what is no article ---------------------------------------------------------------------------


def test_a_page_that_asks_for_consent_is_marked_and_the_feed_text_stays() -> None:
    ask = (
        "We and our 842 partners store and access information on your device, such as cookies, and "
        "process personal data. With your permission we may use precise location data. You may "
        "click to consent to our processing, or refuse to consent."
    )
    html = (
        "<html><head><title>Before you continue</title></head><body><div id='onetrust-consent-sdk'>"
        f"<h1>We value your privacy</h1><p>{ask}</p><p>{ask}</p><button>Accept all</button></div>"
        "</body></html>"
    )
    found = read(html, feed=said(STORY[0]))
    assert found.kind is PageKind.CONSENT
    assert found.article.text == STORY[0]
    assert found.origin.is_feed
    assert found.article.title == ""
    assert found.kind_why.endswith(".")


def test_a_stub_before_a_paywall_is_kept_and_marked_or_the_longer_text_of_the_feed() -> None:
    html = markup(
        STORY[0],
        "Subscribe to continue reading this article.",
        head=linked("", isAccessibleForFree=False),
    )
    found = read(html)
    assert (found.kind, found.origin) == (PageKind.PAYWALL, TextOrigin.PAGE)
    assert STORY[0] in found.article.text
    found = read(html, feed=said(TEXT))
    assert (found.kind, found.origin) == (PageKind.PAYWALL, TextOrigin.SUMMARY)
    assert found.article.text == TEXT


def test_a_page_with_nothing_on_it_is_an_error() -> None:
    with pytest.raises(ExtractError, match="nothing that reads"):
        read("<html><head><title>Ferry</title></head><body><p>Hello.</p></body></html>")


# --- facts ----------------------------------------------------------------------------------------


def test_dateline_and_credit() -> None:
    first = f"GULLSUND (Reuters) - {STORY[0]}"
    found = read(markup(first, *STORY[1:]))
    assert found.article.dateline == "GULLSUND (Reuters)"
    assert found.article.credits == ("Reuters",)


def test_common_share() -> None:
    assert common_share(TEXT, TEXT) == 1.0
    assert common_share(TEXT, "") == 0.0
    assert common_share("one two two", "two two two three") == pytest.approx(4 / 7)
