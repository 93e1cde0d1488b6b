"""What a digest says of its stories, in text and page alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from digestmaker import (
    UNTIL,
    article,
    credit,
    digest,
    of_stories,
    section,
    story,
    told,
)
from mailpage import MailPage

from aggregator.notify.render import render
from aggregator.notify.view import view_digest
from aggregator.types import Digest, DigestSection, PageKind, Relation, Story


def read(made: Digest) -> MailPage:
    return MailPage(render(made).html)


def with_told(whole: Story, *ids: int, language: str = "en") -> Digest:
    """A digest of one story of which these articles have been told."""
    part = DigestSection(title=None, stories=(told(whole, *ids),))
    return replace(digest(0, language=language), sections=(part,))


def test_text_is_readable_by_itself() -> None:
    made = replace(
        digest(1, items=2, troubles=1),
        singles_left_out={"Gazette 1": 12},
    )
    assert render(made).text == (
        "Morning news\n"
        "============\n"
        "Monday, 30 March 2026\n"
        "1 story · 2 single items\n"
        "\n"
        "1. Aldermoor reopens its harbour bridge after the flood\n"
        "\n"
        "   Aldermoor made it official on Sunday. The mayor spoke of a good day for\n"
        "   everyone who had waited since the autumn, and thanked the crews who worked\n"
        "   through the winter.\n"
        "\n"
        "   First: The Harbour Post · 06:00\n"
        "     https://theharbourpost.example.org/0\n"
        "   Also reported by:\n"
        "     06:34  Northern Ledger\n"
        "            https://northernledger.example.org/1\n"
        "     06:52  Diario del Puerto (in Spanish)\n"
        "            https://diariodelpuerto.example.org/2\n"
        "   Copied by:\n"
        "     06:58  Wire & Mirror\n"
        "            https://wiremirror.example.org/3\n"
        "\n"
        "\n"
        "By source\n"
        "---------\n"
        "\n"
        "Gazette 1\n"
        "  04:00  Aldermoor in brief\n"
        "         https://gazette1.example.org/10000\n"
        "  04:00  Breitbrück in brief\n"
        "         https://gazette1.example.org/10001\n"
        "  and 12 more\n"
        "  https://gazette1.example.org/\n"
        "\n"
        "\n"
        "Sources that need a look\n"
        "------------------------\n"
        "\n"
        "Broken Bugle 0: The server answers 404 Not Found; look for the feed's new\n"
        "  address.\n"
        "  https://bugle.example.com/feed.xml\n"
        "\n"
        "--------\n"
        "12 stories and items were left out to keep this readable.\n"
        "It covers what was first seen from Sun 29 Mar 07:00 to Mon 30 Mar 07:00,\n"
        "Europe/Berlin.\n"
    )


def test_the_page_says_who_was_first_and_who_copied_and_links_each() -> None:
    page = read(digest(1))
    assert (
        "First: The Harbour Post · 06:00"
        "Also reported by: Northern Ledger, Diario del Puerto (in Spanish)"
        "Copied by: Wire & Mirror" in page.words
    )
    assert [link.rpartition("/")[2] for link in page.links] == ["0", "0", "1", "2", "3"]


def test_sections_have_headings_and_what_none_takes_stands_below() -> None:
    sections = (
        section(story(0), title="World", brief=(story(1),)),
        section(title="Sport", left_out=3),
        section(story(2)),
    )
    made = replace(digest(0), sections=sections)
    rendered = render(made)
    for text in (rendered.text, MailPage(rendered.html).text):
        places = [
            text.index(said)
            for said in ("World", "Aldermoor", "In brief", "Breitbrück", "More stories", "Castel")
        ]
        assert places == sorted(places)
        assert "Sport" not in text
        assert "3 stories and items were left out" in text
    assert "2. Castelverde" in rendered.text
    assert (
        "- Breitbrück votes to keep the night train\n  The Harbour Post · 04:53 · 4 outlets\n"
        in (rendered.text)
    )


def test_the_watches_that_caught_a_story_are_named() -> None:
    caught = replace(told(story(0)), watches=("Harbours", "Night trains"))
    made = replace(digest(0), sections=(DigestSection(title=None, stories=(caught,)),))
    for text in (render(made).text, read(made).text):
        assert "Watch: Harbours, Night trains" in text


def test_an_outlet_is_listed_once_by_its_best_article() -> None:
    whole = story(0)
    own = replace(whole.articles[1], relation=Relation.REPORT)
    copied = article(
        9, own.article.source, "Before", at=own.article.at, relation=Relation.COPY, of=0
    )
    twice = replace(whole, articles=(whole.articles[0], copied, own, *whole.articles[2:]))
    (shown,) = view_digest(of_stories(twice)).stories
    assert [[outlet.name for outlet in one.outlets] for one in shown.lists] == [
        ["Northern Ledger", "Diario del Puerto"],
        ["Wire & Mirror"],
    ]


def test_a_copy_of_another_than_the_first_says_of_whom() -> None:
    whole = story(0)
    other = replace(whole.articles[3], of=1)
    made = of_stories(replace(whole, articles=(*whole.articles[:3], other)))
    assert "Wire & Mirror (copy of Northern Ledger)" in read(made).text


def test_a_rewrite_says_so_and_of_whom_unless_it_is_the_first() -> None:
    whole = story(0)
    one = replace(whole.articles[1], relation=Relation.REWRITE)
    two = replace(whole.articles[3], relation=Relation.REWRITE, of=1)
    page = read(of_stories(replace(whole, articles=(whole.articles[0], one, two))))
    said = "Rewritten by: Northern Ledger, Wire & Mirror (rewrite of Northern Ledger)"
    assert said in page.text


def test_a_copy_that_is_named_as_the_origin_says_by_whom() -> None:
    whole = story(0)
    naming = credit(whole.first, "Wire & Mirror")
    made = of_stories(replace(whole, articles=(naming, *whole.articles[1:])))
    assert "Wire & Mirror (credited by The Harbour Post)" in read(made).text


def test_it_is_said_that_another_may_have_been_first() -> None:
    whole = story(0)
    rival = replace(
        whole.articles[1], article=replace(whole.articles[1].article, published_at=None)
    )
    rendered = render(
        of_stories(replace(whole, articles=(whole.first, rival, *whole.articles[2:])))
    )
    assert "by 06:34  Northern Ledger" in rendered.text
    for text in (rendered.text, MailPage(rendered.html).words):
        assert "First, as far as can be told: The Harbour Post · 06:00" in text


def test_the_origin_is_named_where_it_is_not_the_first_outlet() -> None:
    whole = story(0)
    first, *others = whole.articles
    rendered = render(of_stories(replace(whole, articles=(credit(first, "AFP"), *others))))
    for text in (rendered.text, MailPage(rendered.html).words):
        assert "First: The Harbour Post (credits AFP) · 06:00" in text
        assert "Origin: AFP" in text
    copied = credit(others[-1], "Harbour Post")
    assert "Origin" not in render(of_stories(replace(whole, articles=(first, copied)))).text


def test_a_second_report_of_one_agency_is_listed_with_the_rewrites() -> None:
    whole = story(0)
    first, report, *others = whole.articles
    articles = (credit(first, "AFP"), credit(report, "AFP"), *others)
    (shown,) = view_digest(of_stories(replace(whole, articles=articles))).stories
    assert [(one.label, one.outlets[0].name) for one in shown.lists] == [
        ("Also reported by:", "Diario del Puerto"),
        ("Rewritten by:", "Northern Ledger"),
        ("Copied by:", "Wire & Mirror"),
    ]
    assert shown.lists[1].outlets[0].detail == "credits AFP"


def test_many_outlets_are_cut_and_counted() -> None:
    first = article(0, "Origin", "Bridge opens")
    copies = [
        article(n, f"Copy {n}", "Bridge opens", relation=Relation.COPY, of=0) for n in range(1, 21)
    ]
    made = of_stories(Story(story_id=0, articles=(first, *copies)))
    for text in (render(made).text, read(made).text):
        assert "Copy 12" in text
        assert "Copy 13" not in text
        assert "and 8 more outlets" in text


def test_a_story_that_was_told_before_says_what_is_new() -> None:
    rendered = render(with_told(story(0), 0))
    note = (
        "Told before. New since then: reports by Northern Ledger; in other languages by "
        "Diario del Puerto; copied by Wire & Mirror."
    )
    assert note in " ".join(rendered.text.split())
    assert note in MailPage(rendered.html).text
    assert "Told before" not in render(digest(1)).text


def test_what_is_new_is_said_in_the_language_of_the_digest() -> None:
    german = render(with_told(story(0), 0, 1, language="de")).text
    assert (
        "Schon gemeldet. Neu seither: in anderen Sprachen von Diario del Puerto; übernommen von "
        "Wire & Mirror." in " ".join(german.split())
    )
    chinese = render(with_told(story(0), 0, 2, language="zh")).text
    assert "此前已报道。新增：Northern Ledger的报道；Wire & Mirror转载。" in chinese


def test_in_brief_it_is_said_too_that_a_story_was_told_before() -> None:
    part = DigestSection(title=None, stories=(), brief=(told(story(0), 0),))
    made = replace(digest(0), sections=(part,))
    for text in (render(made).text, read(made).text):
        assert "Told before." in text


def test_a_new_text_of_an_outlet_that_was_told_is_an_update() -> None:
    whole = story(0)
    later = article(
        7,
        "Northern Ledger",
        "More on the bridge",
        at=UNTIL - timedelta(minutes=2),
        relation=Relation.REPORT,
        of=0,
    )
    made = with_told(replace(whole, articles=(*whole.articles, later)), 0, 1, 2, 3)
    assert "New since then: updated by Northern Ledger." in read(made).text


def test_what_is_no_plain_article_is_marked() -> None:
    kind, relation = PageKind.PAYWALL, Relation.REPORT
    walled = article(7, "Fjord News", "The night train stays", kind=kind, relation=relation)
    consent = article(8, "Esker Herald", "The quarry opens", kind=PageKind.CONSENT)
    whole = replace(story(1), articles=(*story(1).articles, walled))
    made = replace(of_stories(whole), singles=(walled, consent))
    text, page = render(made).text, read(made).words
    assert "The night train stays [paywall]\n" in text
    assert "The quarry opens\n" in text
    for said in (text, page):
        assert "Fjord News (paywall)" in said
        assert said.count("paywall") == 2


def test_readers_of_the_page_get_links_to_the_edition_and_to_what_was_left_out() -> None:
    shown = render(replace(digest(3, left_out=4), home="https://news.example.org"))
    day, name = "2026-03-30", digest(3).edition.digest
    assert f'href="https://news.example.org/digests/{name}/{day}/1"' in shown.html
    assert f'href="https://news.example.org/?day={day}"' in shown.html
    assert f"https://news.example.org/digests/{name}/{day}/1" in shown.text
    assert f"https://news.example.org/?day={day}" in shown.text
    assert "To see this digest again:" in shown.text


def test_nobody_is_sent_where_there_is_nothing() -> None:
    """A command of ours is none of a reader's, and a preview is kept nowhere."""
    mailed = render(digest(1, slot=2))
    preview = render(replace(digest(1), home="https://news.example.org", is_preview=True))
    for shown in (mailed, preview):
        for text in (shown.text, shown.html):
            assert "aggregator digest" not in text
            assert "see this digest again" not in text
            assert "/digests/" not in text
