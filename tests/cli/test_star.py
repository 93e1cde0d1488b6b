"""star and unstar, as a user runs them."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from exportmaker import published, store
from program import Cli

from aggregator.storage.backends import open_storage


@pytest.fixture
def cli(cli: Cli) -> Cli:
    """With three articles."""
    cli.write("storage: news.db\nsources: [{url: 'https://hill.example.org/', name: Hill}]\n")
    with closing(open_storage(cli.folder / "news.db")) as storage:
        titles = ("One bridge", "Two bridges", "Three bridges")
        store(storage, "Hill", *(published(title, f"<p>{title}.</p>") for title in titles))
    return cli


def starred(cli: Cli) -> set[int]:
    output = cli("search", "is:starred", "--json", check=None).stdout
    return {json.loads(line)["id"] for line in output.splitlines()}


def test_what_is_starred_is_found(cli: Cli) -> None:
    assert cli("star", "3", "1", "3").stdout == "Starred: 2 articles\n"
    assert starred(cli) == {1, 3}
    assert cli("star", "1", "2").stdout == "Starred: 1 article; 1 was already\n"
    assert starred(cli) == {1, 2, 3}
    assert cli("unstar", "1", "3").stdout == "Unstarred: 2 articles\n"
    assert cli("unstar", "1", "3").stdout == "Unstarred: 0 articles; 2 were already\n"
    assert starred(cli) == {2}


def test_starred_articles_are_exported(cli: Cli) -> None:
    cli("star", "2")
    [line] = cli("export", "is:starred").stdout.splitlines()
    assert json.loads(line)["title"] == "Two bridges"


def test_scripts_are_told_as_json(cli: Cli) -> None:
    cli("star", "1")
    told = json.loads(cli("star", "2", "1", "--json").stdout)
    assert told == {"articles": [2, 1], "done": "starred", "changed": 1}
    told = json.loads(cli("unstar", "2", "--json").stdout)
    assert told == {"articles": [2], "done": "unstarred", "changed": 1}


@pytest.mark.parametrize("command", ["star", "unstar"])
def test_an_article_that_is_not_there_changes_nothing(cli: Cli, command: str) -> None:
    cli("star", "1")
    assert "there is no article 99;" in cli(command, "1", "2", "99", check=2).stderr
    assert "there are no articles 98 and 99;" in cli(command, "98", "99", check=2).stderr
    assert starred(cli) == {1}
    assert cli(command, check=2).stderr
    (cli.folder / "news.db").unlink()
    assert cli(command, "1", check=4).stderr
