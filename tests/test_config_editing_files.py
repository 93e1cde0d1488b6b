"""Edits of feeds.yaml as a file: links, modes, encodings, other programs."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from edited import ENVIRON, NEW, A, B, meaning

from aggregator.config.editing import NewSource, add_sources
from aggregator.errors import ConfigError, UsageError


def test_a_link_is_followed_and_the_mode_is_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "list.yaml"
    target.write_text(f"storage: here.db\nsources:\n  - {A}\n")
    target.chmod(0o640)
    link = tmp_path / "feeds.yaml"
    link.symlink_to(Path("real") / "list.yaml")
    add_sources(link, [NewSource(url=NEW)], environ={})
    assert link.is_symlink()
    assert NEW in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the folder .*absent cannot be used: No such file"):
        add_sources(tmp_path / "absent" / "feeds.yaml", [NewSource(url=NEW)], environ={})
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        add_sources(tmp_path, [NewSource(url=NEW)], environ={})


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(b"\xff\xfes\x00")
    with pytest.raises(ConfigError, match="this is UTF-16; save the file as UTF-8"):
        add_sources(path, [NewSource(url=NEW)], environ={})


class Interrupted(Mapping[str, str]):
    """An environment in which somebody edits the file while it is read."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def __getitem__(self, key: str) -> str:
        self._meanwhile()
        return ENVIRON[key]

    def __iter__(self) -> Iterator[str]:
        return iter(ENVIRON)

    def __len__(self) -> int:
        return len(ENVIRON)


@pytest.mark.parametrize("theirs", [f"sources:\n  - {B}\n", None])
def test_a_change_by_another_program_is_noticed(tmp_path: Path, theirs: str | None) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"sources:\n  - url: {A}\n    headers: {{X-Key: {{env: KEY}}}}\n")

    def meanwhile() -> None:
        path.write_text(theirs) if theirs else path.unlink(missing_ok=True)

    with pytest.raises(UsageError, match="was changed by another program at this moment"):
        add_sources(path, [NewSource(url=NEW)], environ=Interrupted(meanwhile))
    assert (path.read_text() if path.exists() else None) == theirs


def test_programs_that_edit_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    urls = [f"https://{n}.example.org/feed" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda url: add_sources(path, [NewSource(url=url)], environ={}), urls))
    assert {one.url for one in meaning(path.read_text()).sources} == set(urls)
    assert [*tmp_path.iterdir()] == [path]
