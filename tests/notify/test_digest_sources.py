"""What a digest says of sources: more than it shows, and what is wrong; and its times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from digestmaker import (
    SINCE,
    UNTIL,
    article,
    digest,
    failing,
)
from mailpage import MailPage

from aggregator.notify.render import render
from aggregator.types import Digest, SourceStatus


def read(made: Digest) -> MailPage:
    return MailPage(render(made).html)


# --- sources


def test_what_a_source_has_more_is_counted_and_linked() -> None:
    made = replace(digest(0, items=8), singles_left_out={"Gazette 1": 12, "Gazette 9": 5})
    page = read(made)
    assert "and 12 more" in page.text
    assert page.links.count("https://gazette1.example.org/") == 2
    assert page.links.count("https://gazette2.example.org/") == 1
    assert "Gazette 9" not in page.text
    assert "17 stories and items were left out" in page.text


def test_troubles_name_the_source_and_what_to_do() -> None:
    made = digest(0, troubles=1, language="de")
    page = read(made)
    sentence = "The server answers 404 Not Found; look for the feed's new address."
    assert f"Broken Bugle 0: {sentence}" in " ".join(render(made).text.split())
    assert f"Quellen, um die sich jemand kümmern sollte Broken Bugle 0{sentence}" in page.words
    assert [tag["lang"] for tag in page.of("span") if "lang" in tag] == ["en"]


def healthy(**changes: object) -> SourceStatus:
    """A source that can be read."""
    status = failing("Quiet Courier")
    state = replace(
        status.state, last_error=None, failures=0.0, last_ok_at=UNTIL, site_url="https://q.example/"
    )
    return replace(status, state=state, **changes)  # type: ignore[arg-type]


def test_what_is_wrong_is_said_in_the_language_of_the_digest() -> None:
    silent = healthy(newest_at=UNTIL - timedelta(days=40))
    empty = healthy(newest_at=None)
    moved = healthy()
    moved = replace(moved, state=replace(moved.state, address="https://new.example.org/feed"))
    retired = healthy()
    retired = replace(retired, state=replace(retired.state, retired_at=UNTIL))
    made = replace(digest(0, language="fr"), troubles=(silent, empty, moved, retired))
    page = read(made)
    assert "Rien de nouveau depuis le 18 févr., bien que le flux soit lisible." in page.text
    assert "Le flux est lisible mais n’a encore eu aucun article." in page.text
    assert "La source a déménagé : https://new.example.org/feed ;" in page.text
    assert "Elle n’est plus consultée." in page.text
    assert {tag.get("lang") for tag in page.of("span")} == {"fr"}
    assert page.links == ["https://q.example/"] * 4


# --- times


@pytest.mark.parametrize(
    ("hours", "shown"),
    [
        (1, "06:00"),
        (8, "Sun 23:00"),
        (24 * 6, "Tue 06:00"),
        (24 * 8, "22 Mar"),
        (24 * 300, "3 Jun 2025"),
    ],
)
def test_times_are_local_and_as_short_as_they_can_be(hours: int, shown: str) -> None:
    item = article(1, "A", "Title", at=UNTIL - timedelta(hours=hours))
    assert f"  {shown}  Title" in render(replace(digest(0), singles=(item,))).text


@pytest.mark.parametrize(
    ("published", "unseen", "shown"),
    [
        (None, None, "by 06:00"),
        (None, SINCE, "by 06:00"),
        (None, UNTIL - timedelta(minutes=75), "about 06:00"),
        (UNTIL - timedelta(hours=5), None, "today"),  # midnight in UTC
        (UNTIL - timedelta(hours=29), None, "Sun"),
        (UNTIL - timedelta(days=20, hours=5), None, "10 Mar"),
        (SINCE, UNTIL - timedelta(hours=2), "by 06:00"),
    ],
)
def test_a_time_is_no_more_exact_than_it_is_known(
    published: datetime | None, unseen: datetime | None, shown: str
) -> None:
    item = article(1, "A", "Title", at=UNTIL - timedelta(hours=1))
    known = replace(item.article, published_at=published)
    item = replace(item, article=known, unseen_at=unseen)
    assert f"  {shown}  Title" in render(replace(digest(0), singles=(item,))).text


def test_the_second_edition_of_a_day_is_named_by_its_hour() -> None:
    text = render(digest(1, slot=2)).text
    assert "Monday, 30 March 2026 · 07:00\n" in text
