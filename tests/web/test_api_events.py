"""Stories told as they come (server-sent events)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from itertools import islice

import httpx
import pytest
from apihouse import Api, api_of
from lines import answer, feed_of
from listening import listening
from watchroom import Room, host_of
from webhouse import House

from aggregator.config.web import Listen
from aggregator.pipeline import assign_stories, poll_host
from aggregator.web.server import Bounds, Serving, bind
from aggregator.web.streaming import Listening

HARVEST = (
    "The harvest of Wexcombe is in, and it is the best in thirty years, say the farmers, who have"
    " brought forty thousand tonnes of barley into the two silos by the harbour since Monday."
)
FERRY = (
    "A ferry with ninety people has run aground off the island of Skerra in thick fog; all of them"
    " were taken off by fishing boats before the tide came, and nobody was hurt."
)
EVENTS = "/api/v1/events"
LONG_AGO = b"Sun, 01 Mar 2026 10:00:00 GMT"


@pytest.fixture
def api(web: House) -> Api:
    return api_of(web)


class Newsroom:
    """Sources that go on after what the store has."""

    def __init__(self, web: House, *names: str) -> None:
        self._room = Room(web.storage, [], now=web.now)
        self._room.follow(*names)
        self._published: dict[str, list[tuple[str, str, str]]] = {}

    def publish(self, name: str, title: str, text: str) -> None:
        room, host = self._room, host_of(name)
        known = self._published.setdefault(name, [])
        known.append((f"{len(known)}", title, text))
        feed = feed_of(host, *known).replace(LONG_AGO, format_datetime(room.now).encode())
        room.publisher.answers[f"https://{host}/feed"] = answer(f"https://{host}/feed", feed)
        room.storage.wake(None, now=room.now, force=True)
        asyncio.run(poll_host(room.line, host))
        asyncio.run(assign_stories(room.line))


@pytest.fixture
def room(web: House) -> Newsroom:
    return Newsroom(web, "Alpha", "Beta")


@pytest.mark.timeout(60)
def test_who_listens_is_told_of_what_is_new_and_of_what_grows(api: Api, room: Newsroom) -> None:
    with listening(api.house.client, EVENTS, api.headers) as told:
        assert next(told).event == "ready"
        room.publish("Alpha", "Harvest is in", HARVEST)
        new = next(told)
        assert (new.event, new.data["what"], new.data["title"]) == (
            "story",
            "new",
            "Harvest is in",
        )
        room.publish("Beta", "Harvest is in", HARVEST)
        grown = next(told)
    assert (grown.data["story"], grown.data["what"]) == (new.data["story"], "grown")
    assert (grown.data["outlets"], grown.data["articles"]) == (2, 2)
    assert len(grown.data["came"]) == 1


@pytest.mark.timeout(60)
def test_who_comes_back_is_told_what_was_missed_and_nothing_twice(api: Api, room: Newsroom) -> None:
    with listening(api.house.client, EVENTS, api.headers) as told:
        last = next(told).last_id
    room.publish("Alpha", "Harvest is in", HARVEST)
    room.publish("Beta", "Ferry runs aground", FERRY)
    again = {**api.headers, "Last-Event-ID": last}
    with listening(api.house.client, EVENTS, again) as told:
        ready, *missed = islice(told, 3)
    assert ready.last_id == last
    assert [one.data["title"] for one in missed] == ["Harvest is in", "Ferry runs aground"]
    again["Last-Event-ID"] = missed[-1].last_id
    with listening(api.house.client, EVENTS, again) as told:
        next(told)
        room.publish("Alpha", "Ferry off Skerra aground", FERRY)
        assert next(told).data["what"] == "grown"


@pytest.mark.timeout(60)
def test_the_page_listens_at_an_address_of_its_own(api: Api) -> None:
    with listening(api.house.client, "/events", api.headers) as told:
        assert next(told).event == "ready"


@pytest.mark.timeout(60)
def test_no_more_may_listen_than_the_server_bears(
    api: Api,
) -> None:
    api.house.app.state.listening = Listening(api.house.site, most=2)
    client, headers = api.house.client, api.headers
    with listening(client, EVENTS, headers) as one, listening(client, EVENTS, headers) as other:
        assert (next(one).event, next(other).event) == ("ready", "ready")
        refused = api.refused("GET", "/events", 503)
        assert "2 are listening already" in refused["detail"]


@pytest.mark.timeout(60)
def test_a_server_that_stops_ends_what_it_streams(api: Api) -> None:
    async def listen() -> list[str]:
        listening_at = bind(Listen(host="127.0.0.1", port=0))
        serving = Serving(api.house.app, listening_at, grace=timedelta(seconds=30), bounds=Bounds())
        base, headers = serving.address, api.headers
        async with (
            httpx.AsyncClient(base_url=base) as client,
            client.stream("GET", EVENTS, headers=headers) as answered,
        ):
            lines = answered.aiter_lines()
            told = [await anext(lines)]
            await serving.stop()
            return told + [line async for line in lines]

    assert "event: ready" in asyncio.run(listen())


def test_a_place_that_cannot_be_read_is_refused(api: Api) -> None:
    headers = {"Last-Event-ID": "yesterday"}
    refused = api.refused("GET", "/events", 422, headers=headers)
    assert refused["errors"][0]["where"] == "header.last-event-id"
