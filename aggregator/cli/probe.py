"""test: a poll in slow motion, of which nothing is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregator.cli.begun import config_so_far
from aggregator.cli.common import config_option, json_option
from aggregator.cli.output import Cell, Column, Style, emit_json, table

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.service.probing import Probe

_STYLES: dict[str, Style] = {"ok": "good", "warn": "warn", "bad": "bad"}


@click.command(
    epilog="Examples: aggregator test example.org/feed.xml · aggregator test 'The Gulf Observer'"
)
@click.argument("source", metavar="URL|NAME")
@config_option
@json_option
def test(source: str, config_path: Path, as_json: bool) -> int:
    """Poll once without keeping anything, and explain each step.

    A name, or part of one, means a source in feeds.yaml, whose headers, login, proxy and selectors
    are used; no secret is shown. Exit code 1 when a step fails.
    """
    probed = asyncio.run(_probe(source, config_so_far(config_path)))
    if as_json:
        emit_json({"url": probed.url, "ok": probed.went_well, "steps": probed.lines})
    else:
        table(
            [Column("step"), Column(""), Column("what came of it", grow=True)],
            [
                (line.label, Cell(line.state.value, _STYLES[line.state.value]), line.text)
                for line in probed.lines
            ],
        )
    return 0 if probed.went_well else 1


async def _probe(source: str, config: Config) -> Probe:
    from aggregator.fetch.gate import HostGate
    from aggregator.sandbox import Sandbox
    from aggregator.service.probing import probe

    async with Sandbox(workers=1) as sandbox:
        return await probe(
            source,
            config=config,
            sandbox=sandbox,
            gate=HostGate(config.host_delay),
            clock=lambda: datetime.now(UTC),
        )
