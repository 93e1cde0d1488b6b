"""Search as a page: what it finds, how it is narrowed, and what it says of mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
from readroom import get, post, text_of
from webdoor import PAGE, with_password
from webhouse import House

from aggregator.core.query import parse
from aggregator.errors import QueryError
from aggregator.web.views.query_terms import (
    field_term,
    terms_of,
    with_days,
    with_term,
    without,
)
from aggregator.web.views.search_view import Part, mistake_of, parts_of


def ids(page: str) -> list[int]:
    """Of the hits, in order."""
    return [int(number) for number in re.findall(r'<li class="item[^"]*" id="article-(\d+)"', page)]


def links(page: str, within: str) -> Iterator[str]:
    """Addresses in the first element of this class."""
    part = page.partition(f'class="{within}"')[2]
    end = min(at for at in (part.find("</nav>"), part.find("</ul>"), len(part)) if at >= 0)
    return map(unescape, re.findall(r'href="([^"]+)"', part[:end]))


def found(web: House, q: str, **more: str) -> str:
    answer = web.client.get("/search", params={"q": q, **more}, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


# --- what is found --------------------------------------------------------------------------------


def test_the_box_keeps_what_was_typed(web: House) -> None:
    page = found(web, 'harbour "the <port>"')
    assert 'value="harbour &#34;the &lt;port&gt;&#34;"' in page


def test_what_was_found_is_marked_in_the_passages(web: House) -> None:
    page = found(web, "harbour")
    assert re.search(r"<mark>[Hh]arbour", page)


def test_a_hit_leads_to_its_article_its_source_and_its_story(web: House) -> None:
    page = found(web, "sources:>=3")
    number = ids(page)[0]
    article = web.storage.article(number)
    assert article is not None
    assert f'href="/articles/{number}"' in page
    assert f'href="/sources/{article.summary.source_id}"' in page
    assert f'href="/stories/{article.summary.story_id}"' in page


def test_without_a_search_the_language_is_explained(web: House) -> None:
    said = text_of(get(web, "/search"))
    assert "NEAR(one other, 5)" in said
    assert "sources:>=3" in said


def test_every_search_that_the_page_explains_can_be_read(web: House) -> None:
    now = web.now
    explained = re.findall(r"<dt><code>([^<]+)</code>", get(web, "/search").text)
    assert len(explained) > 15
    for text in map(unescape, explained):
        parse(text if not text.startswith("-") else f"x {text}", now=now)


def test_what_matches_nothing_says_so(web: House) -> None:
    assert "Nothing matches" in found(web, "xylophonist")


def on_all_pages(web: House, page: str) -> list[int]:
    """Of a search, from its first page on."""
    seen = ids(page)
    for _ in range(20):
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        page = get(web, unescape(following[1])).text
        seen += ids(page)
    return seen


# --- order, copies, pages -------------------------------------------------------------------------


def test_flat_shows_every_article_of_a_story(web: House) -> None:
    folded, flat = found(web, "sources:>=3"), found(web, "sources:>=3", flat="1")
    assert set(on_all_pages(web, folded)) < set(on_all_pages(web, flat))
    assert "Also:" in folded
    assert "Also:" not in flat


def test_the_links_for_order_and_copies_keep_the_search(web: House) -> None:
    page = found(web, "the", by="relevance", flat="1")
    assert "/search?q=the&amp;flat=1" in page
    assert "/search?q=the&amp;by=relevance" in page


def test_a_search_is_narrowed_to_what_is_unread(web: House) -> None:
    page = found(web, "the", flat="1")
    assert 'href="/search?q=the+is%3Aunread&amp;flat=1">Unread</a>' in page
    some = ids(page)[:2]
    web.storage.mark_read(some, now=web.now)
    left = found(web, "the is:unread", flat="1")
    assert ids(left) == ids(found(web, "the -is:read", flat="1"))
    assert not {*some} & {*on_all_pages(web, left)}
    assert ">Unread</a>" not in left
    assert ">Starred</a>" in left
    assert {*on_all_pages(web, found(web, "the is:read", flat="1"))} == {*some}


def test_pages_follow_each_other_without_gaps_or_repetitions(web: House) -> None:
    seen = on_all_pages(web, found(web, "lang:en", flat="1"))
    counts = web.storage.search_counts(parse("lang:en", now=web.now))
    assert len(seen) == len(set(seen)) == counts.articles > 30


def test_a_page_of_another_search_is_refused_in_a_sentence(web: House) -> None:
    page = found(web, "lang:en", flat="1")
    following = re.search(r"after=([^&\"]+)", page)
    assert following is not None
    answer = web.client.get("/search", params={"q": "harbour", "after": following[1]}, headers=PAGE)
    assert answer.status_code == 400
    assert "begin with its first one" in answer.text


# --- mistakes -------------------------------------------------------------------------------------


def test_a_mistake_is_shown_where_it_is(web: House) -> None:
    for q, here in (
        ("flood (dam", "flood <mark>(</mark>dam"),
        ("a titel:x", "a <mark>t</mark>itel:x"),
        ("flood OR", "<mark>"),
        ("<b> )", "&lt;b&gt; <mark>)</mark>"),
    ):
        answer = web.client.get("/search", params={"q": q}, headers=PAGE)
        assert answer.status_code == 400
        with pytest.raises(QueryError) as error:
            parse(q, now=web.now)
        assert f"at column {error.value.column}." in answer.text
        assert here in answer.text
        assert 'aria-invalid="true"' in answer.text


def test_a_mistake_at_the_end_has_a_place_behind_the_text() -> None:
    mistake = mistake_of("flood OR", QueryError("something is missing", column=9))
    assert (mistake.before, mistake.at, mistake.after) == ("flood OR", "", "")


# --- facets ---------------------------------------------------------------------------------------


def test_a_link_to_a_source_narrows_the_search_to_it(web: House) -> None:
    page = found(web, "the OR port")
    href = next(links(page, "facet"))
    narrowed = get(web, href).text
    names = set(re.findall(r'<a href="/sources/\d+"><bdi>([^<]+)', narrowed))
    assert len(names) == 1
    total = re.search(r'<span class="num">(\d+)</span>', page)
    counted = re.search(r"<b>(\d+) article", narrowed)
    assert total
    assert counted
    assert total[1] == counted[1]


def test_a_field_of_the_search_is_taken_away_by_a_link(web: House) -> None:
    page = found(web, 'the lang:en source:"Tessmark"')
    hrefs = list(links(page, "chips filters-on"))
    assert "/search?q=the+source%3A%22Tessmark%22" in hrefs
    assert "/search?q=the+lang%3Aen" in hrefs


def test_the_histogram_is_a_list_of_links_to_days(web: House) -> None:
    page = found(web, "the")
    part = page.partition('class="histogram"')[2].partition("</nav>")[0]
    assert part.count("<svg") == part.count("<a ") > 2
    assert len(re.findall(r'aria-label="[^"]+: \d+ articles?"', part)) == part.count("<a ")
    hrefs = map(unescape, re.findall(r'href="([^"]+)"', part))
    numbers = [int(number) for number in re.findall(r'title="[^"]+: (\d+) article', part)]
    found_on_days = [re.search(r"<b>(\d+) article", get(web, href).text) for href in hrefs]
    assert numbers == [int(match[1]) for match in found_on_days if match]


def test_a_search_can_be_saved_and_followed(web: House) -> None:
    page = found(web, "harbour OR port")
    assert "/watches?query=harbour+OR+port#add" in page
    assert "/feeds/articles.atom?q=harbour+OR+port" in page


def test_who_is_not_known_finds_nothing(web: House) -> None:
    with_password(web)
    assert web.client.get("/search?q=the", headers=PAGE).status_code == 303


# --- searches as text -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('flood source:"Daily Example"', ["source"]),
        ("flood OR source:x", []),
        ("(a OR b) lang:de after:3d before:2026-01-01", ["lang", "after", "before"]),
        ("-source:x a", []),
        ("NOT tag:y a", []),
        ("title:(a b) NEAR(a b, 5) tag:z", ["tag"]),
        ('a "', []),
    ],
)
def test_terms_are_the_fields_that_every_match_has(text: str, names: list[str]) -> None:
    terms = terms_of(text)
    assert [term.name for term in terms] == names
    assert all(text[term.start : term.end] == term.text for term in terms)


def test_alternatives_are_kept_together_when_a_field_is_added() -> None:
    assert with_term("a OR b", "lang:de") == "(a OR b) lang:de"
    assert with_term("(a OR b) c", "lang:de") == "(a OR b) c lang:de"
    assert with_term(" ", "lang:de") == "lang:de"


def test_a_term_that_was_added_can_be_taken_away() -> None:
    text = with_term('flood "the dam"', field_term("source", 'The "Daily" Example'))
    assert text == 'flood "the dam" source:"The Daily Example"'
    assert without(text, terms_of(text)) == 'flood "the dam"'


def test_other_days_take_the_place_of_those_before() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 2)
    text = with_days("flood after:3d lang:de", first, last)
    assert text == "flood lang:de after:2026-03-01 before:2026-03-03"
    assert with_days("flood", date.max, date.max) == "flood after:9999-12-31"


def test_a_passage_is_parted_at_its_marks() -> None:
    assert parts_of("a \x02b\x03 c\x02d\x03") == (
        Part("a ", matches=False),
        Part("b", matches=True),
        Part(" c", matches=False),
        Part("d", matches=True),
    )
    assert parts_of("") == ()


def test_all_that_a_search_finds_is_marked_as_read(web: House) -> None:
    answer = get(web, "/search?q=baku")
    until = re.search(r'name="until" value="(\d+)"', answer.text)
    assert until is not None
    assert 'name="q" value="baku"' in answer.text
    later, before = int(until[1]), sum(one.articles for one in web.storage.unread().values())
    query = parse("baku", now=web.now)
    found = [hit.article.article_id for hit in web.storage.search(query, limit=500).hits]
    newest = max(found)
    done = post(web, "/mark-read", until=newest - 1, q="baku", back="/search?q=baku")
    assert (done.status_code, done.headers["location"]) == (303, "/search?q=baku")
    marks = web.storage.marks(found)
    assert {one for one in found if not marks[one].read} == {newest}  # it came later
    post(web, "/mark-read", until=later, q="baku")
    assert "Nothing matches" in text_of(get(web, "/search?q=baku+is:unread"))
    assert sum(one.articles for one in web.storage.unread().values()) == before - len(found)


def test_what_is_unread_or_starred_is_a_link_away(web: House) -> None:
    for path in ("/", "/search"):
        page = get(web, path).text
        for kind in ("unread", "starred"):
            assert f'href="/search?q=is%3A{kind}"' in page
