"""Watches as pages: what they look for, catch and send, and how one is added."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from alertmaker import content, hit, item, notice
from hookserver import hook_server
from readroom import get, post, text_of
from webdoor import PAGE, bearer, token, with_password
from webhouse import House

from aggregator.config import load
from aggregator.service.shapes.watches import Fared
from aggregator.types import NoticeState, Scope, Watch, WatchPer
from aggregator.web.views.times import times_of
from aggregator.web.views.watches_view import manner_of, notice_view, watch_view

WATCHES = """
channels:
  desk: https://hooks.example.org/desk
watches:
  - {name: Harbours, query: port OR harbour, to: desk, at_most: 1/h}
  - {name: "Big / small", query: "sources:>=3", per: story, to: desk, quiet: 22:00-07:00}
  - {name: Silent, silent: 24h, to: desk}
"""


@pytest.fixture(autouse=True)
def watched(web: House) -> None:
    path = web.site.config_path
    path.write_text(path.read_text() + WATCHES)
    reload(web)
    web.storage.sync_watches(
        [one.name.casefold() for one in web.config.watches], ["desk"], now=web.now
    )


def reload(web: House) -> None:
    web.config = load(web.site.config_path, environ={})


def names(web: House) -> list[str]:
    return [one.name for one in web.config.watches]


def caught(web: House, count: int = 2) -> list[int]:
    """Articles that Harbours has caught, the latest first; a message about the first is given
    up."""
    ids = sorted(web.storage.caught(since=web.now - timedelta(days=7), until=web.now))
    assert ids == []
    articles = web.storage.matching(None, limit=count)
    hits = [
        replace(
            hit(one.summary.article_id, "harbours"),
            source_id=one.summary.source_id,
            at=web.now - timedelta(hours=1),
        )
        for one in articles
    ]
    web.storage.record_hits(hits, cursor=None)
    dead = replace(
        notice("k1", "desk", watch="harbours"),
        content=replace(content(item("Ferry is late")), watch="Harbours"),
    )
    web.storage.put_notices([dead], hits[:1], now=web.now)
    (stored,) = web.storage.notices(watch="harbours", limit=5)
    web.storage.record_notice(
        replace(stored, state=NoticeState.DEAD, attempts=9, error="No such room.", due_at=None)
    )
    return sorted((one.summary.article_id for one in articles), reverse=True)


# --- the list -------------------------------------------------------------------------------------


def test_every_watch_is_listed_with_what_it_does(web: House) -> None:
    said = text_of(get(web, "/watches"))
    assert "port OR harbour" in said
    assert "each article at most 1/h" in said
    assert "each story once not 22:00-07:00" in said
    assert "sources silent for 1d" in said


def test_what_was_caught_and_given_up_is_counted(web: House) -> None:
    caught(web)
    said = text_of(get(web, "/watches"))
    assert "1 for the next message" in said
    assert "1 given up" in said


# --- one of them ----------------------------------------------------------------------------------


def test_its_page_shows_what_it_caught_lately(web: House) -> None:
    ids = caught(web)
    page = get(web, "/watches/harbours").text
    part = page.partition('id="caught"')[2].partition("</section>")[0]
    assert re.findall(r'id="article-(\d+)"', part) == [str(number) for number in ids]


def test_a_name_with_a_slash_has_a_page(web: House) -> None:
    href = re.search(r'href="(/watches/Big[^"]+)"', get(web, "/watches").text)
    assert href is not None
    assert "sources:>=3" in text_of(get(web, unescape(href[1])))


def test_a_message_that_was_given_up_is_tried_again(web: House) -> None:
    caught(web)
    page = get(web, "/watches/harbours")
    said = text_of(page)
    assert "given up" in said
    assert "No such room." in said
    number = re.search(r'name="number" value="(\d+)"', page.text)
    assert number is not None
    answer = post(web, "/watches/harbours/retry", number=number[1])
    assert answer.status_code == 303
    (again,) = web.storage.notices(watch="harbours", limit=5)
    assert again.state is NoticeState.WAITING
    assert "waiting" in text_of(get(web, answer.headers["location"]))


def test_it_goes_through_the_last_days_when_asked(web: House) -> None:
    assert "It would have sent" not in text_of(get(web, "/watches/harbours"))
    page = get(web, "/watches/harbours?rehearsal=1")
    said = re.search(r"It would have sent (\d+) items? in (\d+) messages?\.", text_of(page))
    assert said is not None
    assert int(said[1]) > 1
    assert re.search("<mark>(harbour|port)", page.text, re.IGNORECASE)
    assert web.storage.notices(limit=5) == []


def test_its_channels_are_tried(web: House) -> None:
    with hook_server() as hooks:
        text = web.site.config_path.read_text()
        web.site.config_path.write_text(text.replace("https://hooks.example.org/desk", hooks.url()))
        reload(web)
        said = text_of(post(web, "/watches/harbours/trial"))
        assert "A test was sent to desk." in said
        assert len(hooks.received) == 1


def test_a_watch_that_is_not_there_is_not_found(web: House) -> None:
    assert get(web, "/watches/nothing").status_code == 404


# --- adding and removing --------------------------------------------------------------------------


def test_a_watch_is_added(web: House) -> None:
    answer = post(
        web, "/watches", name="Oil", query="oil -olive", to="desk", per="story", at_most="2/d"
    )
    assert answer.headers["location"] == "/watches?done=added"
    reload(web)
    added = web.config.watches[-1]
    assert (added.name, added.query, added.to) == ("Oil", "oil -olive", ("desk",))
    assert added.per is WatchPer.STORY
    assert added.at_most is not None


def test_a_search_is_kept_where_no_channel_is(web: House) -> None:
    """As on a fresh install."""
    assert post(web, "/watches", name="Oil", query="oil").status_code == 303
    reload(web)
    assert (web.config.watches[-1].name, web.config.watches[-1].to) == ("Oil", ())
    assert "nobody; what it catches is seen here" in text_of(get(web, "/watches/Oil"))
    assert web.client.get("/feeds/articles.atom?watch=Oil").status_code == 200


def test_a_search_is_offered_as_a_watch(web: House) -> None:
    page = get(web, "/watches?query=oil+%22a+b%22").text
    assert 'name="query" value="oil &#34;a b&#34;"' in page


MISTAKES: tuple[tuple[dict[str, str], str], ...] = (
    ({"name": "X", "query": "a (b", "to": "desk"}, "at column 3"),
    ({"name": "X", "query": "", "to": "desk"}, "at column 1"),
    ({"name": "", "query": "a", "to": "desk"}, "Give it a name."),
    ({"name": "X", "query": "source:a", "silent": "1d"}, "Say where to tell of silent sources"),
    ({"name": "X", "query": "a", "at_most": "1/h"}, "this watch sends none"),
    ({"name": "harbours", "query": "a", "to": "desk"}, "has a watch “Harbours” already"),
    ({"name": "X", "query": "a", "to": "desk", "at_most": "often"}, "at_most"),
    ({"name": "X", "query": "a", "address": "ann@example.org"}, "smtp"),
)


def test_a_mistake_is_shown_with_the_form_as_it_was_typed(web: House) -> None:
    before = web.site.config_path.read_text()
    for fields, sentence in MISTAKES:
        answer = post(web, "/watches", **fields)
        assert answer.status_code == 400
        assert sentence in unescape(answer.text)
        assert f'name="name" value="{fields["name"]}"' in answer.text
        assert str(web.folder) not in answer.text
    assert web.site.config_path.read_text() == before


def test_a_mistake_in_the_search_is_shown_where_it_is(web: House) -> None:
    answer = post(web, "/watches", name="X", query="a (b", to="desk")
    assert "a <mark>(</mark>b" in answer.text
    assert 'name="to" value="desk" checked' in answer.text


def test_a_watch_is_removed(web: House) -> None:
    assert post(web, "/watches/Big%20%2F%20small/remove").status_code == 303
    reload(web)
    assert names(web) == ["Harbours", "Silent"]


def test_only_an_admin_changes_watches(web: House) -> None:
    with_password(web)
    headers = {**PAGE, **bearer(token(web, scope=Scope.MARK))}
    assert "Add the watch" not in web.client.get("/watches", headers=headers).text
    for path in ("", "/harbours/remove", "/harbours/retry", "/harbours/trial"):
        assert web.client.post(f"/watches{path}", headers=headers).status_code == 403, path


def test_without_watches_it_says_what_one_is(web: House) -> None:
    web.config = replace(web.config, watches=())
    assert "No watches yet" in text_of(get(web, "/watches"))


# --- as views -------------------------------------------------------------------------------------


def test_a_watch_without_channels_sends_nothing(web: House) -> None:
    one = Watch(name="X", query="a", per=WatchPer.ARTICLE, to=())
    how = Fared(last_at=None, waiting=0, unsent=0, dead=0)
    view = watch_view(one, how, times_of(web.config, web.now))
    assert view.search == "/search?q=a"
    assert view.to == ()
    assert manner_of(one) == ("each article",)


def test_a_message_is_told_by_its_first_headline(web: House) -> None:
    times = times_of(web.config, web.now)
    three = replace(notice(), content=content(item("One"), item("Two"), more=1))
    assert notice_view(three, times).what == "One and 2 more"
    assert notice_view(replace(three, content=content(item("One"))), times).what == "One"
    sent = notice_view(replace(three, state=NoticeState.SENT, attempts=1), times)
    assert (sent.word, sent.kind, sent.tries, sent.due) == ("sent", "good", "1 try", None)
