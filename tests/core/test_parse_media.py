"""The files that come with an entry, in every format."""

from __future__ import annotations

import json
import unicodedata
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import codec
from aggregator.core.feed_media import MAX_LINE, MAX_MEDIA, kind_of, read_duration
from aggregator.core.parse import parse_feed
from aggregator.errors import ParseError
from aggregator.types import Media, MediaKind, ParsedEntry, ParsedFeed

URL = "https://feeds.example.com/dir/feed.xml"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:dcterms="http://purl.org/dc/terms/"'
)


def entry(item: str, *, namespaces: str = NAMESPACES) -> ParsedEntry:
    document = (
        f'<rss version="2.0" {namespaces}><channel><title>T</title>'
        f"<item><title>E</title>{item}</item></channel></rss>"
    )
    (only,) = parse_feed(document.encode(), url=URL).entries
    return only


def one(item: str, **options: str) -> Media:
    (only,) = entry(item, **options).media
    return only


def json_entry(**fields: Any) -> ParsedEntry:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", **fields}]}
    (only,) = parse_feed(json.dumps(feed).encode(), url=URL).entries
    return only


class TestAddresses:
    @pytest.mark.parametrize(
        ("written", "url"),
        [
            ("https://Example.com/a.jpg", "https://example.com/a.jpg"),
            ("/a.jpg", "https://feeds.example.com/a.jpg"),
            ("b/a%20c.jpg?d=1&amp;amp;e=2", "https://feeds.example.com/dir/b/a%20c.jpg?d=1&e=2"),
            ("https://user:secret@example.com/a.jpg", "https://example.com/a.jpg"),
            ("//example.com/a.jpg", "https://example.com/a.jpg"),
        ],
    )
    def test_are_absolute(self, written: str, url: str) -> None:
        assert one(f"<media:content url='{written}'/>").url == url
        assert one(f"<enclosure url='{written}' type='image/jpeg'/>").url == url

    @pytest.mark.parametrize(
        "written",
        [
            "",
            " ",
            "javascript:alert(1)",
            "data:image/png;base64,x",
            "file:///etc/passwd",
            "http://[",
        ],
    )
    def test_that_are_none(self, written: str) -> None:
        item = f"<media:content url='{written}'/><enclosure url='{written}'/><media:thumbnail/>"
        assert entry(item).media == ()

    def test_each_comes_once_with_all_that_is_said_of_it(self) -> None:
        assert one(
            "<enclosure url='/a.mp3' length='7'/>"
            "<media:content url='/a.mp3' type='audio/mpeg' duration='9' fileSize='8'/>"
        ) == Media(
            url="https://feeds.example.com/a.mp3",
            kind=MediaKind.AUDIO,
            type="audio/mpeg",
            size=7,
            duration=timedelta(seconds=9),
        )

    def test_their_number_is_bounded(self) -> None:
        many = "".join(f"<media:content url='/{number}.jpg'/>" for number in range(80))
        assert len(entry(many).media) == MAX_MEDIA


class TestMediaRss:
    def test_what_is_nearest_counts(self) -> None:
        found = entry(
            "<media:credit>item</media:credit><media:title>item</media:title>"
            "<media:group><media:title>group</media:title>"
            "<media:content url='/1'><media:title>own</media:title>"
            "<media:credit>own</media:credit></media:content>"
            "<media:content url='/2'/></media:group><media:content url='/3'/>"
        )
        assert [(media.title, media.credit) for media in found.media] == [
            ("own", "own"),
            ("group", "item"),
            ("item", "item"),
        ]

    def test_a_caption_stands_in_for_a_title(self) -> None:
        media = one(
            "<media:title>All</media:title><media:content url='/1'>"
            "<media:description type='html'>&lt;b&gt;Own&lt;/b&gt; one</media:description>"
            "</media:content>"
        )
        assert media.title == "Own one"

    @pytest.mark.parametrize(
        "order", [("description", "caption", "encoded"), ("caption", "encoded", "description")]
    )
    def test_titles_and_captions_are_not_those_of_the_entry(self, order: tuple[str, ...]) -> None:
        parts = {
            "description": "<description>Its summary.</description>",
            "encoded": "<content:encoded>Its whole text.</content:encoded>",
            "caption": "<media:content url='/1'><media:title>A picture</media:title>"
            "<media:description>A long caption of the picture, longer than all.</media:description>"
            "</media:content>",
        }
        namespaces = f'{NAMESPACES} xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        found = entry("".join(parts[name] for name in order), namespaces=namespaces)
        assert (found.title, found.text) == ("E", "Its whole text.")
        assert (found.summary_html, found.content_html) == ("Its summary.", "Its whole text.")

    def test_an_entry_without_text_has_that_of_its_film(self) -> None:
        item = (
            "<item><media:group><media:title>Low water</media:title><media:content url='/1'/>"
            "<media:description>Six hours in a minute.</media:description></media:group></item>"
        )
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{item}</channel></rss>'
        )
        (found,) = parse_feed(document.encode(), url=URL).entries
        assert (found.title, found.text) == ("Low water", "Six hours in a minute.")

    @pytest.mark.parametrize(
        ("namespaces", "content"),
        [
            ('xmlns:m="http://search.yahoo.com/mrss/"', "<m:content url='/1.jpg'/>"),
            ('xmlns:m="http://search.yahoo.com/mrss"', "<m:content url='/1.jpg'/>"),
            ("", "<media:content url='/1.jpg'/>"),
            ("", "<content xmlns='http://search.yahoo.com/mrss/' url='/1.jpg'></content>"),
            ("", "<n:content xmlns:n='http://search.yahoo.com/mrss/' url='/1.jpg'/>"),
        ],
    )
    def test_prefixes_are_free(self, namespaces: str, content: str) -> None:
        media = one(content, namespaces=namespaces)
        assert (media.url, media.kind) == ("https://feeds.example.com/1.jpg", MediaKind.IMAGE)

    def test_other_elements_of_that_name_are_none(self) -> None:
        assert entry("<x:content xmlns:x='https://example.com/ns' url='/1.jpg'/>").media == ()

    def test_another_vocabularys_item_is_no_entry(self) -> None:
        foreign = '<x:item xmlns:x="https://example.com/ns">a</x:item>'
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title><item>{foreign}'
            f"<media:content url='/1.jpg'/></item><item><media:content url='/2.jpg'/>{foreign}"
            "</item></channel></rss>"
        )
        feed = parse_feed(document.encode(), url=URL)
        assert [[media.url[-5:] for media in entry.media] for entry in feed.entries] == [
            ["1.jpg"],
            ["2.jpg"],
        ]

    def test_entries_may_have_a_prefix(self) -> None:
        document = (
            '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>'
            "<media:content url='/1.jpg'/></a:entry></a:feed>"
        )
        (found,) = parse_feed(document.encode(), url=URL).entries
        assert len(found.media) == 1

    def test_where_entries_cannot_be_told_apart_no_file_goes_to_a_wrong_one(self) -> None:
        """feedparser ends an instruction where HTML does, and finds an entry behind it."""
        item = "<item><title>{0}</title><media:content url='/{0}.jpg'/></item>"
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>'
            f"{item.format(1)}<?x>{item.format(2)}</channel></rss>"
        )
        feed = parse_feed(document.encode(), url=URL)
        assert [entry.title for entry in feed.entries] == ["1", "2"]
        assert [entry.media for entry in feed.entries] == [(), ()]

    def test_markup_of_a_text_is_none(self) -> None:
        inner = "<media:content url='/1.jpg'/>"
        assert entry(f"<description><![CDATA[{inner}]]></description>").media == ()
        assert entry(f"<!-- {inner} -->").media == ()
        assert entry(f"<description>{inner}</description>").media == ()

    def test_of_a_feed_that_is_no_well_formed_xml(self) -> None:
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>'
            "<item><title>a</b></title><media:content url='/1.jpg'/></item>"
            "<item><title>b</title><media:content url='/2.jpg'/></item></channel></rss>"
        )
        feed = parse_feed(document.encode(), url=URL)
        assert [[media.url[-5:] for media in entry.media] for entry in feed.entries] == [
            ["1.jpg"],
            ["2.jpg"],
        ]


class TestPodcasts:
    def test_length_and_picture(self) -> None:
        sound, picture = entry(
            "<itunes:duration>1:02:03</itunes:duration><itunes:image href='/p.png'/>"
            "<enclosure url='/a.mp3' type='audio/mpeg' length='5'/>"
        ).media
        assert (sound.duration, picture.duration) == (
            timedelta(hours=1, minutes=2, seconds=3),
            None,
        )
        assert (picture.kind, picture.url) == (MediaKind.IMAGE, "https://feeds.example.com/p.png")

    @pytest.mark.parametrize(
        ("written", "duration"),
        [
            ("61", timedelta(seconds=61)),
            ("1:01", timedelta(seconds=61)),
            (" 01:00:01 ", timedelta(hours=1, seconds=1)),
            ("1.5", timedelta(seconds=1.5)),
            (90, timedelta(seconds=90)),
            (1.25, timedelta(seconds=1.25)),
            *((wrong, None) for wrong in ("", "0", "-5", "soon", "1:2:3:4", "9" * 99, None, True)),
            *((wrong, None) for wrong in (float("nan"), float("inf"), -1, 10**400, "٣", [1])),
        ],
    )
    def test_durations(self, written: object, duration: timedelta | None) -> None:
        assert read_duration(written) == duration


@pytest.mark.parametrize(
    ("medium", "mime", "url", "kind"),
    [
        ("video", "image/png", "https://example.com/a.mp3", MediaKind.VIDEO),
        ("executable", "audio/mpeg", "https://example.com/a", MediaKind.AUDIO),
        ("", "image/webp", "https://example.com/a.mp4", MediaKind.IMAGE),
        ("", "application/octet-stream", "https://example.com/a.MP4?b=c", MediaKind.VIDEO),
        ("", "application/pdf", "https://example.com/a", MediaKind.DOCUMENT),
        ("", None, "https://example.com/a.pdf", MediaKind.DOCUMENT),
        ("", None, "https://example.com/a", MediaKind.OTHER),
        ("other", None, "https://example.com/a.png", MediaKind.IMAGE),
        (None, "application/zip", "https://example.com/a.zip", MediaKind.OTHER),
    ],
)
def test_kinds(medium: object, mime: str | None, url: str, kind: MediaKind) -> None:
    assert kind_of(medium, mime, url) is kind


@pytest.mark.parametrize(
    ("name", "written", "number"),
    [
        *(("length", "12", 12), ("length", "0", None), ("length", "-1", None)),
        *(("length", "9" * 30, None), ("length", "1,5", None), ("length", "²", None)),
    ],
)
def test_sizes(name: str, written: str, number: int | None) -> None:
    assert one(f"<enclosure url='/a' {name}='{written}'/>").size == number


def test_of_json_feed() -> None:
    found = json_entry(
        url="https://example.com/1",
        attachments=[
            {"url": "/a.mp3", "mime_type": "audio/mpeg", "title": "A\nb", "size_in_bytes": 5.0},
            {
                "url": "/b",
                "mime_type": 7,
                "title": [],
                "size_in_bytes": True,
                "duration_in_seconds": {},
            },
            {"url": ["/c"]},
            "d",
        ],
        image={"url": "/no"},
        banner_image="/wide.png",
    )
    assert found.media == (
        Media(
            url="https://example.com/a.mp3",
            kind=MediaKind.AUDIO,
            type="audio/mpeg",
            title="A b",
            size=5,
        ),
        Media(url="https://example.com/b", kind=MediaKind.OTHER, size=1),
        Media(url="https://example.com/wide.png", kind=MediaKind.IMAGE),
    )


def test_of_a_sitemap() -> None:
    document = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
        xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"><url><loc>/a</loc>
        <news:news><news:title>A</news:title></news:news>
        <image:image><image:loc>/1.jpg</image:loc><image:caption>One</image:caption></image:image>
        <image:image><image:loc>javascript:run()</image:loc></image:image>
        <image:image><image:loc>/1.jpg</image:loc></image:image>
        <video:video><video:thumbnail_loc>/2.jpg</video:thumbnail_loc><video:title>Two</video:title>
        <video:description>Long</video:description><video:content_loc>/2</video:content_loc>
        <video:duration>600</video:duration></video:video></url></urlset>"""
    (found,) = parse_feed(document.encode(), url=URL).entries
    site = "https://feeds.example.com"
    assert found.media == (
        Media(url=f"{site}/1.jpg", kind=MediaKind.IMAGE, title="One"),
        Media(
            url=f"{site}/2", kind=MediaKind.VIDEO, title="Two", duration=timedelta(minutes=10)
        ),
        Media(url=f"{site}/2.jpg", kind=MediaKind.IMAGE),
    )  # fmt: skip
    assert found.image_url == f"{site}/1.jpg"


# --- whatever is written


TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            *(
                "https://user:pw@example.com/a.jpg",
                "javascript:run()",
                "/a b.mp3",
                "data:,x",
                "//[",
            ),
            *(
                "http://example.com:99999/",
                "a\u202eb\x1b[0m",
                "\ud800",
                "\0",
                "1:02",
                "9" * 40,
                "-1",
            ),
            *("<b>x</b>", "&amp;#x202e;", "x" * 3_000, "https://example.com/" + "y" * 9_000),
        ]
    ),
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        [
            *("url", "href", "type", "medium", "length", "fileSize", "duration", "width", "height"),
            *("ref", "rel", "title", "hreflang", "xmlns"),
        ]
    ),
    TEXTS,
    max_size=5,
)
NAMES = st.sampled_from(
    [
        *("media:content", "media:group", "media:thumbnail", "media:title", "media:credit"),
        *("media:description", "enclosure", "link", "comments", "source", "thr:in-reply-to"),
        *("dcterms:replaces", "itunes:image", "itunes:duration", "title", "description"),
    ]
)


def escaped(text: str) -> str:
    for sign, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, reference)
    return text


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> str:
    name, attributes = draw(NAMES), draw(ATTRIBUTES)
    written = "".join(f' {key}="{escaped(value)}"' for key, value in attributes.items())
    inner = escaped(draw(TEXTS))
    if depth and draw(st.booleans()):
        inner += draw(elements(depth - 1))
    return f"<{name}{written}>{inner}</{name}>"


JSON_VALUES = TEXTS | st.none() | st.integers() | st.floats() | st.booleans()
ITEMS = st.fixed_dictionaries(
    {"id": JSON_VALUES},
    optional={
        "url": JSON_VALUES,
        "external_url": JSON_VALUES,
        "image": JSON_VALUES,
        "attachments": st.lists(
            st.dictionaries(
                st.sampled_from(
                    ["url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"]
                ),
                JSON_VALUES,
            ),
            max_size=3,
        ),
    },
)


def documents() -> st.SearchStrategy[bytes]:
    def xml(items: list[str]) -> bytes:
        inner = "".join(f"<item><guid>{n}</guid>{item}</item>" for n, item in enumerate(items))
        document = (
            f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>{inner}</channel></rss>'
        )
        return document.encode("utf-8", "surrogatepass")

    def as_json(items: list[dict[str, Any]]) -> bytes:
        feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
        return json.dumps(feed).encode()

    inner = st.lists(elements(), max_size=4).map("".join)
    return st.lists(inner, min_size=1, max_size=3).map(xml) | st.lists(
        ITEMS, min_size=1, max_size=3
    ).map(as_json)


def is_clean(line: str, longest: int) -> bool:
    return len(line) <= longest and not any(
        unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in "\u202e\u2066"
        for char in line
    )


@given(documents())
@settings(deadline=None, max_examples=200)
def test_files_and_links_are_absolute_clean_and_bounded(body: bytes) -> None:
    try:
        feed = parse_feed(body, url=URL)
    except ParseError:
        return
    for found in feed.entries:
        assert len(found.media) <= MAX_MEDIA
        assert len({media.url for media in found.media}) == len(found.media)
        for url in [media.url for media in found.media] + [link.url for link in found.links]:
            if url is not None:
                assert url.startswith(("http://", "https://"))
                assert "@" not in url.split("/")[2]
                assert is_clean(url, 9_000 * 3)
                assert " " not in url
        for media in found.media:
            assert is_clean(media.title, MAX_LINE)
            assert is_clean(media.credit, MAX_LINE)
            assert media.type is None or is_clean(media.type, 150)
        for link in found.links:
            assert link.url or link.ref
            assert is_clean(link.title, MAX_LINE)
            assert is_clean(link.ref, 2_000)
    assert codec.decode(codec.encode(feed), ParsedFeed) == feed
