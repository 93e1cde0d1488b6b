"""What the API tells: stories, articles, searches, exports."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from apihouse import Api, api_of
from webhouse import Filled, house


@pytest.fixture(scope="module")
def api(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all: nothing is changed."""
    with house(filled, tmp_path_factory.mktemp("read")) as made:
        yield api_of(made)


def test_a_story_is_as_the_list_has_it(api: Api) -> None:
    first, *_ = api.get("/stories", limit=3)["items"]
    assert len(first["outlets"]) > 1
    assert api.get(f"/stories/{first['id']}") == first
    assert first["articles"][0]["relation"] == "first"


def test_pages_of_stories_are_the_whole_list_whatever_comes_meanwhile(api: Api) -> None:
    whole = [one["id"] for one in api.get("/stories", limit=200)["items"]]
    paged: list[int] = []
    page = api.get("/stories", limit=25)
    while True:
        paged += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        answered = api.house.client.get(page["next"], headers=api.headers)
        page = answered.json()
    assert paged == whole
    assert len(paged) > 25


def test_only_stories_of_several_outlets_are_listed_when_asked_for(api: Api) -> None:
    found = api.get("/stories", min_outlets=3)["items"]
    assert found
    assert all(len(one["outlets"]) >= 3 for one in found)


def test_the_number_of_an_article_leads_to_its_story(api: Api) -> None:
    story = api.get("/stories", limit=1)["items"][0]
    other = next(one["id"] for one in story["articles"] if one["id"] != story["id"])
    answered = api("GET", f"/stories/{other}")
    assert answered.status_code == 307
    assert answered.headers["location"] == f"/api/v1/stories/{story['id']}"
    assert "there is no story" in api.refused("GET", "/stories/999999", 404)["detail"].lower()


def test_a_place_that_no_page_has_given_is_refused(api: Api) -> None:
    api.refused("GET", "/stories", 422, params={"after": "elsewhere"})
    api.refused("GET", "/search", 422, params={"q": "the", "after": "elsewhere"})


def test_an_article_comes_with_its_text_in_all_its_forms(api: Api) -> None:
    article = api.get("/articles/1")
    assert article["text"]
    assert (article["read"], article["starred"]) == (False, False)
    for form in ("text", "markdown"):
        answered = api("GET", "/articles/1/text", params={"format": form})
        assert answered.text == article[form]
    html = api("GET", "/articles/1/text", params={"format": "html"})
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert "sandbox" in html.headers["content-security-policy"]
    api.refused("GET", "/articles/999999", 404)
    api.refused("GET", "/articles/999999/text", 404)


def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    for path in ("/stories?limit=2", "/articles/1", "/articles/1/text", "/sources/opml"):
        first = api("GET", path)
        again = api("GET", path, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]


def test_a_search_goes_on_where_its_first_page_ended(api: Api) -> None:
    whole = [one["id"] for one in api.get("/search", q="the", flat=True, limit=40)["items"]]
    first = api.get("/search", q="the", flat=True, limit=15)
    answered = api("GET", "/search", params={"q": "the", "flat": True, "limit": 15})
    assert answered.headers["link"] == f'<{first["next"]}>; rel="next"'
    second = api.get("/search", q="the", flat=True, limit=15, after=first["after"])
    assert [one["id"] for one in first["items"] + second["items"]] == whole[:30]


def test_hits_of_one_story_are_folded_unless_asked_otherwise(api: Api) -> None:
    story = api.get("/stories", limit=1)["items"][0]["id"]
    folded = api.get("/search", q=f"story:{story}")["items"]
    flat = api.get("/search", q=f"story:{story}", flat=True)["items"]
    assert len(folded) == 1
    assert len(folded[0]["folded"]) == len(flat) - 1


def test_counts_are_of_the_same_articles(api: Api) -> None:
    counts = api.get("/search/counts", q="the")
    hits = api.get("/search", q="the", flat=True, limit=200)["items"]
    assert counts["articles"] == len(hits)
    assert sum(one["articles"] for one in counts["by_day"]) == len(hits)


def test_a_search_that_cannot_be_read_is_refused_with_its_column(api: Api) -> None:
    refused = api.refused("GET", "/search", 422, params={"q": "oil ("})
    assert refused["column"] == 5
    assert refused["detail"].endswith("at column 5.")


_TIMES = (
    "a duration such as 12h or 3d, a day such as 2026-02-07, or a time such as 2026-02-07T12:30:00Z"
)


def test_a_parameter_that_is_wrong_is_named_with_what_would_be_right(api: Api) -> None:
    refused = api.refused("GET", "/stories", 422, params={"limit": 0, "since": "long ago"})
    assert refused["errors"] == [
        {"where": "query.since", "message": f"Must be {_TIMES}."},
        {"where": "query.limit", "message": "Must be 1 or more."},
    ]
    assert refused["detail"] == f"`since` must be {_TIMES}; `limit` must be 1 or more."
    refused = api.refused("GET", "/stories", 422, params={"since": "2026-02-31"})
    assert "2026-02-31" in refused["detail"]


def test_rows_of_an_export_are_all_articles(api: Api) -> None:
    stored = api.get("/status")["counts"]["articles"]
    rows = [json.loads(row) for row in api("GET", "/export").text.splitlines()]
    assert len(rows) == stored
    answered = api("GET", "/export", params={"format": "csv", "limit": 7, "text": False})
    table = [*csv.DictReader(io.StringIO(answered.text))]
    assert [int(one["id"]) for one in table] == [one["id"] for one in rows[-7:]]
    assert "text" not in table[0]


def test_a_book_is_made_of_a_story(api: Api) -> None:
    story = api.get("/stories", limit=1)["items"][0]
    answered = api("GET", "/export", params={"format": "epub", "story": story["id"]})
    assert answered.headers["content-type"] == "application/epub+zip"
    book = zipfile.ZipFile(io.BytesIO(answered.content))
    assert book.read("mimetype") == b"application/epub+zip"
    text = api("GET", "/export", params={"format": "md", "story": story["id"]}).text
    assert story["first"] in text


def test_an_export_that_makes_no_sense_is_refused(api: Api) -> None:
    nothing = {"q": "qqqqzzzz"}
    assert api("GET", "/export", params=nothing).content == b""
    api.refused("GET", "/export", 404, params={**nothing, "format": "md"})
    api.refused("GET", "/export", 404, params={"story": 999_999})
    api.refused("GET", "/export", 422, params={"format": "epub", "text": False})
    api.refused("GET", "/export", 422, params={"format": "md", "html": True})
    api.refused("GET", "/export", 422, params={"format": "jsonl", "excel": True})


def test_digests_are_previewed_and_listed(api: Api) -> None:
    (digest,) = api.get("/digests")["items"]
    preview = api.get(f"/digests/{digest['name']}/preview", since="30d")
    assert "<html" in preview["html"]
    assert preview["subject"]
    assert api.get(f"/digests/{digest['name']}/editions")["items"] == []
    api.refused("GET", "/digests/nobody/preview", 404)
    api.refused("GET", "/digests/nobody/editions", 404)
    api.refused("GET", f"/digests/{digest['name']}/editions/2026-01-01/1", 404)


def test_it_says_how_the_program_fares(api: Api) -> None:
    status = api.get("/status")
    assert status["counts"]["articles"] > 0
    assert (status["alive"], status["polls"]) == (False, True)
    assert api.get("/workers")["items"] == []
    assert api.get("/check", database=True) == {"ok": True, "problems": [], "database": []}


def test_what_is_not_there_is_a_problem_too(api: Api) -> None:
    assert api.refused("GET", "/nowhere", 404)["detail"]
    assert api.refused("DELETE", "/stories", 405)["detail"]
