"""The page of today."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from readroom import get, post, stories, text_of
from webdoor import bearer, token, with_password
from webhouse import House

from aggregator.core.lead_report import lead_article
from aggregator.types import Relation, Scope

MOST_BYTES = 60_000


def headlines(page: str) -> list[int]:
    """Ids of the stories, in order."""
    return [int(number) for number in re.findall(r'id="headline-(\d+)"', page)]


def items(page: str) -> list[int]:
    """Ids of the single items."""
    return [int(number) for number in re.findall(r'id="article-(\d+)"', page)]


def test_stories_stand_by_weight_with_who_was_first_and_who_ran_them(web: House) -> None:
    answer = get(web, "/")
    said = text_of(answer)
    found = stories(web)
    assert set(headlines(answer.text)) <= {one.story_id for one in found}
    top = next(one for one in found if one.story_id == headlines(answer.text)[0])
    of_today = [one for one in found if one.last_at > web.now - timedelta(days=1)]
    assert len(top.outlets) == max(len(one.outlets) for one in of_today)
    assert lead_article(top).article.title in said
    assert f"First: {top.outlets[0]}" in said
    assert all(outlet in said for outlet in top.outlets)
    assert f"{len(top.outlets)} outlets" in said


def test_how_a_story_spread_is_drawn_and_said(web: House) -> None:
    pictures = re.findall(r'<svg class="spread-picture".*?</svg>', get(web, "/").text, re.DOTALL)
    assert pictures
    for picture in pictures:
        assert re.search(r'role="img" aria-label="Run by \d+ outlets within ', picture)
        assert "dot-first" in picture
        assert "style=" not in picture


def test_texts_have_their_language_and_direction(web: House) -> None:
    page = get(web, "/").text
    assert 'lang="ar" dir="rtl"' in page
    assert 'lang="ru" dir="ltr"' in page


def test_items_of_one_outlet_stand_below_by_source(web: House) -> None:
    answer = get(web, "/")
    shown = items(answer.text)
    assert shown
    for number in shown:
        article = web.storage.article(number)
        assert article is not None
        assert article.summary.story_id is not None
        story = web.storage.story(article.summary.story_id)
        assert story is not None
        assert len(story.outlets) == 1
        assert article.summary.at > web.now - timedelta(days=1, minutes=1)


def test_a_tag_shows_what_its_sources_run(web: House) -> None:
    page = get(web, "/?tag=gulf").text
    tagged = {source.name for source in web.config.sources if "gulf" in source.tags}
    shown = headlines(page)
    assert 0 < len(shown) < len(headlines(get(web, "/").text))
    by_id = {one.story_id: one for one in stories(web)}
    assert all(tagged & set(by_id[number].outlets) for number in shown)
    assert '<a href="/?tag=gulf" aria-current="true">gulf</a>' in page


@pytest.mark.parametrize("tag", ['"<nobody', '"', "%00", "x" * 5_000, ")(", "%F0%9F"])
def test_a_tag_that_nobody_has_shows_nothing(web: House, tag: str) -> None:
    assert "Nothing here" in text_of(get(web, f"/?tag={tag}"))


def test_a_day_can_be_gone_to(web: House) -> None:
    today = web.now.astimezone(web.config.digest.timezone).date()
    assert headlines(get(web, f"/?day={today}").text)
    before = get(web, f"/?day={today - timedelta(days=40)}")
    assert "Nothing here" in text_of(before)


def test_stories_stand_on_the_days_on_which_they_were_published(web: House) -> None:
    """All were first seen at once, as after every first poll."""
    zone = web.config.digest.timezone
    today = web.now.astimezone(zone).date()
    for ago in (1, 2):
        day = today - timedelta(days=ago)
        published = {
            one.story_id
            for one in stories(web)
            for item in one.articles
            if item.article.at.astimezone(zone).date() == day and item.relation is not Relation.SAME
        }
        shown = get(web, f"/?day={day}").text
        assert published
        assert set(headlines(shown)) == published
        assert items(shown)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-01-01", "0001-01-01"])
def test_what_is_no_day_is_not_found(web: House, day: str) -> None:
    assert get(web, f"/?day={day}").status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "2", "999", "9" * 30, "x"])
def test_any_number_of_a_page_shows_one_that_there_is(web: House, number: str) -> None:
    assert headlines(get(web, f"/?number={number}").text)


def test_without_sources_it_says_how_to_begin(web: House) -> None:
    web.config = replace(web.config, sources=())
    web.now += timedelta(days=90)
    said = text_of(get(web, "/"))
    assert "No sources yet" in said
    assert "Add a source" in said


def test_marks_are_buttons_of_forms_that_lead_back(web: House) -> None:
    number = headlines(get(web, "/").text)[0]
    story = web.storage.story(number)
    assert story is not None
    lead = lead_article(story).article.article_id
    answer = post(web, f"/articles/{lead}/star", back=f"/#story-{number}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/#story-{number}")
    assert f'formaction="/articles/{lead}/unstar?back=' in get(web, "/").text
    ids = ",".join(str(item.article.article_id) for item in story.articles)
    assert post(web, "/mark-read", ids=ids).status_code == 303
    assert f'<li class="story item-read" id="story-{number}"' in get(web, "/").text


def test_everything_can_be_marked_as_read(web: House) -> None:
    page = get(web, "/").text
    until = re.search(r'name="until" value="(\d+)"', page)
    assert until is not None
    assert web.storage.unread()
    assert post(web, "/mark-read", until=until[1]).status_code == 303
    assert not web.storage.unread()


def test_who_may_only_read_is_offered_no_marks(web: House) -> None:
    with_password(web)
    only = bearer(token(web, scope=Scope.READ))
    page = get(web, "/", **only).text
    assert headlines(page)
    assert "/star" not in page
    assert "/mark-" not in page


def test_the_first_page_is_small_with_all_that_it_loads(web: House) -> None:
    page = get(web, "/")
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(loaded) == 4
    answers = [page, *map(web.client.get, loaded)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert sum(answer.num_bytes_downloaded for answer in answers) < MOST_BYTES


def test_nothing_on_it_needs_what_the_policy_forbids(web: House) -> None:
    for path in ("/", f"/stories/{stories(web)[0].story_id}"):
        page = get(web, path).text
        assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:|<script>", page)
        assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]*"(?![^>]*rel="noopener)', page)


def test_everything_of_a_tag_can_be_marked_as_read(web: House) -> None:
    page = get(web, "/?tag=gulf").text
    assert 'name="tag" value="gulf"' in page
    until = re.search(r'name="until" value="(\d+)"', page)
    assert until is not None
    tagged = {one.url for one in web.config.sources if "gulf" in one.tags}
    ids = {one.source_id: one.source.url in tagged for one in web.storage.source_statuses()}
    before = web.storage.unread()
    post(web, "/mark-read", until=until[1], tag="gulf")
    assert any(ids[number] for number in before)
    assert set(web.storage.unread()) == {number for number in before if not ids[number]}
    only = next(iter(web.storage.unread()))
    assert f'name="source" value="{only}"' in get(web, f"/sources/{only}").text
    post(web, "/mark-read", until=until[1], source=only)
    assert only not in web.storage.unread()
