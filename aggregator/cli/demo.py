"""demo: the whole pipeline over a press of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.output import Cell, blank, document, heading, line
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.demo.press import Press
    from aggregator.storage.protocol import Storage
    from aggregator.types import Story

MARK = "# Written by `aggregator demo`; it is replaced by the next demo.\n"
MEETING = '"Khalid Taimur Akram"'
SEARCH = "baku -election"
SCHEMA = "aggregator_demo"
PAGE = """\
web:
  title: 'Demo: news of February 2024'
"""
"""Every page says what its texts are: their own dates are not those on which they are shown."""
URL_FILE = "database-url"
DIGEST = """\
digest:
  title: The Five Rivers digest
  from: The demo <demo@example.org>
  to: file:digest-{date}.eml
  sections:
    - {query: 'sources:>=4', title: Widely reported}
    - {query: 'baku OR caspian', title: Around the Caspian}
    - {tag: business, title: Business}
    - {tag: local, title: Town and valley}
"""


@click.command(
    short_help="Show the main job on a press of its own.", epilog="Example: aggregator demo --serve"
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("aggregator-demo"),
    show_default=True,
    help="Where its feeds.yaml and database go.",
)
@click.option(
    "--storage",
    metavar="URL",
    help=f"A PostgreSQL database to use; only its schema {SCHEMA} is touched.",
)
@click.option(
    "--serve", is_flag=True, help="Keep the sites, the service and its page running afterwards."
)
def demo(folder: Path, storage: str | None, serve: bool) -> int:
    """Show the main job on a press of its own: poll, extract, group, store, search, digest.

    A dozen small news sites run on 127.0.0.1 for as long as the demo lasts. Nothing else is
    contacted.
    """
    from aggregator.cli.again import run_again
    from aggregator.cli.update import print_summary, run_update
    from aggregator.config import load
    from aggregator.demo.press import Press

    config_path = _prepare(folder)
    named = "aggregator.db" if storage is None else _in_schema(storage, folder)
    with Press(datetime.now(UTC)) as press:
        config_path.write_text(MARK + press.feeds_yaml(named) + DIGEST + PAGE, encoding="utf-8")
        config = load(config_path, environ=_environment())
        line(
            Cell(f"{len(press.outlets)} news sites", "bold"),
            f" with {len(press.truth())} articles are up on 127.0.0.1; they replay a week of "
            "February 2024 as if it ended now.",
        )
        blank()
        heading("1. aggregator update")
        summary = asyncio.run(run_update(config))
        print_summary(summary)
        blank()
        heading("2. aggregator extract --again")
        line(
            "The first pages of an outlet were read before it was known what recurs on all of them."
        )
        failed = run_again(config, names=(), since=None, as_json=False)
        right = _show(config, press)
        _what_next(config, config_path)
        if serve:
            _serve(config_path, config, press)
    return 0 if right and not (summary.crashed or summary.failed or failed) else 1


def _prepare(folder: Path) -> Path:
    """An empty place for the demo; raises UsageError rather than touch somebody's files."""
    config_path = folder / "feeds.yaml"
    if config_path.exists() and not config_path.read_text(encoding="utf-8").startswith(MARK):
        raise UsageError(
            f"{config_path} is not from an earlier demo and stays as it is; "
            "name another place with --folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("aggregator.db*"):
        old.unlink()
    return config_path


def _in_schema(url: str, folder: Path) -> dict[str, str]:
    """Where the URL of an empty schema of our own stands; raises UsageError and StorageError."""
    from aggregator.config import database_named
    from aggregator.storage.backends import fresh_schema

    database = database_named(url, environ=os.environ)
    if isinstance(database, Path):
        raise UsageError("--storage takes the URL of a PostgreSQL database; see --folder for files")
    place = folder / URL_FILE
    place.unlink(missing_ok=True)
    place.touch(mode=0o600)  # there may be a password in it
    place.write_text(fresh_schema(database, SCHEMA).uri + "\n", encoding="utf-8")
    return {"file": URL_FILE}


def _environment() -> dict[str, str]:
    """Without the name of another database than the demo's own."""
    from aggregator.config import STORAGE_VARIABLE

    return {name: value for name, value in os.environ.items() if name != STORAGE_VARIABLE}


def _show(config: Config, press: Press) -> bool:
    """What a user would look at next; whether every article is in its right story."""
    from aggregator.cli.demo_check import is_right
    from aggregator.cli.search_view import print_hits
    from aggregator.cli.story_view import print_stories, print_story
    from aggregator.core.query import parse
    from aggregator.notify.render import render
    from aggregator.service.editions import content_of, preview_span
    from aggregator.storage.backends import open_storage

    now = datetime.now(UTC)
    storage = open_storage(config.storage, read_only=True)
    try:
        blank()
        heading("3. aggregator stories --min-outlets 2")
        print_stories(storage.stories(min_sources=2, limit=20))
        meeting = _meeting(storage, now)
        if meeting is not None:
            blank()
            heading(f"4. aggregator story {meeting.story_id} --why")
            print_story(meeting, why=True)
        blank()
        heading(f"5. aggregator search {SEARCH} --limit 3")
        print_hits(storage.search(parse(SEARCH, now=now), limit=3).hits)
        blank()
        heading("6. aggregator digest")
        one = config.digests[0]
        span = preview_span(storage, one, now=now)
        document(render(content_of(storage, config, one, span)).text)
        blank()
        line(
            "`aggregator digest preview` shows it as the page that a mail has; `aggregator digest "
            "send` sends it: here into a file that mail programs open."
        )
        blank()
        return is_right(storage, press)
    finally:
        storage.close()


def _meeting(storage: Storage, now: datetime) -> Story | None:
    """The story of the meeting in Baku, as a user would find it."""
    from aggregator.core.query import parse

    for hit in storage.search(parse(MEETING, now=now), limit=20).hits:
        found = None if hit.article.story_id is None else storage.story(hit.article.story_id)
        if found is not None and len(found.outlets) > 1:
            return found
    return None


def _what_next(config: Config, config_path: Path) -> None:
    program = Path(sys.argv[0]).name
    if Path(sys.argv[0]).parent.name == "bin" and not _on_path(program):
        program = os.path.relpath(sys.argv[0])
    if _environment() != os.environ:
        program = f"AGGREGATOR_STORAGE= {program}"
    blank()
    heading("Where it is, and what to try")
    line("  database       ", str(config.storage))
    line("  configuration  ", str(config_path))
    blank()
    page = Cell(f"the page, at http://{config.web.listen}/", "dim")
    for words in (
        "search 'title:baku'",
        "stories --min-outlets 3",
        "search 'выборы OR elecciones' --by relevance",
        "sources",
        "digest preview",
        "digest send",
    ):
        line(f"  {program} -c {config_path} {words}")
    line(f"  {program} -c {config_path} web serve    ", page)
    for article_id, name in _marked(config):
        line(f"  {program} -c {config_path} article {article_id}    ", Cell(name, "dim"))
    line(
        f"  {program} demo --serve    ",
        Cell("keeps the sites, the service and the page running", "dim"),
    )
    line(f"  {program} init            ", Cell("begins with sources of your own", "dim"))


def _marked(config: Config) -> list[tuple[int, str]]:
    """An article of each kind but the plain ones, and what it is."""
    from aggregator.cli.demo_check import kinds_found
    from aggregator.core.kind_names import KIND_NAMES
    from aggregator.storage.backends import open_storage
    from aggregator.types import PageKind

    with closing(open_storage(config.storage, read_only=True)) as storage:
        found = kinds_found(storage)
    return [
        (number, KIND_NAMES[kind]) for kind, number in found.items() if kind is not PageKind.ARTICLE
    ]


def _on_path(program: str) -> bool:
    import shutil

    found = shutil.which(program)
    return found is not None and os.path.samefile(found, sys.argv[0])  # noqa: PTH121 - both are texts


def _serve(config_path: Path, config: Config, press: Press) -> None:
    from aggregator.service.meters import Meters
    from aggregator.service.run import serve
    from aggregator.web.beside import page_beside

    environ, meters = _environment(), Meters()
    page = page_beside(config_path, environ=environ, meters=meters)
    blank()
    for outlet in press.outlets:
        line(Cell(f"  {outlet.site_url}", "accent"), f"  {outlet.name}")
    line("Serving; the page is at ", Cell(f"http://{config.web.listen}/", "accent"))
    line("Ctrl-C ends it.")
    asyncio.run(serve(config_path, environ=environ, beside=page, meters=meters))
