"""Where the database is: files, PostgreSQL URLs, and passwords that show nowhere."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import Config, database_of, load, parse
from aggregator.errors import ConfigError
from aggregator.types import PostgresUrl

FOLDER = Path("/srv/news")
PASSWORD = "hunter2"


def read(
    storage: str, *, environ: Mapping[str, str] | None = None, folder: Path = FOLDER
) -> Config:
    text = f"sources: [https://example.org/feed]\nstorage: {storage}\n"
    return parse(text, file="feeds.yaml", folder=folder, environ=environ or {})


def refused(storage: str, *, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read(storage, environ=environ)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (2, "storage")
    return problem.message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://db.example.org/news",
        "postgres://ada@db.example.org:5433/news?sslmode=verify-full",
        "postgresql://a.example.org:5432,b.example.org/news?target_session_attrs=read-write",
        "postgresql:///news?host=/run/postgresql",
        "postgresql:///news?host=%2Frun%2Fpostgresql&options=-csearch_path%3Dmine",
        "postgresql://%2Frun%2Fpostgresql/news",
        "postgresql://[2001:db8::1]:5432/news",
        "postgresql://?service=news",
        "postgresql://ada@db.example.org?dbname=news",
    ],
)
def test_a_url_of_libpq_is_taken_as_it_is(url: str) -> None:
    assert read(f"'{url}'").storage == PostgresUrl(url)
    assert read("x.db", environ={"AGGREGATOR_STORAGE": url}).storage == PostgresUrl(url)


def test_the_scheme_may_be_in_capitals() -> None:
    # libpq wants small letters.
    assert read("PostgreSQL://db/News").storage == PostgresUrl("postgresql://db/News")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql:///news", "names no server; write postgresql://user@host/database"),
        ("postgresql://ada@/news", "names no server"),
        ("postgresql://db.example.org", "names no database; write postgresql://user@host/database"),
        ("postgresql://db.example.org/", "names no database"),
        ("postgresql:news", "must be written as in postgresql://user@host/database"),
        ("postgres:/db/news", "must be written as in"),
        ("postgresql://db:70000/news", "has a port that is not from 1 to 65535"),
        ("postgresql://db:0/news", "has a port that is not from 1 to 65535"),
        ("postgresql://db:port/news", "are written as %25 %40"),
        ("postgresql://[::1/news", "are written as %25 %40"),
        ("postgresql://a@b@db/news", "are written as %25 %40"),
        ("postgresql://db/ne%zzws", "are written as %25 %40"),
        ("postgresql://db/new s", "has a space"),
        ("postgresql://db/news?sslmode", 'needs key=value after "?"'),
        ("postgresql://db/news?options=-csearch_path=mine", 'is written as %3D'),
        ("mysql://db/news", "must be a file name or postgresql://user@host/database, without"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_url_is_said(url: str, says: str) -> None:
    assert says in refused(f"'{url}'")
    assert says in refused("{env: DB}", environ={"DB": url}) or url.startswith("mysql")
    with pytest.raises(ConfigError, match="the variable AGGREGATOR_STORAGE") as caught:
        read("x.db", environ={"AGGREGATOR_STORAGE": url})
    assert says in str(caught.value)


# --- passwords -----------------------------------------------------------------------------------

WITH_PASSWORD = [
    f"postgresql://ada:{PASSWORD}@db.example.org/news",
    f"postgresql://db.example.org/news?password={PASSWORD}",
    f"postgresql://db.example.org/news?p%61ssword={PASSWORD}",
    f"postgresql://db.example.org/news?sslkey=k&sslpassword={PASSWORD}",
]
MALFORMED = [
    f"postgresql://ada:{PASSWORD}/@db.example.org/news",
    f"postgresql://ada:{PASSWORD}?@db.example.org/news",
    f"postgresql://ada:{PASSWORD}#@db.example.org/news",
    f"postgresql://ada:{PASSWORD}@@db.example.org/news",
    f"postgresql://ada:{PASSWORD} @db.example.org/news",
    f"postgresql://ada:{PASSWORD}%@db.example.org/news",
    f"postgresql://ada:{PASSWORD}@db.example.org",
    f"postgresql://ada:{PASSWORD}@/news",
    f"postgresql:ada:{PASSWORD}@db.example.org/news",
]


@pytest.mark.parametrize("url", WITH_PASSWORD)
def test_a_password_does_not_stand_in_the_file_but_may_come_from_elsewhere(
    url: str, tmp_path: Path
) -> None:
    message = refused(f"'{url}'")
    for way in ("PGPASSWORD", "~/.pgpass", "AGGREGATOR_STORAGE", "{env: NAME}", "{file: PATH}"):
        assert way in message
    (tmp_path / "url").write_text(url + "\n", encoding="utf-8")
    assert read("{file: url}", folder=tmp_path).storage == PostgresUrl(url)
    assert read("{env: DB}", environ={"DB": url}).storage == PostgresUrl(url)
    assert read("x.db", environ={"AGGREGATOR_STORAGE": url}).storage == PostgresUrl(url)
    path = tmp_path / "feeds.yaml"
    path.write_text("storage: {file: url}\nintervall: 5m\n", encoding="utf-8")
    assert database_of(path, environ={}) == PostgresUrl(url)
    assert database_of(path, environ={"AGGREGATOR_STORAGE": url}) == PostgresUrl(url)


@pytest.mark.parametrize("url", WITH_PASSWORD)
def test_it_shows_nowhere(url: str, caplog: pytest.LogCaptureFixture) -> None:
    config = read("{env: DB}", environ={"DB": url})
    logging.getLogger("test").warning("%s %r", config.storage, config)
    shown = f"{config} {config!r} {config.storage} {config.storage!r} {caplog.text}"
    assert PASSWORD not in shown
    assert "db.example.org/news" in str(config.storage)
    assert "***" in str(config.storage)


@pytest.mark.parametrize("url", MALFORMED)
def test_no_problem_repeats_it(url: str) -> None:
    assert PASSWORD not in refused(f"'{url}'")
    assert PASSWORD not in refused("{env: DB}", environ={"DB": url})
    with pytest.raises(ConfigError) as caught:
        read("x.db", environ={"AGGREGATOR_STORAGE": url})
    assert PASSWORD not in str(caught.value)


@settings(deadline=None)  # a busy machine is no failure
@given(
    user=st.text(min_size=1),
    password=st.text(min_size=1).map(lambda text: f"<{text}>"),
    name=st.text(min_size=1),
)
def test_any_password_can_be_encoded_and_none_shows(user: str, password: str, name: str) -> None:
    parts = [quote(part, safe="", errors="replace") for part in (user, password, name)]
    if "%00" in "".join(parts):
        return
    url = f"postgresql://{parts[0]}:{parts[1]}@db.example.org/{parts[2]}"
    config = read("{env: DB}", environ={"DB": url})
    assert config.storage == PostgresUrl(url)
    assert str(config.storage) == f"postgresql://{parts[0]}:***@db.example.org/{parts[2]}"
    assert "holds a password" in refused(f"'{url}'")


@settings(deadline=None)  # a busy machine is no failure
@given(st.text())
def test_no_text_after_the_scheme_is_anything_but_taken_or_refused(rest: str) -> None:
    try:
        storage = read("{env: DB}", environ={"DB": f"postgresql://{rest}"}).storage
    except ConfigError:
        return
    assert isinstance(storage, PostgresUrl)
    assert str(storage).startswith("postgresql://")


# --- where it is ---------------------------------------------------------------------------------


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "the environment variable DB is not set" in refused("{env: DB}")
    assert "absent" in refused("{file: absent}")
    assert "PostgreSQL" in refused("{env: DB}", environ={"DB": "news.db"})
    assert "news.db" not in refused("{env: DB}", environ={"DB": "news.db"})
    assert "{env: NAME}" in refused("{env: A, file: b}")


def test_the_variable_comes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "storage: postgresql://db/one\nsources: [https://example.org/feed]\n", encoding="utf-8"
    )
    environ = {"AGGREGATOR_STORAGE": "two.db"}
    assert load(path, environ={}).storage == PostgresUrl("postgresql://db/one")
    assert load(path, environ=environ).storage == tmp_path / "two.db"


def test_the_lease_is_longer_than_a_request() -> None:
    assert str(read("x.db").lease) == "0:10:00"
    config = parse(
        "sources: [https://example.org/feed]\ntimeout: 1s\nlease: 2s\n",
        file="feeds.yaml",
        folder=FOLDER,
        environ={},
    )
    assert config.lease > config.timeout
