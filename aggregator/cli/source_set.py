"""sources set: another name, and tags, for sources in feeds.yaml."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.common import config_option, json_option, load_config
from aggregator.cli.lists import meant
from aggregator.cli.output import Cell, emit_json, line
from aggregator.core.source_keys import tag_key
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.config.retagging import SourceChange
    from aggregator.types import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What becomes of each source that is meant."""

    name: str | None
    """None: it stays."""
    tag: Sequence[str]
    untag: Sequence[str]

    def check(self, sources: Collection[Source]) -> None:
        """Raises UsageError."""
        if self.name is None and not (self.tag or self.untag):
            raise UsageError(
                "say what to change: aggregator sources set SOURCE --name NAME, --tag TAG or"
                " --untag TAG"
            )
        if self.name is not None and len(sources) > 1:
            raise UsageError(
                f"{len(sources)} sources cannot have one name; give --name with one of them"
            )
        both = {*map(tag_key, self.tag)} & {*map(tag_key, self.untag)}
        if both:
            raise UsageError(f"“{min(both)}” is given with --tag and with --untag; leave one out")

    def change(self, source: Source) -> SourceChange:
        """Of a source as it is now; tags are compared without case and accents."""
        from aggregator.config.retagging import SourceChange

        if not (self.tag or self.untag):
            return SourceChange(name=self.name)
        gone = {*map(tag_key, self.untag)}
        tags = {key: tag for tag in source.tags if (key := tag_key(tag)) not in gone}
        for tag in self.tag:
            tags.setdefault(tag_key(tag), tag)
        return SourceChange(name=self.name, tags=[*tags.values()])


@click.command(
    "set",
    short_help="Change the name or the tags of sources.",
    epilog="Examples: aggregator sources set bbc.co.uk --name BBC · "
    "aggregator sources set BBC 'The Gulf Observer' --tag world --untag news",
)
@click.argument("names", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--name", metavar="NAME", help="Call it so; its articles stay with it.")
@click.option(
    "--tag", multiple=True, metavar="TAG", help="Give it this tag; may be given several times."
)
@click.option(
    "--untag", multiple=True, metavar="TAG", help="Take this tag away; may be given several times."
)
@config_option
@json_option
def set_(
    *,
    names: tuple[str, ...],
    name: str | None,
    tag: tuple[str, ...],
    untag: tuple[str, ...],
    config_path: Path,
    as_json: bool,
) -> None:
    """Change the name or the tags of sources in feeds.yaml, which else stays as it is.

    SOURCE is a name, an address, or an unambiguous part of either. A running service follows at
    once.
    """
    from aggregator.config.retagging import change_sources

    before = load_config(config_path, secrets=False)
    chosen = meant(before, names)
    wanted = _Wanted(name=name, tag=tag, untag=untag)
    wanted.check(chosen)
    changed = change_sources(
        config_path, wanted.change, urls=[one.url for one in chosen], environ=os.environ
    )
    after = load_config(config_path, secrets=False)
    known = {one.url: one for one in (*after.sources, *after.paused)}
    for one in chosen:
        _tell(one, known[one.url], is_changed=one.url in changed, as_json=as_json)


def _tell(before: Source, now: Source, *, is_changed: bool, as_json: bool) -> None:
    done = "Changed" if is_changed else "Unchanged"
    if as_json:
        fields = {"name": now.name, "url": now.url, "done": done.lower(), "tags": now.tags}
        former = {} if now.name == before.name else {"former_name": before.name}
        emit_json({**fields, **former})
        return
    former_name = "" if now.name == before.name else f", formerly {before.name}"
    tags = f"tags: {', '.join(now.tags)}" if now.tags else "no tags"
    line(Cell(f"{done}: ", "good"), f"{now.name} ({now.url}){former_name}; {tags}")
