"""What an entry refers to, and what a feed takes back."""

from __future__ import annotations

import json

import pytest

from aggregator.core.feed_links import MAX_LINKS
from aggregator.core.parse import parse_feed
from aggregator.core.watched_page import parse_page
from aggregator.types import Link, LinkKind, PageSelectors, ParsedEntry, ParsedFeed

URL = "https://feeds.example.com/dir/feed.xml"
SITE = "https://feeds.example.com"
NAMESPACES = (
    'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:at="http://purl.org/atompub/tombstones/1.0"'
)


def links(
    item: str, *, prism: str = "http://prismstandard.org/namespaces/basic/3.0/"
) -> list[Link]:
    document = (
        f'<rss version="2.0" {NAMESPACES} xmlns:prism="{prism}"><channel><title>T</title>'
        f"<item><title>E</title>{item}</item></channel></rss>"
    )
    (only,) = parse_feed(document.encode(), url=URL).entries
    return [*only.links]


def atom(inner: str) -> ParsedFeed:
    document = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>T</title>{inner}</feed>'
    )
    return parse_feed(document.encode(), url=URL)


def atom_links(inner: str) -> list[Link]:
    (only,) = atom(f"<entry><title>E</title>{inner}</entry>").entries
    return [*only.links]


class TestOfRss:
    @pytest.mark.parametrize(
        ("item", "link"),
        [
            ("<comments>/a#c</comments>", Link(kind=LinkKind.COMMENTS, url=f"{SITE}/a#c")),
            (
                "<wfw:commentRss>/a.rss</wfw:commentRss>",
                Link(kind=LinkKind.COMMENTS_FEED, url=f"{SITE}/a.rss"),
            ),
            (
                "<source url='https://example.org/feed'> The\nSource &amp;amp; Co </source>",
                Link(kind=LinkKind.VIA, url="https://example.org/feed", title="The Source & Co"),
            ),
            (
                "<thr:in-reply-to ref='g1' href='https://example.org/1' type='text/html'/>",
                Link(kind=LinkKind.REPLY_TO, url="https://example.org/1", ref="g1"),
            ),
            ("<thr:in-reply-to ref='g1'/>", Link(kind=LinkKind.REPLY_TO, ref="g1")),
            (
                "<dcterms:replaces>g1</dcterms:replaces>",
                Link(kind=LinkKind.CORRECTS, ref="g1"),
            ),
            (
                "<dcterms:isReplacedBy rdf:resource='https://example.org/2'/>",
                Link(
                    kind=LinkKind.CORRECTED_BY,
                    url="https://example.org/2",
                    ref="https://example.org/2",
                ),
            ),
            (
                "<prism:isCorrectionOf><![CDATA[doi:10.5555/1]]></prism:isCorrectionOf>",
                Link(kind=LinkKind.CORRECTS, ref="doi:10.5555/1"),
            ),
            (
                "<prism:hasCorrection>doi:10.5555/2</prism:hasCorrection>",
                Link(kind=LinkKind.CORRECTED_BY, ref="doi:10.5555/2"),
            ),
            (
                "<prism:isTranslationOf>doi:10.5555/3</prism:isTranslationOf>",
                Link(kind=LinkKind.ALTERNATE, ref="doi:10.5555/3"),
            ),
        ],
    )
    def test_are_read(self, item: str, link: Link) -> None:
        assert links(item) == [link]

    @pytest.mark.parametrize("version", ["1.2/basic/", "basic/2.0/", "basic/2.1/"])
    def test_prism_of_every_version(self, version: str) -> None:
        item = "<prism:hasCorrection>g</prism:hasCorrection>"
        found = links(item, prism=f"http://prismstandard.org/namespaces/{version}")
        assert [link.kind for link in found] == [LinkKind.CORRECTED_BY]

    @pytest.mark.parametrize(
        "item",
        [
            "<comments>3</comments><source>No address</source><thr:in-reply-to/>",
            "<comments>javascript:run()</comments><dcterms:replaces> </dcterms:replaces>",
            "<link>https://example.org/e</link><guid>https://example.org/e</guid>",
            "<description>&lt;thr:in-reply-to ref='1'/></description>",
        ],
    )
    def test_that_are_none(self, item: str) -> None:
        assert [link for link in links(item) if link.kind is not LinkKind.COMMENTS] == []

    def test_all_that_it_answers(self) -> None:
        found = links("<thr:in-reply-to ref='1'/><thr:in-reply-to ref='2'/>")
        assert [link.ref for link in found] == ["1", "2"]

    def test_each_once_and_not_too_many(self) -> None:
        many = "".join(f"<thr:in-reply-to ref='{number % 90}'/>" for number in range(180))
        assert len(links(many)) == MAX_LINKS
        assert len(links("<thr:in-reply-to ref='1'/>" * 3)) == 1

    def test_a_long_identifier_is_the_same_as_the_guid(self) -> None:
        long = "g" * 5_000
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title><item><guid>{long}</guid>'
            f"<thr:in-reply-to ref='{long}'/></item></channel></rss>"
        )
        (entry,) = parse_feed(document.encode(), url=URL).entries
        assert entry.links == (Link(kind=LinkKind.REPLY_TO, ref=entry.guid or ""),)


class TestOfAtom:
    @pytest.mark.parametrize(
        ("inner", "link"),
        [
            (
                '<link rel="replies" type="text/html" href="/c"/>',
                Link(kind=LinkKind.COMMENTS, url=f"{SITE}/c"),
            ),
            (
                '<link rel="replies" type="application/atom+xml" href="/c"/>',
                Link(kind=LinkKind.COMMENTS_FEED, url=f"{SITE}/c"),
            ),
            (
                '<link rel="replies" href="/c/feed.atom"/>',
                Link(kind=LinkKind.COMMENTS_FEED, url=f"{SITE}/c/feed.atom"),
            ),
            (
                '<link rel="related" href="/r" title="More &lt;b&gt;of&lt;/b&gt; it"/>',
                Link(kind=LinkKind.RELATED, url=f"{SITE}/r", title="More of it"),
            ),
            (
                '<link rel="http://www.iana.org/assignments/relation/via" href="/v"/>',
                Link(kind=LinkKind.VIA, url=f"{SITE}/v"),
            ),
            (
                '<link href="/en"/><link rel="alternate" hreflang="cy" href="/cy"/>',
                Link(kind=LinkKind.ALTERNATE, url=f"{SITE}/cy", title="cy"),
            ),
            (
                '<link href="/e"/><link rel="alternate" type="application/pdf" href="/e.pdf"/>',
                Link(kind=LinkKind.ALTERNATE, url=f"{SITE}/e.pdf"),
            ),
        ],
    )
    def test_are_read(self, inner: str, link: Link) -> None:
        assert atom_links(inner) == [link]

    @pytest.mark.parametrize(
        "inner",
        [
            '<link href="/e" hreflang="en"/>',
            '<link rel="self" href="/s"/><link rel="edit" href="/e"/>',
            '<link rel="related" href="javascript:run()"/>',
            '<content type="xhtml"><div><link rel="related" href="/x"/></div></content>',
        ],
    )
    def test_that_are_none(self, inner: str) -> None:
        assert atom_links(inner) == []

    def test_where_it_was_first(self) -> None:
        source = (
            "<source><id>s</id><title>S</title><link rel='self' href='https://example.org/atom'/>"
            "<link rel='related' href='https://example.org/other'/>"
            "<link href='https://example.org/'/></source>"
        )
        assert atom_links(source) == [
            Link(kind=LinkKind.VIA, url="https://example.org/", ref="s", title="S")
        ]


def test_json_feed_names_what_it_speaks_of() -> None:
    def read(**item: object) -> ParsedEntry:
        feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", **item}]}
        (only,) = parse_feed(json.dumps(feed).encode(), url=URL).entries
        return only

    both = read(url="/own", external_url="https://example.org/it")
    assert both.url == f"{SITE}/own"
    assert both.links == (Link(kind=LinkKind.RELATED, url="https://example.org/it"),)
    alone = read(external_url="https://example.org/it")
    assert (alone.url, alone.links) == ("https://example.org/it", ())


def test_a_sitemap_names_other_languages() -> None:
    document = """<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>/a</loc>
        <xhtml:link rel="alternate" hreflang="en" href="/a"/>
        <xhtml:link rel="alternate" hreflang="cy" href="/cy/a"/>
        <xhtml:link rel="stylesheet" href="/style"/>
        <news><title>A</title></news></url></urlset>"""
    (found,) = parse_feed(document.encode(), url=URL).entries
    assert found.links == (Link(kind=LinkKind.ALTERNATE, url=f"{SITE}/cy/a", title="cy"),)


def test_an_item_of_a_page_has_its_own_language() -> None:
    page = b'<html lang="en"><li lang="cy-GB"><a href="/a">A</a></li><li><a href="/b">B</a></li>'
    feed = parse_page(page, PageSelectors(item="li"), url=URL)
    assert (feed.language, [entry.language for entry in feed.entries]) == ("en", ["cy", None])
    assert feed.complete


class TestWithdrawn:
    def test_tombstones_are_read(self) -> None:
        feed = atom(
            '<at:deleted-entry ref="tag:1" when="2026-03-01T00:00:00Z"/>'
            "<entry><id>tag:2</id></entry>"
            "<at:deleted-entry when='2026-03-01T00:00:00Z' ref=' tag:3&amp;4 '><at:comment>Wrong"
            "</at:comment></at:deleted-entry><at:deleted-entry ref='tag:1'/><at:deleted-entry/>"
        )
        assert feed.withdrawn == ("tag:1", "tag:3&4")
        assert [entry.guid for entry in feed.entries] == ["tag:2"]

    def test_what_the_feed_still_has_is_not_taken_back(self) -> None:
        feed = atom('<at:deleted-entry ref="tag:1"/><entry><id>tag:1</id></entry>')
        assert feed.withdrawn == ()

    def test_what_a_tombstone_says_is_not_of_the_feed(self) -> None:
        feed = atom(
            "<at:deleted-entry ref='1'><at:by><name>Ed</name></at:by><link href='/gone'/>"
            "<title>Gone</title></at:deleted-entry><link href='/home'/>"
        )
        assert (feed.title, feed.site_url) == ("T", f"{SITE}/home")

    def test_of_an_example_in_a_text_it_is_none(self) -> None:
        inner = "<![CDATA[<at:deleted-entry ref='1'/>]]>"
        assert atom(f"<entry><id>2</id><content>{inner}</content></entry>").withdrawn == ()
