"""One pass over 178 good feeds, alone and with 22 bad ones beside them.

PYTHONPATH=tests/support python -m benchmarks.neighbours [--good 178] [--timeout 30]

The bad ones hang, drip, reset, truncate, go round in circles, answer HTML, 404, 410 or 500. What
counts is when the last good one had been read and decided on; the pass ends when those that hang
have had their time, or at its own deadline (`--within`). Stories are left out. Linux only.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rogues import BAD, Behaviour, Rogues, good

from benchmarks.measure import machine, print_table, run

TIMES = 2
WITHIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    good: float
    """Seconds until the last good feed was done."""
    whole: float
    """Seconds."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=178)
    parser.add_argument("--timeout", type=int, default=30)
    options = parser.parse_args()
    fine = {f"127.9.{n // 250}.{1 + n % 250}": good(items=25) for n in range(options.good)}
    bad = {f"127.3.0.{number}": behave for number, (behave, _) in enumerate(BAD, 1)}
    print(f"{len(fine)} good feeds of 25 entries, {len(bad)} bad ones, timeout {options.timeout} s")
    print(machine())
    alone = _best(fine, {}, options.timeout)
    beside = _best(fine, bad, options.timeout)
    cut = _once(fine, bad, options.timeout, "--within", f"{WITHIN}s")
    rows = [
        ("alone", f"{alone.good:.1f}", f"{alone.whole:.1f}", "1.00"),
        _row("with the bad ones", beside, alone),
        _row(f"with the bad ones, --within {WITHIN}s", cut, alone),
    ]
    print()
    print_table(("", "good ones done, s", "pass, s", "good ones, ratio"), rows)
    return 0


def _row(label: str, one: Pass, alone: Pass) -> tuple[str, ...]:
    return label, f"{one.good:.1f}", f"{one.whole:.1f}", f"{one.good / alone.good:.2f}"


def _best(fine: Mapping[str, Behaviour], bad: Mapping[str, Behaviour], timeout: int) -> Pass:
    """Of a few passes, the one whose good feeds were done first."""
    passes = [_once(fine, bad, timeout) for _ in range(TIMES)]
    return min(passes, key=lambda one: one.good)


def _once(
    fine: Mapping[str, Behaviour], bad: Mapping[str, Behaviour], timeout: int, *options: str
) -> Pass:
    """The bad ones come first in every order."""
    with tempfile.TemporaryDirectory() as name, Rogues({**bad, **fine}) as press:
        config = Path(name) / "feeds.yaml"
        sources = {host: press.url(host) for host in (*bad, *fine)}
        settings = {"host_delay": "0s", "timeout": f"{timeout}s", "pages": "never"}
        config.write_text(press.feeds_yaml(sources, **settings), encoding="utf-8")
        program = str(Path(sys.executable).with_name("aggregator"))
        command = [program, "update", "--polls-only", "-c", str(config), *options]
        began = time.time()
        measured = run(command, cwd=Path(name))
        if measured.code != 0:
            print(measured.output)
            raise SystemExit(f"exit code {measured.code}")
        last, count = _polled(Path(name) / "aggregator.db")
        if count != len(fine):
            raise SystemExit(f"{count} of {len(fine)} good feeds were stored")
    return Pass(good=last - began, whole=measured.wall)


def _polled(database: Path) -> tuple[float, int]:
    """(when the last poll with success was, in seconds since 1970; how many there were)."""
    with closing(sqlite3.connect(database)) as connection:
        row = connection.execute("SELECT max(last_ok_at), count(last_ok_at) FROM sources")
        last, count = row.fetchone()
    return last / 1e6, count


if __name__ == "__main__":
    sys.exit(main())
