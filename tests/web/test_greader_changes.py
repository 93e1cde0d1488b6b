"""Marks and subscriptions by the Google Reader API."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from clienthouse import ALL, READ, STARRED, UNREAD, App, app
from webhouse import House

from aggregator.config import load
from aggregator.config.editing import set_paused
from aggregator.core.greader_ids import long_id, microseconds, seconds
from aggregator.core.opml import OpmlEntry, parse_opml, write_opml
from aggregator.demo.press import Press
from aggregator.types import Scope, Source

LABEL = "user/-/label/"


def names(web: House) -> set[str]:
    """What feeds.yaml lists now."""
    return {one.name for one in load(web.folder / "feeds.yaml", environ={}).sources}


# --- marks ----------------------------------------------------------------------------------------


def test_articles_are_marked_and_unmarked_by_any_of_their_names(web: House) -> None:
    phone = app(web, scope=Scope.MARK)
    first, second, third = phone.ids()[:3]
    assert phone.post("edit-tag", i=[long_id(first), str(second)], a=READ).text == "OK"
    assert phone.ids(READ) == [first, second]
    assert phone.post("edit-tag", i=first, r=READ).text == "OK"
    assert phone.ids(READ) == [second]
    phone.post("edit-tag", i=second, a=[UNREAD, f"{ALL[:-12]}tracking-kept-unread"], r=READ)
    assert phone.ids(READ) == []
    phone.post("edit-tag", i=[first, third], a=[READ, STARRED], r=UNREAD)
    assert (phone.ids(READ), phone.ids(STARRED)) == ([first, third], [first, third])
    phone.post("edit-tag", i=first, r=STARRED)
    assert (phone.ids(READ), phone.ids(STARRED)) == ([first, third], [third])


def test_a_mark_that_there_is_not_is_refused_and_nothing_is_marked(web: House) -> None:
    phone = app(web)
    first = phone.ids()[0]
    for form in ({"a": [READ, f"{LABEL}mine"]}, {"a": READ, "r": f"{LABEL}mine"}, {"a": "x"}):
        answer = phone.post("edit-tag", i=first, **form)
        assert answer.status_code == 400
        assert "labels" in answer.json()["detail"]
    assert phone.post("edit-tag", i="x", a=READ).status_code == 400
    assert phone.ids(READ) == []
    assert phone.post("edit-tag", i=first, a="user/-/state/com.google/like").text == "OK"


def test_everything_of_a_feed_a_label_or_all_is_read_at_once(web: House) -> None:
    phone = app(web)
    assert phone.post("mark-all-as-read", s="feed/1").text == "OK"
    assert set(phone.ids(READ)) == set(phone.ids("feed/1"))
    tag = web.config.sources[-1].tags[0]
    phone.post("mark-all-as-read", s=f"{LABEL}{tag}")
    both = set(phone.ids("feed/1")) | set(phone.ids(f"{LABEL}{tag}"))
    assert set(phone.ids(READ)) == both
    phone.post("mark-all-as-read", s=f"{LABEL}no such tag")
    phone.post("mark-all-as-read", s="user/-/state/com.google/read")
    assert set(phone.ids(READ)) == both
    phone.post("mark-all-as-read", s=ALL)
    assert phone.ids(UNREAD) == []
    assert phone.get("unread-count").json()["max"] == 0


def test_what_is_starred_is_read_at_once(web: House) -> None:
    phone = app(web)
    kept = phone.ids()[2:5]
    web.storage.star(kept, now=web.now)
    phone.post("mark-all-as-read", s=STARRED)
    assert phone.ids(READ) == kept


@pytest.mark.parametrize("unit", [seconds, microseconds])
def test_only_what_had_come_by_then_is_read(web: House, unit: object) -> None:
    phone = app(web)
    every = {one.summary.article_id: one.summary for one in web.storage.articles(phone.ids())}
    first = min(one.first_seen_at for one in every.values())
    before = str((seconds(first) - 1) * (1 if unit is seconds else 1_000_000))
    assert phone.post("mark-all-as-read", s=ALL, ts=before).text == "OK"
    assert phone.ids(READ) == []
    last = max(one.first_seen_at for one in every.values())
    after = str((seconds(last) + 1) * (1 if unit is seconds else 1_000_000))
    phone.post("mark-all-as-read", s=ALL, ts=after)
    assert phone.ids(UNREAD) == []
    assert phone.post("mark-all-as-read", s=ALL, ts="soon").status_code == 400
    assert phone.post("mark-all-as-read", s="everything").status_code == 400


def test_who_may_only_read_marks_nothing(web: House) -> None:
    phone = app(web, scope=Scope.READ)
    first = phone.ids()[0]
    assert phone.post("edit-tag", i=first, a=READ).status_code == 403
    assert phone.post("mark-all-as-read", s=ALL).status_code == 403
    assert phone.ids(READ) == []


# --- subscriptions --------------------------------------------------------------------------------


def test_a_site_is_followed_by_its_address_and_can_be_read_at_once(web: House) -> None:
    phone = app(web)
    with Press(web.now) as press:
        address = load_press(web, press)
        answer = phone.post("subscription/quickadd", quickadd=address).json()
        assert answer["numResults"] == 1
        assert answer["streamId"] in {one["id"] for one in subscriptions(phone)}
        assert answer["streamName"] in names(web)
        again = phone.post("subscription/quickadd", quickadd=address).json()
        assert again["streamId"] == answer["streamId"]


def load_press(web: House, press: Press) -> str:
    """The address of one of its feeds; the house may ask there."""
    (web.folder / "press.yaml").write_text(press.feeds_yaml("other.db"))
    return load(web.folder / "press.yaml", environ={}).sources[0].url


def test_a_feed_is_followed_with_a_name_and_labels(web: House) -> None:
    phone = app(web)
    with Press(web.now) as press:
        stream = f"feed/{load_press(web, press)}"
        labels = [f"{LABEL}New tag", f"{LABEL}Untagged"]
        form = {"ac": "subscribe", "s": stream, "t": "My outlet", "a": labels}
        assert phone.post("subscription/edit", **form).text == "OK"
        assert phone.post("subscription/edit", **form).text == "OK"  # it is followed already
    added = load(web.folder / "feeds.yaml", environ={}).sources[-1]
    assert (added.name, added.tags) == ("My outlet", ("New tag",))
    # Apps say once more what it is called and where it lies.
    again = {**form, "ac": "edit"}
    assert phone.post("subscription/edit", **again).text == "OK"


def test_where_there_is_no_feed_it_says_so(web: House) -> None:
    phone = app(web)
    answer = phone.post("subscription/quickadd", quickadd="http://127.0.0.1:9/").json()
    assert answer["numResults"] == 0
    assert answer["error"]
    before = names(web)
    form = {"ac": "subscribe", "s": "feed/http://127.0.0.1:9/"}
    assert phone.post("subscription/edit", **form).status_code == 400
    assert phone.post("subscription/edit", ac="subscribe", s=ALL).status_code == 400
    assert names(web) == before


def test_a_feed_is_left_by_its_number_or_address(web: House) -> None:
    phone = app(web)
    one, other, *_ = web.storage.source_statuses()
    for stream in (f"feed/{one.source_id}", f"feed/{other.source.url}"):
        assert phone.post("subscription/edit", ac="unsubscribe", s=stream).text == "OK"
    assert not names(web) & {one.source.name, other.source.name}
    assert {sub["title"] for sub in subscriptions(phone)} == names(web)
    gone = phone.post("subscription/edit", ac="unsubscribe", s="feed/999")
    assert gone.status_code == 404


def test_a_feed_gets_another_name_and_keeps_its_articles_and_marks(web: House) -> None:
    phone = app(web)
    one = web.storage.source_statuses()[0]
    stream = f"feed/{one.source_id}"
    articles = phone.ids(stream)
    phone.post("edit-tag", i=articles[0], a=STARRED)
    answer = phone.post("subscription/edit", ac="edit", s=stream, t="The Quay")
    assert answer.text == "OK"
    assert {sub["title"] for sub in subscriptions(phone) if sub["id"] == stream} == {"The Quay"}
    assert one.source.name not in names(web)
    assert phone.ids(stream) == articles
    assert phone.ids(STARRED) == articles[:1]
    shown = phone.get(f"stream/contents/{stream}").json()
    assert {item["origin"]["title"] for item in shown["items"]} == {"The Quay"}


def test_a_feed_is_put_under_labels_and_taken_from_others(web: House) -> None:
    phone = app(web)
    stream = subscriptions(phone)[0]["id"]
    old = labels(phone, stream)
    form = {"ac": "edit", "s": stream, "r": [LABEL + one for one in old]}
    new = ["Ships", "north sea"]
    assert phone.post("subscription/edit", **form, a=[LABEL + one for one in new]).text == "OK"
    assert labels(phone, stream) == new
    # Nothing of this is a change: what is there, in another case, and what is not there.
    before = (web.folder / "feeds.yaml").read_bytes()
    again = {"a": f"{LABEL}SHIPS", "r": f"{LABEL}no such label"}
    assert phone.post("subscription/edit", ac="edit", s=stream, **again).text == "OK"
    assert (web.folder / "feeds.yaml").read_bytes() == before


def test_untagged_is_where_feeds_without_labels_are_and_no_label(web: House) -> None:
    phone = app(web)
    stream = subscriptions(phone)[0]["id"]
    gone = [LABEL + one for one in labels(phone, stream)]
    phone.post("subscription/edit", ac="edit", s=stream, a=f"{LABEL}Untagged", r=gone)
    assert labels(phone, stream) == ["Untagged"]
    assert "Untagged" not in (web.folder / "feeds.yaml").read_text()
    for form in ({"a": f"{LABEL}untagged"}, {"r": f"{LABEL}Untagged"}):
        assert phone.post("subscription/edit", ac="edit", s=stream, **form).text == "OK"
    assert phone.post("disable-tag", s=f"{LABEL}Untagged").text == "OK"
    for form in ({"s": "Untagged", "dest": "x"}, {"s": "world", "dest": "Untagged"}):
        sent = {key: LABEL + value for key, value in form.items()}
        refused = phone.post("rename-tag", **sent)
        assert refused.status_code == 400
        assert "is no label" in refused.json()["detail"]
    phone.post("subscription/edit", ac="edit", s=stream, a=f"{LABEL}Ships", r=f"{LABEL}Untagged")
    assert labels(phone, stream) == ["Ships"]


def test_several_feeds_are_changed_at_once_or_none(web: House) -> None:
    phone = app(web)
    one, other, third = (sub["id"] for sub in subscriptions(phone)[:3])
    form = {"ac": "edit", "s": [one, other], "a": f"{LABEL}Ships"}
    assert phone.post("subscription/edit", **form, t=["", "The Quay"]).text == "OK"
    assert {"Ships"} <= {*labels(phone, one)} & {*labels(phone, other)}
    before = (web.folder / "feeds.yaml").read_bytes()
    taken = phone.post("subscription/edit", **{**form, "s": [one, third]}, t=["Pier", "the quay"])
    assert taken.status_code == 400
    assert "another source is called “The Quay”" in taken.json()["detail"]
    comma = phone.post("subscription/edit", ac="edit", s=one, a=f"{LABEL}a, b")
    assert comma.status_code == 400
    assert "comma" in comma.json()["detail"]
    assert phone.post("subscription/edit", ac="edit", s=[one, "feed/999"], t="x").status_code == 404
    assert (web.folder / "feeds.yaml").read_bytes() == before


def test_what_is_followed_already_gets_the_name_and_the_label(web: House) -> None:
    phone = app(web)
    first = subscriptions(phone)[0]
    form = {"ac": "subscribe", "s": f"feed/{first['url']}", "t": "The Quay", "a": f"{LABEL}Ships"}
    assert phone.post("subscription/edit", **form).text == "OK"
    assert "The Quay" in names(web)
    assert "Ships" in labels(phone, first["id"])


def test_a_label_is_renamed_and_done_away_with_wherever_it_is(web: House) -> None:
    phone = app(web)
    one, other, third = (sub["id"] for sub in subscriptions(phone)[:3])
    for stream, added in ((one, ["Ships"]), (other, ["Ships", "Boats"]), (third, ["Piers"])):
        phone.post("subscription/edit", ac="edit", s=stream, a=[LABEL + each for each in added])
    paused = web.storage.source_statuses()[1].source.url
    set_paused(web.folder / "feeds.yaml", [paused], paused=True, environ={})
    assert phone.post("rename-tag", s=f"{LABEL}ships", dest=f"{LABEL}Boats").text == "OK"
    counted = Counter(tag for source in listed(web) for tag in source.tags)
    assert (counted["Ships"], counted["Boats"], counted["Piers"]) == (0, 2, 1)
    told = {tag["id"] for tag in phone.get("tag/list").json()["tags"]}
    assert f"{LABEL}Boats" in told
    assert f"{LABEL}Ships" not in told
    assert phone.post("disable-tag", s=[f"{LABEL}Boats", f"{LABEL}piers"]).text == "OK"
    assert not {tag for source in listed(web) for tag in source.tags} & {"Boats", "Piers"}
    assert phone.post("rename-tag", s=f"{LABEL}Boats", dest=f"{LABEL}x").status_code == 404


def test_a_change_that_says_nothing_is_refused(web: House) -> None:
    phone = app(web)
    before = (web.folder / "feeds.yaml").read_bytes()
    stream = subscriptions(phone)[0]["id"]
    assert phone.post("subscription/edit", ac="dance", s=stream).status_code == 400
    assert phone.post("subscription/edit", ac="unsubscribe").status_code == 400
    assert phone.post("rename-tag", s=f"{LABEL}world").status_code == 400
    assert phone.post("rename-tag", s="world", dest=f"{LABEL}x").status_code == 400
    assert phone.post("disable-tag", s=STARRED).status_code == 400
    assert (web.folder / "feeds.yaml").read_bytes() == before


def subscriptions(phone: App) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = phone.get("subscription/list").json()["subscriptions"]
    return found


def labels(phone: App, stream: str) -> list[str]:
    (one,) = [sub for sub in subscriptions(phone) if sub["id"] == stream]
    return [label["label"] for label in one["categories"]]


def listed(web: House) -> list[Source]:
    """With those that are paused."""
    config = load(web.folder / "feeds.yaml", environ={})
    return [*config.sources, *config.paused]


def test_a_list_goes_out_and_comes_in(web: House) -> None:
    phone = app(web)
    out = phone.get("subscription/export")
    assert {one.url for one in parse_opml(out.content).entries} == {
        one.url for one in web.config.sources
    }
    new = OpmlEntry(url="https://outlet.example/feed", title="Outlet", folders=("world",))
    data = write_opml([*parse_opml(out.content).entries, new], title="x")
    answer = web.client.post(
        "/reader/api/0/subscription/import",
        content=data,
        headers={**phone.headers, "Content-Type": "text/xml"},
    )
    assert answer.text == "OK: 1"
    assert "Outlet" in names(web)
    nothing = web.client.post(
        "/reader/api/0/subscription/import", content=b"<html>", headers=phone.headers
    )
    assert nothing.status_code == 400


def test_who_may_mark_changes_no_subscription(web: House) -> None:
    phone = app(web, scope=Scope.MARK)
    before = (web.folder / "feeds.yaml").read_bytes()
    for path in ("edit", "quickadd", "import"):
        form = {"ac": "unsubscribe", "s": "feed/1", "quickadd": "x"}
        assert phone.post(f"subscription/{path}", **form).status_code == 403
    assert phone.get("subscription/export").status_code == 403
    assert phone.post("rename-tag").status_code == 403
    assert phone.post("disable-tag").status_code == 403
    assert (web.folder / "feeds.yaml").read_bytes() == before


def test_nothing_is_changed_by_looking(web: House) -> None:
    phone = app(web)
    assert phone.get("subscription/quickadd", quickadd="x").status_code == 405
    assert phone.get("edit-tag", i="1", a=READ).status_code == 405
    assert phone.get("subscription/edit", ac="unsubscribe", s="feed/1").status_code == 405
