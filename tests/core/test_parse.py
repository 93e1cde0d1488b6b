"""Feeds of every format, broken and hostile ones too."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.parse import parse_feed
from aggregator.errors import NotAFeed, ParseError
from aggregator.types import ParsedEntry, ParsedFeed

URL = "https://feeds.example.com/dir/feed.xml"
GOLDEN = Path(__file__).parent / "golden"
FEEDS = sorted(path for path in GOLDEN.iterdir() if not path.name.endswith(".expected.json"))
NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
)


def rss(items: str, *, channel: str = "<title>T</title>", prolog: str = "") -> bytes:
    document = f'{prolog}<rss version="2.0" {NAMESPACES}><channel>{channel}{items}</channel></rss>'
    return document.encode("utf-8", "surrogatepass")


def entry(item: str, *, url: str = URL, channel: str = "<title>T</title>") -> ParsedEntry:
    (only,) = parse_feed(rss(f"<item>{item}</item>", channel=channel), url=url).entries
    return only


def atom_entry(inner: str, *, feed: str = "<title>T</title>") -> ParsedEntry:
    document = (
        f'<feed xmlns="http://www.w3.org/2005/Atom">{feed}'
        f"<entry><title>E</title>{inner}</entry></feed>"
    )
    (only,) = parse_feed(document.encode(), url=URL).entries
    return only


def plain(value: datetime | timedelta) -> str | float:
    return value.isoformat() if isinstance(value, datetime) else value.total_seconds()


def view(feed: ParsedFeed) -> dict[str, Any]:
    """As JSON has it, without what an entry does not have."""
    fields: dict[str, Any] = json.loads(json.dumps(asdict(feed), default=plain))
    for one in fields["entries"]:
        for name in ("media", "links"):
            one[name] = [*map(said, one[name])]
    fields["entries"] = [*map(said, fields["entries"])]
    for name, usual in (("hints", None), ("complete", True), ("withdrawn", [])):
        if fields[name] == usual:
            del fields[name]
    return fields


def said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_golden(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert view(parse_feed(path.read_bytes(), url=URL)) == expected


class TestLinks:
    @pytest.mark.parametrize(
        ("item", "url"),
        [
            ("<link>https://example.org/a</link>", "https://example.org/a"),
            ("<link>\n  https://example.org/a#b\n</link>", "https://example.org/a#b"),
            ("<link>/a?b=1&amp;c=2</link>", "https://feeds.example.com/a?b=1&c=2"),
            ("<link>a</link>", "https://feeds.example.com/dir/a"),
            ("<link>//example.org/a</link>", "https://example.org/a"),
            ("<link>www.example.org/a</link>", "https://www.example.org/a"),
            ("<guid>https://example.org/g</guid>", "https://example.org/g"),
            ("<link></link><guid>https://example.org/g</guid>", "https://example.org/g"),
            ("<guid>12345</guid>", None),
            ("<link>javascript:alert(1)</link>", None),
            ("<link>http://[broken</link>", None),
            ("<title>none</title>", None),
        ],
    )
    def test_of_rss(self, item: str, url: str | None) -> None:
        assert entry(item).url == url

    def test_relative_ones_are_relative_to_the_site(self) -> None:
        channel = "<title>T</title><link>https://site.example.org/news/</link>"
        found = entry(
            "<link>1.html</link><description>&lt;img src='2.png'&gt;</description>", channel=channel
        )
        assert found.url == "https://site.example.org/news/1.html"
        assert found.image_url == "https://site.example.org/news/2.png"

    def test_of_atom_the_first_page_counts(self) -> None:
        links = (
            '<link rel="replies" href="/r"/>'
            '<link rel="alternate" type="application/json" href="/j"/>'
            '<link rel="alternate" type="text/html" href="/h"/><link hreflang="de" href="/de"/>'
        )
        assert atom_entry(links).url == "https://feeds.example.com/h"

    def test_a_guid_is_never_resolved(self) -> None:
        assert entry("<guid>12345</guid>").guid == "12345"


class TestTexts:
    def test_text_is_of_the_longer_one(self) -> None:
        short, long = "&lt;p&gt;Short.&lt;/p&gt;", "&lt;p&gt;Much longer text.&lt;/p&gt;"
        for summary, content in ((short, long), (long, short)):
            found = entry(
                f"<description>{summary}</description><content:encoded>{content}</content:encoded>"
            )
            assert found.text == "Much longer text."
            assert found.content_html

    def test_a_summary_that_only_repeats_the_content_is_none(self) -> None:
        assert (
            entry("<content:encoded>&lt;p&gt;Once&lt;/p&gt;</content:encoded>").summary_html == ""
        )

    def test_markup_is_recognised_where_plain_text_is_declared(self) -> None:
        found = atom_entry("<summary>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;</summary>")
        assert found.text == "One\n\nTwo"

    def test_declared_plain_text_stays_text(self) -> None:
        found = atom_entry("<content type='text'>if a &lt; b then &lt;stop&gt;</content>")
        assert found.text == "if a < b then <stop>"
        assert found.content_html == "<p>if a &lt; b then &lt;stop&gt;</p>"

    def test_other_kinds_of_content_are_passed_over(self) -> None:
        found = atom_entry(
            "<content type='image/png'>iVBORw0KGgo=</content><summary>A chart</summary>"
        )
        assert (found.text, found.content_html) == ("A chart", "")

    @pytest.mark.parametrize(
        ("title", "line"),
        [
            ("<![CDATA[ One \n line ]]>", "One line"),
            ("AT&amp;amp;T", "AT&T"),
            ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; strong", "Bold & strong"),
            ("Use &lt;b&gt; with care", "Use <b> with care"),
            ("x" * 2_000, "x" * 999 + "…"),
        ],
    )
    def test_titles(self, title: str, line: str) -> None:
        assert entry(f"<title>{title}</title>").title == line

    def test_titles_of_pictures_are_not_the_title(self) -> None:
        image = "<image><url>https://example.org/i.jpg</url><title>Picture</title><link>/p</link></image>"
        media = "<media:content url='/m.mp4'><media:title>Film</media:title></media:content>"
        for item in (f"<title>E</title>{image}{media}", f"{image}{media}<title>E</title>"):
            found = entry(item)
            assert (found.title, found.image_url) == ("E", "https://example.org/i.jpg")
            assert found.url is None


class TestPeople:
    @pytest.mark.parametrize(
        ("item", "authors"),
        [
            ("<author>a@example.org (Ann Lee)</author>", ("Ann Lee",)),
            ("<author>Ann Lee &lt;a@example.org&gt;</author>", ("Ann Lee",)),
            ("<author>Ann Lee (a@example.org)</author>", ("Ann Lee",)),
            ("<author>a@example.org</author>", ()),
            ("<author>@annlee</author>", ("@annlee",)),
            ("<author>Ann Lee</author><dc:creator>Ann Lee</dc:creator>", ("Ann Lee",)),
            (
                "<dc:creator>&lt;a href='/x'&gt;Ann&lt;/a&gt; O&amp;#39;Lee</dc:creator>",
                ("Ann O'Lee",),
            ),
            ("<author> </author>", ()),
        ],
    )
    def test_of_rss(self, item: str, authors: tuple[str, ...]) -> None:
        assert entry(item).authors == authors

    def test_atom_inherits_from_the_source_and_the_feed(self) -> None:
        feed = "<title>T</title><author><name>Feed</name></author>"
        source = "<source><title>S</title><author><name>Source</name></author></source>"
        assert atom_entry("", feed=feed).authors == ("Feed",)
        assert atom_entry(source, feed=feed).authors == ("Source",)
        assert atom_entry("<author><name>Own</name></author>", feed=feed).authors == ("Own",)

    def test_an_rss_channel_passes_nobody_on(self) -> None:
        channel = "<title>T</title><managingEditor>e@example.org (Ed)</managingEditor>"
        assert entry("<title>x</title>", channel=channel).authors == ()


class TestImages:
    @pytest.mark.parametrize(
        ("item", "image"),
        [
            ("<media:thumbnail url='/t.jpg'/>", "/t.jpg"),
            ("<media:content url='/v.mp4' type='video/mp4'/>", None),
            ("<media:content url='/p.webp'/>", "/p.webp"),
            (
                "<media:group><media:content url='/g.jpg' type='image/jpeg'/></media:group>",
                "/g.jpg",
            ),
            ("<enclosure url='/e.png' type='image/png' length='1'/>", "/e.png"),
            ("<description>&lt;img class=x src=/d.png&gt;</description>", "/d.png"),
            ("<description>&lt;img src='data:image/png;base64,x'&gt;</description>", None),
            ("<description>&lt;img src=/p.gif width=1 height=1&gt;</description>", None),
            ("<media:content url='https://www.gravatar.com/avatar/x' medium='image'/>", None),
        ],
    )
    def test_are_found(self, item: str, image: str | None) -> None:
        assert entry(item).image_url == (image and f"https://feeds.example.com{image}")


class TestDates:
    @pytest.mark.parametrize("element", ["pubDate", "dc:date"])
    def test_of_rss(self, element: str) -> None:
        found = entry(f"<{element}>2026-03-03T10:00:00+01:00</{element}>")
        assert found.published_at == datetime(2026, 3, 3, 9, tzinfo=UTC)

    @pytest.mark.parametrize(
        "date",
        ["0000-00-00", "Mon, 01 Jan 0001 00:00:00 GMT", "2026-03-03T10:00:00+99:00", "soon", "-1"],
    )
    def test_that_are_none(self, date: str) -> None:
        found = entry(f"<pubDate>{date}</pubDate><title>x</title>")
        assert (found.published_at, found.updated_at) == (None, None)

    def test_of_greece(self) -> None:
        found = entry("<pubDate>Κυρ, 11 Ιούλ 2004 12:00:00 GMT</pubDate>")
        assert found.published_at == datetime(2004, 7, 11, 12, tzinfo=UTC)


class TestLanguages:
    @pytest.mark.parametrize(
        ("channel", "item", "language"),
        [
            ("<language>en_US</language>", "", "en"),
            ("<language> DE-at </language>", "", "de"),
            ("<language>en</language>", "<dc:language>fr</dc:language>", "fr"),
            ("<language>unknown</language>", "", None),
            ("", "", None),
        ],
    )
    def test_of_rss(self, channel: str, item: str, language: str | None) -> None:
        assert (
            entry(f"<title>x</title>{item}", channel=f"<title>T</title>{channel}").language
            == language
        )


class TestCharacterSets:
    @pytest.mark.parametrize(
        ("declared", "actual", "header"),
        [
            ("utf-8", "utf-8", None),
            ("utf-8", "utf-8", "text/xml"),
            ("utf-8", "utf-8", "text/xml; charset=us-ascii"),
            ("iso-8859-1", "cp1252", "application/xml"),
            ("windows-1251", "windows-1251", None),
            ("utf-16", "utf-16", None),
            ("koi8-r", "koi8-r", "text/html"),
            ("utf-8", "koi8-r", "application/rss+xml; charset=koi8-r"),
        ],
    )
    def test_are_believed(self, declared: str, actual: str, header: str | None) -> None:
        title = "“Да”, 5 x" if actual not in {"cp1252", "koi8-r"} else "Ça va – ok"
        title = "Да, 5 x" if actual == "koi8-r" else title
        body = rss(
            f"<item><title>{title}</title></item>",
            prolog=f'<?xml version="1.0" encoding="{declared}"?>',
        ).decode()
        feed = parse_feed(body.encode(actual), url=URL, content_type=header)
        assert feed.entries[0].title == title

    @pytest.mark.parametrize(("declared", "actual"), [("iso-8859-1", "utf-8"), ("utf-8", "cp1252")])
    def test_a_wrong_one_is_seen_through(self, declared: str, actual: str) -> None:
        prolog = f'<?xml version="1.0" encoding="{declared}"?>'
        body = rss("<item><title>Ça va – ok</title></item>", prolog=prolog).decode().encode(actual)
        feed = parse_feed(body, url=URL)
        assert feed.entries[0].title == "Ça va – ok"
        assert feed.warning is not None
        assert "should be in" in feed.warning


class TestBrokenFeeds:
    def test_names_the_line(self) -> None:
        body = rss(
            "<item><title>x</title></item>\n\n<item><title>y</b></title></item>", prolog="\n\n"
        )
        feed = parse_feed(body, url=URL)
        assert [one.title for one in feed.entries] == ["x", "y"]
        assert feed.warning == "It is not well-formed XML at line 5: mismatched tag."

    def test_what_stands_before_the_feed_is_passed_over(self) -> None:
        feed = parse_feed(
            rss("<item><title>x</title></item>", prolog="<br />Warning: line 3\n"), url=URL
        )
        assert len(feed.entries) == 1
        assert feed.warning == "Something else stands before the feed."

    def test_what_stands_after_it_too(self) -> None:
        feed = parse_feed(rss("<item><title>x</title></item>") + b"<script>1</script>", url=URL)
        assert len(feed.entries) == 1

    def test_controls_and_surrogates_are_left_out(self) -> None:
        item = "<title>a\0b\x0bc&#x1F;d&#xD800;e\ufffff &#128512;</title><guid>g\0h</guid>"
        assert (entry(item).title, entry(item).guid) == ("abcdef 😀", "gh")

    def test_undeclared_prefixes_are_tolerated(self) -> None:
        assert entry("<title>x</title><geo:lat>1</geo:lat>").title == "x"

    def test_nothing_left_is_an_error_with_its_line(self) -> None:
        with pytest.raises(ParseError, match="nothing can be read") as caught:
            parse_feed(b"<?xml version='1.0'?>\n<rss version='2.0'><chan", url=URL)
        assert not isinstance(caught.value, NotAFeed)
        assert (caught.value.url, caught.value.line) == (URL, 2)

    def test_an_empty_feed_is_a_feed(self) -> None:
        feed = parse_feed(rss(""), url=URL)
        assert (feed.title, feed.entries, feed.warning) == ("T", (), None)


class TestHostileFeeds:
    def test_external_entities_are_not_loaded(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("hush")
        doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        feed = parse_feed(rss("<item><title>a &x; b</title></item>", prolog=doctype), url=URL)
        assert "hush" not in repr(feed)

    def test_entities_do_not_multiply(self) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        doctype = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{entities}]>'
        feed = parse_feed(rss("<item><title>&e11;</title></item>", prolog=doctype), url=URL)
        assert len(feed.entries[0].title) < 100

    def test_declared_characters_are_resolved(self) -> None:
        doctype = '<!DOCTYPE rss [<!ENTITY c "&#169;">]>'
        feed = parse_feed(rss("<item><title>&c; 2026</title></item>", prolog=doctype), url=URL)
        assert feed.entries[0].title == "© 2026"

    def test_comments_that_never_end(self) -> None:
        found = entry("<title>x</title><description>" + "&lt;!--" * 200_000 + "</description>")
        assert (found.title, found.text) == ("x", "")

    def test_an_element_of_many_attributes(self) -> None:
        attributes = " ".join(f"a{number}=1" for number in range(20_000))
        assert entry(f"<description>&lt;b {attributes}&gt;x&lt;/b&gt;</description>").text == "x"

    def test_endless_nesting(self) -> None:
        assert entry("<description>" + "&lt;div&gt;" * 50_000 + "x</description>").text == "x"

    def test_long_values_are_bounded(self) -> None:
        found = entry(f"<title>{'t ' * 50_000}</title><guid>{'g' * 500_000}</guid>")
        assert len(found.title) <= 1_000
        assert found.guid is not None
        assert found.guid.startswith("sha256:")
        other = entry(f"<guid>{'g' * 500_000}h</guid>")
        assert other.guid != found.guid

    def test_markup_in_names_and_titles_is_only_text(self) -> None:
        title = "&lt;svg onload=run()&gt;Hi&lt;/svg&gt; there&lt;script&gt;run()&lt;/script&gt;"
        document = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry>
            <title type="html">{title}</title>
            <author><name>&lt;i&gt;Ann&lt;/i&gt;</name></author></entry></feed>"""
        (found,) = parse_feed(document.encode(), url=URL).entries
        assert (found.title, found.authors) == ("there", ("Ann",))


class TestNoFeed:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "is empty"),
            (b" \n\t", "is empty"),
            (b"Not found", "no XML, JSON or HTML"),
            (bytes(range(256)), "not a feed"),
            (b"<!doctype html><title>Just a moment...</title>", "asks for a human visitor"),
            (b"<html><body>Hello</body></html>", "is a web page, not a feed, and names no feed"),
            (b"<?xml version='1.0'?><opml version='2.0'/>", "OPML list"),
            (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
            (b"<error><code>5</code></error>", 'a document of type "error"'),
            (b"<!-- <rss version='2.0'> --><html></html>", "is a web page"),
            (b'{"error": "no"}', "no JSON Feed"),
            (b"[1, 2]", "no JSON Feed"),
        ],
    )
    def test_says_what_it_is(self, body: bytes, message: str) -> None:
        with pytest.raises(NotAFeed, match=message) as caught:
            parse_feed(body, url=URL)
        assert caught.value.url == URL

    def test_names_the_feeds_of_a_page(self) -> None:
        page = b"""<!DOCTYPE html><html><head>
            <link rel="alternate" type="application/atom+xml" href="/atom.xml"></head></html>"""
        with pytest.raises(
            NotAFeed, match=r"links to https://feeds\.example\.com/atom\.xml"
        ) as caught:
            parse_feed(page, url=URL)
        assert caught.value.feeds == ("https://feeds.example.com/atom.xml",)

    @pytest.mark.parametrize(
        ("rest", "message"),
        [('"items": [{"id": "1"} 2]}', "is wrong at line 2"), ('"items": [{"i', "breaks off at")],
    )
    def test_broken_json_names_its_line(self, rest: str, message: str) -> None:
        body = f'{{"version": "https://jsonfeed.org/version/1.1",\n{rest}'
        with pytest.raises(ParseError, match=message) as caught:
            parse_feed(body.encode(), url=URL)
        assert caught.value.line == 2

    @pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
    def test_json_beyond_all_measure(self, body: bytes) -> None:
        with pytest.raises(ParseError, match="cannot be read"):
            parse_feed(body, url=URL)


class TestJsonFeeds:
    def test_wrong_types_are_passed_over(self) -> None:
        items: list[object] = [
            3,
            None,
            {"id": None, "url": 5, "title": ["x"], "authors": "me", "tags": {"a": 1}, "image": {}},
            {"id": 1.5, "authors": [1, {"name": 2}], "attachments": [3], "date_published": 2026},
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": items, "author": []}
        parsed = parse_feed(json.dumps(feed).encode(), url=URL)
        assert [one.guid for one in parsed.entries] == [None, "1.5"]
        assert parsed.warning == "Some items are no objects."

    def test_pictures_come_from_attachments_too(self) -> None:
        attachment = {"url": "/a.jpg", "mime_type": "image/jpeg"}
        item = {
            "id": "1",
            "attachments": [{"url": "/a.mp3", "mime_type": "audio/mpeg"}, attachment],
        }
        feed = {"version": "https://jsonfeed.org/version/1", "items": [item]}
        (only,) = parse_feed(json.dumps(feed).encode(), url=URL).entries
        assert only.image_url == "https://feeds.example.com/a.jpg"


PIECES = st.sampled_from(
    [
        *("<rss version='2.0'>", "<channel>", "<item>", "<title>", "<link>", "<guid>", "<pubDate>"),
        *("</title>", "</item>", "</link>", "</channel>", "</rss>", "<description>", "<image>"),
        *("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<link href='x'/>", "<author>"),
        *("<content type='xhtml'>", "<content type='application/octet-stream'>", "<div>", "</div>"),
        *("<source>", "<name>", "<updated>", "<category term='x'/>", "<media:content url='x'/>"),
        *("<![CDATA[", "]]>", "<!--", "-->", "<?xml version='1.0'?>", "<!DOCTYPE x [", "]>", "&x;"),
        *("&#0;", "&", "<", ">", '"', "2026-03-03", "\0", "\ud800", "text", "<svg>", "<html>"),
        *('{"version": "https://jsonfeed.org/version/1", ', '"items": [', "{", "}", "]", '"id": 1'),
    ]
)
DOCUMENTS = st.one_of(
    st.binary(max_size=200),
    st.lists(PIECES, max_size=20).map(lambda all_: "".join(all_).encode("utf-8", "surrogatepass")),
    st.lists(PIECES, max_size=20).map(lambda all_: rss("".join(all_))),
)


@given(DOCUMENTS, st.sampled_from([None, "text/xml", "application/json", "x; charset=utf-16"]))
@settings(deadline=None, max_examples=300)
def test_is_a_feed_or_an_error(body: bytes, content_type: str | None) -> None:
    try:
        feed = parse_feed(body, url=URL, content_type=content_type)
    except ParseError:
        return
    for one in feed.entries:
        assert one.url is None or one.url.startswith(("https://", "http://"))
        assert len(one.title.splitlines()) <= 1
        assert "\0" not in repr(one)
