"""Lists of feeds: whole and broken ones, and that what is written is read again."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.core.opml import OpmlEntry, OpmlImport, parse_opml, write_opml
from aggregator.core.opml_entry import as_category, plain_name
from aggregator.core.outlines import _by_expat, _by_hand
from aggregator.core.xml_repair import repair

GOLDEN = Path(__file__).parent / "golden_opml"
LISTS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")
URL = "https://example.org/feed"


def outlines(inner: str, *, head: str = "", prolog: str = "") -> OpmlImport:
    return parse_opml(
        f'{prolog}<opml version="2.0"><head>{head}</head><body>{inner}</body></opml>'.encode()
    )


def entry(attributes: str) -> OpmlEntry:
    (only,) = outlines(f"<outline {attributes}/>").entries
    return only


def only_problem(inner: str) -> str:
    (only,) = outlines(inner).problems
    return only.message


def view(result: OpmlImport) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(json.dumps(asdict(result)))
    fields["entries"] = [
        {name: value for name, value in one.items() if value not in (None, "", [])}
        for one in fields["entries"]
    ]
    return fields


def without_lines(entries: tuple[OpmlEntry, ...]) -> list[OpmlEntry]:
    return [replace(one, line=0) for one in entries]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_golden(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text(encoding="utf-8"))
    assert view(parse_opml(path.read_bytes())) == expected


class TestAddresses:
    @pytest.mark.parametrize(
        ("attributes", "url"),
        [
            (f"xmlUrl='{URL}'", URL),
            (f"XMLURL='{URL}'", URL),
            (f"xml_url='{URL}'", URL),
            (f"xmlUri='{URL}'", URL),
            (f"feedUrl='{URL}'", URL),
            (f"type='rss' url='{URL}'", URL),
            ("type='rss' url='https://example.org/news'", "https://example.org/news"),
            (f"url='{URL}'", URL),
            (f"htmlUrl='{URL}'", URL),
            (f"xmlUrl='' url='{URL}'", URL),
            (f"xmlUrl='no' rssUrl='{URL}'", URL),
            (f"xmlUrl='  {URL}\n'", URL),
            ("xmlUrl='feed://example.org/feed'", "http://example.org/feed"),
            (f"xmlUrl='feed:{URL}'", URL),
            ("xmlUrl='www.example.org/feed'", "https://www.example.org/feed"),
            ("xmlUrl='https://example.org/?a=1&amp;amp;b=2'", "https://example.org/?a=1&b=2"),
            ("xmlUrl='https://example.org/?a=1&copy=2'", "https://example.org/?a=1&copy=2"),
        ],
    )
    def test_under_many_names(self, attributes: str, url: str) -> None:
        assert entry(attributes).url == url

    @pytest.mark.parametrize(
        ("outline", "message"),
        [
            ("<outline text='A'/>", '"A" names no feed.'),
            ("<outline/>", "An outline names no feed."),
            ("<outline text='A' xmlUrl='/feed'/>", '"A" gives "/feed" as its feed, which is no'),
            ("<outline text='A' type='link' url='https://example.org/a'/>", "only the page"),
            ("<outline text='A' type='rss' htmlUrl='https://example.org/a'/>", "only the page"),
            ("<outline type='include' url='https://example.org/a'/>", "includes another list"),
            ("<outline type='link' url='https://example.org/a.opml'/>", "includes another list"),
            ("<outline text='A' xmlUrl='x'><outline xmlUrl='x.example.org'/></outline>", "no web"),
        ],
    )
    def test_that_are_missing_are_told(self, outline: str, message: str) -> None:
        assert message in only_problem(outline)

    def test_hold_no_login(self) -> None:
        read = outlines("<outline text='A' xmlUrl='https://ann:hush@example.org/feed'/>")
        assert read.entries[0].url == URL
        assert "hush" not in repr(read)
        assert "left out" in read.problems[0].message


class TestFields:
    def test_a_title_is_plain_text(self) -> None:
        title = "&lt;b&gt;News&lt;/b&gt; &amp;amp; &quot;more&quot;&#10;x"
        assert entry(f'text="{title}" xmlUrl="{URL}"').title == 'News & "more" x'

    @pytest.mark.parametrize(
        ("attributes", "title", "others"),
        [
            ("text='A' title='A'", "A", ()),
            ("title='A'", "A", ()),
            ("text='A' title='B'", "A", (("title", "B"),)),
            (f"text='{URL}' title='A'", "A", ()),
            (f"text='{URL}'", "", ()),
            ("", "", ()),
            ("text='A' version='RSS2' created='x'", "A", (("version", "RSS2"), ("created", "x"))),
            ("text='A' type='RSS'", "A", ()),
            ("text='A' created='x' type='atom'", "A", (("type", "atom"), ("created", "x"))),
        ],
    )
    def test_what_has_no_field_is_kept(
        self, attributes: str, title: str, others: tuple[tuple[str, str], ...]
    ) -> None:
        found = entry(f"{attributes} xmlUrl='{URL}'")
        assert (found.title, found.attributes) == (title, others)

    def test_site_and_language(self) -> None:
        found = entry(f"xmlUrl='{URL}' htmlUrl='http://Example.org' language='EN-us'")
        assert (found.site_url, found.language) == ("http://example.org/", "en")
        assert found.attributes == (("language", "EN-us"),)

    def test_categories(self) -> None:
        found = entry(f"xmlUrl='{URL}' category='/Law/Courts, /Sports ,, x'")
        assert found.tags == ("Law/Courts", "Sports", "x")

    def test_prefixed_attributes_keep_their_namespace(self) -> None:
        body = (
            '<opml version="2.0" xmlns:x="urn:x"><body>'
            f'<outline xmlUrl="{URL}" x:path="//h2" text="A"/></body></opml>'
        )
        read = parse_opml(body.encode())
        assert read.entries[0].attributes == (("x:path", "//h2"),)
        written = write_opml(read.entries, title="", namespaces=read.namespaces)
        (outline,) = ET.fromstring(written).iter("outline")
        assert outline.get("{urn:x}path") == "//h2"

    @pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
    def test_version_and_title(self, version: str) -> None:
        body = (
            f'<opml version="{version}"><head><title> Ann&apos;s\nlist </title></head>'
            f'<body><outline xmlUrl="{URL}"/></body></opml>'
        )
        read = parse_opml(body.encode())
        assert (read.version, read.title) == (version, "Ann's list")


class TestFolders:
    def test_become_tags(self) -> None:
        read = outlines(
            f"<outline text='Law, courts'><outline title='EU'><outline xmlUrl='{URL}'/></outline>"
            "<outline xmlUrl='https://example.org/2'/></outline>"
            "<outline xmlUrl='https://example.org/3'/>"
        )
        assert [one.folders for one in read.entries] == [
            ("Law, courts", "EU"),
            ("Law, courts",),
            (),
        ]
        assert read.entries[0].tags == ("Law; courts", "EU")
        assert read.problems == ()

    def test_a_feed_may_hold_feeds_and_is_no_folder(self) -> None:
        read = outlines(
            f"<outline text='A'><outline text='B' xmlUrl='{URL}'>"
            "<outline xmlUrl='https://example.org/2'/></outline></outline>"
        )
        assert [one.folders for one in read.entries] == [("A",), ("A",)]

    def test_a_feed_in_two_folders_has_both_tags(self) -> None:
        read = outlines(
            f"<outline text='A'><outline xmlUrl='{URL}'/></outline>\n"
            "<outline text='B'><outline xmlUrl='http://www.example.org/feed/'/></outline>"
        )
        assert [(one.url, one.tags) for one in read.entries] == [(URL, ("A", "B"))]
        (problem,) = read.problems
        assert problem.line == 2
        assert "stands at line 1 already" in problem.message
        assert "tags of this: B" in problem.message

    def test_endless_nesting(self) -> None:
        deep = "<outline text='A'>" * 30_000 + f"<outline xmlUrl='{URL}'/>"
        (only,) = outlines(deep).entries
        assert only.tags == ("A",)
        assert len(only.folders) == 20


class TestBrokenLists:
    @pytest.mark.parametrize(
        "first",
        [
            f"<outline text='A & B' xmlUrl='{URL}'/>",
            f"<outline text='A < B' xmlUrl='{URL}'/>",
            f"<outline text='A > B' xmlUrl='{URL}'/>",
            f"<outline text='A &nbsp; &undeclared; B' xmlUrl='{URL}'/>",
            f"<outline text='A \x00\x1f B' xmlUrl='{URL}'/>",
            f"<outline text='<b class='x'>A</b>' xmlUrl='{URL}'/>",
            f'<outline text="the "A" of "B"" xmlUrl="{URL}"/>',
            f"<outline text='It's A' xmlUrl='{URL}'/>",
            f"<outline text='A' text='B' xmlUrl='{URL}'/>",
            f"<outline text='A'title='B'xmlUrl='{URL}'/>",
            f"<outline text=A xmlUrl={URL} />",
            f"<outline text='A' xmlUrl='{URL}'>",
            f"<outline text='A' xmlUrl='{URL}'",
            f"<outline text='A' xmlUrl='{URL}\n",
            f"<outline text='A' xmlUrl='{URL}/>",
            f"<outline text='A xmlUrl='{URL}'/>",
            f"<outline text=“A” xmlUrl=”{URL}”/>",
            f"<OUTLINE TEXT='A' XMLURL='{URL}'/>",
            f"<outline text='A', xmlUrl='{URL}'/>,",
            f"</outline><outline text='A' xmlUrl='{URL}'/>",
        ],
    )
    def test_are_read_whole(self, first: str) -> None:
        read = outlines(f"<x>\n{first}\n<outline text='Last' xmlUrl='https://example.org/2'/>")
        assert [one.url for one in read.entries] == [URL, "https://example.org/2"]
        assert read.entries[0].title[:1] in {"A", "t", "I"}
        assert [one.line for one in read.entries] == [2, 4 if first.endswith("\n") else 3]
        assert any("not well-formed" in one.message for one in read.problems)

    def test_unclosed_feeds_do_not_nest(self) -> None:
        feeds = "".join(f"<outline text='{n}' xmlUrl='{URL}{n}'>" for n in range(9))
        read = outlines(f"<outline text='A'>{feeds}</outline><outline text='z' xmlUrl='{URL}z'/>")
        assert [one.folders for one in read.entries] == [("A",)] * 9 + [()]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("declared", ["", "utf-8", "iso-8859-1"])
    def test_character_sets(self, encoding: str, declared: str) -> None:
        prolog = f"<?xml version='1.0' encoding='{declared}'?>\r\n" if declared else ""
        body = f"{prolog}<opml>\r<body><outline text='Café' xmlUrl='{URL}'/></body></opml>"
        (only,) = parse_opml(body.encode(encoding)).entries
        assert (only.title, only.line) == ("Café", 3 if prolog else 2)

    def test_declared_entities_do_not_multiply(self) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        doctype = f'<!DOCTYPE opml [<!ENTITY e0 "lol"><!ENTITY c "&#169;">{entities}]>'
        read = outlines(f"<outline text='&c; &e11;' xmlUrl='{URL}'/>", prolog=doctype)
        assert read.entries[0].title == "© &e11;"

    def test_comments_list_nothing(self) -> None:
        kept = f"<outline text='A & B' xmlUrl='{URL}'/>"
        read = outlines(f"<!-- <outline xmlUrl='https://example.org/old'/>\n\n -->{kept}")
        assert [(one.url, one.line) for one in read.entries] == [(URL, 3)]

    def test_markup_escaped_as_a_whole(self) -> None:
        body = f"<pre>&lt;outline text=&quot;A&quot; xmlUrl=&quot;{URL}&quot;/&gt;</pre>"
        read = parse_opml(body.encode())
        assert [one.url for one in read.entries] == [URL]
        assert "escaped" in read.problems[0].message

    @pytest.mark.parametrize(
        "text",
        [
            "<outline text='" + 'a=" ' * 40_000,
            "<outline " + "xmlUrl='x " * 40_000,
            "<outline " + "a='x\n" * 40_000,
            "<outline " * 40_000,
            "<outline text='a'" + " " * 200_000 + "=",
            "<outline text='" + "' " * 100_000,
        ],
    )
    def test_hostile_ones_take_no_time(self, text: str) -> None:
        parse_opml(f"<opml>{text}".encode())


class TestPlainText:
    def test_one_address_a_line(self) -> None:
        text = (
            "# mine\n\nhttps://example.org/1\n"
            'https://example.org/2 "law, courts" eu "~The Title" !hidden\n'
            "The Herald: https://example.org/3\r\n- [Post](https://example.org/4)\n"
            "www.example.org/5\nnot an address\n"
        )
        read = parse_opml(text.encode())
        assert [(one.url.rpartition("/")[2], one.title, one.tags) for one in read.entries] == [
            ("1", "", ()),
            ("2", "The Title", ("law; courts", "eu")),
            ("3", "The Herald", ()),
            ("4", "Post", ()),
            ("5", "", ()),
        ]
        (problem,) = read.problems
        assert (problem.line, "no address" in problem.message) == (8, True)

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (b"", "It lists no feed."),
            (b"<opml version='2.0'><body/></opml>", "It lists no feed."),
            (b"<!doctype html><html></html>", "web page"),
            (b"<rss version='2.0'><channel/></rss>", "is a feed"),
            (b"<x/>", "no list"),
            (b'{"a": 1}', "no list"),
            (bytes(range(256)), "It lists no feed."),
        ],
    )
    def test_what_is_no_list_is_named(self, body: bytes, message: str) -> None:
        read = parse_opml(body)
        assert read.entries == ()
        assert message in read.problems[-1].message


# --- properties ----------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = TEXTS.map(lambda text: plain_name(text, 100))
FOLDERS = NAMES.filter(bool)
OTHERS = st.dictionaries(
    st.from_regex(r"[a-z]{1,5}[0-9](?::[a-z]{1,5}[0-9])?", fullmatch=True), TEXTS, max_size=3
)
ENTRIES = st.lists(
    st.builds(
        OpmlEntry,
        url=st.from_regex(
            r"https://[a-z]{1,8}\.example\.org/[a-z]{1,6}(\?a=1&b=[0-9])?", fullmatch=True
        ),
        title=NAMES.filter(lambda name: "://" not in name),
        site_url=st.none() | st.just("https://example.org/"),
        folders=st.lists(FOLDERS, max_size=3).map(tuple),
        categories=st.lists(FOLDERS.map(as_category).filter(bool), max_size=3, unique=True).map(
            tuple
        ),
        language=st.none() | st.sampled_from(["de", "en"]),
        attributes=OTHERS.map(
            lambda others: tuple(
                (name, re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd]", "", value))
                for name, value in others.items()
            )
        ),
    ),
    max_size=8,
    unique_by=lambda one: one.url,
)


class TestRoundTrip:
    @given(ENTRIES, NAMES)
    def test_what_is_written_is_read_again(self, entries: list[OpmlEntry], title: str) -> None:
        written = write_opml(entries, title=title)
        ET.fromstring(written)  # well-formed, with every prefix declared
        read = parse_opml(written)
        key = lambda one: one.url  # noqa: E731 - used twice on the next line
        assert sorted(without_lines(read.entries), key=key) == sorted(entries, key=key)
        assert write_opml(read.entries, title=title, namespaces=read.namespaces) == written
        if entries:
            assert (read.title, read.problems) == (title, ())

    @pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
    def test_of_golden_lists(self, path: Path) -> None:
        read = parse_opml(path.read_bytes())
        again = parse_opml(write_opml(read.entries, title=read.title, namespaces=read.namespaces))
        assert sorted(without_lines(again.entries), key=lambda one: one.url) == sorted(
            without_lines(read.entries), key=lambda one: one.url
        )
        assert (again.title, again.problems) == (read.title, ())

    @given(ENTRIES)
    @settings(deadline=None)
    def test_reading_by_hand_agrees_with_expat(self, entries: list[OpmlEntry]) -> None:
        document = write_opml(entries, title="").decode()
        document, _ = repair(document)
        assert list(_by_hand(document)) == _by_expat(document)

    def test_folders_come_together(self) -> None:
        entries = [
            OpmlEntry(url=f"{URL}{n}", folders=folders)
            for n, folders in enumerate([("A",), (), ("B", "C"), ("A",), ("B",)])
        ]
        read = parse_opml(
            write_opml(entries, title="T", created_at=datetime(2026, 3, 3, tzinfo=UTC))
        )
        assert [one.url[-1] for one in read.entries] == ["0", "3", "1", "2", "4"]

    @given(st.binary(max_size=200) | TEXTS.map(str.encode))
    @example(b"<outline")
    @example(b"<outline a=")
    @example(b"<outline a='")
    @example(b"</outline><opml>")
    def test_nothing_is_raised(self, body: bytes) -> None:
        parse_opml(body)
        parse_opml(b"<opml><body><outline text='" + body)

    @given(st.data())
    @settings(deadline=None)
    def test_a_damaged_list_is_read_to_its_end(self, data: st.DataObject) -> None:
        """One character less or more in one outline costs that outline at most."""
        lines = [f'<outline text="A {n}" title="B {n}" xmlUrl="{URL}{n}"/>' for n in range(5)]
        at = data.draw(st.integers(0, len(lines[2]) - 1))
        with_one = data.draw(st.sampled_from(["", '"', "<", ">", "&", "'", "/", " "]))
        lines[2] = lines[2][:at] + with_one + lines[2][at + (not with_one) :]
        read = outlines("\n".join(lines))
        found = {one.url for one in read.entries}
        assert {f"{URL}{n}" for n in (0, 1, 3, 4)} <= found
