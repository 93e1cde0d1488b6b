"""The Fever API, as apps speak it."""

from __future__ import annotations

from clienthouse import Fever, fever
from webdoor import token, with_password
from webhouse import House

from aggregator.core.fever_ids import group_number
from aggregator.core.greader_ids import seconds
from aggregator.types import Scope
from aggregator.web.access.secrets import fever_key


def numbers(written: str) -> list[int]:
    return [int(one) for one in written.split(",") if one]


def everything(web: House) -> list[int]:
    return sorted(one.summary.article_id for one in web.storage.matching(None, limit=1_000))


def test_an_app_is_let_in_by_name_and_token(web: House) -> None:
    with_password(web)
    told = fever(web).ask()
    assert (told["api_version"], told["auth"]) == (3, 1)
    assert told["last_refreshed_on_time"] > 10**9


def test_a_key_that_is_none_is_told_nothing(web: House) -> None:
    secret = token(web, "phone")
    right = fever_key("phone", secret)
    for key in ("", "x", secret, fever_key("tablet", secret)):
        told = Fever(client=web.client, key=key).ask("items&unread_item_ids&feeds")
        assert told == {"api_version": 3, "auth": 0}
    in_address = web.client.post(f"/fever/?api&api_key={right}").json()
    assert in_address == {"api_version": 3, "auth": 0}
    assert web.client.get("/fever/?api").json()["auth"] == 0
    web.storage.revoke_token("phone")
    assert Fever(client=web.client, key=right).ask()["auth"] == 0


def test_feeds_are_sources_and_groups_are_tags(web: House) -> None:
    told = fever(web).ask("groups&feeds&favicons&links")
    titles = {one["id"]: one["title"] for one in told["feeds"]}
    assert set(titles.values()) == {one.name for one in web.config.sources}
    groups = {one["id"]: one["title"] for one in told["groups"]}
    assert groups == {group_number(t): t for one in web.config.sources for t in one.tags}
    found = {
        (titles[feed], groups[one["group_id"]])
        for one in told["feeds_groups"]
        for feed in numbers(one["feed_ids"])
    }
    assert found == {(one.name, tag) for one in web.config.sources for tag in one.tags}
    assert (told["favicons"], told["links"]) == ([], [])


def test_items_come_in_fifties_from_the_oldest_on(web: House) -> None:
    app, found, last = fever(web), [], 0
    while items := app.ask(f"items&since_id={last}")["items"]:
        assert len(items) <= 50
        found += [one["id"] for one in items]
        last = found[-1]
    assert found == everything(web)
    assert app.ask("items")["total_items"] == len(found)


def test_items_come_from_the_newest_back(web: House) -> None:
    app, every = fever(web), everything(web)
    found = [one["id"] for one in app.ask(f"items&max_id={every[-1]}")["items"]]
    assert found == every[-51:-1][::-1]
    newest = [one["id"] for one in app.ask("items&max_id=0")["items"]]
    assert newest == every[-50:][::-1]


def test_items_are_told_as_they_are_asked_for(web: House) -> None:
    app, every = fever(web), everything(web)
    web.storage.star([every[3]], now=web.now)
    web.storage.mark_read([every[3]], now=web.now)
    items = app.ask(f"items&with_ids={every[3]},{every[1]},999999,x")["items"]
    assert [one["id"] for one in items] == [every[3], every[1]]
    article = web.storage.articles([every[3]])[0]
    item = items[0]
    assert (item["title"], item["url"]) == (article.summary.title, article.summary.url)
    assert item["feed_id"] == article.summary.source_id
    assert item["created_on_time"] == seconds(article.summary.at)
    assert (item["is_read"], item["is_saved"]) == (1, 1)
    assert (items[1]["is_read"], items[1]["is_saved"]) == (0, 0)
    assert article.text.split()[0] in item["html"]


def test_years_of_articles_are_not_told_one_after_the_other(web: House) -> None:
    app, every = fever(web), everything(web)
    web.now = web.now.replace(year=web.now.year + 1)
    assert app.ask("items&since_id=0") | {"last_refreshed_on_time": 0} == {
        "api_version": 3,
        "auth": 1,
        "last_refreshed_on_time": 0,
        "total_items": 0,
        "items": [],
    }
    assert len(app.ask(f"items&with_ids={every[0]}")["items"]) == 1


def test_items_are_marked(web: House) -> None:
    app, every = fever(web), everything(web)
    one = every[5]
    told = app.ask(mark="item", **{"as": "read"}, id=one)
    assert numbers(told["unread_item_ids"]) == [n for n in reversed(every) if n != one]
    told = app.ask("unread_item_ids", mark="item", **{"as": "unread"}, id=one)
    assert numbers(told["unread_item_ids"]) == every[::-1]
    told = app.ask(mark="item", **{"as": "saved"}, id=one)
    assert numbers(told["saved_item_ids"]) == [one]
    assert numbers(app.ask("saved_item_ids")["saved_item_ids"]) == [one]
    told = app.ask(mark="item", **{"as": "unsaved"}, id=one)
    assert numbers(told["saved_item_ids"]) == []


def test_feeds_groups_and_everything_are_read_at_once(web: House) -> None:
    app = fever(web)
    every = {one.summary.article_id: one.summary for one in web.storage.matching(None, limit=999)}
    early = seconds(min(one.first_seen_at for one in every.values())) - 1
    late = seconds(web.now) + 3600

    def unread() -> set[int]:
        return set(numbers(app.ask("unread_item_ids")["unread_item_ids"]))

    app.ask(mark="feed", **{"as": "read"}, id=1, before=early)
    assert unread() == every.keys()
    app.ask(mark="feed", **{"as": "read"}, id=1, before=late)
    rest = {number for number, one in every.items() if one.source_id != 1}
    assert unread() == rest
    tag = web.config.sources[-1].tags[0]
    app.ask(mark="group", **{"as": "read"}, id=group_number(tag), before=late)
    tagged = {one.source_id for one in web.storage.source_statuses() if tag in one.source.tags}
    assert unread() == {number for number in rest if every[number].source_id not in tagged}
    app.ask(mark="group", **{"as": "read"}, id=12345, before=late)
    assert unread()
    app.ask(mark="group", **{"as": "read"}, id=0, before=late)
    assert unread() == set()


def test_marks_that_there_are_not_are_refused(web: House) -> None:
    key = fever(web).key
    for form in (
        {"mark": "item", "as": "loved", "id": "1"},
        {"mark": "feed", "as": "saved", "id": "1"},
        {"mark": "item", "as": "read", "id": "x"},
        {"mark": "item", "as": "read"},
    ):
        answer = web.client.post("/fever/?api", data={"api_key": key, **form})
        assert answer.status_code == 400


def test_who_may_only_read_marks_nothing(web: House) -> None:
    key = fever(web, scope=Scope.READ).key
    form = {"api_key": key, "mark": "item", "as": "read", "id": "1"}
    assert web.client.post("/fever?api", data=form).status_code == 403
    assert not web.storage.marks([1])[1].read
