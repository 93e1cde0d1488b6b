"""What several of these tests need."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from authority import Authority

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
