"""remove, pause, resume, import, and export as OPML, as a user runs them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from program import Cli

from aggregator.config import Config, load
from aggregator.config.editing import NewSource, add_sources
from aggregator.config.opml import new_source, to_opml
from aggregator.core.opml import OpmlEntry, parse_opml, write_opml
from aggregator.core.opml_entry import as_category, plain_name
from aggregator.storage.backends import open_storage

FEEDS = """\
# Mine.
sources:
  - url: https://harbour.example.org/feed   # daily
    name: Harbour Notes
    tags: [local, sea]

  - https://hill.example.org/world
  - https://hill.example.org/sport
"""
OPML = """\
<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="World &amp; more">
 <outline text="Hill" xmlUrl="http://www.hill.example.org/world/" />
 <outline text="Harbour Notes" xmlUrl="https://notes.example.com/rss" category="/sea,boats"
  htmlUrl="https://notes.example.com/" description="All: of it" language="en-GB"/>
 <outline text="Page" htmlUrl="https://page.example.com/"/>
</outline>
<outline text="Harbour Notes" title="Harbour Notes" xmlUrl="feed://other.example.com/rss"/>
</body></opml>
"""


def rows(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


# --- remove, pause, resume -----------------------------------------------------------------------


def test_sources_are_removed_and_the_rest_stays(cli: Cli) -> None:
    path = cli.write(FEEDS)
    result = cli("remove", "harbour", "HILL.example.org/World")
    assert result.stdout.splitlines() == [
        "Removed: Harbour Notes (https://harbour.example.org/feed)",
        "Removed: hill.example.org/world (https://hill.example.org/world)",
        "hill.example.org/sport is called hill.example.org now, for it has no name of its own.",
    ]
    assert path.read_text() == "# Mine.\nsources:\n\n  - https://hill.example.org/sport\n"
    assert "must list at least one source" in cli("remove", "hill", check=2).stderr


def test_a_removed_source_as_json(cli: Cli) -> None:
    cli.write(FEEDS)
    assert rows(cli("remove", "hill.example.org/world", "--json").stdout) == [
        {
            "name": "hill.example.org/world",
            "url": "https://hill.example.org/world",
            "done": "removed",
        },
        {
            "name": "hill.example.org",
            "url": "https://hill.example.org/sport",
            "done": "renamed",
            "former_name": "hill.example.org/sport",
        },
    ]


def test_a_source_is_paused_and_resumed(cli: Cli) -> None:
    path = cli.write(FEEDS)
    assert cli("pause", "Harbour Notes").stdout.startswith("Paused: Harbour Notes (")
    assert path.read_text() == FEEDS.replace("sea]\n", "sea]\n    paused: true\n")
    assert cli("pause", "harbour").stdout.startswith("Paused already: Harbour Notes")
    both = cli("resume", "harbour", "sport", "--json").stdout
    assert [row["done"] for row in rows(both)] == ["resumed", "not paused"]
    assert path.read_text() == FEEDS


@pytest.mark.parametrize("command", ["remove", "pause", "resume"])
def test_a_name_must_mean_one_source(cli: Cli, command: str) -> None:
    path = cli.write(FEEDS)
    unclear = cli(command, "hill", check=2).stderr
    assert (
        "“hill” may mean “hill.example.org/world”, “hill.example.org/sport”; say which" in unclear
    )
    assert (
        "no source in the configuration is called “valley”"
        in cli(command, "valley", check=2).stderr
    )
    assert cli(command, check=2).stderr
    assert path.read_text() == FEEDS


def test_a_retired_source_is_revived(cli: Cli) -> None:
    config = load(cli.write(FEEDS), environ={})
    database = cli.folder / "aggregator.db"
    assert cli("resume", "Harbour Notes").stdout.startswith("Not paused: Harbour Notes")
    assert not database.exists()
    with closing(open_storage(database)) as storage:
        storage.sync_sources(config.sources, now=storage.clock())
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE sources SET retired_at = 1, gone_at = 1 WHERE tags LIKE '%sea%'")
    assert cli("resume", "Harbour Notes").stdout.startswith("Resumed: Harbour Notes")
    with closing(sqlite3.connect(database)) as connection:
        left = connection.execute("SELECT count(*) FROM sources WHERE retired_at IS NOT NULL")
        assert left.fetchone() == (0,)
    assert cli("resume", "Harbour Notes").stdout.startswith("Not paused: Harbour Notes")


# --- import --------------------------------------------------------------------------------------


def test_a_list_is_imported(cli: Cli) -> None:
    path = cli.write(FEEDS)
    cli.write(OPML, "list.opml")
    output = cli("import", "list.opml").stdout.splitlines()
    assert output[0] == "3 feeds read: 2 added, 1 followed already"
    assert output[1].startswith("line 7: “Page”") or output[1].startswith('line 7: "Page"')
    text = path.read_text()
    assert text.startswith(FEEDS)
    assert (
        text.removeprefix(FEEDS)
        == """\
  - url: https://notes.example.com/rss
    name: Harbour Notes 2
    tags: [World & more, sea, boats]
    language: en
    opml:
      htmlUrl: https://notes.example.com/
      language: en-GB
      description: "All: of it"
  - url: http://other.example.com/rss
    name: Harbour Notes 3
"""
    )
    assert cli("import", "list.opml").stdout.startswith("3 feeds read: 0 added, 3 followed already")
    assert path.read_text() == text


def test_a_dry_run_changes_nothing(cli: Cli) -> None:
    path = cli.write(FEEDS)
    output = cli("import", "-", "--dry-run", stdin=OPML.encode()).stdout
    assert output.startswith("3 feeds read: 2 would be added, 1 followed already\n")
    assert path.read_text() == FEEDS
    path.unlink()
    assert (
        "3 would be added, 0 followed"
        in cli("import", "-", "--dry-run", stdin=OPML.encode()).stdout
    )
    assert not path.exists()


def test_an_import_as_json(cli: Cli) -> None:
    cli.write(FEEDS)
    hill, notes, other, problem = rows(cli("import", "-", "--json", stdin=OPML.encode()).stdout)
    assert (hill["known"], hill["added"], hill["name"]) == (True, False, "Hill")
    assert (notes["known"], notes["added"], notes["line"]) == (False, True, 5)
    assert notes["tags"] == ["World & more", "sea", "boats"]
    assert other["name"] == "Harbour Notes 3"
    assert problem.keys() == {"problem", "line"}


def test_a_file_is_made_from_a_plain_list(cli: Cli) -> None:
    text = b'# mine\nhttps://a.example.org/feed\nhttps://b.example.org/feed sea "~By the Bay"\n'
    assert cli("import", "-", stdin=text).stdout.startswith("2 feeds read: 2 added")
    assert (
        (cli.folder / "feeds.yaml").read_text()
        == """\
sources:
  - https://a.example.org/feed
  - url: https://b.example.org/feed
    name: By the Bay
    tags: [sea]
"""
    )
    assert "2 sources" in cli("check").stdout


def test_what_is_no_list_is_told(cli: Cli) -> None:
    result = cli("import", "-", stdin=b"<html><body>Hello</body></html>", check=1)
    assert "It is a web page, not a list of feeds." in result.stdout
    assert "nothing was added" in result.stderr
    assert not (cli.folder / "feeds.yaml").exists()
    assert cli("import", "no-such-file", check=2).stderr


def test_long_reports_are_cut_but_not_in_json(cli: Cli) -> None:
    text = "\n".join(["https://a.example.org/feed", *(f"nothing {n}" for n in range(30))]).encode()
    output = cli("import", "-", "--dry-run", stdin=text).stdout.splitlines()
    assert (len(output), output[-1]) == (22, "… and 10 more remarks; --json has them all")
    assert len(rows(cli("import", "-", "--dry-run", "--json", stdin=text).stdout)) == 31


# --- export --------------------------------------------------------------------------------------


def test_the_list_is_exported_and_imported_again(cli: Cli) -> None:
    cli.write(OPML, "list.opml")
    cli.write(FEEDS.replace("sea]\n", "sea]\n    paused: true\n"))
    cli("import", "list.opml")
    before = load(cli.folder / "feeds.yaml", environ={})
    exported = cli("export", "--format", "opml").stdout
    (cli.folder / "feeds.yaml").unlink()
    cli("import", "-", stdin=exported.encode())
    after = load(cli.folder / "feeds.yaml", environ={})
    assert essence(after) == essence(before)
    assert [one.name for one in after.paused] == ["Harbour Notes"]
    assert cli("export", "--format", "opml").stdout == exported


def test_the_list_is_exported_into_a_file(cli: Cli) -> None:
    cli.write(FEEDS)
    assert cli("export", "-o", "out.opml").stdout == "Written: out.opml (3 sources)\n"
    written = (cli.folder / "out.opml").read_bytes()
    assert written == cli("export", "--format", "opml").stdout.encode()
    (cli.folder / "out.opml").write_bytes(b"mine")
    assert "aggregator export -o out.opml" in cli("export", "out.opml", check=2).stderr
    assert (cli.folder / "out.opml").read_bytes() == b"mine"
    cli("export", "-o", "out.opml")
    assert (cli.folder / "out.opml").read_bytes() == written
    failed = cli("export", "-o", "absent/out.opml", check=2)
    assert "cannot be written: No such file" in failed.stderr


def essence(config: Config) -> set[object]:
    """What an OPML list can say of the sources."""
    paused = {one.url for one in config.paused}
    return {
        (
            one.url,
            one.name,
            one.tags,
            one.language,
            frozenset(config.outlines.get(one.url, ())),
            one.url in paused,
        )
        for one in (*config.sources, *config.paused)
    }


def imported(path: Path, opml: bytes) -> Config:
    """An empty feeds.yaml after the import of a list."""
    path.unlink(missing_ok=True)
    add_sources(path, [new_source(one) for one in parse_opml(opml).entries], environ={})
    return load(path, environ={})


WORDS = st.text(max_size=40)
NAMES = WORDS.map(lambda text: plain_name(text, 90)).filter(lambda name: "://" not in name)
TAGS = st.lists(WORDS.map(as_category).filter(bool), max_size=4)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["description", "app:color", "created", "version", "x-y.z"]), WORDS, max_size=3
)
LANGUAGES = st.sampled_from([None, "en", "pt", "gsw"])


def address(number: int) -> str:
    return f"https://{number}.example.org/feed"


@st.composite
def sources(draw: st.DrawFn) -> list[NewSource]:
    return [
        NewSource(
            url=address(number),
            name=draw(NAMES),
            tags=tuple(draw(TAGS)),
            language=draw(LANGUAGES),
            opml=tuple(draw(ATTRIBUTES).items()),
            paused=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


@settings(deadline=None)  # a busy machine is no failure
@given(sources())
def test_any_list_comes_back_as_it_went(new: list[NewSource]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feeds.yaml"
        add_sources(path, new, environ={})
        before = load(path, environ={})
        exported = to_opml(before)
        after = imported(path, exported)
    assert essence(after) == essence(before)
    assert to_opml(after) == exported


@st.composite
def outlines(draw: st.DrawFn) -> list[OpmlEntry]:
    return [
        OpmlEntry(
            url=address(number),
            title=draw(WORDS),
            site_url=draw(st.sampled_from([None, "https://example.org/"])),
            folders=tuple(draw(st.lists(WORDS, max_size=3))),
            categories=tuple(draw(TAGS)),
            attributes=tuple((draw(ATTRIBUTES) | draw(LOCALES)).items()),
        )
        for number in range(draw(st.integers(1, 5)))
    ]


LOCALES = st.dictionaries(st.just("language"), st.sampled_from(["", "en-GB", "??"]), max_size=1)


@settings(deadline=None)  # a busy machine is no failure
@given(outlines())
def test_any_list_of_others_comes_back_as_it_was_read(entries: list[OpmlEntry]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feeds.yaml"
        before = imported(path, write_opml(entries, title="x"))
        exported = to_opml(before)
        after = imported(path, exported)
    assert len(essence(before)) == len(entries)
    assert essence(after) == essence(before)
    assert to_opml(after) == exported
