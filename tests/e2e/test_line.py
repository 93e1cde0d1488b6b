"""The straight line over the demo press: from feeds.yaml to stories one can search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from program import Cli

from aggregator.demo.press import Press
from aggregator.storage.sqlite import open_storage
from aggregator.types import Article, PageKind, TextState


@dataclass(frozen=True)
class Updated:
    """A press, and a folder in which one pass over it has been made."""

    press: Press
    cli: Cli
    summary: dict[str, Any]


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    cli = Cli(tmp_path_factory.mktemp("line"))
    with Press(datetime.now(UTC)) as press:
        cli.write(press.feeds_yaml("aggregator.db"))
        summary = json.loads(cli("update", "--json").stdout)
        yield Updated(press, cli, summary)


def rows(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def stories(updated: Updated) -> list[dict[str, Any]]:
    return rows(updated.cli("stories", "--json", "--limit", "1000").stdout)


def by_url(updated: Updated) -> dict[str, dict[str, Any]]:
    return {item["url"]: item for story in stories(updated) for item in story["articles"]}


def test_the_summary_counts_what_was_done(updated: Updated) -> None:
    truth = updated.press.truth()
    assert updated.summary["polled"] == len(updated.press.outlets)
    assert updated.summary["failed"] == []
    assert updated.summary["errors"] == []
    assert updated.summary["new"] == len(truth)
    assert updated.summary["assigned"] == len(truth)


def test_every_article_is_stored_once_with_title_and_time(updated: Updated) -> None:
    found = by_url(updated)
    truth = updated.press.truth()
    assert found.keys() == truth.keys()
    for url, article in truth.items():
        assert found[url]["title"] == article.title
        assert found[url]["source"] == article.outlet
        at = datetime.fromisoformat(found[url]["published_at"])
        assert abs((at - article.published_at).total_seconds()) < 60


def articles(updated: Updated) -> list[Article]:
    storage = open_storage(updated.cli.folder / "aggregator.db", read_only=True)
    try:
        ids = [item["id"] for item in by_url(updated).values()]
        return [item for item in map(storage.article, ids) if item is not None]
    finally:
        storage.close()


def test_full_texts_are_those_of_the_pages_without_their_clutter(updated: Updated) -> None:
    clutter = ("cookies", "Subscribe", "oldsalt54", "Galletas", "Most read", "Read also")
    for article in articles(updated):
        if article.text_error:
            continue
        url, text = article.summary.url or "", article.text
        truth = updated.press.truth()[url]
        wanted = truth.text.split()
        present = sum(word in text for word in wanted)
        assert present >= 0.95 * len(wanted), (url, present, len(wanted))
        assert len(text.split()) <= 1.25 * len(wanted) + 40, url
        assert not [word for word in clutter if word in text and word not in truth.text], url


def test_an_entry_whose_page_fails_is_kept_marked_and_retried(updated: Updated) -> None:
    marked = [article for article in articles(updated) if article.text_error]
    for article in marked:
        assert article.text_state in {TextState.RETRY, TextState.FAILED}
        assert article.text
        assert article.summary.story_id is not None
    failed = [article for article in marked if article.kind.has_article]
    assert len(failed) == 2
    shown = updated.cli("article", str(failed[0].summary.article_id)).stdout
    assert "The page could not be had" in shown


def test_pages_are_known_for_what_they_are(updated: Updated) -> None:
    found = [one for one in articles(updated) if one.kind is not PageKind.ARTICLE]
    assert {one.kind for one in found} == {PageKind.CONSENT, PageKind.LIVE, PageKind.PAYWALL}
    assert len(found) == 3
    for article in found:
        assert article.kind_why
        assert article.text_origin.is_feed == (article.kind is PageKind.CONSENT)
        if article.kind is PageKind.CONSENT:
            # The feed has the whole text of it.
            truth = updated.press.truth()[article.summary.url or ""]
            assert article.text.split() == truth.text.split()


def test_articles_are_in_the_stories_that_the_press_knows(updated: Updated) -> None:
    truth = updated.press.truth()
    found = {frozenset(item["url"] for item in story["articles"]) for story in stories(updated)}
    labels: dict[str, set[str]] = {}
    for url, article in truth.items():
        labels.setdefault(article.story, set()).add(url)
    assert found == {frozenset(urls) for urls in labels.values()}


def test_relations_and_the_first_outlet_are_right(updated: Updated) -> None:
    truth = updated.press.truth()
    wrong = []
    for url, item in by_url(updated).items():
        if item["relation"] != truth[url].relation:
            wrong.append((truth[url].title, item["relation"], truth[url].relation, item["why"]))
    assert wrong == []


def meeting(updated: Updated) -> dict[str, Any]:
    for story in stories(updated):
        if any("Khalid Taimur Akram" in item["title"] for item in story["articles"]):
            return story
    raise AssertionError("the meeting's story is not there")


def test_the_meeting_in_baku(updated: Updated) -> None:
    story = meeting(updated)
    relations = {item["source"]: item["relation"] for item in story["articles"]}
    assert story["first"] == "The Europe Today"
    assert relations["The Europe Today"] == "first"
    assert relations["The Gulf Observer"] == "copy"
    assert sorted(relations.values()) == sorted({"first", "copy", "rewrite", "translation"})
    assert all(item["why"] for item in story["articles"][1:])


def test_search_finds_and_marks(updated: Updated) -> None:
    hits = rows(updated.cli("search", '"Khalid Taimur Akram"', "--flat", "--json").stdout)
    assert {"The Europe Today", "The Gulf Observer"} <= {hit["source"] for hit in hits}
    assert any("**" in hit["snippet"] for hit in hits)
    assert updated.cli("search", "zzyzx", check=1).stdout == "Nothing matches.\n"
    assert rows(updated.cli("search", "lang:ru", "--json").stdout)


def test_the_digest_has_the_stories(updated: Updated) -> None:
    text = updated.cli("digest").stdout
    assert "The Europe Today" in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 78
    assert "<html" in updated.cli("digest", "preview", "--html").stdout


def test_a_second_pass_waits_and_a_forced_one_adds_nothing(updated: Updated) -> None:
    second = json.loads(updated.cli("update", "--json").stdout)
    assert second["polled"] == 0
    assert second["not_due"] == len(updated.press.outlets)
    before = len(updated.press.requests)
    forced = json.loads(updated.cli("update", "--force", "--json").stdout)
    assert forced["polled"] == forced["unchanged"] == len(updated.press.outlets)
    assert forced["new"] == forced["revised"] == 0
    assert {request.status for request in updated.press.requests[before:]} <= {304, 404, 500}


def test_an_edited_article_becomes_a_revision_and_a_new_one_is_added(
    press: Press, cli: Cli
) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update")
    truth = press.truth()
    url, article = next(
        (url, item) for url, item in truth.items() if item.outlet == "The Europe Today"
    )
    press.edit(url, title="Corrected: " + article.title, text=article.text + "\n\nA correction.")
    fresh = press.publish(
        "The Europe Today",
        title="Lighthouse keepers of Skerry Point hold their last supper",
        text="The lamp of Skerry Point was put out on Friday after 140 years.\n\n" * 3,
    )

    summary = json.loads(cli("update", "Europe", "--force", "--json").stdout)

    assert summary["polled"] == 1
    assert (summary["new"], summary["revised"]) == (1, 1)
    items = {
        item["url"]: item
        for story in rows(cli("stories", "--json", "--limit", "1000").stdout)
        for item in story["articles"]
    }
    assert len(items) == len(truth) + 1
    assert fresh in items
    corrected = json.loads(cli("article", str(items[url]["id"]), "--json").stdout)
    assert corrected["title"].startswith("Corrected: ")
    assert corrected["revision"] == 2
    assert corrected["text"].rstrip().endswith("A correction.")
    assert [past["title"] for past in corrected["revisions"]] == [article.title]


def test_nothing_is_left_running(tmp_path: Path, press: Press) -> None:
    cli = Cli(tmp_path)
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".lock") == [
        "aggregator.db",
        "feeds.yaml",
    ]
