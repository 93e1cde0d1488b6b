from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from movingmaker import answers, contents, filled
from storemaker import new, store

from aggregator.errors import StorageError, UsageError
from aggregator.storage.backup import back_up
from aggregator.storage.bulk import open_filler
from aggregator.storage.migrate import migrate, migrations, version
from aggregator.storage.sqlite import open_storage

WRITER = Path(__file__).with_name("killed_writer.py")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return filled(tmp_path / "news.db")


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    """A folder for copies."""
    folder = tmp_path / "safe"
    folder.mkdir()
    return folder


def backed_up(database: Path, target: Path, *, force: bool = False) -> int:
    return back_up(database, target, force=force, watch=lambda _: None)


def test_a_copy_is_the_store(origin: Path, safe: Path) -> None:
    told: list[float] = []
    size = back_up(origin, safe / "copy.db", force=False, watch=told.append)
    assert [*safe.iterdir()] == [safe / "copy.db"]
    assert (safe / "copy.db").stat().st_size == size
    assert (safe / "copy.db").stat().st_mode & 0o777 == 0o600
    assert told[-1] == 1
    assert contents(safe / "copy.db") == contents(origin)
    assert [*answers(safe / "copy.db")] == [*answers(origin)]


def test_what_was_stored_before_is_in_it_whoever_writes(tmp_path: Path, safe: Path) -> None:
    """Also when others store between any two steps: SQLite begins anew then, unless it is held."""
    database = tmp_path / "news.db"
    storage = open_storage(database)
    store(storage, *(new(f"long-{n}", text=f"Word{n} and on. " * 100_000) for n in range(20)))
    storage.close()
    child = subprocess.Popen(
        [sys.executable, WRITER, database, "run"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert child.stdout is not None
    shares: list[float] = []
    with child.stdout as output:
        try:
            acknowledged = [next(output).strip() for _ in range(20)]

            def watch(share: float) -> None:
                shares.append(share)
                next(output)

            back_up(database, safe / "copy.db", force=False, watch=watch)
        finally:
            child.kill()
            child.wait()
    assert len(shares) > 2
    assert shares == sorted(set(shares))
    storage = open_storage(safe / "copy.db")
    try:
        assert storage.check() == []
        guids = {
            article.guid
            for number in range(1, storage.counts().articles + 1)
            if (article := storage.article(number))
        }
    finally:
        storage.close()
    assert {f"{poll}/{one}" for poll in acknowledged for one in range(3)} <= guids


def test_an_older_versions_store_may_be_copied(tmp_path: Path, safe: Path) -> None:
    """Before it is brought up to date."""
    with closing(sqlite3.connect(tmp_path / "old.db", isolation_level=None)) as connection:
        migrate(connection, migrations()[:1])
    backed_up(tmp_path / "old.db", safe / "copy.db")
    with closing(sqlite3.connect(safe / "copy.db")) as connection:
        assert version(connection) == 1


# --- the target


def test_a_file_that_is_there_stays(origin: Path, safe: Path) -> None:
    target = safe / "copy.db"
    target.write_text("precious")
    with pytest.raises(UsageError, match="exists already and stays as it is"):
        backed_up(origin, target)
    assert target.read_text() == "precious"
    backed_up(origin, target, force=True)
    assert contents(target) == contents(origin)
    assert [*safe.iterdir()] == [target, Path(f"{target}.lock")]  # of the reading


def test_one_that_comes_meanwhile_stays(origin: Path, safe: Path) -> None:
    target = safe / "copy.db"
    with pytest.raises(UsageError, match="exists already"):
        back_up(origin, target, force=False, watch=lambda _: (target.write_text("other"), None)[1])
    assert target.read_text() == "other"
    assert [*safe.iterdir()] == [target]


@pytest.mark.parametrize("force", [False, True])
def test_the_database_itself_is_no_target(origin: Path, tmp_path: Path, force: bool) -> None:
    (tmp_path / "link.db").symlink_to(origin)
    before = origin.read_bytes()
    for name in ("news.db", "news.db-wal", "news.db.lock", "link.db", "safe/../news.db"):
        (tmp_path / "safe").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match="belongs to the database itself"):
            backed_up(origin, tmp_path / name, force=force)
    assert origin.read_bytes() == before


def test_a_database_in_use_is_no_target(origin: Path, tmp_path: Path) -> None:
    """Its log would be played into the copy."""
    storage = open_storage(tmp_path / "other.db")
    try:
        store(storage, new("1"))
        with pytest.raises(UsageError, match="is in use as a database"):
            backed_up(origin, tmp_path / "other.db", force=True)
    finally:
        storage.close()


def test_places_that_cannot_be_written(origin: Path, safe: Path) -> None:
    with pytest.raises(UsageError, match="is a directory: name a file in it"):
        backed_up(origin, safe)
    with pytest.raises(UsageError, match="does not exist: make it first"):
        backed_up(origin, safe / "no" / "copy.db")
    with pytest.raises(UsageError, match="/proc cannot be written to"):
        backed_up(origin, Path("/proc/copy.db"))
    assert [*safe.iterdir()] == []


# --- the source


def test_sources_that_cannot_be_copied(origin: Path, tmp_path: Path, safe: Path) -> None:
    target = safe / "copy.db"
    with pytest.raises(StorageError, match=r"there is no database at .*typo\.db"):
        backed_up(tmp_path / "typo.db", target)
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection:
        connection.execute("CREATE TABLE a (b)")
    with pytest.raises(StorageError, match="another program"):
        backed_up(tmp_path / "foreign.db", target)
    (tmp_path / "text.db").write_text("No database, but long enough to be looked at. " * 99)
    with pytest.raises(StorageError, match="no SQLite database"):
        backed_up(tmp_path / "text.db", target)
    with open_filler(origin) as filler:
        filler.start(1)
    with pytest.raises(StorageError, match="is not complete yet"):
        backed_up(origin, target)
    assert [*safe.iterdir()] == []


def test_damage_is_not_copied(origin: Path, safe: Path) -> None:
    with origin.open("r+b") as file:
        file.seek(3 * 8_192)
        file.write(b"\xff" * 4_096)
    with pytest.raises(StorageError, match=r"is damaged .* its copy was not kept"):
        backed_up(origin, safe / "copy.db")
    assert [*safe.iterdir()] == []
