"""Where the database is, read from a part of feeds.yaml: the same as from the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import database_of, load, read
from aggregator.config.excerpt import excerpt, plain_file
from aggregator.errors import ConfigError

SOURCES = "sources:\n  - https://example.org/feed\n"


@pytest.mark.parametrize(
    ("text", "is_read_whole"),
    [
        (f"storage: a.db  # here\n\n# below\n{SOURCES}", False),
        (f"{SOURCES}storage:\n  a.db", False),
        (f"{SOURCES}storage:\n# comment\n  'a: b.db'\n\nlease: 5m\n", False),
        (f"{SOURCES}storage: [a.db]\n", False),
        (f"{SOURCES}storage: {{file: a.db}}\n", False),
        (f"{SOURCES}storage :  a.db\n", False),
        (f"{SOURCES}storage: a.db\r\nlease: 5m\r\n", False),
        (f'{SOURCES}"storage": a.db\n', True),
        (f"---\n{SOURCES}storage: a.db\n", True),
        ('{"storage": "a.db", "sources": ["https://example.org/feed"]}', True),
        (f"x: &here a.db\n{SOURCES}storage: *here\n", True),
        (f"storage: a.db\n{SOURCES}storage: b.db\n", True),
        (SOURCES, True),
    ],
)
def test_a_part_says_what_the_whole_says(tmp_path: Path, text: str, is_read_whole: bool) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(text.encode())
    assert (excerpt(text) is None) is is_read_whole
    try:
        whole: object = load(path, environ={}).storage
    except ConfigError as error:
        if "storage" not in {problem.key for problem in error.problems}:
            return
        whole = error.problems[0].line
    try:
        part: object = database_of(path, environ={})
    except ConfigError as error:
        part = error.problems[0].line
    assert part == whole or "storage: b.db" in text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (SOURCES, "aggregator.db"),
        ("", "aggregator.db"),
        (f"\n # storage: a.db\n\n{SOURCES}# storage: b.db\n", "aggregator.db"),
        (f"{SOURCES}  - storage: a.db\n", "aggregator.db"),
        ("- https://example.org/feed\n", "aggregator.db"),
        (f"storage: a.db  # here\n\n  # below\n{SOURCES}", "a.db"),
        (f"{SOURCES}storage: 'kept/A-b_1.db'\r\n# end\r\nlease: 5m\r\n", "kept/A-b_1.db"),
        (f'{SOURCES}storage : "/var/lib/news.db"', "/var/lib/news.db"),
        (f"  {SOURCES}  storage: a.db\n", None),
        (f"---\n{SOURCES}", None),
        (f'{SOURCES}"storage": a.db\n', None),
        (f"lease: 5m\u2028storage: a.db\n{SOURCES}", None),
        (f"{SOURCES}storage: a.db\n  b.db\n", None),
        (f"{SOURCES}storage: a b.db\n", None),
        (f"{SOURCES}storage: a.db#b\n", None),
        (f"{SOURCES}storage: ~/a.db\n", None),
        (f"{SOURCES}storage: Null\n", None),
        (f"{SOURCES}storage: a:\n", None),
        (f"{SOURCES}storage: 'a.db\n", None),
        (f"{SOURCES}storage: postgresql://host/news\n", None),
        (f"{SOURCES}storage:\n  a.db", None),
    ],
)
def test_a_plain_name_needs_no_reading_of_yaml(
    tmp_path: Path, text: str, plain: str | None
) -> None:
    assert plain_file(text) == plain
    if plain is not None and text:
        root, _ = read(text, file="feeds.yaml")
        assert root is not None
        node = root.child("storage")
        assert (node.value if node else "aggregator.db") == plain
        path = tmp_path / "feeds.yaml"
        path.write_bytes(text.encode())
        assert database_of(path, environ={}) == tmp_path / plain


@given(
    st.lists(
        st.sampled_from(
            ["storage", ":", " ", "a.db", "\n", "\r\n", "#", "'", '"', "null", "/", "-", "{", "~"]
        ),
        max_size=12,
    ).map("".join)
)
def test_a_plain_name_is_what_yaml_says_it_is(text: str) -> None:
    plain = plain_file(text)
    if plain is None:
        return
    try:
        root, _ = read(text, file="feeds.yaml")
    except ConfigError:  # wrong elsewhere, or no list of sources at all
        return
    node = root.child("storage") if root else None
    assert (node.value if node else "aggregator.db") == plain


def test_a_folder_in_place_of_the_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"{SOURCES}storage: kept\n")
    (tmp_path / "kept").mkdir()
    with pytest.raises(ConfigError, match="is a folder"):
        database_of(path, environ={})


@given(st.text(alphabet=st.sampled_from("storage: \n#'\"-ab*&{}[]\r<|"), max_size=60))
def test_an_excerpt_has_the_lines_of_the_text(text: str) -> None:
    part = excerpt(text)
    if part is not None:
        lines = text.split("\n")
        numbered = [(at, row) for at, row in enumerate(part.split("\n")) if row]
        assert numbered
        assert all(lines[at] == row for at, row in numbered)


def test_a_file_that_is_wrong_elsewhere_still_says_where_the_database_is(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"storage: a.db\n{SOURCES}digest: [unclosed\n")
    assert database_of(path, environ={}) == tmp_path / "a.db"
