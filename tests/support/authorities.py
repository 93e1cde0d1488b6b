"""One public authority in place of all of them: to read those takes longer than most tests, and no
server that tests start has a certificate of theirs."""

from __future__ import annotations

from pathlib import Path

import certifi

_END = "-----END CERTIFICATE-----\n"


def know_one(folder: Path) -> None:
    """From now on, in this process, certifi's file has the first of its certificates only.

    `folder`: where that file is to be.
    """
    bundle = Path(certifi.where()).read_text(encoding="utf-8")
    path = folder / "authorities.pem"
    path.write_text(bundle[: bundle.index(_END) + len(_END)], encoding="utf-8")
    certifi.where = lambda: str(path)
