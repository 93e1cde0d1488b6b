"""Cold and unchanged update of 1,000 feeds, beside reader and newsboat on the same feeds.

python -m benchmarks.update [--feeds 1000] [--entries 25] [--origins 200] [--delay 0]

reader is installed from the package index into a virtual environment of its own (kept under
build/); newsboat is used when it is on the PATH (`apt-get install newsboat`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.measure import Measured, machine, print_table, run

ROOT = Path(__file__).resolve().parent.parent
READER = ("reader==3.26", "sgmllib3k")
READER_SCRIPT = """
import sys
from reader import make_reader
db, urls, search = sys.argv[1], open(sys.argv[2]).read().split(), sys.argv[3] == "search"
with make_reader(db, feed_root=None) as reader:
    if search:
        reader.enable_search()
    for url in urls:
        reader.add_feed(url, exist_ok=True)
    reader.update_feeds(workers=10)
    if search:
        reader.update_search()
"""

Row = tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=25)
    parser.add_argument("--origins", type=int, default=200)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--only-ours", action="store_true")
    options = parser.parse_args()
    print(f"{options.feeds} feeds of {options.entries} entries on {options.origins} loopback hosts")
    print(machine())
    with tempfile.TemporaryDirectory() as name, _server(options) as urls:
        folder = Path(name)
        rows = _ours(folder, urls)
        if not options.only_ours:
            rows += _reader(folder, urls) + _newsboat(folder, urls)
    print()
    print_table(("", "entries", "wall s", "CPU s", "peak MB"), rows)
    return 0


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[list[str]]:
    arguments = [options.feeds, options.entries, options.origins, options.delay]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed_server", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        urls: list[str] = []
        while line := process.stdout.readline().strip():
            urls.append(line)
        yield urls
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _ours(folder: Path, urls: Sequence[str]) -> list[Row]:
    config = folder / "feeds.yaml"
    config.write_text(
        "host_delay: 0s\nconcurrency: 20\nallow: [127.0.0.1]\nsources:\n"
        + "".join(f"  - {url}\n" for url in urls),
        encoding="utf-8",
    )
    command = [str(Path(sys.executable).with_name("aggregator")), "update", "-c", str(config)]
    database = folder / "aggregator.db"

    def count() -> int:
        with closing(sqlite3.connect(database)) as connection:
            rows = connection.execute("select count(*) from articles").fetchone()
            return int(rows[0])

    return [
        _measure("aggregator, cold: polled, stored, indexed", [*command, "--polls-only"], count),
        _measure("aggregator, stories of all of them", command, count),
        _measure("aggregator, unchanged", [*command, "--force"], count),
    ]


def _reader(folder: Path, urls: Sequence[str]) -> list[Row]:
    home = ROOT / "build" / "bench-reader"
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *READER], check=True)
    listed = folder / "reader-urls"
    listed.write_text("\n".join(urls), encoding="utf-8")
    rows = []
    for search, label in (("", ""), ("search", " with its search index")):
        database = folder / f"reader{search}.db"

        def count(database: Path = database) -> int:
            with closing(sqlite3.connect(database)) as connection:
                return int(connection.execute("select count(*) from entries").fetchone()[0])

        command = [str(python), "-c", READER_SCRIPT, str(database), str(listed), search]
        rows.append(_measure(f"reader 3.26, cold{label}", command, count))
        if not search:
            rows.append(_measure("reader 3.26, unchanged", command, count))
    return rows


def _newsboat(folder: Path, urls: Sequence[str]) -> list[Row]:
    program = shutil.which("newsboat")
    if program is None:
        return [("newsboat: not installed (apt-get install newsboat)", "", "", "", "")]
    (folder / "urls").write_text("\n".join(urls) + "\n", encoding="utf-8")
    (folder / "config").write_text("reload-threads 10\nmax-items 0\n", encoding="utf-8")
    cache = folder / "cache.db"

    def count() -> int:
        with closing(sqlite3.connect(cache)) as connection:
            return int(connection.execute("select count(*) from rss_item").fetchone()[0])

    command = [
        program,
        "-u",
        str(folder / "urls"),
        "-C",
        str(folder / "config"),
        "-c",
        str(cache),
        "-x",
        "reload",
    ]
    env = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    return [
        _measure("newsboat, cold", command, count, env=env),
        _measure("newsboat, unchanged", command, count, env=env),
    ]


def _measure(
    label: str,
    command: Sequence[str],
    count: Callable[[], int],
    *,
    env: dict[str, str] | None = None,
) -> Row:
    print(f"… {label}", flush=True)
    measured: Measured = run(command, env=env)
    if measured.code != 0:
        print(measured.output)
        raise SystemExit(f"{label}: exit code {measured.code}")
    return (
        label,
        f"{count():,}",
        f"{measured.wall:.1f}",
        f"{measured.cpu:.1f}",
        f"{measured.peak:.0f}",
    )


if __name__ == "__main__":
    sys.exit(main())
