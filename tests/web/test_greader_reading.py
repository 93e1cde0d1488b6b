"""Reading by the Google Reader API, as apps do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from clienthouse import ALL, READ, STARRED, UNREAD, app, login
from lxml import etree
from webdoor import token, with_password
from webhouse import House

from aggregator.core.greader_ids import long_id, microseconds, seconds
from aggregator.types import Relation, Scope

BASES = ["", "/api/greader.php"]
ATOM = "{http://www.w3.org/2005/Atom}"


def copies(web: House) -> set[int]:
    """Articles that are a copy of another, or the same again."""
    return {
        item.article.article_id
        for story in web.storage.stories(limit=1_000)
        for item in story.articles
        if item.relation in (Relation.COPY, Relation.SAME)
    }


# --- logging in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("base", BASES)
def test_an_app_logs_in_with_the_name_of_a_token_and_the_token(web: House, base: str) -> None:
    with_password(web)
    phone = app(web, base=base, name="My phone")
    assert phone.get("user-info").json()["userName"] == "My phone"
    assert 20 < len(phone.get("token").text) < 60
    assert len(phone.ids()) == web.storage.counts().articles


def test_wrong_names_and_tokens_are_refused_even_at_this_machine(web: House) -> None:
    secret = token(web, "phone")
    for name, password in (("tablet", secret), ("phone", "x"), ("phone", ""), ("", secret)):
        answer = login(web.client, name, password)
        assert answer.status_code == 401
        assert answer.text.startswith("Error=BadAuthentication")
    assert web.client.get("/reader/api/0/subscription/list").status_code == 401
    wrong = {"Authorization": "GoogleLogin auth=phone/agg_x"}
    assert web.client.get("/reader/api/0/subscription/list", headers=wrong).status_code == 401
    assert web.client.get("/reader/atom/feed/1", headers=wrong).status_code == 401


def test_a_token_in_an_address_does_not_log_in(web: House) -> None:
    secret = token(web, "phone")
    given = {"Email": "phone", "Passwd": secret}
    assert web.client.get("/accounts/ClientLogin", params=given).status_code == 401
    assert web.client.post("/accounts/ClientLogin", params=given).status_code == 401


def test_a_token_that_was_revoked_is_known_no_longer(web: House) -> None:
    phone = app(web)
    web.storage.revoke_token("phone")
    assert phone.get("subscription/list").status_code == 401


def test_apps_find_out_that_there_is_a_reader_here(web: House) -> None:
    assert web.client.get("/api/greader.php").text == "OK"


# --- what is followed -----------------------------------------------------------------------------


def test_subscriptions_are_sources_and_labels_are_their_tags(web: House) -> None:
    listed = app(web).get("subscription/list", output="json").json()["subscriptions"]
    found = {one["title"]: tuple(c["label"] for c in one["categories"]) for one in listed}
    assert found == {one.name: one.tags for one in web.config.sources}
    assert {one["url"] for one in listed} == {one.url for one in web.config.sources}


def test_a_source_without_a_tag_has_a_folder_all_the_same(web: House) -> None:
    first, *rest = web.config.sources
    web.config = replace(web.config, sources=(replace(first, tags=()), *rest))
    web.storage.sync_sources(web.config.sources, now=web.now)
    phone = app(web)
    listed = phone.get("subscription/list").json()["subscriptions"]
    one = next(sub for sub in listed if sub["title"] == first.name)
    assert one["categories"] == [{"id": "user/-/label/Untagged", "label": "Untagged"}]
    assert phone.ids("user/-/label/Untagged") == phone.ids(one["id"])
    assert "user/-/label/Untagged" in {tag["id"] for tag in phone.get("tag/list").json()["tags"]}


def test_every_label_is_listed_once(web: House) -> None:
    tags = [one["id"] for one in app(web).get("tag/list").json()["tags"]]
    labels = sorted({f"user/-/label/{tag}" for one in web.config.sources for tag in one.tags})
    assert sorted(tags) == sorted([STARRED, *labels])


def test_what_nobody_needs_is_empty_and_valid(web: House) -> None:
    phone = app(web)
    assert phone.get("preference/list").json() == {"prefs": []}
    assert phone.get("preference/stream/list").json() == {"streamprefs": {}}
    assert phone.get("friend/list").json() == {"friends": []}


# --- streams --------------------------------------------------------------------------------------


def test_pages_of_a_stream_follow_each_other_in_either_order(web: House) -> None:
    phone = app(web)
    every = phone.ids()
    assert every == sorted(every, reverse=True)
    assert phone.ids(r="o") == every[::-1]
    for order, expected in (("d", every), ("o", every[::-1])):
        found: list[int] = []
        more: dict[str, str] = {}
        while True:
            page = phone.get("stream/items/ids", s=ALL, n="17", r=order, **more).json()
            found += [int(one["id"]) for one in page["itemRefs"]]
            if "continuation" not in page:
                break
            more = {"c": page["continuation"]}
        assert found == expected


def test_states_are_streams_and_can_be_asked_for_and_left_out(web: House) -> None:
    phone = app(web)
    every = phone.ids()
    seen, kept = every[:5], every[3:8]
    web.storage.mark_read(seen, now=web.now)
    web.storage.star(kept, now=web.now)
    assert phone.ids(READ) == seen
    assert phone.ids(UNREAD) == every[5:]
    assert phone.ids(STARRED) == kept
    assert phone.ids(xt=READ) == every[5:]
    assert phone.ids(it=READ) == seen
    assert phone.ids(it=STARRED, xt=READ) == kept[2:]
    assert phone.ids(xt=STARRED, n="4") == [one for one in every if one not in kept][:4]
    assert phone.ids(xt=[STARRED, READ]) == [one for one in every[5:] if one not in kept]
    assert phone.ids(STARRED, xt=STARRED) == []
    assert phone.ids("user/-/state/com.google/broadcast") == []
    assert phone.ids("nonsense") == []


def test_feeds_and_labels_are_streams(web: House) -> None:
    phone = app(web)
    by_source = {one.source_id: one.source for one in web.storage.source_statuses()}
    every = web.storage.articles(phone.ids())
    for number, source in list(by_source.items())[:3]:
        own = {one.summary.article_id for one in every if one.summary.source_id == number}
        assert set(phone.ids(f"feed/{number}")) == own
        assert set(phone.ids(f"feed/{source.url}")) == own
        assert set(phone.ids(xt=f"feed/{number}")) == set(phone.ids()) - own
    tag = web.config.sources[0].tags[0]
    tagged = {one.source_id for one in web.storage.source_statuses() if tag in one.source.tags}
    own = {one.summary.article_id for one in every if one.summary.source_id in tagged}
    assert set(phone.ids(f"user/-/label/{tag}")) == own
    assert set(phone.ids(xt=f"user/-/label/{tag}")) == set(phone.ids()) - own
    assert phone.ids("user/-/label/no such tag") == []
    assert phone.ids("feed/999") == []


def test_a_stream_may_begin_and_end_at_a_time(web: House) -> None:
    phone = app(web)
    every = web.storage.articles(phone.ids())
    first = min(one.summary.first_seen_at for one in every)
    last = max(one.summary.first_seen_at for one in every)
    assert len(phone.ids(ot=str(seconds(first)))) == len(every)
    assert phone.ids(ot=str(seconds(last + timedelta(seconds=1)))) == []
    assert phone.ids(nt=str(seconds(first))) == []
    assert phone.ids(ot="soon") == phone.ids()


def test_an_item_is_told_in_the_same_way_by_all_its_names(web: House) -> None:
    phone = app(web)
    first, second = phone.ids()[:2]
    web.storage.star([first], now=web.now)
    form = {"i": [long_id(first), str(second), f"{first:016x}"]}
    items = phone.post("stream/items/contents", **form).json()["items"]
    assert [one["id"] for one in items] == [long_id(first), long_id(second)]
    article = web.storage.articles([first])[0]
    item = items[0]
    assert item["title"] == article.summary.title
    assert item["canonical"] == [{"href": article.summary.url}]
    assert item["origin"]["streamId"] == f"feed/{article.summary.source_id}"
    assert item["origin"]["title"] == article.summary.source
    assert item["timestampUsec"] == str(microseconds(article.summary.first_seen_at))
    assert article.text.split()[0] in item["summary"]["content"]
    assert {ALL, STARRED} <= set(item["categories"])
    assert READ not in item["categories"]
    assert phone.post("stream/items/contents", i="999999").json()["items"] == []
    assert phone.post("stream/items/contents", i="x").status_code == 400


@pytest.mark.parametrize("base", BASES)
def test_contents_come_as_the_stream_has_them(web: House, base: str) -> None:
    phone = app(web, base=base)
    path = f"stream/contents/{quote(ALL)}"
    page = phone.get(path, n="3").json()
    assert [one["id"] for one in page["items"]] == list(map(long_id, phone.ids()[:3]))
    rest = phone.get(path, n="1", c=page["continuation"]).json()
    assert rest["items"][0]["id"] == long_id(phone.ids()[3])
    plain = phone.get("stream/contents").json()
    assert len(plain["items"]) == 20
    feed = phone.get("stream/contents/feed%2F1", n="1").json()
    assert feed["items"][0]["origin"]["streamId"] == "feed/1"


def test_a_stream_can_be_had_as_atom_with_its_states(web: House) -> None:
    phone = app(web)
    first, second = phone.ids("feed/1")[:2]
    web.storage.mark_read([first], now=web.now)
    web.storage.star([first], now=web.now)
    answer = web.client.get("/reader/atom/feed%2F1?n=2", headers=phone.headers)
    entries = etree.fromstring(answer.content).findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}id") for one in entries] == [long_id(first), long_id(second)]
    labels = [
        [c.get("label") for c in one.findall(f"{ATOM}category") if c.get("scheme")]
        for one in entries
    ]
    assert labels == [["read", "starred"], ["fresh"]]


# --- how many are unread --------------------------------------------------------------------------


def test_unread_are_counted_by_feed_by_label_and_in_all(web: House) -> None:
    phone = app(web)
    every = web.storage.articles(phone.ids())
    seen = every[::3]
    web.storage.mark_read([one.summary.article_id for one in seen], now=web.now)
    told = phone.get("unread-count", output="json").json()
    counts = {one["id"]: one["count"] for one in told["unreadcounts"]}
    assert counts[ALL] == told["max"] == len(every) - len(seen)
    for stream, count in counts.items():
        assert count == len(phone.ids(stream, xt=READ))
    newest = {one["id"]: int(one["newestItemTimestampUsec"]) for one in told["unreadcounts"]}
    assert newest[ALL] == max(newest.values()) > 10**15


def test_copies_are_left_out_for_who_logs_in_so(web: House) -> None:
    phone = app(web)
    folded = app(web, name="tablet", more="+folded")
    left_out = copies(web)
    assert left_out
    assert set(phone.ids()) - set(folded.ids()) == left_out
    told = folded.get("unread-count").json()
    assert told["max"] == len(folded.ids())
    for one in told["unreadcounts"]:
        assert one["count"] == len(folded.ids(one["id"]))


def test_a_token_may_be_called_as_those_who_want_no_copies_log_in(web: House) -> None:
    assert set(app(web, name="a+folded").ids()) & copies(web)
    assert not set(app(web, name="b+folded", more="+folded").ids()) & copies(web)


def test_what_is_followed_no_longer_is_listed_only_where_it_is_starred(web: House) -> None:
    phone = app(web)
    gone, *rest = web.storage.source_statuses()
    kept, *others = phone.ids(f"feed/{gone.source_id}")
    web.storage.star([kept], now=web.now)
    web.config = replace(web.config, sources=tuple(one.source for one in rest))
    web.storage.sync_sources(web.config.sources, now=web.now)
    assert not set(phone.ids()) & {kept, *others}
    assert phone.ids(STARRED) == [kept]
    counts = {one["id"] for one in phone.get("unread-count").json()["unreadcounts"]}
    assert f"feed/{gone.source_id}" not in counts


def test_a_token_for_reading_is_enough_to_read(web: House) -> None:
    assert app(web, scope=Scope.READ).ids()
