"""The file itself: whether it is there and can be read, where its names lead, when it changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from configreading import TWO_LINES

from aggregator.config import database_of, fingerprint_of, load
from aggregator.errors import ConfigError, ConfigProblem


def test_names_in_a_file_are_relative_to_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "feeds.yaml").write_text(TWO_LINES)
    monkeypatch.chdir(tmp_path)
    config = load(Path("conf/feeds.yaml"), environ={})
    assert config.storage == tmp_path / "conf" / "aggregator.db"


def test_a_fingerprint_changes_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    assert fingerprint_of(path) is None
    path.write_text("a")
    first = fingerprint_of(path)
    assert first == fingerprint_of(path)
    path.write_text("ab")
    second = fingerprint_of(path)
    other = tmp_path / "other"
    other.write_text("cd")
    stat = path.stat()
    os.utime(other, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    other.replace(path)
    third = fingerprint_of(path)
    path.unlink()
    assert len({first, second, third, fingerprint_of(path)}) == 4


def test_the_environment_may_name_the_database(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("storage: here.db\nsources: [https://example.org/feed]\n", encoding="utf-8")
    environ = {"AGGREGATOR_STORAGE": "/elsewhere/news.db"}
    assert load(path, environ={}).storage == tmp_path / "here.db"
    assert load(path, environ=environ).storage == Path("/elsewhere/news.db")
    assert database_of(path, environ=environ) == Path("/elsewhere/news.db")
    with pytest.raises(ConfigError, match="the variable AGGREGATOR_STORAGE must be a file name"):
        load(path, environ={"AGGREGATOR_STORAGE": "mysql://db.example.org/news"})


def test_the_database_is_found_in_a_file_with_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("storage: here.db\nintervall: 5m\n", encoding="utf-8")
    assert database_of(path, environ={}) == tmp_path / "here.db"
    path.write_text("intervall: 5m\n", encoding="utf-8")
    assert database_of(path, environ={}) == tmp_path / "aggregator.db"
    path.write_text("storage: [1]\n", encoding="utf-8")
    with pytest.raises(ConfigError):
        database_of(path, environ={})


def whole_file(path: Path) -> ConfigProblem:
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    return problem


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    problem = whole_file(tmp_path / "feeds.yaml")
    assert "run `aggregator init`" in problem.message
    assert problem.line == 0


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in whole_file(tmp_path).message


@pytest.mark.parametrize(
    ("raw", "line", "fragment"),
    [
        (TWO_LINES.encode() + "# é\n".encode("latin-1"), 3, "the byte 0xE9 is no UTF-8"),
        (TWO_LINES.encode("utf-16"), 1, "this is UTF-16; save the file as UTF-8"),
    ],
)
def test_a_file_in_another_encoding(tmp_path: Path, raw: bytes, line: int, fragment: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(raw)
    problem = whole_file(path)
    assert fragment in problem.message
    assert problem.line == line
