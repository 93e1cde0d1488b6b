"""star, unstar: articles that a person has marked, to be found by is:starred."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import changing_store, config_option, json_option
from aggregator.cli.output import Cell, emit_json, line
from aggregator.core.enumerating import counted, enumerate_names
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.storage.protocol import Storage

_IDS = click.argument("article_ids", type=int, nargs=-1, required=True, metavar="ID...")


@click.command(epilog="Example: aggregator star 42 43, then: aggregator search is:starred")
@_IDS
@config_option
@json_option
def star(article_ids: tuple[int, ...], config_path: Path, as_json: bool) -> None:
    """Mark articles with a star; `is:starred` finds them.

    `aggregator search` shows the numbers of articles.
    """
    with changing_store(config_path) as storage:
        wanted = _known(storage, article_ids)
        changed = storage.star(wanted, now=storage.clock())
    _tell("starred", wanted, changed, as_json=as_json)


@click.command(epilog="Example: aggregator unstar 42")
@_IDS
@config_option
@json_option
def unstar(article_ids: tuple[int, ...], config_path: Path, as_json: bool) -> None:
    """Take the star of articles away."""
    with changing_store(config_path) as storage:
        wanted = _known(storage, article_ids)
        changed = storage.unstar(wanted)
    _tell("unstarred", wanted, changed, as_json=as_json)


def _known(storage: Storage, article_ids: Sequence[int]) -> list[int]:
    """Each once. Raises UsageError, before anything is changed, where one does not exist."""
    wanted = list(dict.fromkeys(article_ids))
    if missing := [str(one) for one in wanted if storage.article(one) is None]:
        what = f"is no article {missing[0]}"
        if len(missing) > 1:
            what = f"are no articles {enumerate_names(missing, most=10)}"
        raise UsageError(f"there {what}; `aggregator search` shows the numbers")
    return wanted


def _tell(done: str, wanted: Sequence[int], changed: int, *, as_json: bool) -> None:
    if as_json:
        emit_json({"articles": wanted, "done": done, "changed": changed})
        return
    before = len(wanted) - changed
    line(
        Cell(f"{done.capitalize()}: ", "good"),
        counted(changed, "article"),
        f"; {before} {'was' if before == 1 else 'were'} already" if before else "",
    )
