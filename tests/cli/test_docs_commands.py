"""Whatever the command line offers is in docs/commands.md, with an example in its help."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from aggregator.cli import CRASHED, INTERRUPTED
from aggregator.cli import cli as root
from aggregator.cli.group import COMMANDS
from aggregator.errors import AggregatorError

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"


def commands() -> dict[str, click.Command]:
    context = click.Context(root)
    found = {name: root.get_command(context, name) for name in root.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def section(name: str) -> str:
    text = DOCS.read_text(encoding="utf-8")
    match = re.search(rf"^## aggregator {name}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"docs/commands.md has no section “## aggregator {name}”"
    return match[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented(name: str) -> None:
    assert section(name).strip()
    overview = DOCS.read_text(encoding="utf-8").partition("\n## ")[0]
    assert f"(#aggregator-{name})" in overview


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str) -> None:
    common = DOCS.read_text(encoding="utf-8").partition("\n## ")[0]
    for parameter in commands()[name].params:
        if not isinstance(parameter, click.Option):
            continue
        for option in parameter.opts:
            if option in {"-c", "--config"}:
                assert option in common
            else:
                assert f"`{option}" in section(name), f"{name} {option}"


@pytest.mark.parametrize("name", COMMANDS)
def test_documented_options_exist(name: str) -> None:
    known = {option for parameter in commands()[name].params for option in parameter.opts}
    documented = set(re.findall(r"^- `(--[a-z-]+)", section(name), re.MULTILINE))
    assert documented <= known


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert "Example" in (command.epilog or "")
    assert f"aggregator {name}" in (command.epilog or "")


def test_subcommands_are_documented_with_their_options() -> None:
    groups = {name: one for name, one in commands().items() if isinstance(one, click.Group)}
    assert groups
    for name, group in groups.items():
        for child, command in group.commands.items():
            assert f"aggregator {name} {child}" in section(name)
            assert f"aggregator {name} {child}" in (command.epilog or "")
            own = {option for one in command.params for option in one.opts if option[:2] == "--"}
            assert own - {"--config", "--json"} <= set(re.findall(r"`(--[a-z-]+)", section(name)))


def test_no_section_is_about_a_command_that_is_gone() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert set(re.findall(r"^## aggregator (\w+)$", text, re.MULTILINE)) == set(COMMANDS)


def test_exit_codes_in_the_docs_are_those_of_the_errors() -> None:
    def codes(kind: type[AggregatorError]) -> set[int]:
        return {kind.exit_code}.union(*(codes(child) for child in kind.__subclasses__()))

    text = DOCS.read_text(encoding="utf-8")
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert documented == codes(AggregatorError) | {0, CRASHED, INTERRUPTED}
