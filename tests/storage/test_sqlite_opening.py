from __future__ import annotations

import os
import sqlite3
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from storemaker import HOUR, NOW, new, source, store

from aggregator.core.query import parse
from aggregator.errors import DatabaseBusy, DatabaseTooNew, StorageError
from aggregator.storage.migrate import migrations
from aggregator.storage.sqlite import open_storage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news #1 ä%20.db"


def filled(path: Path) -> Path:
    storage = open_storage(path)
    store(storage, new("1", text="river"))
    storage.close()
    return path


def test_a_new_database_is_its_owners(path: Path) -> None:
    open_storage(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_another_process_that_is_just_opening_it_is_waited_for(path: Path) -> None:
    path.touch()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN")
    other.execute("SELECT * FROM sqlite_master").fetchall()  # nobody may begin a log meanwhile
    with pytest.raises(DatabaseBusy):
        open_storage(path, busy_timeout=timedelta())
    release = threading.Timer(0.05, other.execute, ["COMMIT"])
    release.start()
    open_storage(path).close()
    release.join()
    other.close()


def test_how_it_is_opened(path: Path) -> None:
    storage = open_storage(path)
    assert storage._writer is not None
    connection = storage._writer._connection
    pragmas = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    storage.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}


def test_reading_what_is_not_there(path: Path) -> None:
    with pytest.raises(StorageError, match=r"run `aggregator update` first"):
        open_storage(path, read_only=True)
    assert not path.exists()


def test_reading_only(path: Path) -> None:
    before = filled(path).read_bytes()
    storage = open_storage(path, read_only=True)
    assert len(storage.search(parse("river", now=NOW), limit=9).hits) == 1
    assert storage.check() == []
    for write in (
        lambda: storage.sync_sources([], now=NOW),
        lambda: storage.wake(None, now=NOW, force=True),
        storage.release_claims,
    ):
        with pytest.raises(StorageError, match="reading only"):
            write()
    storage.close()
    assert path.read_bytes() == before


def test_reading_while_a_service_writes(path: Path) -> None:
    service = open_storage(path)
    reader = open_storage(path, read_only=True)
    for number in range(3):
        store(service, new(str(number), text="river"))
        assert len(reader.search(parse("river", now=NOW), limit=9).hits) == number + 1
    service.close()
    assert reader.counts().articles == 3
    reader.close()


def test_closing_frees_every_file(path: Path) -> None:
    storage = open_storage(path)
    store(storage, new("1"))
    window = storage.window(span=HOUR)
    next(window, None)
    storage.counts()
    storage.close()
    del window
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("no /proc here to see open files in")
    links = [str(one.readlink()) for one in descriptors.iterdir() if one.is_symlink()]
    assert [link for link in links if link.startswith(str(path))] == []


def test_a_directory(tmp_path: Path) -> None:
    for read_only in (True, False):
        with pytest.raises(StorageError, match="is a directory"):
            open_storage(tmp_path, read_only=read_only)


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"the directory .*/none does not exist"):
        open_storage(tmp_path / "none" / "news.db")


def test_no_database(path: Path) -> None:
    path.write_text("sources:\n  - https://example.com/feed\n" * 100)
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(StorageError, match="is no SQLite database") as caught:
            open_storage(path, read_only=read_only)
        assert path.name in str(caught.value)
    assert path.read_bytes() == before


def test_another_programs_database(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (id INTEGER)")
    other.close()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(StorageError, match="another program"):
            open_storage(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_newer_database(path: Path) -> None:
    newest = migrations()[-1].number
    connection = sqlite3.connect(filled(path))
    connection.execute(f"PRAGMA user_version = {newest + 1}")
    connection.close()
    for read_only in (True, False):
        with pytest.raises(DatabaseTooNew, match=f"schema {newest + 1}, this one knows {newest}"):
            open_storage(path, read_only=read_only)


def test_an_older_database_is_not_migrated_by_readers(path: Path) -> None:
    path.touch()
    with pytest.raises(StorageError, match="older version"):
        open_storage(path, read_only=True)
    assert path.read_bytes() == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_no_permission(path: Path) -> None:
    filled(path).chmod(0o000)
    for read_only in (True, False):
        with pytest.raises(StorageError, match="permission"):
            open_storage(path, read_only=read_only)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_only_be_read(path: Path) -> None:
    filled(path).chmod(0o400)
    with pytest.raises(StorageError, match="permission"):
        open_storage(path)
    storage = open_storage(path, read_only=True)
    assert storage.counts().articles == 1
    storage.close()


def test_damage_is_told(path: Path) -> None:
    storage = open_storage(path)
    store(storage, *(new(str(number)) for number in range(50)))
    storage.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE texts SET title = 'Drifted', text = 'apart' WHERE article_id = 7")
    connection.execute("UPDATE articles SET story_id = 3 WHERE id = 5")
    connection.execute("INSERT INTO stories VALUES (8, 2, 1, 0, 0)")
    connection.execute("DELETE FROM sources")
    connection.commit()
    connection.close()
    storage = open_storage(path)
    problems = "\n".join(storage.check())
    storage.close()
    for expected in (
        "headline of article 7",
        "article 5 has another story",
        "story 8 counts its articles wrongly",
        "story 8 has the id of an article that belongs to another one",
        "row 1 of articles belongs to a row of sources that is not there",
        "article 7 is in the search index with another text",
        "does not fit the texts: ",
    ):
        assert expected in problems


def test_a_damaged_file_is_told(path: Path) -> None:
    storage = open_storage(path)
    store(storage, new("first"))  # with it all tables are there
    storage.close()
    whole = path.stat().st_size
    storage = open_storage(path)
    store(storage, *(new(str(number), text="river " * 500) for number in range(200)))
    storage.close()
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    for page in range(whole // size, len(content) // size):
        content[page * size : page * size + 200] = b"\xff" * 200
    path.write_bytes(content)
    storage = open_storage(path, read_only=True)
    with pytest.raises(StorageError, match="damaged"):
        storage.search(parse("river", now=NOW), limit=99)
    storage.close()


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    storage = open_storage(path)
    storage.sync_sources([source()], now=NOW)
    assert storage.counts().sources == 1
    storage.close()
