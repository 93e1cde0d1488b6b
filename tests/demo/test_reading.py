"""What is made of the press's pages that are more, or less, than an article."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from program import Cli

from aggregator.demo.press import Press, Truth

SPLIT = "Trust drops plan to close maternity unit at Wexcombe"
PAYWALLED = "The library clock runs again after 40 years"
CONSENT = "El embalse de Fuentelahoz recupera la mitad de su agua"
LIVE = "Crew of pearl divers' grandsons wins the winter dhow race"


@dataclass(frozen=True)
class Read:
    """The press's articles as they are stored after `update` and `extract --again`."""

    press: Press
    cli: Cli
    ids: dict[str, int]
    """By title."""
    again: dict[str, Any]

    def article(self, title: str) -> dict[str, Any]:
        shown = self.cli("article", str(self.ids[title]), "--json").stdout
        found: dict[str, Any] = json.loads(shown)
        return found

    def truth(self, title: str) -> Truth:
        return next(one for one in self.press.truth().values() if one.title == title)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    cli = Cli(tmp_path_factory.mktemp("reading"))
    with Press(datetime.now(UTC)) as press:
        cli.write(press.feeds_yaml("aggregator.db"))
        cli("update")
        again = json.loads(cli("extract", "--again", "--json").stdout)
        rows = cli("stories", "--json", "-n", "999").stdout.splitlines()
        articles = [item for row in rows for item in json.loads(row)["articles"]]
        yield Read(press, cli, {item["title"]: item["id"] for item in articles}, again)


@pytest.mark.parametrize("title", [SPLIT, PAYWALLED, LIVE])
def test_the_text_is_that_of_the_page(read: Read, title: str) -> None:
    assert read.article(title)["text"] == read.truth(title).text


def test_a_split_article_is_joined(read: Read) -> None:
    found = read.article(SPLIT)
    assert found["kind"] == "article"
    assert "joined from 2 pages" in found["text_why"]
    assert found["relation"] == "report"


@pytest.mark.parametrize(
    ("title", "kind", "shown"),
    [
        (PAYWALLED, "paywall", "kind        paywall: "),
        (LIVE, "live", "kind        live blog: "),
        (CONSENT, "consent", "kind        consent page: "),
    ],
)
def test_what_is_no_plain_article_says_so(read: Read, title: str, kind: str, shown: str) -> None:
    assert read.article(title)["kind"] == kind
    printed = read.cli("article", str(read.ids[title])).stdout
    assert shown in printed
    assert "could not be had" not in printed


def test_in_place_of_a_consent_page_stands_what_the_feed_says(read: Read) -> None:
    found = read.article(CONSENT)
    assert found["text_origin"] == "summary"
    assert found["text"].split() == read.truth(CONSENT).text.split()


def test_the_clocks_of_the_outlet_are_known(read: Read) -> None:
    assert read.article(LIVE)["utc_offset"] == "+04:00"


def test_what_recurs_on_the_pages_of_an_outlet_is_gone(read: Read) -> None:
    assert read.again["failed"] == []
    assert read.again["changed"] >= 10  # those that were read before it was known
    for outlet in read.press.outlets:
        for text in outlet.furniture:
            words = " ".join(text.split()[:6])
            hits = read.cli("search", f'"{words}"', check=None).stdout
            assert hits == "Nothing matches.\n", text
