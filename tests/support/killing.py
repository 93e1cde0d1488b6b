"""kill -9 of `aggregator update` at random moments, and the comparison with an undisturbed run.

python tests/support/killing.py --kills 50 [--seed 1] is the long form; a test does 10.
"""

from __future__ import annotations

import argparse
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aggregator.demo.press import Press

PROGRAM = Path(sys.executable).with_name("aggregator")

ITEMS = """
select sources.name, articles.url, articles.title, texts.text, articles.text_origin
from articles join sources on sources.id = articles.source_id
join texts on texts.article_id = articles.id order by 1, 2
"""
ASSIGNMENTS = """
select articles.url, opener.url, assignments.relation, twin.url
from assignments
join articles on articles.id = assignments.article_id
join articles as opener on opener.id = assignments.story_id
left join articles as twin on twin.id = assignments.of_id
order by 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What must be the same, however often the work was interrupted."""

    items: tuple[tuple[object, ...], ...]
    assignments: tuple[tuple[object, ...], ...]
    integrity: str


def snapshot(database: Path) -> Snapshot:
    with closing(sqlite3.connect(database)) as connection:
        return Snapshot(
            items=tuple(connection.execute(ITEMS)),
            assignments=tuple(connection.execute(ASSIGNMENTS)),
            integrity=str(connection.execute("pragma integrity_check").fetchone()[0]),
        )


def update(folder: Path) -> float:
    """One undisturbed pass; its seconds."""
    began = time.monotonic()
    subprocess.run(
        [str(PROGRAM), "update"], cwd=folder, check=True, capture_output=True, timeout=100
    )
    return time.monotonic() - began


def kill_one(folder: Path, after: float) -> bool:
    """Start a pass and kill it; False when it had ended before."""
    process = subprocess.Popen(
        [str(PROGRAM), "update"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def prepare(folder: Path, press: Press) -> Path:
    folder.mkdir()
    (folder / "feeds.yaml").write_text(press.feeds_yaml("aggregator.db"), encoding="utf-8")
    return folder


def compare(root: Path, *, kills: int, each: int, rng: random.Random) -> tuple[int, list[str]]:
    """(kills that hit a running pass, differences found).

    Databases are made until `kills` passes have been killed, up to `each` in a database; then
    one full pass follows and is compared with an undisturbed one.
    """
    with Press(datetime.now(UTC)) as press:
        seconds = update(prepare(root / "undisturbed", press))
        wanted = snapshot(root / "undisturbed" / "aggregator.db")
        hits, round_number, differences = 0, 0, []
        while hits < kills:
            round_number += 1
            folder = prepare(root / f"round-{round_number}", press)
            for _ in range(min(each, kills - hits)):
                hits += kill_one(folder, rng.uniform(0.05, seconds))
            update(folder)
            differences += differ(wanted, snapshot(folder / "aggregator.db"), round_number)
    return hits, differences


def differ(wanted: Snapshot, found: Snapshot, round_number: int) -> list[str]:
    """What is not the same, a line each."""
    lines = []
    if found.integrity != "ok":
        lines.append(f"round {round_number}: integrity_check says {found.integrity}")
    for what in ("items", "assignments"):
        missing = set(getattr(wanted, what)) - set(getattr(found, what))
        extra = set(getattr(found, what)) - set(getattr(wanted, what))
        lines += [f"round {round_number}: {what}: lost {row[:2]}" for row in missing]
        lines += [f"round {round_number}: {what}: unexpected {row[:2]}" for row in extra]
        if len(getattr(wanted, what)) != len(getattr(found, what)):
            lines.append(f"round {round_number}: {what}: doubled or lost")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 1_000_000
    with tempfile.TemporaryDirectory() as name:
        hits, differences = compare(
            Path(name), kills=options.kills, each=2, rng=random.Random(seed)
        )
    for line in differences:
        sys.stdout.write(line + "\n")
    sys.stdout.write(
        f"{hits} passes killed (seed {seed}); {len(differences)} differences from an undisturbed "
        "run\n"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
