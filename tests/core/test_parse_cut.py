"""B9: what is read of a document that breaks off before its end, and that it is known to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.parse import parse_feed
from aggregator.errors import ParseError

URL = "https://feeds.example.com/dir/feed.xml"
GOLDEN = Path(__file__).parent / "golden"
WHOLE = {
    path.name: path.read_bytes().strip()
    for path in GOLDEN.iterdir()
    if not path.name.endswith(".expected.json") and not path.name.startswith("cut_short")
}
ITEMS = "<item><title>1</title></item><item><title>2</title></item>"


def rss(inner: str, *, after: str = "") -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{inner}{after}'.encode()


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_whole_document_is_complete(name: str) -> None:
    assert parse_feed(WHOLE[name], url=URL).complete


@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1, exclude_max=True))
@settings(deadline=None, max_examples=300)
def test_entries_come_whole_or_not_at_all(name: str, part: float) -> None:
    body = WHOLE[name]
    try:
        feed = parse_feed(body[: int(len(body) * part)], url=URL)
    except ParseError:
        return
    assert not feed.complete
    assert feed.warning
    assert feed.entries == parse_feed(body, url=URL).entries[: len(feed.entries)]


@pytest.mark.parametrize(
    ("cut", "titles"),
    [
        ("</item>", ["1", "2", "3"]),
        ("</item>\n  ", ["1", "2", "3"]),
        ("</item", ["1", "2"]),
        ("<description>Only the beg", ["1", "2"]),
        ("<description><![CDATA[</item></channel></rss> is", ["1", "2"]),
        ("<description><![CDATA[</item> <item>", ["1", "2"]),
        ("<!-- </item></channel></rss", ["1", "2"]),
        ("<link>https://example.org/", ["1", "2"]),
        ("<guid", ["1", "2"]),
        ("<", ["1", "2"]),
        ("</item><item", ["1", "2", "3"]),
        ("</item><item>", ["1", "2", "3"]),
        ("</item></channel>", ["1", "2", "3"]),
        ("</item></channel></rs", ["1", "2", "3"]),
    ],
)
def test_the_entry_that_was_cut_is_left_out(cut: str, titles: list[str]) -> None:
    feed = parse_feed(rss(ITEMS, after=f"<item><title>3</title>{cut}"), url=URL)
    assert [entry.title for entry in feed.entries] == titles
    assert not feed.complete
    assert feed.warning is not None
    assert feed.warning.startswith("It breaks off before its end, at line ")


def test_also_where_the_rest_is_no_well_formed_xml() -> None:
    items = "<item><title>a & b</b></title></item><item><title>2</title><x></item>"
    feed = parse_feed(rss(items, after="<item><title>3"), url=URL)
    assert [entry.title for entry in feed.entries] == ["a & b", "2"]
    assert not feed.complete


def test_a_file_of_an_entry_that_was_cut_goes_to_no_other() -> None:
    items = "".join(
        f"<item><title>{n}</title><media:content url='/{n}.jpg'/></item>" for n in (1, 2, 3)
    )
    feed = parse_feed(rss(items)[: -len("></item>")], url=URL)
    assert [[media.url[-5:] for media in entry.media] for entry in feed.entries] == [
        ["1.jpg"],
        ["2.jpg"],
    ]


@pytest.mark.parametrize(
    "end",
    [
        *("</channel></rss>", "</channel></rss>\n<!-- made in 3 ms -->", "</channel></rss >"),
        *(
            "</channel></RSS>",
            "</channel></rss><script>1</script>",
            "</rss>",
            "</b></channel></rss>",
        ),
        *("& </channel></rss>", "<item><title>3</channel></rss>", "<description>x</channel></rss>"),
    ],
)
def test_what_is_only_badly_written_is_complete(end: str) -> None:
    feed = parse_feed(rss(ITEMS, after=end), url=URL)
    assert feed.complete
    assert [entry.title for entry in feed.entries][:2] == ["1", "2"]


def test_an_empty_root_is_complete() -> None:
    feed = parse_feed(b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"/>', url=URL)
    assert feed.complete


def test_a_prefix_of_the_root_is_no_matter() -> None:
    document = (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title>'
        "<a:entry><a:title>1</a:title></a:entry><a:entry><a:title>2</a:title></a:entry></a:feed>"
    )
    assert parse_feed(document.encode(), url=URL).complete
    cut = parse_feed(document[:-25].encode(), url=URL)
    assert ([entry.title for entry in cut.entries], cut.complete) == (["1"], False)


def test_a_sitemap_that_is_only_badly_written_is_complete() -> None:
    record = "<url><loc>/a</loc><news><title>A</title></news></url>"
    assert parse_feed(f"<urlset>{record}<url></news></urlset>".encode(), url=URL).complete
    cut = parse_feed(f"<urlset>{record}<url><loc>/b</loc><news><title>B".encode(), url=URL)
    assert ([entry.title for entry in cut.entries], cut.complete) == (["A"], False)


class TestJson:
    HEAD = '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": '

    @pytest.mark.parametrize(
        ("cut", "ids"),
        [
            ('[{"id": "1"}', ["1"]),
            ('[{"id": "1"},', ["1"]),
            ('[{"id": "1"}]', ["1"]),
            ('[{"id": "1"}], "language": "e', ["1"]),
            ('[{"id": "1"}, {"id": "2", "content_text": "Only the beg', ["1"]),
            ('[{"id": "1"}, {"id": "2", "content_text": "}]}', ["1"]),
            ('[{"id": "1"}, {"id": "2", "tags": ["a"]', ["1"]),
            ('[{"id": "1"}, {"id": "2", "x": "\\', ["1"]),
            ('[ {"id": "1"} , {"id": "2"} , tru', ["1", "2"]),
        ],
    )
    def test_items_come_whole_or_not_at_all(self, cut: str, ids: list[str]) -> None:
        feed = parse_feed((self.HEAD + cut).encode(), url=URL)
        assert [entry.guid for entry in feed.entries] == ids
        assert (feed.title, feed.complete) == ("T", False)
        assert feed.warning == "It breaks off before its end."

    @pytest.mark.parametrize("cut", ["", "[", '[{"id": "1"', '[], "x": "'])
    def test_without_a_whole_item_nothing_can_be_read(self, cut: str) -> None:
        with pytest.raises(ParseError, match="breaks off"):
            parse_feed((self.HEAD + cut).encode(), url=URL)

    @pytest.mark.parametrize("wrong", ['[{"id": "1"},]}', '[{"id": "1"} {"id": "2"}]}', "[1]]}"])
    def test_what_is_wrong_is_not_taken_for_cut(self, wrong: str) -> None:
        with pytest.raises(ParseError, match="is wrong at line 1"):
            parse_feed((self.HEAD + wrong).encode(), url=URL)

    def test_other_members_are_kept_wherever_they_stand(self) -> None:
        feed = {
            "language": "cy",
            "version": "https://jsonfeed.org/version/1.1",
            "authors": [{"name": "Ann"}],
            "items": [{"id": "1"}, {"id": "2"}],
        }
        found = parse_feed(json.dumps(feed)[:-5].encode(), url=URL)
        assert [(one.guid, one.authors, one.language) for one in found.entries] == [
            ("1", ("Ann",), "cy")
        ]
