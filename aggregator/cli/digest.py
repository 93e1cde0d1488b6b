"""digest: what the next one would hold; preview: the same as a page in a browser."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import Period, config_option, reading
from aggregator.cli.digest_list import list_
from aggregator.cli.digest_send import send
from aggregator.cli.digest_show import show
from aggregator.cli.group import Verbs
from aggregator.cli.output import Cell, line

if TYPE_CHECKING:
    from aggregator.config import Config, DigestConfig
    from aggregator.storage.protocol import Storage
    from aggregator.types import RenderedDigest

_since = click.option(
    "--since",
    type=Period(),
    help="Of this period up to now, also what was in one before: 24h, 3d, date.",
)
_name = click.argument("name", required=False)


@click.group(
    cls=Verbs,
    short_help="Print the next digest; send, show and list others.",
    epilog="Examples: aggregator digest · aggregator digest preview · aggregator digest list · "
    "aggregator digest show --date 2024-02-10 · aggregator digest send",
)
@_name
@_since
@config_option
def digest(name: str | None, since: datetime | None, config_path: Path) -> None:
    """Print what the next digest would hold now, as text.

    NAME is that of a digest in feeds.yaml; without it, it is the first.
    """
    with reading(config_path) as (config, storage):
        sys.stdout.write(_rendered(config, storage, name, since).text)


@click.command(
    epilog="Examples: aggregator digest preview · aggregator digest preview -o next.html"
)
@_name
@_since
@click.option("--html", is_flag=True, help="Print the page instead.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page into this file instead.",
)
@config_option
def preview(
    name: str | None,
    since: datetime | None,
    html: bool,
    output: Path | None,
    config_path: Path,
) -> None:
    """Look at the next digest in a browser, as it would be now.

    Nothing is kept or sent. Where no browser can be opened, the page is in the file that is named.
    """
    with reading(config_path) as (config, storage):
        page = _rendered(config, storage, name, since).html
    if html:
        sys.stdout.write(page)
        return
    if output is not None:
        from aggregator.config.replacing import put

        put(output, page.encode())
        line(Cell("Written: ", "good"), str(output))
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="digest-", suffix=".html", encoding="utf-8", newline="", delete=False
    ) as file:
        file.write(page)
    opened = _has_screen() and click.launch(Path(file.name).as_uri()) == 0
    line(Cell("Opened: " if opened else "Written: ", "good"), file.name, whole=True)
    if not opened:
        line("No browser can be opened from here; open this file in one.")


digest.add_command(list_)
digest.add_command(show)
digest.add_command(preview)
digest.add_command(send)


def _has_screen() -> bool:
    """Without one a browser of the terminal might be started, in the midst of ours."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _rendered(
    config: Config, storage: Storage, name: str | None, since: datetime | None
) -> RenderedDigest:
    from aggregator.notify.render import render
    from aggregator.service.editions import content_of, digest_named, preview_span

    one: DigestConfig = digest_named(config, name)
    span = preview_span(storage, one, now=storage.clock(), since=since)
    return render(content_of(storage, config, one, span, again=since is not None))
