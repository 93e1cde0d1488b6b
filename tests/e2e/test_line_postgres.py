"""The straight line gives the same over PostgreSQL as over SQLite, on the same press."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from postgres import Postgres
from program import Cli

from aggregator.config import load
from aggregator.demo.press import Press
from aggregator.storage.backends import open_storage
from aggregator.types import Article

QUERIES = (
    "baku",
    "baku -election",
    '"Khalid Taimur Akram"',
    "title:baku",
    "lang:ru",
    "выборы OR elecciones",
    "source:gulf after:3d",
    "elect* (vote OR ballot)",
    "الزيتون",
)


@dataclass(frozen=True)
class Both:
    """The same press, read into two databases."""

    press: Press
    file: Cli
    server: Cli

    def rows(self, *words: str, check: int | None = 0) -> tuple[list[Any], list[Any]]:
        """What each answers, without its own numbers."""
        return _rows(self.file, *words, check=check), _rows(self.server, *words, check=check)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Both]:
    file, server = Cli(tmp_path_factory.mktemp("file")), Cli(tmp_path_factory.mktemp("server"))
    with Press(datetime.now(UTC)) as press:
        file.write(press.feeds_yaml("aggregator.db"))
        server.write(press.feeds_yaml(postgres.create()))
        for cli in (file, server):
            summary = json.loads(cli("update", "--json").stdout)
            assert summary["new"] == summary["assigned"] == len(press.truth())
            assert summary["errors"] == summary["failed"] == []
            assert summary["left_to_leader"] is False
        yield Both(press, file, server)


def _rows(cli: Cli, *words: str, check: int | None = 0) -> list[Any]:
    return [json.loads(row) for row in cli(*words, check=check).stdout.splitlines()]


_KEPT = ("source", "title", "url", "published_at", "language", "relation", "score", "why")


def _story(story: dict[str, Any]) -> dict[str, Any]:
    """A story as far as it does not depend on numbers and on the time of the pass."""
    urls = {item["id"]: item["url"] for item in story["articles"]}
    return {
        "title": story["title"],
        "first": story["first"],
        "outlets": story["outlets"],
        "independent": story["independent"],
        "copying": story["copying"],
        "articles": [
            {**{key: item[key] for key in _KEPT}, "of": urls.get(item["of"])}
            for item in story["articles"]
        ],
    }


def _by_first(stories: list[Any]) -> dict[str, Any]:
    return {story["articles"][0]["url"]: _story(story) for story in stories}


def test_stories_and_relations_are_the_same(both: Both) -> None:
    file, server = both.rows("stories", "--json", "-n", "999")
    assert _by_first(file) == _by_first(server)
    truth = both.press.truth()
    found = {item["url"]: item["relation"] for story in server for item in story["articles"]}
    assert found == {url: article.relation for url, article in truth.items()}


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_finds_the_same(both: Both, query: str) -> None:
    file, server = both.rows("search", query, "--flat", "--json", "-n", "999", check=None)
    assert {hit["url"] for hit in file} == {hit["url"] for hit in server}
    assert file
    assert any("**" in hit["snippet"] for hit in server) or ":" in query


def _articles(cli: Cli) -> dict[str, Article]:
    """By address, without what depends on numbers and on the time of the pass."""
    config = load(cli.folder / "feeds.yaml", environ={})
    found = {}
    with closing(open_storage(config.storage, read_only=True)) as storage:
        for story in storage.stories(limit=999):
            for item in story.articles:
                article = storage.article(item.article.article_id)
                assert article is not None
                assert article.assignment is not None
                assert article.summary.url is not None
                found[article.summary.url] = replace(
                    article,
                    summary=replace(
                        article.summary,
                        article_id=0,
                        source_id=0,
                        story_id=0,
                        first_seen_at=article.summary.at,
                    ),
                    assignment=replace(
                        article.assignment, article_id=0, story=0, of=0, continues=None
                    ),
                )
    return found


def test_texts_and_what_is_known_of_them_are_the_same(both: Both) -> None:
    file, server = _articles(both.file), _articles(both.server)
    assert file.keys() == server.keys() == both.press.truth().keys()
    for url, article in file.items():
        assert article == server[url]


def test_every_command_works_on_the_server(both: Both) -> None:
    cli = both.server
    assert "which is whole" in cli("check", "--database").stdout
    assert "postgresql://" in cli("check").stdout
    assert "The Europe Today" in cli("digest").stdout
    states = {row["state"] for row in _rows(cli, "sources", "--json")}
    assert states == {"ok"}
    story = _rows(cli, "stories", "--json", "-n", "1")[0]
    assert story["title"] in cli("story", str(story["id"]), "--why", "--text").stdout
    second = json.loads(cli("update", "--json").stdout)
    assert (second["polled"], second["new"]) == (0, 0)
    assert cli("story", "987654", check=2).stderr
    assert cli("search", 'baku "open', check=2).stderr


def test_the_demo_has_a_schema_of_its_own(
    press: Press, postgres: Postgres, cli: Cli, tmp_path: Path
) -> None:
    url = postgres.create()
    cli.write(press.feeds_yaml(url))
    cli("update", "--polls-only")
    before = _rows(cli, "sources", "--json")

    for _ in range(2):
        shown = cli("demo", "--storage", url).stdout
        assert "Checked: all" in shown
        assert "search_path%3Daggregator_demo" in shown
    assert _rows(cli, "sources", "--json") == before
    hits = cli("-c", "aggregator-demo/feeds.yaml", "search", "title:baku", "--json").stdout
    assert hits
    place = tmp_path / "aggregator-demo" / "database-url"
    assert place.stat().st_mode & 0o077 == 0

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA aggregator_demo IS NULL")
    assert (
        "schema aggregator_demo that is not ours" in cli("demo", "--storage", url, check=4).stderr
    )
    wrong = cli("demo", "--storage", "news.db", check=2).stderr
    assert "takes the URL of a PostgreSQL database" in wrong


def test_the_demo_is_not_led_astray_by_the_environment(cli: Cli) -> None:
    other = {**cli.environment(), "AGGREGATOR_STORAGE": str(cli.folder / "precious.db")}

    class Elsewhere(Cli):
        @staticmethod
        def environment() -> dict[str, str]:
            return other

    shown = Elsewhere(cli.folder)("demo").stdout
    assert "Checked: all" in shown
    assert "AGGREGATOR_STORAGE= " in shown
    written = (cli.folder / "aggregator-demo" / "feeds.yaml").read_text("utf-8")
    assert "title: 'Demo: news of February 2024'" in written  # every page says it
    assert not (cli.folder / "precious.db").exists()
