"""Thirty days of polling 200 scripted hosts, and what a plain poller would have asked of them.

PYTHONPATH=tests/support python -m benchmarks.simulate [--days 30] [--few] [--seed 5]

The pipeline and the store are the real ones; time is virtual, and the hosts are functions of it
(tests/support/sim). Publication, requests and restarts are drawn from the seed. The run fails when
one of the rules is broken: an item missed, a host asked too soon, a validator not sent.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sim.checks import complaints, repeated
from sim.drive import Run, simulate
from sim.figures import Figures, figures, plain, total
from sim.kinds import Scenario, cast
from sim.stored import stored_articles

from aggregator.types import Database, PostgresUrl
from benchmarks.measure import machine, print_table

HEAD = (
    "kind", "feeds", "polls", "requests/day", "304", "KB/day",
    "items", "stored", "unavoidable", "put off", "missed", "found after", "9 in 10",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--few", action="store_true", help="one host of each kind")
    parser.add_argument("--postgres", metavar="URL", help="an empty database; else a SQLite file")
    options = parser.parse_args()
    scenario = cast(days=options.days, seed=options.seed, few=options.few)
    print(
        f"{len(scenario.members)} feeds on {len(scenario.web.sites)} scripted hosts, "
        f"{options.days} days; interval 30m, max_interval 4h"
    )
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "aggregator.db"
        database: Database = PostgresUrl(options.postgres) if options.postgres else file
        run = simulate(scenario, database)
        articles = stored_articles(database)
    found = complaints(run, articles)
    print(_summary(run))
    print()
    rows = figures(run, articles)
    both = [total(rows), plain(run)]
    print_table(HEAD, [_row(row, scenario) for row in [*rows, *both]])
    print()
    print(_against(*both))
    return _judged(found)


def _summary(run: Run) -> str:
    polls = sum(len(some) for some in run.log.polls.values())
    crashes = sum(one.crash for one in run.interruptions)
    restarts = len(run.interruptions) - crashes
    return (
        f"{polls:,} polls in {run.seconds:.0f} s (CPU {sum(os.times()[:2]):.0f} s), through a "
        f"change of feeds.yaml, {restarts} restarts and {crashes} crashes, after which "
        f"{repeated(run)} polls were made again"
    )


def _row(kind: Figures, scenario: Scenario) -> Sequence[str]:
    """Requests and bytes are those of one feed."""
    per_day = kind.feeds * scenario.days
    return (
        kind.kind,
        f"{kind.feeds:,}",
        f"{kind.polls:,}",
        f"{kind.requests / per_day:.1f}",
        f"{kind.confirmed / max(kind.good, 1):.0%}",
        f"{kind.size / per_day / 1000:.1f}",
        f"{kind.published:,}",
        f"{kind.stored:,}",
        f"{kind.unavoidable:,}",
        f"{kind.put_off:,}",
        f"{kind.missed:,}",
        _minutes(kind.delay(0.5)),
        _minutes(kind.delay(0.9)),
    )


def _minutes(span: timedelta) -> str:
    return f"{span / timedelta(minutes=1):.0f} min"


def _against(ours: Figures, theirs: Figures) -> str:
    return (
        f"Requests: {ours.requests / theirs.requests:.0%} of the plain poller's; "
        f"bytes: {ours.size / theirs.size:.1%}."
    )


def _judged(found: Sequence[str]) -> int:
    if not found:
        print("Every rule was kept.")
        return 0
    broken = Counter(one.partition(":")[0] for one in found)
    print("Broken: " + ", ".join(f"{rule} ({count})" for rule, count in broken.items()))
    print("\n".join(found[:20]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
