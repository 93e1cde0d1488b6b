"""How well and how fast articles are extracted from real pages, beside others.

    python -m benchmarks.extract [--long] [--only PART …] [--worst N] [FOLDER]

FOLDER holds the labelled pages (default: shared/data/pages beside the repository). Bodies are
scored as the article-extraction-benchmark does: precision and recall of 4-token shingles, averaged
over pages, and the F1 of the two averages. The tests hold our figures above the floors in
tests/floors.toml. tests/support has to be on the path, for the made-up press.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from pathlib import Path

from benchmarks import extract_rivals as rivals
from benchmarks import extract_tables as tables
from benchmarks.extract_furniture import print_furniture
from benchmarks.extract_pages import PAGES, Page, extraction, load, ours
from benchmarks.extract_scores import score_bodies, score_metadata
from benchmarks.extract_worst import print_worst
from benchmarks.measure import machine

__all__ = ("PAGES", "Page", "extraction", "load", "ours", "score_bodies", "score_metadata")

SHORT, LONG = 2_000, 20_000
"""Pages of the run that watches the memory."""
PARTS = ("bodies", "metadata", "speed", "memory", "furniture")


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # others' libraries have many
    parser = argparse.ArgumentParser(description="Extraction of real pages, beside others'.")
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES, metavar="FOLDER")
    parser.add_argument("--long", action="store_true", help=f"watch the memory over {LONG:,} pages")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--worst", type=int, default=0, help="list our N worst pages of each set")
    options = parser.parse_args()
    folder: Path = options.folder
    if not folder.is_dir():
        parser.exit(1, f"There are no labelled pages at {folder}; name their folder.\n")
    print(f"{machine()}; {rivals.versions()}")
    for package in rivals.missing():
        print(f"{package} is not installed: its columns are left out.")
    show = {
        "bodies": lambda: tables.print_bodies(folder),
        "metadata": lambda: tables.print_metadata(folder),
        "speed": lambda: tables.print_speed(folder),
        "memory": lambda: tables.print_memory(folder, LONG if options.long else SHORT),
        "furniture": lambda: print_furniture(folder),
    }
    for part in options.only:
        show[part]()
    if options.worst:
        print_worst(folder, options.worst)


if __name__ == "__main__":
    main()
