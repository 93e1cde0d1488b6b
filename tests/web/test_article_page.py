"""An article to read, its former versions, and the reader's marks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from readroom import get, post, revise, stories, story_with, text_of
from webdoor import bearer, configured, token, with_password
from webhouse import House

from aggregator.config.web import ImagePolicy
from aggregator.types import Article, Marks, PageKind, Relation, Scope
from aggregator.web.views.article_body import body_of
from aggregator.web.views.article_view import article_view
from aggregator.web.views.returning import local_path
from aggregator.web.views.times import times_of

UNREAD = Marks(read=False, starred=False)


def one(web: House) -> Article:
    """In a story of several."""
    found = web.storage.article(stories(web)[0].story_id)
    assert found is not None
    return found


def of_kind(web: House, kind: PageKind) -> Article:
    for story in web.storage.stories(limit=500, brief=True):
        for item in story.articles:
            if item.article.kind is kind:
                found = web.storage.article(item.article.article_id)
                assert found is not None
                return found
    raise AssertionError(kind)


def marks(web: House, article_id: int) -> Marks:
    return web.storage.marks([article_id])[article_id]


# --- the page -------------------------------------------------------------------------------------


def test_it_has_the_text_its_outlet_and_the_way_to_the_original(web: House) -> None:
    article = one(web)
    answer = get(web, f"/articles/{article.summary.article_id}")
    said = text_of(answer)
    assert article.summary.title in said
    assert article.summary.source in said
    for paragraph in article.text.split("\n\n"):
        assert " ".join(paragraph.split()) in said
    assert f'href="{article.summary.url}" rel="noopener noreferrer" target="_blank"' in answer.text
    assert answer.text.count("<h1") == 1


def test_it_says_where_its_text_is_from_and_what_its_story_is(web: House) -> None:
    story = story_with(web, Relation.COPY)
    copy = next(item for item in story.articles if item.relation is Relation.COPY)
    answer = get(web, f"/articles/{copy.article.article_id}")
    said = text_of(answer)
    assert "Where this text comes from" in said
    assert "This article: copy of " in said
    assert f"/stories/{story.story_id}/compare?a={copy.of}&amp;b=" in answer.text


def test_a_text_in_arabic_is_set_from_the_right(web: House) -> None:
    arabic = next(
        item.article
        for story in web.storage.stories(limit=500)
        for item in story.articles
        if item.article.language == "ar"
    )
    page = get(web, f"/articles/{arabic.article_id}").text
    assert '<h1 lang="ar" dir="rtl">' in page
    assert '<div class="prose" lang="ar" dir="rtl">' in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (PageKind.PAYWALL, "the rest is for subscribers"),
        (PageKind.LIVE, "This is a live blog"),
        (PageKind.CONSENT, "asked to accept cookies"),
    ],
)
def test_what_is_not_all_of_the_text_says_so(web: House, kind: PageKind, said: str) -> None:
    article = of_kind(web, kind)
    assert said in text_of(get(web, f"/articles/{article.summary.article_id}"))


def test_opening_it_marks_it_read_and_no_other(web: House) -> None:
    story = stories(web)[0]
    ids = [item.article.article_id for item in story.articles]
    get(web, f"/articles/{ids[0]}")
    assert {number for number in ids if marks(web, number).read} == {ids[0]}


def test_who_may_only_read_marks_nothing(web: House) -> None:
    number = one(web).summary.article_id
    with_password(web)
    only = bearer(token(web, scope=Scope.READ))
    page = get(web, f"/articles/{number}", **only).text
    assert not marks(web, number).read
    assert 'method="post"' not in page


@pytest.mark.parametrize("path", ["/articles/987654321", "/articles/987654321/changes"])
def test_one_that_never_was_is_not_found(web: House, path: str) -> None:
    answer = get(web, path)
    assert answer.status_code == 404
    assert "There is no article 987654321." in answer.text


def test_a_version_that_never_was_is_not_found(web: House) -> None:
    answer = get(web, f"/articles/{one(web).summary.article_id}/changes?since=7")
    assert answer.status_code == 404
    assert "no former version 7" in answer.text


# --- marks ----------------------------------------------------------------------------------------


def test_a_star_is_given_and_taken_away(web: House) -> None:
    number = one(web).summary.article_id
    answer = post(web, f"/articles/{number}/star")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/articles/{number}")
    assert marks(web, number).starred
    post(web, f"/articles/{number}/unstar")
    assert not marks(web, number).starred


def test_it_is_marked_as_read_and_as_unread(web: House) -> None:
    number = one(web).summary.article_id
    post(web, f"/articles/{number}/read")
    assert marks(web, number).read
    post(web, f"/articles/{number}/unread", back="/?tag=local")
    assert not marks(web, number).read


def test_a_script_gets_the_button_as_it_is_now(web: House) -> None:
    number = one(web).summary.article_id
    csrf = re.search(r'name="csrf" content="(\w+)"', get(web, "/").text)
    assert csrf is not None
    asked = {"HX-Request": "true", "X-CSRF-Token": csrf[1]}
    star = web.client.post(f"/articles/{number}/star", headers=asked)
    assert star.text.count("<button") == 1
    assert f'formaction="/articles/{number}/unstar?' in star.text
    assert 'aria-pressed="true"' in star.text
    read = web.client.post("/mark-read", data={"ids": str(number)}, headers=asked)
    assert 'formaction="/mark-unread?' in read.text
    assert "<html" not in read.text


def test_several_are_marked_at_once_and_what_is_none_is_refused(web: House) -> None:
    ids = [item.article.article_id for item in stories(web)[0].articles]
    post(web, "/mark-read", ids=",".join(map(str, ids)))
    assert all(marks(web, number).read for number in ids)
    post(web, "/mark-unread", ids=f"{ids[0]}, {ids[1]}")
    assert [marks(web, number).read for number in ids[:3]] == [False, False, True][: len(ids[:3])]
    assert post(web, "/mark-read", ids="x, y").status_code == 400
    assert post(web, "/mark-read").status_code == 400


def test_everything_of_one_source_up_to_an_article_is_marked(web: House) -> None:
    source = one(web).summary.source_id
    post(web, "/mark-read", until=10**6, source=source)
    left = web.storage.unread()
    assert left
    assert source not in left


@pytest.mark.parametrize(
    "back",
    ["//example.org/", "https://example.org/", "/\\example.org", "/\t/example.org", "javascript:0"],
)
def test_a_form_leads_back_to_this_site_only(web: House, back: str) -> None:
    number = one(web).summary.article_id
    answer = post(web, f"/articles/{number}/star", back=back)
    assert answer.headers["location"] == "/"
    assert local_path(back, otherwise="/today") == "/today"


# --- former versions ------------------------------------------------------------------------------


def test_what_the_publisher_changed_since_a_version_can_be_seen(web: House) -> None:
    before = one(web)
    number = before.summary.article_id
    revise(web, before, title=f"Now: {before.summary.title}", text=f"{before.text} It rains.")
    answer = get(web, f"/articles/{number}")
    assert "Former versions" in text_of(answer)
    assert f'href="/articles/{number}/changes?since=1"' in answer.text
    page = get(web, f"/articles/{number}/changes?since=1").text
    changed = re.findall(r'<ins>.*?</span>(.*?)<span class="hidden">', page)
    assert changed == ["Now:", "It rains."]
    assert "<del><span" not in page


# --- its HTML -------------------------------------------------------------------------------------


def through(url: str) -> str | None:
    return f"/img/{url.rpartition('/')[2]}"


def test_what_was_stored_is_made_safe_again() -> None:
    html = '<p onclick="x()">One<script>x()</script> <a href="javascript:x()">two</a></p>'
    found = body_of(text="", html=html, picture=through)
    assert "script" not in found
    assert "onclick" not in found
    assert "One" in found
    assert "two" in found


def test_links_tell_nobody_where_they_were_followed() -> None:
    html = '<p><a href="https://example.org/a">one</a> <a href="https://u@example.org/">two</a></p>'
    found = body_of(text="", html=html, picture=through)
    assert '<a href="https://example.org/a" rel="noopener noreferrer nofollow">one</a>' in found
    assert "u@example.org" not in found


def test_pictures_come_by_the_way_that_is_given_or_are_said() -> None:
    html = '<p>So: <img src="https://example.org/b.jpg" alt="A boat" width="40" height="30"></p>'
    shown = body_of(text="", html=html, picture=through)
    assert 'src="/img/b.jpg"' in shown
    assert 'alt="A boat"' in shown
    said = body_of(text="", html=html, picture=lambda _: None)
    assert "<img" not in said
    assert "Picture: A boat" in said


def test_pictures_that_count_readers_are_left_out() -> None:
    html = '<p>So.<img src="https://example.org/p.gif" alt="x" width="1" height="1"></p>'
    found = body_of(text="", html=html, picture=through)
    assert "p.gif" not in found
    assert "Picture" not in found


def test_headings_stand_below_the_one_of_the_page() -> None:
    found = body_of(text="", html="<h1>One</h1><p>x</p><h2>Two</h2>", picture=through)
    assert "<h2>One</h2>" in found
    assert "<h3>Two</h3>" in found


def test_without_html_the_text_stands_in_paragraphs() -> None:
    found = body_of(text="One <b>.\n\nTwo.", html="", picture=through)
    assert found.count("<p>") == 2
    assert "&lt;b&gt;" in found


def test_the_picture_of_an_article_is_shown_by_the_setting(web: House) -> None:
    article = replace(one(web), html="", image_url="https://example.org/b.jpg", image_alt="A boat")
    times = times_of(web.config, web.now)
    image = article_view(article, UNREAD, times, picture=through).image
    assert image is not None
    assert (image.src, image.alt) == ("/img/b.jpg", "A boat")
    assert article_view(article, UNREAD, times, picture=lambda _: None).image is None
    configured(web, images=ImagePolicy.BLOCK)
    for story in stories(web)[:3]:
        assert "<img" not in get(web, f"/articles/{story.story_id}").text
