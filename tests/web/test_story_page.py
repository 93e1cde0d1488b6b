"""A story, two of its texts side by side, and how it is put right."""

from __future__ import annotations

import re

import pytest
from readroom import get, post, stories, story_with, text_of
from webdoor import bearer, token, with_password
from webhouse import House

from aggregator.types import Relation, Scope, Story


def ids_of(story: Story) -> list[int]:
    return [item.article.article_id for item in story.articles]


def unread(web: House, story: Story) -> set[int]:
    marks = web.storage.marks(ids_of(story))
    return {number for number, mark in marks.items() if not mark.read}


def test_it_shows_all_articles_by_time_and_what_each_is(web: House) -> None:
    story = story_with(web, Relation.COPY)
    answer = get(web, f"/stories/{story.story_id}")
    said = text_of(answer)
    places = [answer.text.index(f'id="article-{number}"') for number in ids_of(story)]
    assert places == sorted(places)
    copy = next(item for item in story.articles if item.relation is Relation.COPY)
    origin = next(item for item in story.articles if item.article.article_id == copy.of)
    assert f"copy of {origin.article.source}" in said
    assert copy.why in said
    assert f"{copy.score:.0%} alike" in said
    assert f"First {story.outlets[0]}" in said


def test_looking_at_it_marks_its_articles_read(web: House) -> None:
    story = stories(web)[0]
    assert unread(web, story)
    get(web, f"/stories/{story.story_id}")
    assert not unread(web, story)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Dest": "image"}, {"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}]
)
def test_what_is_loaded_ahead_or_as_a_picture_is_not_looked_at(
    web: House, headers: dict[str, str]
) -> None:
    story = stories(web)[0]
    get(web, f"/stories/{story.story_id}", **headers)
    assert unread(web, story) == set(ids_of(story))


def test_who_may_only_read_marks_nothing_and_is_offered_nothing_to_change(web: House) -> None:
    story = stories(web)[0]
    with_password(web)
    only = bearer(token(web, scope=Scope.READ))
    page = get(web, f"/stories/{story.story_id}", **only).text
    assert 'method="post"' not in page
    assert unread(web, story) == set(ids_of(story))


def test_one_that_has_joined_another_leads_there(web: House) -> None:
    into, gone = stories(web)[:2]
    post(web, f"/stories/{into.story_id}/merge", other=gone.story_id)
    answer = get(web, f"/stories/{gone.story_id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/stories/{into.story_id}")


def test_one_that_never_was_is_not_found(web: House) -> None:
    answer = get(web, "/stories/987654321")
    assert answer.status_code == 404
    assert "There is no story 987654321." in answer.text


@pytest.mark.parametrize("number", ["x", "-1", "9" * 40])
def test_a_number_that_no_story_has_is_no_error_of_ours(web: House, number: str) -> None:
    assert get(web, f"/stories/{number}").status_code in {400, 404, 422}


# --- two texts ------------------------------------------------------------------------------------


def test_a_copy_and_its_origin_stand_side_by_side_with_what_was_changed(web: House) -> None:
    story = story_with(web, Relation.COPY)
    answer = get(web, f"/stories/{story.story_id}/compare")
    said = text_of(answer)
    assert "<ins>" in answer.text
    assert "<del>" in answer.text
    assert "[added: " in said
    assert "[removed: " in said
    assert re.search(r"\d% of the words of .* are in .*, too", said)


def test_any_two_of_its_texts_can_be_chosen(web: House) -> None:
    story = max(stories(web), key=lambda one: len(one.articles))
    first, *_, last = ids_of(story)
    page = get(web, f"/stories/{story.story_id}/compare?a={last}&b={first}").text
    one, other = (f'<option value="{number}" selected>' for number in (last, first))
    assert page.index(one) < page.index(other)


@pytest.mark.parametrize("query", ["?a=0&b=0", "?a=987654321", "?a={0}&b={0}", "?b={0}"])
def test_what_cannot_be_compared_is_chosen_anew(web: House, query: str) -> None:
    story = stories(web)[0]
    path = f"/stories/{story.story_id}/compare{query.format(story.story_id)}"
    assert get(web, path).text.count(" selected>") == 2


def test_one_article_cannot_be_compared(web: House) -> None:
    alone = next(one for one in web.storage.stories(limit=200) if len(one.articles) == 1)
    assert get(web, f"/stories/{alone.story_id}/compare").status_code == 404


# --- put right ------------------------------------------------------------------------------------


def test_two_stories_become_one(web: House) -> None:
    into, gone = stories(web)[:2]
    answer = post(web, f"/stories/{into.story_id}/merge", other=gone.story_id)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/stories/{into.story_id}")
    merged = web.storage.story(into.story_id)
    assert merged is not None
    assert set(ids_of(merged)) == {*ids_of(into), *ids_of(gone)}


def test_chosen_articles_are_taken_out(web: House) -> None:
    story = stories(web)[0]
    assert "Take the chosen ones out" in text_of(get(web, f"/stories/{story.story_id}?edit=1"))
    out = next(number for number in ids_of(story) if number != story.story_id)
    answer = post(web, f"/stories/{story.story_id}/split", article=out)
    assert answer.headers["location"] == f"/stories/{out}"
    left = web.storage.story(story.story_id)
    assert left is not None
    assert out not in ids_of(left)


def test_chosen_articles_are_moved(web: House) -> None:
    story, to = stories(web)[:2]
    out = next(number for number in ids_of(story) if number != story.story_id)
    answer = post(web, f"/stories/{story.story_id}/move", article=out, to=to.story_id)
    assert answer.headers["location"] == f"/stories/{to.story_id}"
    there = web.storage.story(to.story_id)
    assert there is not None
    assert out in ids_of(there)


def test_what_cannot_be_done_is_said_on_the_page_that_has_the_form(web: House) -> None:
    story = stories(web)[0]
    number = story.story_id
    where = "the number of a story stands in its address."
    for path, fields, said in (
        ("merge", {"other": 987654321}, f"There is no story 987654321; {where}"),
        ("merge", {"other": "x"}, f"“x” is no number; {where}"),
        ("merge", {"other": "9" * 30}, "is no number"),
        ("merge", {"other": number}, f"Story {number} is this one"),
        ("split", {}, "Choose the articles first"),
        ("split", {"article": ids_of(story)}, f"That is all of story {number}"),
        ("move", {"to": number, "article": ids_of(story)}, f"Story {number} is this one"),
    ):
        answer = post(web, f"/stories/{number}/{path}", **fields)
        assert answer.status_code == 400
        assert said in answer.text, path
        assert f'action="/stories/{number}/merge"' in answer.text
        assert "aggregator stories" not in answer.text
    assert web.storage.story(number) == story


def test_who_may_not_change_stories_cannot(web: House) -> None:
    into, gone = stories(web)[:2]
    with_password(web)
    only = bearer(token(web, scope=Scope.MARK))
    answer = web.client.post(
        f"/stories/{into.story_id}/merge", data={"other": str(gone.story_id)}, headers=only
    )
    assert answer.status_code == 403
    assert web.storage.story(gone.story_id) is not None
