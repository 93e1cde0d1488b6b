"""export: articles as data or as a document, and the list of sources."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import Period, config_option, load_config, reading
from aggregator.cli.output import Cell, complain, line, meter, note
from aggregator.cli.query_words import QueryCommand, typed
from aggregator.core.durations import format_size
from aggregator.core.enumerating import counted
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.service.exporting import Exported, Wanted
    from aggregator.storage.protocol import Storage

FORMATS = ("jsonl", "csv", "parquet", "epub", "md", "opml")
DOCUMENT_LIMIT = 1_000
"""Articles of an EPUB or a Markdown file, unless --limit says otherwise."""
_ENDINGS = {f".{name}": name for name in FORMATS} | {".ndjson": "jsonl", ".markdown": "md"}
_ROWS = ("jsonl", "csv", "parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the command line says."""

    query: str
    form: str
    output: Path | None
    story: int | None
    since: datetime | None
    limit: int | None
    no_text: bool
    html: bool
    excel: bool


@click.command(
    cls=QueryCommand,
    short_help="Take articles out, as CSV, JSON, Markdown, EPUB and more.",
    epilog="Examples: aggregator export > articles.jsonl · "
    "aggregator export 'tag:world flood' --since 30d -o floods.csv · "
    "aggregator export --story 17 -o story.epub · aggregator export -o feeds.opml",
)
@click.argument("query", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to; a file that is there is replaced. Else it goes to standard output.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: by the ending of FILE, else jsonl; opml is the list of sources.",
)
@click.option("--story", type=int, metavar="ID", help="Only the articles of this story.")
@click.option("--since", type=Period(), help="Only articles since then: 12h, 3d or a date.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1),
    help=f"Only the newest so many; all by default, {DOCUMENT_LIMIT:,} in epub and md.",
)
@click.option("--no-text", is_flag=True, help="Leave the texts out.")
@click.option("--html", is_flag=True, help="jsonl, csv, parquet: the texts as HTML, too.")
@click.option("--excel", is_flag=True, help="csv: as Excel opens it by itself.")
@config_option
def export(  # noqa: PLR0913 - the options of the command
    *,
    query: tuple[str, ...],
    output: Path | None,
    form: str | None,
    story: int | None,
    since: datetime | None,
    limit: int | None,
    no_text: bool,
    html: bool,
    excel: bool,
    config_path: Path,
) -> int:
    """Take articles out, any number of them: all, or those that match QUERY.

    QUERY is what `aggregator search` takes. csv, jsonl and parquet are for programs and
    spreadsheets; epub and md are one document to read. Exit code 1 when nothing matches.
    """
    to_file = None if output is None or str(output) == "-" else output
    words = typed(query)
    asked = _Asked(
        query=" ".join(words),
        form=form or _format_of(to_file),
        output=to_file,
        story=story,
        since=since,
        limit=limit,
        no_text=no_text,
        html=html,
        excel=excel,
    )
    _refuse(asked, words)
    if asked.form == "opml":
        config = load_config(config_path, secrets=False)
        _protect(asked, config_path, config)
        _write_sources(config, to_file)
        return 0
    with reading(config_path) as (config, storage):
        _protect(asked, config_path, config)
        wanted = _wanted(asked, config, storage)
        done = _export(asked, wanted, storage)
    return _tell(asked, done)


def _format_of(output: Path | None) -> str:
    if output is None:
        return "jsonl"
    ending = output.suffix.lower()
    if ending not in _ENDINGS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise UsageError(
            f"the ending of {output.name} is none of {known}: say with --format what it is to be"
        )
    return _ENDINGS[ending]


def _refuse(asked: _Asked, words: Sequence[str]) -> None:
    """Raises UsageError for what makes no sense together."""
    if len(words) == 1 and asked.output is None and Path(words[0]).suffix.lower() in _ENDINGS:
        raise UsageError(
            f"“{words[0]}” looks like a file, and would be a search; to write into that file: "
            f"aggregator export -o {words[0]}"
        )
    if asked.form == "opml" and _narrows(asked):
        raise UsageError("opml is the list of sources; leave out what is about articles")
    if asked.html and (asked.form not in _ROWS or asked.no_text):
        raise UsageError("--html adds to the texts of jsonl, csv and parquet; leave it out")
    if asked.excel and asked.form != "csv":
        raise UsageError("--excel is about csv; add --format csv, or leave it out")
    if asked.form == "epub" and asked.no_text:
        raise UsageError("an EPUB without texts is empty; --format md makes a list of articles")
    if asked.form in {"parquet", "epub"} and asked.output is None and sys.stdout.isatty():
        raise UsageError(f"{asked.form} is not for a terminal; name a file with -o FILE")


def _narrows(asked: _Asked) -> bool:
    chosen = (asked.query, asked.story, asked.since, asked.limit, asked.no_text, asked.html)
    return any(chosen) or asked.story == 0 or asked.excel


def _protect(asked: _Asked, config_path: Path, config: Config) -> None:
    """Raises UsageError where feeds.yaml or the database would be replaced."""
    own = [config_path, *([config.storage] if isinstance(config.storage, Path) else [])]
    wanted = asked.output
    if (
        wanted is not None
        and wanted.exists()
        and any(map(wanted.samefile, filter(Path.exists, own)))
    ):
        raise UsageError(f"{wanted} is what aggregator itself works with; name another file")


def _write_sources(config: Config, output: Path | None) -> None:
    from aggregator.config.opml import to_opml
    from aggregator.service.export_files import opened

    with opened(sys.stdout.buffer if output is None else output) as file:
        file.write(to_opml(config))
    if output is not None:
        count = len(config.sources) + len(config.paused)
        line(Cell("Written: ", "good"), f"{output} ({counted(count, 'source')})")


def _wanted(asked: _Asked, config: Config, storage: Storage) -> Wanted:
    from aggregator.core.export_query import narrowed
    from aggregator.core.query import parse
    from aggregator.service.exporting import Format, Wanted
    from aggregator.service.placing import story_of

    if asked.story is not None:
        story_of(storage, asked.story)
    query = parse(asked.query, now=datetime.now(UTC)) if asked.query else None
    form = Format(asked.form)
    return Wanted(
        query=narrowed(query, story=asked.story, since=asked.since),
        format=form,
        title=asked.query or "Articles",
        zone=config.digest.timezone,
        limit=asked.limit or (DOCUMENT_LIMIT if form.is_document else None),
        text=not asked.no_text,
        html=asked.html,
        excel=asked.excel,
        tags={one.name: one.tags for one in (*config.sources, *config.paused)},
    )


def _export(asked: _Asked, wanted: Wanted, storage: Storage) -> Exported:
    from aggregator.service import exporting

    if asked.output is None:
        return exporting.export(storage, wanted, sys.stdout.buffer)
    with meter("Exporting", 100) as bar:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            for _ in range(shown, 100 * done // total):
                bar.step("per cent")
                shown += 1

        return exporting.export(storage, wanted, asked.output, progress=progress)


def _tell(asked: _Asked, done: Exported) -> int:
    """What was written, and what was not; the exit code."""
    if not done.articles:
        complain("nothing matches" if asked.form in _ROWS else "nothing matches; no file is made")
        return 1
    if asked.output is not None:
        size = format_size(asked.output.stat().st_size)
        line(
            Cell("Written: ", "good"),
            f"{asked.output} ({counted(done.articles, 'article')}, {size})",
        )
    if done.more:
        note(
            f"More articles match: these are the newest {done.articles:,}. --limit takes more of "
            "them; --since or a narrower search fewer."
        )
    if done.cut:
        note(
            f"{counted(done.cut, 'article')} had a text too long for a cell of Excel, and is cut "
            "at its end; without --excel it is whole."
        )
    return 0
