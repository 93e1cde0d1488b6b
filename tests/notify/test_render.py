from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from digestmaker import SINCE, UNTIL, article, credit, digest, story, with_article
from hypothesis import given
from hypothesis import strategies as st

from aggregator.notify.plain import columns, wrap
from aggregator.notify.render import render
from aggregator.notify.view import safe_link, view_digest
from aggregator.types import Digest, PageKind, Relation, Story

ALLOWED = {
    "html": {"lang", "dir"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": {"class", "style"},
    "table": {"class", "role", "width", "cellpadding", "cellspacing", "border", "style"},
    "tr": set(),
    "td": {"class", "align", "style"},
    "h1": {"class", "dir", "style"},
    "h2": {"class", "dir", "lang", "align", "style"},
    "h3": {"class", "dir", "style"},
    "div": {"class", "dir", "lang", "align", "style"},
    "span": {"class", "dir", "style"},
    "a": {"class", "dir", "href", "style"},
    "b": set(),
    "br": set(),
}
VOID = {"meta", "br"}
LINK = "https://example.org/1"
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x.png onerror=alert(1)>',
    "</style><style>*{display:none}",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; & &amp;",
    "one\r\nBcc: ann@example.org",
    "a\u2028b\u202ec\u2066d\x1b]8;;https://evil.example\x07e",
    "lone \ud800 surrogate",
    "\x00\x0b\x0c",
    "",
]


class Reader(HTMLParser):
    """Reads a document strictly: every tag known, closed in order, every attribute allowed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        assert set(names) <= ALLOWED[tag], tag
        self.tags.append((tag, dict(attrs)))
        self.links.extend(value or "" for name, value in attrs if name == "href")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def read(made: Digest) -> Reader:
    return Reader(render(made).html)


# --- amounts


@pytest.mark.parametrize("number", [0, 1, 12, 60])
def test_any_number_of_stories(number: int) -> None:
    rendered = render(digest(number, items=number, troubles=min(number, 3), left_out=number))
    reader = Reader(rendered.html)
    assert len([tag for tag, _ in reader.tags if tag == "h2"]) == (number + 2 if number else 0)
    for text in (rendered.text, reader.text):
        assert text.count("votes to keep the night train") == len(range(1, number, 5))
        assert ("left out" in text) is (number > 0)
        assert ("Nothing new in this period." in text) is (number == 0)
    assert all(columns(line) <= 78 for line in rendered.text.splitlines() if "://" not in line)


def test_the_usual_digest_stays_under_the_size_at_which_mail_is_clipped() -> None:
    html = render(digest(20, items=40, troubles=3)).html
    assert len(html.encode()) < 90_000


def test_the_same_digest_gives_the_same_bytes() -> None:
    assert render(digest(5, items=5)) == render(digest(5, items=5))


# --- subject


@pytest.mark.parametrize(
    ("made", "subject"),
    [
        (digest(1), "Aldermoor reopens its harbour bridge after the flood · 1 story"),
        (
            digest(2, items=1),
            "Aldermoor reopens its harbour bridge after the flood · 2 stories, 1 single item",
        ),
        (digest(0, items=2), "Aldermoor in brief · 2 single items"),
        (digest(0), "Morning news: nothing new on Monday, 30 March 2026"),
    ],
)
def test_the_subject_says_what_is_in_it(made: Digest, subject: str) -> None:
    assert render(made).subject == subject


def test_a_long_headline_leaves_room_for_the_counts() -> None:
    subject = render(with_article(article(1, "A", "word " * 60))).subject
    assert subject.endswith("word… · 1 story")
    assert len(subject) <= 110


# --- what a story shows


def test_text_shows_a_story_as_a_timeline() -> None:
    text = render(digest(1)).text
    assert text == (
        "Morning news\n"
        "============\n"
        "Monday, 30 March 2026\n"
        "1 story\n"
        "\n\n"
        "1. Aldermoor reopens its harbour bridge after the flood\n"
        "\n"
        "   Aldermoor made it official on Sunday. The mayor spoke of a good day for\n"
        "   everyone who had waited since the autumn, and thanked the crews who worked\n"
        "   through the winter.\n"
        "\n"
        "   06:00  The Harbour Post, first\n"
        "          https://theharbourpost.example.org/0\n"
        "   06:34  Northern Ledger, own report\n"
        "          https://northernledger.example.org/1\n"
        "   06:52  Diario del Puerto, in Spanish\n"
        "          https://diariodelpuerto.example.org/2\n"
        "   06:58  Wire & Mirror, copy of The Harbour Post\n"
        "          https://wiremirror.example.org/3\n"
        "\n"
        "--------\n"
        "Covers Sun 29 Mar 07:00 to Mon 30 Mar 07:00, Europe/Berlin.\n"
    )


def test_html_says_who_was_first_and_who_copied_and_links_each() -> None:
    reader = read(digest(1))
    text = " ".join(reader.text.split())
    assert (
        "First: The Harbour Post, 06:00"
        "Also reported by: Northern Ledger, Diario del Puerto (in Spanish)"
        "Copied by: Wire & Mirror" in text
    )
    assert [link.rpartition("/")[2] for link in reader.links] == ["0", "0", "1", "2", "3"]


def test_an_outlet_is_listed_once_by_its_best_article() -> None:
    whole = story(0)
    own = replace(whole.articles[1], relation=Relation.REPORT)
    copied = article(
        9, own.article.source, "Before", at=own.article.at, relation=Relation.COPY, of=0
    )
    twice = replace(whole, articles=(whole.articles[0], copied, own, *whole.articles[2:]))
    view = view_digest(replace(digest(0), stories=(twice,)))
    assert [outlet.role for outlet in view.stories[0].reports] == ["further report", "in Spanish"]
    assert [outlet.name for outlet in view.stories[0].copies] == ["Wire & Mirror"]


def test_a_copy_of_another_than_the_first_says_of_whom() -> None:
    whole = story(0)
    other = replace(whole.articles[3], of=1)
    made = replace(digest(0), stories=(replace(whole, articles=(*whole.articles[:3], other)),))
    assert "Wire & Mirror (copy of Northern Ledger)" in read(made).text


def test_a_rewrite_says_so_and_of_whom_unless_it_is_the_first() -> None:
    whole = story(0)
    one = replace(whole.articles[1], relation=Relation.REWRITE)
    two = replace(whole.articles[3], relation=Relation.REWRITE, of=1)
    articles = (whole.articles[0], one, two)
    reader = read(replace(digest(0), stories=(replace(whole, articles=articles),)))
    said = "Rewritten by: Northern Ledger, Wire & Mirror (rewrite of Northern Ledger)"
    assert said in reader.text


def test_it_is_said_that_another_may_have_been_first() -> None:
    whole = story(0)
    rival = replace(whole.articles[1], article=replace(whole.articles[1].article, url=None))
    rival = replace(rival, article=replace(rival.article, published_at=None))
    others = (whole.articles[0], rival, *whole.articles[2:])
    made = replace(digest(0), stories=(replace(whole, articles=others),))
    rendered = render(made)
    assert "06:00     The Harbour Post, first, as far as can be told" in rendered.text
    assert "by 06:34  Northern Ledger, own report" in rendered.text
    text = " ".join(Reader(rendered.html).text.split())
    assert "First, as far as can be told: The Harbour Post, 06:00" in text


def test_the_origin_is_named_where_it_is_not_the_first_outlet() -> None:
    whole = story(0)
    first, *others = whole.articles
    agency = replace(digest(0), stories=(replace(whole, articles=(credit(first, "AFP"), *others)),))
    rendered = render(agency)
    assert "   Origin: AFP.\n" in rendered.text
    assert "The Harbour Post, first, credits AFP\n" in rendered.text
    assert "First: The Harbour Post, 06:00Origin: AFPAlso" in Reader(rendered.html).text
    copied = credit(others[-1], "Harbour Post")
    known = replace(agency, stories=(replace(whole, articles=(first, *others[:-1], copied)),))
    assert "Origin" not in render(known).text


def test_a_second_report_of_one_agency_is_listed_with_the_rewrites() -> None:
    whole = story(0)
    first, report, *others = whole.articles
    articles = (credit(first, "AFP"), credit(report, "AFP"), *others)
    view = view_digest(replace(digest(0), stories=(replace(whole, articles=articles),)))
    (shown,) = view.stories
    assert [outlet.name for outlet in shown.reports] == ["Diario del Puerto"]
    assert [(outlet.name, outlet.detail) for outlet in shown.rewrites] == [
        ("Northern Ledger", "credits AFP")
    ]


def test_many_outlets_are_cut_and_counted() -> None:
    first = article(0, "Origin", "Bridge opens")
    copies = [
        article(n, f"Copy {n}", "Bridge opens", relation=Relation.COPY, of=0) for n in range(1, 21)
    ]
    made = replace(digest(0), stories=(Story(story_id=0, articles=(first, *copies)),))
    for text in (render(made).text, read(made).text):
        assert "Copy 12" in text
        assert "Copy 13" not in text
        assert "and 8 more outlets" in text


def test_a_story_that_goes_on_says_what_is_new() -> None:
    whole = story(0)
    old = article(0, "The Harbour Post", "Bridge", at=SINCE - timedelta(hours=20))
    made = replace(digest(0), stories=(replace(whole, articles=(old, *whole.articles[1:])),))
    note = (
        "Continued; new since the last digest: Northern Ledger, Diario del Puerto and Wire & "
        "Mirror."
    )
    rendered = render(made)
    assert note in " ".join(rendered.text.split())
    assert note in Reader(rendered.html).text
    assert "Sat 10:00  The Harbour Post" in rendered.text
    assert "Continued" not in render(digest(1)).text


def test_what_is_no_plain_article_is_marked_on_its_line() -> None:
    kind, relation = PageKind.PAYWALL, Relation.REPORT
    walled = article(7, "Fjord News", "The night train stays", kind=kind, relation=relation)
    consent = article(8, "Esker Herald", "The quarry opens", kind=PageKind.CONSENT)
    told = replace(story(1), articles=(*story(1).articles, walled))
    made = replace(digest(0), stories=(told,), singles=(walled, consent))
    text, html = render(made).text, render(made).html
    assert "The night train stays [paywall]\n" in text
    assert "Fjord News, own report, paywall" in text
    assert "The quarry opens\n" in text
    assert text.count("paywall") == 2
    assert " · paywall</span>" in html
    assert "(paywall)" in html


def test_troubles_name_the_source_and_what_to_do() -> None:
    rendered = render(digest(0, troubles=1))
    sentence = "Broken Bugle 0: The server answers 404 Not Found; look for the feed's new address."
    assert sentence in " ".join(rendered.text.split())
    assert sentence in Reader(rendered.html).text


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (1, "06:00"),
        (8, "Sun 23:00"),
        (24 * 6, "Tue 06:00"),
        (24 * 8, "22 Mar"),
        (24 * 300, "3 Jun 2025"),
    ],
)
def test_times_are_local_and_as_short_as_they_can_be(hours: int, shown: str) -> None:
    item = article(1, "A", "Title", at=UNTIL - timedelta(hours=hours))
    assert f"  {shown}  Title" in render(replace(digest(0), singles=(item,))).text


@pytest.mark.parametrize(
    ("published", "unseen", "shown"),
    [
        (None, None, "by 06:00"),
        (None, SINCE, "by 06:00"),
        (None, UNTIL - timedelta(minutes=75), "about 06:00"),
        (UNTIL - timedelta(hours=5), None, "today"),  # midnight in UTC
        (UNTIL - timedelta(hours=29), None, "Sun"),
        (UNTIL - timedelta(days=20, hours=5), None, "10 Mar"),
        (SINCE, UNTIL - timedelta(hours=2), "by 06:00"),
    ],
)
def test_a_time_is_no_more_exact_than_it_is_known(
    published: datetime | None, unseen: datetime | None, shown: str
) -> None:
    item = article(1, "A", "Title", at=UNTIL - timedelta(hours=1))
    known = replace(item.article, published_at=published)
    item = replace(item, article=known, unseen_at=unseen)
    assert f"  {shown}  Title" in render(replace(digest(0), singles=(item,))).text


# --- safety


def everywhere(words: str) -> Digest:
    """A digest with these words in every place that a publisher or a user can fill."""
    item = article(
        1, f"Outlet {words}", words, url=LINK, excerpt=f"It said {words} here. And more."
    )
    item = credit(item, f"Agency {words}")
    broken = digest(0, troubles=1).troubles[0]
    trouble = replace(
        broken,
        source=replace(broken.source, name=f"Source {words}"),
        state=replace(broken.state, last_error=f"The server said {words}."),
    )
    return replace(with_article(item), title=f"News {words}", singles=(item,), troubles=(trouble,))


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_of_a_publisher_becomes_markup_or_a_line(nasty: str) -> None:
    rendered, plain = render(everywhere(nasty)), render(everywhere("harmless"))
    found, expected = Reader(rendered.html), Reader(plain.html)
    assert [tag for tag, _ in found.tags] == [tag for tag, _ in expected.tags]
    assert found.links == expected.links
    assert rendered.subject.isprintable()
    assert "\nBcc:" not in rendered.text
    for part in (rendered.text, rendered.html):
        part.encode("utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", part)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<b>",
        "ftp://example.org/",
        "//example.org/",
        "/relative",
        "http:///nohost",
        "https://bank.example@evil.example/",
        "https://example.org/a b",
        "https://example.org/\r\nBcc: x",
        "https://example.org/\u202egnp.exe",
        "https://example.org\\@evil.example/",
        'https://example.org/"onclick=',
        "https://[bad/",
        "https://example.org/" + "a" * 2000,
        "",
        None,
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None) -> None:
    assert safe_link(url) is None
    reader = read(with_article(article(1, "A", "Title", url=url)))
    assert reader.links == []
    assert "Title" in reader.text


def test_addresses_are_linked_as_they_are() -> None:
    for url in ("https://example.org/ü?a=1&b=2#c", "HTTP://example.org:8080/x", "http://[::1]/"):
        assert safe_link(url) == url
        rendered = render(with_article(article(1, "A", "Title", url=url)))
        assert set(Reader(rendered.html).links) == {url}
        assert f"\n          {url}\n" in rendered.text


def test_nothing_is_loaded_from_anywhere() -> None:
    html = render(digest(12, items=12, troubles=2)).html
    assert not re.search(r"url\(|@import|src=|<link|<img|<script|background=", html)
    assert "prefers-color-scheme: dark" in html


# --- scripts


def test_right_to_left_languages_read_from_the_right() -> None:
    item = article(1, "صحيفة", "فتح الجسر", language="ar", excerpt="فتح الجسر اليوم. وفرح الناس.")
    reader = read(with_article(item))
    blocks = [attrs for tag, attrs in reader.tags if attrs.get("lang") == "ar"]
    assert [(b["dir"], b["align"]) for b in blocks] == [("rtl", "right")] * 2
    names = [attrs for tag, attrs in reader.tags if tag == "a" and attrs["class"] == "l"]
    assert {attrs["dir"] for attrs in names} == {"auto"}


@pytest.mark.parametrize(
    ("language", "lang", "direction"),
    [("en-GB", "en", "ltr"), ("HE", "he", "rtl"), ("fa_IR", "fa", "rtl"), (None, None, "auto")],
)
def test_language_and_direction_of_a_headline(
    language: str | None, lang: str | None, direction: str
) -> None:
    reader = read(with_article(article(1, "A", "Title", language=language)))
    headline = next(attrs for tag, attrs in reader.tags if tag == "h2")
    assert (headline.get("lang"), headline["dir"]) == (lang, direction)


def test_a_language_that_is_none_is_not_written() -> None:
    reader = read(with_article(article(1, "A", "Title", language='x" onclick="y')))
    assert all("lang" not in attrs for tag, attrs in reader.tags if tag == "h2")


def test_wide_characters_take_two_columns() -> None:
    assert columns("橋") == 2
    assert columns("e\u0301") == 1
    assert wrap("橋" * 10, width=10) == "橋橋橋橋橋\n橋橋橋橋橋"


@given(
    st.text(alphabet=st.sampled_from("ab é橋\u0301"), max_size=120),
    st.integers(12, 40),
)
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    wrapped = wrap(text, first="1. ", indent="   ", width=width)
    assert all(columns(line) <= width for line in wrapped.split("\n"))
    assert "".join(wrapped[3:].split()) == "".join(text.split())


def test_an_address_is_never_cut() -> None:
    url = "https://example.org/" + "a" * 90
    assert wrap(f"see {url} there").split("\n") == ["see", url, "there"]
