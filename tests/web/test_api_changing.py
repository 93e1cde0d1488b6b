"""What the API changes: marks, stories, feeds.yaml, messages, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from apihouse import Api, api_of, token_headers
from hookserver import Reply, hook_server
from webhouse import House

from aggregator.config import Config, load
from aggregator.types import (
    Notice,
    NoticeContent,
    NoticeItem,
    NoticeState,
    PollRecord,
    Scope,
)

OPML = """<opml version="2.0"><body>
<outline text="Harbour News" xmlUrl="https://harbour.example.org/feed" category="/sea"/>
<outline text="Alpha" xmlUrl="https://alpha.example.org/feed"/>
</body></opml>"""


@pytest.fixture
def api(web: House) -> Api:
    return api_of(web)


def reread(api: Api) -> Config:
    """What feeds.yaml says now, which the application follows as the service does."""
    house = api.house
    house.config = load(house.site.config_path, environ={})
    return house.config


def add_lines(api: Api, lines: str) -> None:
    path = api.house.site.config_path
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    reread(api)


# --- who may


def test_each_scope_may_what_it_says(web: House) -> None:
    api = api_of(web)
    read, mark = (token_headers(web, scope) for scope in (Scope.READ, Scope.MARK))
    assert api("GET", "/stories", headers=read).status_code == 200
    refused = api.refused("PUT", "/articles/1/star", 403, headers=read)
    assert "mark" in refused["detail"]
    assert api("PUT", "/articles/1/star", headers=mark).status_code == 200
    api.refused("PUT", "/sources/1/pause", 403, headers=mark)
    unknown = {"Authorization": "Bearer agg_nothing"}
    api.refused("GET", "/stories", 401, headers=unknown)


def test_every_change_is_refused_to_who_may_only_look(web: House) -> None:
    api = api_of(web)
    read = token_headers(web, Scope.READ)
    values = {"story_id": "1", "article_id": "1", "mark": "read", "source": "1", "name": "x"}
    looked_at = 0
    for path, methods in api.document["paths"].items():
        for method in methods.keys() - {"get"}:
            looked_at += 1
            given = path.removeprefix("/api/v1").format_map(values)
            api.refused(method.upper(), given, 403, headers=read, json={})
    assert looked_at > 15


# --- marks


def test_an_article_is_marked_and_unmarked(api: Api) -> None:
    assert api.change("PUT", "/articles/1/star")["changed"] == 1
    assert api.change("PUT", "/articles/1/star")["changed"] == 0
    assert api.change("PUT", "/articles/1/read")["changed"] == 1
    article = api.get("/articles/1")
    assert (article["starred"], article["read"]) == (True, True)
    assert api.change("DELETE", "/articles/1/star")["changed"] == 1
    assert api.change("DELETE", "/articles/1/read")["changed"] == 1
    article = api.get("/articles/1")
    assert (article["starred"], article["read"]) == (False, False)


def test_what_has_changed_is_sent_again(api: Api) -> None:
    known = {"If-None-Match": api("GET", "/articles/1").headers["etag"]}
    assert api("GET", "/articles/1", headers=known).status_code == 304
    api.change("PUT", "/articles/1/star")
    assert api("GET", "/articles/1", headers=known).json()["starred"]


def test_several_articles_are_marked_or_none(api: Api) -> None:
    refused = api.refused("POST", "/marks/star", 404, json={"articles": [1, 999_999]})
    assert "999999" in refused["detail"]
    assert api.get("/articles", starred=True)["items"] == []
    done = api.change("POST", "/marks/star", {"articles": [1, 2, 1]})
    assert done == {"articles": [1, 2], "done": "starred", "changed": 2}
    assert [one["id"] for one in api.get("/articles", starred=True)["items"]] == [2, 1]
    api.refused("POST", "/marks/burn", 422, json={"articles": [1]})
    api.refused("POST", "/marks/star", 422, json={"articles": [1], "also": True})


def test_all_up_to_an_article_is_read(api: Api) -> None:
    unread = sum(one["articles"] for one in api.get("/unread")["items"])
    done = api.change("POST", "/marks/read/all", {"until": 30})
    assert 0 < done["changed"] <= 30
    left = api.get("/articles", unread=True, limit=200)["items"]
    assert len(left) == unread - done["changed"]
    assert min(one["id"] for one in left) > 30


def test_articles_are_listed_page_by_page(api: Api) -> None:
    page = api.get("/articles", limit=40)
    ids = [one["id"] for one in page["items"]]
    following = api.get("/articles", limit=40, after=page["after"])
    ids += [one["id"] for one in following["items"]]
    assert ids == sorted(ids, reverse=True)
    source = page["items"][0]["source_id"]
    only = api.get("/articles", source=source)["items"]
    assert {one["source_id"] for one in only} == {source}


# --- stories


def test_stories_are_put_right_by_hand(api: Api) -> None:
    one, other = (found["id"] for found in api.get("/stories", limit=2)["items"])
    joined = api.change("POST", f"/stories/{one}/merge", {"stories": [other]})
    assert (joined["story"], joined["ended"]) == (one, [other])
    gone = joined["moved"][:1]
    parted = api.change("POST", f"/stories/{one}/split", {"articles": gone})
    assert parted["moved"] == gone
    back = api.change("POST", f"/stories/{one}/move", {"articles": gone})
    assert (back["story"], back["moved"]) == (one, gone)
    refused = api.refused("POST", f"/stories/{one}/move", 422, json={"articles": gone})
    assert refused["detail"] == f"Article {gone[0]} is in story {one} already."
    api.refused("POST", "/stories/999999/merge", 404, json={"stories": [one]})


# --- sources


def test_a_source_is_added_paused_resumed_and_removed(api: Api) -> None:
    wanted = {"url": "alpha.example.org/feed", "name": "Alpha", "tags": ["world"]}
    added = api.change("POST", "/sources", wanted, status=201)
    assert added == {"name": "Alpha", "url": "https://alpha.example.org/feed", "done": "added"}
    assert "Alpha" in {one.name for one in reread(api).sources}
    again = {"url": "https://www.alpha.example.org/feed/"}
    assert "“Alpha”" in api.refused("POST", "/sources", 409, json=again)["detail"]
    assert api.change("PUT", "/sources/Alpha/pause")["done"] == "paused"
    assert api.change("PUT", "/sources/Alpha/pause")["done"] == "unchanged"
    reread(api)
    assert api.get("/sources/alpha")["state"] == "paused"
    assert api.get("/sources")["items"][-1]["name"] == "Alpha"
    assert api.change("DELETE", "/sources/Alpha/pause")["done"] == "resumed"
    assert api.change("DELETE", "/sources/Alpha")["done"] == "removed"
    assert "Alpha" not in {one.name for one in reread(api).sources}
    api.refused("DELETE", "/sources/Alpha", 404)


def test_a_source_is_listed_as_feeds_yaml_has_it(api: Api) -> None:
    """Also before a service has taken it from there."""
    first, second, *_ = api.get("/sources")["items"]
    api.change("PUT", f"/sources/{first['id']}/pause")
    api.change("DELETE", f"/sources/{second['id']}")
    reread(api)
    listed = [(one["name"], one["state"]) for one in api.get("/sources")["items"]]
    assert [one for one in listed if one[0] == first["name"]] == [(first["name"], "paused")]
    assert second["name"] not in dict(listed)


def test_a_source_gets_another_name_and_other_tags(api: Api) -> None:
    first, second, *_ = api.get("/sources")["items"]
    wanted = {"name": " The Quay", "tags": ["ships", "north sea", "ships"]}
    path = f"/sources/{first['id']}"
    done = {"name": "The Quay", "url": first["url"], "done": "changed"}
    assert api.change("PATCH", path, wanted) == done
    assert api.change("PATCH", path, wanted)["done"] == "unchanged"
    assert api.change("PATCH", path, {})["done"] == "unchanged"
    (now,) = [one for one in reread(api).sources if one.url == first["url"]]
    assert (now.name, now.tags) == ("The Quay", ("ships", "north sea"))
    assert api.change("PATCH", "/sources/the quay", {"tags": []})["name"] == "The Quay"
    (now,) = [one for one in reread(api).sources if one.url == first["url"]]
    assert now.tags == ()
    taken = api.refused("PATCH", f"/sources/{second['id']}", 409, json={"name": "THE QUAY"})
    assert "“The Quay”" in taken["detail"]
    for body in ({"name": "x" * 101}, {"tags": ["a, b"]}, {"url": "https://example.org/"}):
        api.refused("PATCH", path, 422, json=body)
    api.refused("PATCH", "/sources/nobody", 404, json={"name": "x"})


def test_an_address_that_is_none_is_refused_without_telling_where_feeds_yaml_is(api: Api) -> None:
    refused = api.refused("POST", "/sources", 422, json={"url": "not an address"})
    assert "is no web address" in refused["detail"]
    path = api.house.site.config_path
    path.write_text("sources: 7\n", encoding="utf-8")
    body = {"url": "https://alpha.example.org/feed"}
    refused = api.refused("POST", "/sources", 409, json=body)
    assert refused["errors"][0]["message"]
    assert str(path.parent) not in str(refused)


def test_what_is_wrong_in_feeds_yaml_is_told(api: Api) -> None:
    path = api.house.site.config_path
    path.write_text(path.read_text(encoding="utf-8") + "\nintervall: 5m\n", encoding="utf-8")
    checked = api.get("/check")
    assert not checked["ok"]
    assert "intervall" in checked["problems"][0]["where"]


def test_the_last_source_stays(api: Api) -> None:
    names = [one["name"] for one in api.get("/sources")["items"]]
    for name in names[1:]:
        api.change("DELETE", f"/sources/{name}")
    assert "last source" in api.refused("DELETE", f"/sources/{names[0]}", 409)["detail"]


def fails(api: Api, number: int, why: str, *, retires: bool = False) -> None:
    """The next poll of a source ends so."""
    storage = api.house.storage
    now = storage.clock()
    storage.wake([number], now=now, force=True)
    [work] = storage.due_hosts(now=now, limit=1, only=[number])
    lease = timedelta(minutes=5)
    [taken] = storage.claim_feeds(work.host, now=now, lease=lease, only=[number])
    state = replace(
        taken.state,
        next_poll_at=now + timedelta(hours=1),
        last_poll_at=now,
        last_error=why,
        retired_at=now if retires else None,
    )
    storage.record_poll(PollRecord(claim=taken, state=state, polled_at=now, decision=None))
    storage.release_host(work.host, lease_until=taken.lease_until, free_at=now)


def test_only_the_sources_that_fail_or_have_retired_are_listed_when_asked_for(api: Api) -> None:
    numbers = [one["id"] for one in api.get("/sources")["items"]]
    assert api.get("/sources", failing=True)["items"] == []
    fails(api, numbers[3], "It answers with status 503.")
    fails(api, numbers[1], "It has gone.", retires=True)
    listed = api.get("/sources", failing=True)["items"]
    assert [(one["id"], one["state"]) for one in listed] == [
        (numbers[1], "retired"),
        (numbers[3], "failing"),
    ]
    assert listed == [api.get("/sources")["items"][at] for at in (1, 3)]
    assert api.get(f"/sources/{numbers[3]}")["last_error"] == "It answers with status 503."


def test_pages_of_sources_are_the_whole_list(api: Api) -> None:
    names = [one["name"] for one in api.get("/sources")["items"]]
    for name in (names[0], names[4]):
        api.change("PUT", f"/sources/{name}/pause")
    config = reread(api)
    api.house.storage.sync_sources(config.sources, now=api.house.now)
    whole = api.get("/sources")
    assert [one["name"] for one in whole["items"]][-2:] == [one.name for one in config.paused]
    assert whole["next"] is None
    paged: list[object] = []
    page = api.get("/sources", limit=len(names) - 1)
    last = page["after"]
    assert last is not None
    while True:
        paged += page["items"]
        if page["next"] is None:
            break
        assert "limit" in page["next"]
        page = api.get("/sources", limit=1, after=page["after"])
    assert [one["name"] for one in paged] == [one["name"] for one in whole["items"]]  # type: ignore[index]  # JSON
    assert api.get("/sources", limit=1_000)["items"] == whole["items"]
    api.change("DELETE", f"/sources/{config.paused[0].name}")
    reread(api)
    told = api.refused("GET", "/sources", 422, params={"after": last})
    assert "begin with its first page" in told["detail"]


def test_sources_are_polled_now(api: Api) -> None:
    first, second, *_ = (one["name"] for one in api.get("/sources")["items"])
    done = api.change("POST", "/sources/refresh", {"sources": [first]})
    assert (done["due"], done["waiting"]) == ([first], [])
    everything = api.change("POST", "/sources/refresh", {})
    assert second in everything["due"] + everything["waiting"]
    api.refused("POST", "/sources/refresh", 422, json={"sources": ["nobody"]})


def test_a_list_is_taken_and_given(api: Api) -> None:
    headers = {"Content-Type": "text/x-opml"}
    tried = api("POST", "/sources/opml?dry_run=true", content=OPML, headers=headers).json()
    assert [one["added"] for one in tried["feeds"]] == [False, False]
    done = api("POST", "/sources/opml", content=OPML, headers=headers)
    assert [one["added"] for one in api.told(done, "POST", "/sources/opml")["feeds"]] == [True] * 2
    known = api("POST", "/sources/opml", content=OPML, headers=headers).json()
    assert [one["known"] for one in known["feeds"]] == [True, True]
    reread(api)
    assert "https://harbour.example.org/feed" in api("GET", "/sources/opml").text


@pytest.mark.timeout(60)
def test_a_feed_is_looked_at_before_it_is_followed(api: Api) -> None:
    feed = b"""<rss version="2.0"><channel><title>Quay Gazette</title>
    <item><title>Lamp is lit</title><link>http://127.0.0.1/1</link></item></channel></rss>"""
    with hook_server([Reply(headers={"Content-Type": "application/rss+xml"}, body=feed)]) as site:
        found = api.change("POST", "/sources/discover", {"url": site.url("/feed")})
        probed = api.change("POST", "/sources/probe", {"url": site.url("/feed")})
    (candidate,) = found["candidates"]
    assert (candidate["title"], candidate["items"]) == ("Quay Gazette", 1)
    assert [one["title"] for one in found["items"]] == ["Lamp is lit"]
    assert found["followed_as"] is None
    assert {"address", "status"} <= {one["label"] for one in probed["steps"]}


# --- watches


def test_a_watch_is_added_rehearsed_tried_and_removed(api: Api) -> None:
    with hook_server() as hooks:
        add_lines(api, f"channels: {{desk: {{url: '{hooks.url('/hook')}'}}}}\n")
        wanted = {"name": "All", "query": "the", "to": ["desk"], "at_most": "1/h"}
        assert api.change("POST", "/watches", wanted, status=201)["done"] == "added"
        api.refused("POST", "/watches", 409, json={**wanted, "name": "ALL"})
        reread(api)
        shown = api.get("/watches/all")
        assert (shown["query"], shown["at_most"], shown["to"]) == ("the", "1/h", ["desk"])
        assert api.get("/watches")["items"] == [shown]
        assert api.get("/watches/All/rehearsal", since="30d")["items"]
        (trial,) = api.change("POST", "/watches/All/trial")["items"]
        assert (trial["channel"], trial["sent"]) == ("desk", True)
        assert len(hooks.received) == 1
    assert api.change("DELETE", "/watches/all") == {"name": "All", "done": "removed"}
    reread(api)
    api.refused("GET", "/watches/All", 404)


def test_a_watch_that_can_catch_nothing_is_refused(api: Api) -> None:
    for query, word in (("", "what to look for"), ("before:2020-01-01", ""), ("(", "column 1")):
        body = {"name": "Never", "query": query, "to": ["desk"]}
        assert word in api.refused("POST", "/watches", 422, json=body)["detail"]


def test_dead_messages_are_tried_again(api: Api) -> None:
    now = api.house.now
    item = NoticeItem(
        headline="Lamp is lit", source="Alpha", at=now, url=None, snippet="", article_id=None,
        story_id=None, outlets=1, relation=None,
    )  # fmt: skip
    made = [
        Notice(
            notice_id=0, key=f"k{number}", watch="lamps", channel="desk",
            content=NoticeContent(watch="Lamps", query="lamp", items=(item,), more=0, since_at=now),
            state=state, attempts=1, error="It refused.", due_at=None,
            created_at=now + timedelta(seconds=number), sent_at=None,
        )
        for number, state in enumerate((NoticeState.DEAD, NoticeState.DEAD, NoticeState.SENT))
    ]  # fmt: skip
    api.house.storage.put_notices(made, [], now=now)
    dead = api.get("/notices", state="dead", watch="LAMPS")["items"]
    assert [one["headlines"] for one in dead] == [["Lamp is lit"]] * 2
    one = {"notices": [dead[0]["id"], 999]}
    assert api.change("POST", "/notices/retry", one) == {"retried": 1, "not_dead": 1}
    assert api.change("POST", "/notices/retry", {}) == {"retried": 1, "not_dead": 0}
    assert api.get("/notices", state="dead")["items"] == []


# --- digests


@pytest.mark.timeout(60)
def test_a_digest_is_sent_once_and_shown_byte_for_byte(api: Api, tmp_path: Path) -> None:
    api.refused("POST", "/digests/digest/send", 409, json={})
    kept = tmp_path / "out.eml"
    add_lines(api, f"digest: {{to: ['file:{kept}'], from: news@example.org}}\n")
    (digest,) = api.get("/digests")["items"]
    name = digest["name"]
    api.refused("POST", f"/digests/{name}/send", 422, json={"to": "nobody@example.org"})
    sent = api.change("POST", f"/digests/{name}/send", {})
    (delivery,) = sent["deliveries"]
    assert delivery["state"] == "sent"
    edition = f"/digests/{name}/editions/{sent['date']}/{sent['slot']}"
    whole = api.get(edition)
    assert api("GET", f"{edition}/html").text == whole["html"]
    assert api("GET", f"{edition}/text").text == whole["text"]
    message = api("GET", f"{edition}/messages/{delivery['recipient']}")
    assert message.headers["content-type"] == "message/rfc822"
    assert message.content == kept.read_bytes()
    (listed,) = api.get(f"/digests/{name}/editions", date=sent["date"])["items"]
    assert listed["subject"] == whole["subject"]
    assert api.get("/digests")["items"][0]["last"]["deliveries"] == whole["deliveries"]
    api.refused("GET", f"{edition}/messages/nobody", 404)
