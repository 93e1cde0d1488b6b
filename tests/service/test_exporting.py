"""Exports of a store: every format read back, in bounded steps, whole or not at all."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from epubs import chapters, problems, read
from exportmaker import HOUR, NOON, Shelf, article, join, published, store
from postgres import Postgres

from aggregator.core.export_epub import MOST_CREATORS
from aggregator.core.export_query import narrowed
from aggregator.core.query import parse
from aggregator.errors import UsageError
from aggregator.service.export_files import opened
from aggregator.service.exporting import Exported, Format, Wanted, export
from aggregator.storage.backends import open_storage
from aggregator.storage.protocol import Storage
from aggregator.types import Article, Assignment, Database, PostgresUrl, Relation

PERSIAN = "<p>پل باز شد.</p><h1>بعد</h1><p>«فردا»</p><ul><li>یک<li>دو</ul>"
HOSTILE = (
    "<p>Open<br>now <b>and<p>then</b> & <a href='https://a.example/?a=1&b=2'>more</a></p>"
    "<table><tr><td>a<ul><li>b</ul></table><img src='https://a.example/x.png' alt='A \"pier\"'>"
)


@pytest.fixture(params=["sqlite", "postgres"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    database: Database = tmp_path / "news.db"
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        database = PostgresUrl(server.create())
    with closing(open_storage(database)) as opened_storage:
        yield opened_storage


@pytest.fixture
def press(storage: Storage) -> Storage:
    """Articles 1 and 3 are a story, 2, 4 and 5 are in none."""
    store(
        storage,
        "The Quay Post",
        published("Bridge opens", HOSTILE, authors=("Ann Example",)),
        published("=Flood at the quay", "<p>The flood came at night.</p>", hours=1),
    )
    store(
        storage,
        "Hill Radio",
        published("The bridge is open", "<p>The bridge has opened.</p>", hours=2),
        published("پل باز شد", PERSIAN, hours=25, language="fa"),
        published("Undated", "<p>A flood, by telephone.</p>", published_at=None),
    )
    join(storage, 1, 3)
    return storage


def wanted(form: Format, typed: str = "", **given: object) -> Wanted:
    plain = Wanted(
        query=parse(typed, now=NOON) if typed else None,
        format=form,
        title=typed or "Articles",
        zone=UTC,
    )
    return replace(plain, **given)  # type: ignore[arg-type]  # its fields, by name


def exported(storage: Storage, what: Wanted) -> tuple[bytes, Exported]:
    target = io.BytesIO()
    done = export(storage, what, target)
    return target.getvalue(), done


def objects(storage: Storage, what: Wanted) -> list[dict[str, object]]:
    return [json.loads(line) for line in exported(storage, what)[0].splitlines()]


# --- what is taken -------------------------------------------------------------------------------


def test_everything_is_taken_in_the_order_in_which_it_came(press: Storage) -> None:
    found = objects(press, wanted(Format.JSONL, tags={"Hill Radio": ("radio",)}))
    assert [row["id"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["tags"] for row in found] == [[], [], ["radio"], ["radio"], ["radio"]]
    first, _, third, fourth, _ = found
    assert (first["story"], first["relation"], first["authors"]) == (1, "new", ["Ann Example"])
    assert (third["story"], third["relation"], third["of"]) == (1, "copy", 1)
    assert (fourth["story"], fourth["relation"]) == (None, None)
    assert fourth["published_at"] == "2026-03-30T13:00:00Z"
    assert str(fourth["text"]).startswith("پل باز شد.")
    assert "html" not in first


def test_what_matches_is_taken(press: Storage) -> None:
    assert [row["id"] for row in objects(press, wanted(Format.JSONL, "flood"))] == [2, 5]
    story = wanted(Format.JSONL, query=narrowed(None, story=1))
    assert [row["id"] for row in objects(press, story)] == [1, 3]
    late = wanted(Format.JSONL, query=narrowed(None, since=NOON + 2 * HOUR))
    assert [row["id"] for row in objects(press, late)] == [3, 4, 5]


def test_texts_are_left_out_or_come_as_html_too(press: Storage) -> None:
    assert "text" not in objects(press, wanted(Format.JSONL, "flood", text=False))[0]
    [row] = objects(press, wanted(Format.JSONL, "telephone", html=True))
    assert row["html"] == "<p>A flood, by telephone.</p>"


@pytest.mark.parametrize("form", [Format.JSONL, Format.MARKDOWN])
def test_a_limit_takes_the_newest_and_says_that_there_are_more(
    press: Storage, form: Format
) -> None:
    data, done = exported(press, wanted(form, limit=2))
    assert done == Exported(articles=2, more=True)
    assert b"Undated" in data
    assert "پل باز شد".encode() in data
    assert b"Bridge opens" not in data
    assert exported(press, wanted(form, limit=5))[1] == Exported(articles=5)
    assert exported(press, wanted(form, "flood", limit=1))[1] == Exported(articles=1, more=True)


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV, Format.MARKDOWN, Format.EPUB])
def test_where_nothing_matches_there_are_no_rows_and_no_document(
    press: Storage, tmp_path: Path, form: Format
) -> None:
    target = tmp_path / "out"
    assert export(press, wanted(form, "volcano"), target) == Exported(articles=0)
    assert target.exists() is not form.is_document
    assert export(press, wanted(form, "volcano", limit=3), target).articles == 0


# --- documents -----------------------------------------------------------------------------------


def test_a_list_is_a_book_that_can_be_read(press: Storage) -> None:
    data, done = exported(press, wanted(Format.EPUB))
    assert done == Exported(articles=5)
    assert problems(data) == []
    assert [name.removeprefix("EPUB/") for name in chapters(data)] == [
        "title.xhtml",
        "story-1.xhtml",
        "article-1.xhtml",
        "article-3.xhtml",
        "article-2.xhtml",
        "article-4.xhtml",
        "article-5.xhtml",
    ]
    contents = read(data, "EPUB/nav.xhtml")
    assert "<span>Sunday, 29 March 2026</span>" in contents
    assert '<bdi lang="fa" xml:lang="fa" dir="rtl">پل باز شد</bdi>' in contents
    persian = read(data, "EPUB/article-4.xhtml")
    assert 'lang="fa" xml:lang="fa" dir="rtl">' in persian
    assert "<h1>پل باز شد</h1>" in persian
    assert "<h2>بعد</h2>" in persian
    first = read(data, "EPUB/article-1.xhtml")
    assert "<span>[A &quot;pier&quot;]</span>" in first
    assert 'href="https://a.example/?a=1&amp;b=2"' in first
    assert "<dc:language>en</dc:language>" in read(data, "EPUB/package.opf")


def test_a_story_is_a_book_with_its_timeline(press: Storage) -> None:
    data, done = exported(press, wanted(Format.EPUB, query=narrowed(None, story=1)))
    assert done == Exported(articles=2)
    assert problems(data) == []
    title = read(data, "EPUB/title.xhtml")
    assert "First: The Quay Post, 2026-03-29 12:00." in title
    assert title.index("article-1.xhtml") < title.index("article-3.xhtml")
    assert "copy of The Quay Post" in title


def test_a_book_in_a_language_from_right_to_left_is_turned_so(press: Storage) -> None:
    data, _ = exported(press, wanted(Format.EPUB, "lang:fa"))
    assert problems(data) == []
    package = read(data, "EPUB/package.opf")
    assert '<spine page-progression-direction="rtl">' in package
    assert "<dc:language>fa</dc:language>" in package


def test_the_same_articles_give_the_same_bytes(press: Storage) -> None:
    what = wanted(Format.EPUB)
    one, other = exported(press, what)[0], exported(press, what)[0]
    assert one == other
    fewer = exported(press, replace(what, limit=4))[0]
    assert read(fewer, "EPUB/package.opf") != read(one, "EPUB/package.opf")


def test_a_book_can_go_down_a_pipe(press: Storage) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb") as target:
        export(press, wanted(Format.EPUB, "flood"), target)
        target.close()
        assert problems(source.read()) == []


def test_a_list_in_markdown_has_days_and_texts(press: Storage) -> None:
    text = exported(press, wanted(Format.MARKDOWN, zone=ZoneInfo("Europe/Paris")))[0].decode()
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert heads == [
        "# Articles",
        "## Sunday, 29 March 2026",
        "### Bridge opens",
        "### \\=Flood at the quay",
        "### The bridge is open",
        "## Monday, 30 March 2026",
        "### پل باز شد",
        "#### بعد",
        "## Tuesday, 31 March 2026",
        "### Undated",
    ]
    assert "The Quay Post · 2026-03-29 14:00 · Ann Example · article 1 · story 1" in text
    assert "Hill Radio · 2026-03-29 16:00 · copy · article 3 · story 1" in text
    assert "[more](https://a.example/?a=1&b=2)" in text
    assert text.endswith("\n\nA flood, by telephone.\n")


def test_a_list_in_markdown_may_be_without_texts(press: Storage) -> None:
    text = exported(press, wanted(Format.MARKDOWN, "flood", text=False))[0].decode()
    assert "### Undated" in text
    assert "by telephone" not in text


def test_a_story_in_markdown_has_its_timeline(press: Storage) -> None:
    text = exported(press, wanted(Format.MARKDOWN, "story:1"))[0].decode()
    assert text.startswith("# Bridge opens\n\n2 articles of 2 outlets; times are those of UTC.\n")
    assert (
        "- Hill Radio · 2026-03-29 14:00 · copy of The Quay Post: "
        "[The bridge is open](#article-3)\n" in text
    )
    assert '<a id="article-3"></a>\n\n## The bridge is open\n' in text


# --- files ---------------------------------------------------------------------------------------


def fails_after(articles: list[Article], error: BaseException) -> Storage:
    """A store that gives these, and then fails."""

    class Failing(Shelf):
        def matching(self, *arguments: object, **given: object) -> list[Article]:
            if self.given:
                raise error
            return super().matching(*arguments, **given)  # type: ignore[arg-type]  # as it came

    return Failing(articles).storage


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV, Format.MARKDOWN, Format.EPUB])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "full")])
def test_an_export_that_ends_early_leaves_what_was_there(
    tmp_path: Path, form: Format, error: BaseException
) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"before")
    broken = fails_after([article(number) for number in range(1, 20)], error)
    with pytest.raises((KeyboardInterrupt, UsageError)):
        export(broken, wanted(form), target)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert target.read_bytes() == b"before"


def test_a_file_is_replaced_with_its_mode_and_through_links(tmp_path: Path) -> None:
    target, link = tmp_path / "out", tmp_path / "link"
    target.write_bytes(b"before")
    target.chmod(0o640)
    link.symlink_to(target)
    export(Shelf([article(1)]).storage, wanted(Format.CSV), link)
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"id,story,")
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    shelf = Shelf([article(1)]).storage
    with pytest.raises(UsageError, match=r"/dev/full cannot be written: there is no room for it"):
        export(shelf, wanted(Format.JSONL), Path("/dev/full"))
    with pytest.raises(UsageError, match="cannot be written: No such file or directory; nothing"):
        export(shelf, wanted(Format.JSONL), tmp_path / "absent" / "out")
    with pytest.raises(UsageError, match="cannot be written: it is a folder"):
        export(shelf, wanted(Format.JSONL), tmp_path)
    with pytest.raises(BrokenPipeError), opened(tmp_path / "out"):
        raise BrokenPipeError
    assert [*tmp_path.iterdir()] == []


# --- any amount ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [Format.JSONL, Format.CSV, Format.MARKDOWN, Format.EPUB])
@pytest.mark.parametrize("limit", [None, 5, 7, 40])
def test_pages_meet_without_a_gap(form: Format, limit: int | None) -> None:
    shelf = Shelf([article(number) for number in range(1, 31)])
    told: list[tuple[int, int]] = []
    target = io.BytesIO()
    done = export(
        shelf.storage,
        wanted(form, limit=limit),
        target,
        progress=lambda *now: told.append(now),
    )
    expected = range(1, 31) if limit is None else range(max(31 - limit, 1), 31)
    assert done == Exported(articles=len(expected), more=limit is not None and limit < 30)
    assert told[-1] == (len(expected), len(expected))
    if form is Format.JSONL:
        rows = [json.loads(line) for line in target.getvalue().splitlines()]
        assert [row["id"] for row in rows] == [*expected]
    if form is Format.EPUB:
        names = [f"EPUB/article-{number}.xhtml" for number in expected]
        assert chapters(target.getvalue()) == ["EPUB/title.xhtml", *names]


def test_the_first_outlets_of_a_book_are_those_who_wrote_it() -> None:
    shelf = Shelf([article(number, source=f"Outlet <{number}>") for number in range(1, 31)])
    target = io.BytesIO()
    export(shelf.storage, wanted(Format.EPUB), target)
    assert problems(target.getvalue()) == []
    package = read(target.getvalue(), "EPUB/package.opf")
    assert package.count("<dc:creator>") == MOST_CREATORS
    assert "<dc:creator>Outlet &lt;1&gt;</dc:creator>" in package


@pytest.mark.parametrize("limit", [3, 10, 1_000])
def test_what_was_stored_last_counts_as_the_newest(storage: Storage, limit: int) -> None:
    """Whenever it was published, as in a search."""
    titles = [published(f"Number {number}", "", hours=40 - number) for number in range(1, 11)]
    store(storage, "Hill Radio", *titles)
    found = objects(storage, wanted(Format.JSONL, limit=limit))
    assert [row["id"] for row in found] == [*range(max(11 - limit, 1), 11)]
    text = exported(storage, wanted(Format.MARKDOWN, limit=limit))[0].decode()
    heads = [line for line in text.splitlines() if line.startswith("### ")]
    assert heads == [f"### Number {number}" for number in range(10, max(10 - limit, 0), -1)]


def test_a_story_that_grows_meanwhile_makes_a_whole_book(press: Storage) -> None:
    """What has come into it after its timeline was read is left to the next book."""

    class Growing:
        def matching(self, *arguments: Any, **given: Any) -> list[Article]:
            join(press, 4)
            one = Assignment(
                article_id=4, story=1, relation=Relation.REPORT, of=1, score=1.0, why="By hand."
            )
            press.place([one], now=NOON + 50 * HOUR)
            self.matching = press.matching  # type: ignore[method-assign]  # once is enough
            return press.matching(*arguments, **given)

        def __getattr__(self, name: str) -> Any:
            return getattr(press, name)

    target = io.BytesIO()
    done = export(cast("Storage", Growing()), wanted(Format.EPUB, "story:1"), target)
    story = press.story(1)
    assert story is not None
    assert len(story.articles) == 3
    assert done == Exported(articles=2)
    assert problems(target.getvalue()) == []
