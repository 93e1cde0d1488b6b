"""What several of these tests need."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from authority import Authority
from copies import Copies
from postgres import Postgres
from station import OpenStore, Station

from aggregator.storage import postgres as on_postgres
from aggregator.storage.sqlite import open_storage
from aggregator.types import PostgresUrl

_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
_AUTHORITY = (
    f"req -x509 {_KEY} -days 2 -subj /CN=Authority"
    " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign"
)


def _openssl(command: str, *files: str | Path, cwd: Path) -> None:
    try:
        subprocess.run(
            ["openssl", *command.split(), *map(str, files)],
            check=True,
            capture_output=True,
            cwd=cwd,
        )
    except FileNotFoundError:
        pytest.skip("needs the openssl command to make certificates")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed one for localhost, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    path = folder / "localhost.pem"
    command = f"req -x509 {_KEY} -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    _openssl(command, "-keyout", path, "-out", f"{path}.crt", cwd=folder)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    _openssl(_AUTHORITY, "-keyout", "ca.key", "-out", "ca.pem", cwd=folder)
    _openssl(f"req {_KEY} -subj /CN=leaf", "-keyout", "leaf.key", "-out", "leaf.csr", cwd=folder)
    (folder / "leaf.ext").write_text(
        "subjectAltName=DNS:localhost,DNS:news.example.org,IP:127.0.0.1,IP:::1\n"
        "authorityKeyIdentifier=keyid\n"
    )
    _openssl(
        "x509 -req -days 2 -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 7 -extfile leaf.ext",
        "-out",
        "leaf.crt",
        cwd=folder,
    )
    leaf = folder / "leaf.pem"
    leaf.write_bytes((folder / "leaf.crt").read_bytes() + (folder / "leaf.key").read_bytes())
    return Authority(folder / "ca.pem", leaf)


NewStore = Callable[[], OpenStore]
"""Makes an empty database; what it gives opens it, as often as is wished."""


@pytest.fixture(scope="session")
def copies(postgres: Postgres) -> Copies:
    return Copies(postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewStore]:
    """On each backend."""
    serial = count(1)
    if request.param == "sqlite":

        def on_file() -> OpenStore:
            path = tmp_path / f"news-{next(serial)}.db"
            return lambda: open_storage(path)

        yield on_file
        return
    copies: Copies = request.getfixturevalue("copies")  # which starts a server
    taken: list[str] = []

    def on_server() -> OpenStore:
        taken.append(copies.take())
        url = PostgresUrl(taken[-1])
        return lambda: on_postgres.open_storage(url)

    yield on_server
    for url in taken:
        copies.give_back(url)


@pytest.fixture
async def station(new_store: NewStore) -> AsyncIterator[Station]:
    """On each backend, over its restarts."""
    async with Station(open_store=new_store()) as running:
        yield running
