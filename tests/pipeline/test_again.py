"""Texts made again: by new rules, since more is known of an outlet's furniture, and what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pagehouse import BOX, HOST, House, Reader, opened, page

from aggregator.core.query import parse
from aggregator.pipeline import AgainReport, TextsMadeAgain, assign_stories, extract_again
from aggregator.types import (
    Article,
    Extraction,
    ExtractRequest,
    PageRules,
    Source,
    TextOrigin,
)

DAY = timedelta(days=1)
FERRY = "The ferry to Skerry Point sailed again on Sunday after nine days in dock."
BODY = PageRules(body=("article",))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        yield made


def published(house: House, count: int, text: str = FERRY) -> None:
    slugs = [f"story-{number:02}" for number in range(count)]
    house.publish(*[(slug, f"Title of {slug}", "Brief.") for slug in slugs])
    for slug in slugs:
        house.put(f"/{slug}", page(f"{text} It is {slug}. {BOX}"))
    house.poll()
    while house.storage.due_text_hosts(now=house.now, limit=1):
        house.enrich()
    asyncio.run(assign_stories(house.line))


def again(house: House, **chosen: object) -> AgainReport:
    work = extract_again(house.line, **chosen)  # type: ignore[arg-type]  # its own parameters
    return asyncio.run(work)


def articles(house: House) -> list[Article]:
    count = house.storage.counts().articles
    return [house.article(number) for number in range(1, count + 1)]


def test_what_is_as_it_was_stays_as_it_was(house: House) -> None:
    published(house, 3)
    before = articles(house)
    report = again(house)
    assert (report.seen, report.changed, report.unchanged, report.failed) == (3, 0, 3, ())
    assert articles(house) == before
    assert asyncio.run(assign_stories(house.line)) == 0


def test_new_rules_change_texts_search_and_stories(house: House) -> None:
    published(house, 3)
    house.follow(rules=BODY)
    asked = len(house.publisher.requests)
    report = again(house)
    assert (report.seen, report.changed, report.failed) == (3, 3, ())
    assert len(house.publisher.requests) == asked
    for article in articles(house):
        assert article.text.startswith("By rule: ")
        assert article.text_origin is TextOrigin.RULES
        assert article.revision == 1
        assert article.summary.story_id is None
    assert asyncio.run(assign_stories(house.line)) == 3
    assert all(article.summary.story_id is not None for article in articles(house))
    assert len(house.storage.search(parse('"by rule"', now=house.now), limit=9).hits) == 3


def test_progress_counts_to_the_end(house: House) -> None:
    published(house, 120)
    seen: list[tuple[int, int]] = []
    report = again(house, progress=lambda done, total: seen.append((done, total)))
    assert report.seen == 120
    assert seen == [(number, 120) for number in range(1, 121)]


def test_a_page_that_cannot_be_read_is_named_and_stays(house: House) -> None:
    published(house, 3)
    house.follow(rules=BODY)
    extract = house.reader.extract

    async def picky(request: object) -> object:
        if b"story-01" in request.pages[0].body:  # type: ignore[attr-defined]  # as it is asked
            request = replace(request, pages=(replace(request.pages[0], body=b"<"),))  # type: ignore[type-var, attr-defined]  # the same
        return await extract(request)  # type: ignore[arg-type]  # the same

    house.reader.extract = picky  # type: ignore[assignment, method-assign]  # a worse extractor
    report = again(house)
    (failed,) = report.failed
    assert (failed.title, failed.error) == ("Title of story-01", "The page is no page.")
    assert (report.seen, report.changed, report.unchanged) == (3, 2, 0)
    assert house.article(failed.article_id).text.startswith("The ferry")


def test_only_what_is_asked_for_is_made_again(house: House) -> None:
    published(house, 2)
    house.now += DAY
    since = house.now
    published(house, 5)
    assert again(house, since=since).seen == 3
    assert again(house, host="elsewhere.example.org").seen == 0
    assert again(house, host=HOST).seen == 5
    (status,) = house.storage.source_statuses()
    assert again(house, only={status.source_id}).seen == 5
    assert again(house, only={status.source_id + 1}).seen == 0


# --- the furniture of an outlet


def boxes(house: House) -> int:
    return sum(BOX in article.text for article in articles(house))


def test_the_first_articles_are_freed_when_enough_is_known(house: House) -> None:
    house.reader.settles_at = 12
    published(house, 11)
    assert boxes(house) == 11
    published(house, 15)
    assert boxes(house) == 0
    (event,) = [event for event in house.events if isinstance(event, TextsMadeAgain)]
    assert (event.host, event.changed, event.failed) == (HOST, 11, 0)
    assert all(article.summary.story_id for article in articles(house))


class Killed(Exception):
    """The process ends here."""


@dataclass
class Mortal(Reader):
    lives: int = 1_000
    """Extractions after which the process ends."""

    async def extract(self, request: ExtractRequest) -> Extraction:
        if len(self.requests) == self.lives:
            raise Killed
        return await super().extract(request)


def test_who_is_killed_before_the_first_articles_are_freed_comes_back_to_it(house: House) -> None:
    house.line.sandbox = mortal = Mortal(settles_at=5, lives=5)
    with pytest.raises(Killed):
        published(house, 6)
    mortal.lives = 1_000
    house.storage.release_claims()
    published(house, 6)
    assert boxes(house) == 0


def test_what_is_learned_at_the_end_is_of_use_at_the_beginning(house: House) -> None:
    house.line.keep_pages = True
    published(house, 10)
    assert boxes(house) == 10
    # Nothing was known of furniture when these were stored.
    house.reader.settles_at = len(house.storage.furniture(HOST)) + 6
    report = again(house)
    assert boxes(house) == 0
    assert (report.seen, report.changed) == (10, 10)


def test_pages_of_one_host_are_learned_from_in_turn_and_hosts_side_by_side(house: House) -> None:
    other = "https://else.example.org/feed"
    published(house, 4)
    sources = [Source(name="News", url=f"https://{HOST}/feed"), Source(name="Else", url=other)]
    house.storage.sync_sources(sources, now=house.now)
    before = house.storage.furniture(HOST)
    house.reader.requests.clear()
    again(house)
    known = [request.furniture for request in house.reader.requests]
    assert known == [before + b"." * number for number in range(4)]
    assert house.storage.furniture(HOST) == before + b"...."
