"""The pages of one article: which are asked for, how, and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pagehouse import FEED, HOST, NOW, House, opened, page

from aggregator.pipeline import MAX_PAGES, TextFetched, WorkDropped
from aggregator.types import PageRole, TextOrigin, TextState

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ALL = "The ferry sailed at dawn.\n\nIt met a storm at noon.\n\nIt was home by dusk."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        made.publish(("ferry", "Ferry", "Back."))
        made.poll()
        yield made


def split(house: House) -> None:
    """An article on three pages."""
    house.put("/ferry", page("The ferry sailed at dawn.", next="/ferry/2"))
    house.put("/ferry/2", page("It met a storm at noon.", next="/ferry/3"))
    house.put("/ferry/3", page("It was home by dusk."))


def visited(house: House) -> TextFetched:
    (fetched,) = house.enrich()
    return fetched


# --- split articles


def test_the_pages_of_a_split_article_are_joined_in_order(house: House) -> None:
    split(house)
    fetched = visited(house)
    assert (fetched.state, fetched.error, fetched.words) == (TextState.READY, None, 16)
    assert house.asked == ["/ferry", "/ferry/2", "/ferry/3"]
    assert house.article().text == ALL
    (kept,) = house.storage.kept_articles(after=0, limit=9)
    roles = [copy.role for copy in kept.kept.pages]
    assert roles == [PageRole.PAGE, PageRole.NEXT, PageRole.NEXT]
    assert kept.kept.feed.text == "Back."


def test_no_article_has_more_than_so_many_pages(house: House) -> None:
    house.put("/ferry", page("Page 0.", next="/ferry/1"))
    for n in range(1, 40):
        house.put(f"/ferry/{n}", page(f"Page {n}.", next=f"/ferry/{n + 1}"))
    visited(house)
    assert len(house.asked) == MAX_PAGES
    assert house.article().text.endswith(f"Page {MAX_PAGES - 1}.")


@pytest.mark.parametrize(
    "leads_to",
    ["/ferry", "/ferry#more", "https://NEWS.example.org:443/ferry", "https://else.example.org/2"],
)
def test_what_leads_back_or_away_is_not_asked_for(house: House, leads_to: str) -> None:
    house.put("/ferry", page("The ferry sailed at dawn.", next=leads_to))
    assert visited(house).error is None
    assert house.asked == ["/ferry"]


@pytest.mark.parametrize(
    "answered_by", [None, f"https://{HOST}/ferry", "https://else.example.org/"]
)
def test_a_page_that_shows_what_is_there_already_ends_the_article(
    house: House, answered_by: str | None
) -> None:
    first = page("The ferry sailed at dawn.", next="/ferry/2")
    house.put("/ferry", first)
    repeated = first if answered_by is None else page("Home.", next="/ferry/3")
    house.put("/ferry/2", repeated, answered_by=answered_by)
    assert visited(house).error is None
    assert house.asked == ["/ferry", "/ferry/2"]
    assert house.article().text == "The ferry sailed at dawn."


def test_all_pages_together_are_no_larger_than_one_may_be(house: House) -> None:
    split(house)
    first = len(page("The ferry sailed at dawn.", next="/ferry/2"))
    second = len(page("It met a storm at noon.", next="/ferry/3"))
    house.line.max_page_size = first + second + 3
    fetched = visited(house)
    assert fetched.state is TextState.READY
    assert (
        fetched.error == "A further page of the article is missing: the body is larger than allowed"
    )
    assert house.article().text == "The ferry sailed at dawn.\n\nIt met a storm at noon."
    assert [request.max_bytes for request in house.publisher.requests[-3:]] == [
        first + second + 3, second + 3, 3,
    ]  # fmt: skip


@pytest.mark.parametrize(("status", "state"), [(404, TextState.READY), (503, TextState.RETRY)])
def test_a_page_that_fails_costs_only_itself(house: House, status: int, state: TextState) -> None:
    split(house)
    house.fail("/ferry/2", status)
    fetched = visited(house)
    assert fetched.state is state
    assert (
        fetched.error == f"A further page of the article is missing: the server answered {status}"
    )
    assert house.article().text == "The ferry sailed at dawn."
    split(house)
    house.now += DAY
    again = house.enrich()
    assert [one.error for one in again] == ([] if state is TextState.READY else [None])
    if again:
        assert house.article().text == ALL
        assert house.article().revision == 1


def test_one_that_cannot_be_read_costs_only_itself(house: House) -> None:
    split(house)
    house.put("/ferry/3", b"\x89PNG")
    assert visited(house).state is TextState.READY
    assert house.article().text == "The ferry sailed at dawn.\n\nIt met a storm at noon."
    (kept,) = house.storage.kept_articles(after=0, limit=9)
    assert len(kept.kept.pages) == 2


def test_a_split_article_that_is_never_whole_is_given_up_in_the_end(house: House) -> None:
    split(house)
    house.fail("/ferry/2", 503)
    states = []
    for _ in range(8):
        states += [fetched.state for fetched in house.enrich()]
        house.now += DAY
    assert states == [TextState.RETRY] * 4 + [TextState.READY]
    assert house.article().text == "The ferry sailed at dawn."


def test_robots_txt_is_asked_for_each_page(house: House) -> None:
    house.put("/robots.txt", b"User-agent: *\nDisallow: /ferry/2\n")
    split(house)
    fetched = visited(house)
    assert fetched.state is TextState.READY
    assert fetched.error is not None
    assert "robots.txt" in fetched.error
    assert house.asked == ["/ferry"]


def test_a_host_that_wants_to_rest_gets_its_rest(house: House) -> None:
    house.publish(("ferry", "Ferry", "Back."), ("pier", "Pier", "Open."))
    house.poll()
    split(house)
    for slug in ("ferry", "pier"):
        house.put(f"/{slug}", page("The ferry sailed at dawn.", next="/ferry/2"))
    house.fail("/ferry/2", 429, retry_after=timedelta(hours=2))
    fetched = visited(house)
    assert fetched.state is TextState.RETRY
    assert len(house.asked) == 2
    house.now += timedelta(hours=1)
    assert house.enrich() == []


def test_what_there_is_when_the_lease_runs_out_is_recorded(house: House) -> None:
    split(house)
    house.line.lease = 2 * MINUTE
    fetch = house.publisher.fetch

    async def slowly(request: object) -> object:
        house.now += MINUTE
        return await fetch(request)  # type: ignore[arg-type]  # as it is asked

    house.publisher.fetch = slowly  # type: ignore[assignment, method-assign]  # a slow network
    house.now = NOW + MINUTE
    house.put("/robots.txt", b"")
    first = visited(house)
    assert first.state is TextState.RETRY
    assert first.error == (
        "A further page of the article is missing: there was no time left to ask for it"
    )
    assert house.article().text == "The ferry sailed at dawn."


def test_a_host_that_wants_long_pauses_is_not_waited_for(house: House) -> None:
    house.put("/robots.txt", b"User-agent: *\nCrawl-delay: 300\n")
    split(house)
    fetched = visited(house)
    assert fetched.state is TextState.READY
    assert fetched.error is not None
    assert "too long a pause" in fetched.error
    assert house.asked == ["/ferry"]


# --- other forms of a page


def test_the_amp_page_is_asked_for_when_the_page_gives_little(house: House) -> None:
    house.put("/ferry", page("Read on.", amp="/ferry/amp", print="/ferry/print"))
    house.put("/ferry/amp", page("The ferry sailed at dawn and met a storm."))
    fetched = visited(house)
    assert (fetched.state, fetched.origin) == (TextState.READY, TextOrigin.AMP)
    assert house.asked == ["/ferry", "/ferry/amp"]


def test_each_form_is_asked_for_once_and_its_failure_is_none(house: House) -> None:
    house.put("/ferry", page("Read on.", amp="/ferry/amp", print="/ferry/print"))
    house.put("/ferry/print", page("Print it."))
    fetched = visited(house)
    assert (fetched.state, fetched.error) == (TextState.READY, None)
    assert house.asked == ["/ferry", "/ferry/amp", "/ferry/print"]


# --- how they are asked for


def test_further_pages_are_asked_for_as_the_page_is(house: House) -> None:
    house.follow(headers=(("X-Api-Key", "secret"),), proxy="socks5://127.0.0.1:9")
    split(house)
    visited(house)
    pages = [request for request in house.publisher.requests if request.url != FEED]
    assert len(pages) == 4  # robots.txt among them
    assert {dict(request.headers)["X-Api-Key"] for request in pages} == {"secret"}
    assert {request.proxy for request in pages} == {"socks5://127.0.0.1:9"}


def test_what_is_secret_does_not_go_over_plain_http(house: House) -> None:
    house.follow(headers=(("X-Api-Key", "secret"), ("Accept-Language", "en")))
    house.put("/ferry", page("The ferry sailed at dawn.", next=f"http://{HOST}/2"))
    visited(house)
    plain = [request for request in house.publisher.requests if request.url.startswith("http:")]
    assert [request.url for request in plain] == [f"http://{HOST}/robots.txt", f"http://{HOST}/2"]
    assert {request.headers for request in plain} == {(("Accept-Language", "en"),)}


def test_each_page_is_learned_from_once(house: House) -> None:
    house.publish(("ferry", "Ferry", "Back."), ("pier", "Pier", "Open."))
    house.poll()
    split(house)
    house.put("/pier", page("The pier is open again."))
    house.enrich()
    known = [request.furniture for request in house.reader.requests]
    assert known == [b"", b".", b".", b"."]  # the newest article comes first
    assert house.storage.furniture(HOST) == b".."


def test_work_whose_lease_ran_out_before_the_page_is_dropped(house: House) -> None:
    late = house.now + 2 * house.line.lease
    times = iter([house.now])
    house.line.clock = lambda: next(times, late)
    assert house.enrich() == []
    assert [type(event) for event in house.events][-1] is WorkDropped
    assert house.asked == []
