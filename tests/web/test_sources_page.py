"""Sources as pages: how each fares, and what can be done about it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

from readroom import get, post, text_of
from webdoor import PAGE, bearer, token, with_password
from webhouse import House

from aggregator.config import load
from aggregator.config.editing import NewSource, add_sources, remove_sources, set_paused
from aggregator.core.standing import next_poll_at, standing
from aggregator.service.status import status_path
from aggregator.types import Scope, Source, SourceStatus
from aggregator.web.views import sources_view
from aggregator.web.views.sources_view import Asked, State, chart_of, health_of
from aggregator.web.views.times import times_of


def follow(web: House) -> None:
    """What a running service does when feeds.yaml has changed."""
    web.config = load(web.site.config_path, environ={})
    web.storage.sync_sources(web.config.sources, now=web.now)


def status(web: House, name: str = "Tessmark") -> SourceStatus:
    return next(one for one in web.storage.source_statuses() if one.source.name == name)


def names(page: str) -> list[str]:
    """Of the sources in the list, in order."""
    listed = re.findall(r"<h2>(?:<a[^>]*>)?<bdi>([^<]+)", page.partition('class="sources"')[2])
    return [*map(unescape, listed)]


def listed(web: House, **asked: str) -> list[str]:
    return names(web.client.get("/sources", params=asked, headers=PAGE).text)


# --- the list -------------------------------------------------------------------------------------


def test_every_source_is_listed_with_how_it_fares(web: House) -> None:
    page = get(web, "/sources")
    assert len(names(page.text)) == len(web.config.sources)
    said = text_of(page)
    assert "Tessmark" in said
    assert " ok " in said
    assert "Next poll" in said
    assert status(web).state.why in said


def test_a_chart_says_in_words_what_it_draws(web: House) -> None:
    page = get(web, f"/sources/{status(web).source_id}").text
    total = status(web).articles
    assert re.search(rf'aria-label="Items a day since [^"]+; {total} in all"', page)


def test_sources_are_found_by_name_tag_and_address(web: House) -> None:
    assert listed(web, name="CRONICA") == ["La Crónica de Puertoalba"]
    assert listed(web, tag="Gulf") == ["The Gulf Observer"]
    port = status(web).source.url.split(":")[2].split("/")[0]
    assert listed(web, name=port) == ["Tessmark"]
    assert listed(web, name="nobody has this") == []


def test_paused_sources_are_listed_and_resumed(web: House) -> None:
    one = status(web)
    answer = post(web, f"/sources/{one.source_id}/pause")
    assert answer.headers["location"] == "/sources?state=paused&done=paused"
    follow(web)
    assert [source.name for source in web.config.paused] == ["Tessmark"]
    assert listed(web, state="paused") == ["Tessmark"]
    assert "Tessmark" in listed(web)
    assert "Tessmark" not in listed(web, state="failing")
    post(web, "/sources/resume", url=one.source.url)
    follow(web)
    assert web.config.paused == ()
    assert status(web).source_id == one.source_id


def test_sources_are_listed_by_how_they_fare(web: House) -> None:
    for later in (timedelta(), timedelta(days=8)):
        web.now += later
        times = times_of(web.config, web.now)
        words: dict[str, list[str]] = {}
        for one in web.storage.source_statuses():
            words.setdefault(health_of(one, times).word, []).append(one.source.name)
        assert listed(web) == [one.source.name for one in web.storage.source_statuses()]
        assert listed(web, state="silent") == words.get("silent", [])
        assert listed(web, state="failing") == words.get("failing", [])
    assert words["silent"]


def test_many_sources_are_parted_into_pages(web: House) -> None:
    many = [Source(name=f"Source {at:03}", url=f"https://s{at}.example/") for at in range(230)]
    web.config = replace(web.config, sources=tuple(many))
    web.storage.sync_sources(many, now=web.now)
    seen, address = [], "/sources"
    while address:
        page = get(web, address).text
        seen += names(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else ""
    assert seen == [one.name for one in many]


def test_a_page_beyond_the_last_is_the_last(web: House) -> None:
    assert listed(web, number="99") == listed(web)


def test_without_sources_it_says_what_to_do(web: House) -> None:
    web.config = replace(web.config, sources=(), paused=())
    web.storage.sync_sources([], now=web.now)
    assert "No sources yet" in text_of(get(web, "/sources"))


# --- where no service runs ------------------------------------------------------------------------


def test_what_feeds_yaml_says_is_listed_before_a_service_has_read_it(web: House) -> None:
    url = status(web).source.url
    remove_sources(web.site.config_path, [url], environ={})
    paused = status(web, "The Gulf Observer").source.url
    set_paused(web.site.config_path, [paused], paused=True, environ={})
    fresh = NewSource(url="https://fresh.example/feed", name="Fresh")
    add_sources(web.site.config_path, [fresh], environ={})
    web.config = load(web.site.config_path, environ={})
    page = get(web, "/sources")
    assert "Tessmark" not in names(page.text)
    assert names(page.text).count("The Gulf Observer") == 1
    assert "Fresh" in names(page.text)
    assert "It has not been polled yet." in text_of(page)
    assert "Resume Fresh" not in page.text
    assert listed(web, tag="gulf") == ["The Gulf Observer"]


def test_without_a_service_nothing_is_promised(web: House) -> None:
    idle = "No service is running, so nothing is polled"
    assert idle not in text_of(get(web, "/sources"))
    web.app.state.site = replace(web.site, polls=False)
    number = status(web).source_id
    for path in ("/sources", f"/sources/{number}", "/sources?done=added", "/watches?done=added"):
        said = text_of(get(web, path))
        assert idle in said, path
        assert "within seconds" not in said
    asked = post(web, f"/sources/{number}/refresh").headers["location"]
    assert idle in text_of(get(web, asked))
    alive = {"written_at": web.now.isoformat(), "articles": 1, "stories": 1, "config_error": None}
    assert isinstance(web.config.storage, Path)
    status_path(web.config.storage).write_text(json.dumps(alive), encoding="utf-8")
    assert "It is added. It is polled within seconds." in text_of(get(web, "/sources?done=added"))


# --- one source -----------------------------------------------------------------------------------


def test_its_page_tells_what_the_command_tells(web: House) -> None:
    one = status(web)
    said = text_of(get(web, f"/sources/{one.source_id}"))
    assert one.source.url in said
    assert one.state.why in said
    assert "status 200" in said
    assert one.state.etag is not None
    assert one.state.etag in said
    assert "agency" in said


def test_a_source_that_is_not_there_is_not_found(web: House) -> None:
    assert get(web, "/sources/9999").status_code == 404
    assert post(web, "/sources/9999/refresh").status_code == 404


def test_it_is_polled_now_when_somebody_wants_it(web: House) -> None:
    one = status(web)
    assert next_poll_at(one, now=web.now) != web.now
    answer = post(web, f"/sources/{one.source_id}/refresh")
    assert answer.headers["location"] == f"/sources/{one.source_id}?done=refreshed"
    now = web.storage.clock()
    assert next_poll_at(status(web), now=now) == now
    assert "It is due now" in text_of(get(web, answer.headers["location"]))


def test_it_is_removed_and_its_articles_stay(web: House) -> None:
    one = status(web)
    articles = web.storage.counts().articles
    assert post(web, f"/sources/{one.source_id}/remove").status_code == 303
    follow(web)
    assert "Tessmark" not in listed(web)
    assert web.storage.counts().articles == articles


def test_its_tags_are_changed(web: House) -> None:
    one = status(web)
    post(web, f"/sources/{one.source_id}/tags", tags="wires,  north sea ,wires")
    follow(web)
    assert status(web).source.tags == ("wires", "north sea")
    assert 'value="wires, north sea"' in get(web, f"/sources/{one.source_id}").text


def test_it_gets_another_name(web: House) -> None:
    one = status(web)
    answer = post(web, f"/sources/{one.source_id}/name", name=" The  Quay ")
    follow(web)
    page = get(web, answer.headers["location"]).text
    assert "Its name is changed" in page
    assert 'value="The Quay"' in page
    refused = post(web, f"/sources/{one.source_id}/name", name=" ")
    assert refused.status_code == 400
    assert "needs a name" in refused.text


def test_what_cannot_be_changed_is_said_in_a_sentence(web: House) -> None:
    one = status(web)
    web.site.config_path.write_text("sources: [https://example.org/feed]\n")
    answer = post(web, f"/sources/{one.source_id}/tags", tags="x")
    assert answer.status_code == 400
    assert "does not list" in answer.text
    assert str(web.folder) not in answer.text


def test_only_an_admin_changes_sources(web: House) -> None:
    with_password(web)
    before = web.site.config_path.read_text()
    headers = {**PAGE, **bearer(token(web, scope=Scope.MARK))}
    path = f"/sources/{status(web).source_id}"
    page = web.client.get(path, headers=headers)
    assert page.status_code == 200
    assert "/refresh" not in page.text
    actions = ("refresh", "pause", "resume", "remove", "name", "tags")
    for sent in (*(f"{path}/{action}" for action in actions), "/sources/resume", "/sources/remove"):
        assert web.client.post(sent, headers=headers).status_code == 403, sent
    assert web.site.config_path.read_text() == before


# --- how it fares ---------------------------------------------------------------------------------


def cases(web: House) -> Iterator[tuple[SourceStatus, str, str]]:
    one = status(web)
    state, now = one.state, web.now
    yield one, "good", "ok"
    yield replace(one, state=replace(state, last_error="No answer.")), "bad", "failing"
    yield replace(one, state=replace(state, retired_at=now, last_error="Gone.")), "bad", "gone"
    yield replace(one, state=replace(state, hold_until=now + timedelta(hours=1))), "warn", "held"
    yield replace(one, newest_at=now - timedelta(days=9)), "warn", "silent"
    yield replace(one, newest_at=None), "warn", "silent"
    fresh = replace(state, last_poll_at=None, last_ok_at=None)
    yield replace(one, state=fresh), "off", "new"


def test_each_way_to_fare_has_a_mark_a_word_and_a_sentence(web: House) -> None:
    times = times_of(web.config, web.now)
    for one, kind, word in cases(web):
        health = health_of(one, times)
        assert (health.kind, health.word) == (kind, word)
        assert bool(health.sentence) == (word != "ok")


def test_failing_sources_are_not_silent_too(web: House) -> None:
    for one, _, word in cases(web):
        assert sources_view.is_failing(standing(one, now=web.now)) == (word in {"failing", "gone"})
        if word in {"failing", "gone", "new"}:
            assert not sources_view.is_silent(replace(one, newest_at=None), now=web.now)


def test_a_chart_has_a_bar_for_each_day_with_something() -> None:
    today = date(2026, 3, 14)
    chart = chart_of({today: 3, date(2026, 3, 1): 1, date(2026, 2, 28): 9}, today=today)
    assert chart.total == 4
    assert chart.path.count("z") == 2
    assert chart.says.startswith("Items a day since 1 Mar: 1, 0,")


def test_an_address_says_only_what_is_asked() -> None:
    assert Asked().address == "/sources"
    asked = Asked(state=State.SILENT, tag="a b", number=3)
    assert asked.address == "/sources?state=silent&tag=a+b&number=3"
