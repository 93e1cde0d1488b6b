"""Other articles behind a page's own are taken out; parts of it are not."""

from __future__ import annotations

import pytest

from aggregator.core.appended import drop_appended
from aggregator.core.html import Element, parse_document, serialise

URL = "https://example.com/news/ferry-returns"
TITLE = "Ferry returns to service after two years"


def text(topic: str, paragraphs: int = 12) -> str:
    return "".join(
        f"<p>On day {day} of the {topic} the crew counted {day * 3} screws, and the harbour master "
        f"asked for {day} more.</p>"
        for day in range(paragraphs)
    )


def story(title: str, path: str = "", *, tag: str = "h1", name: str = "story") -> str:
    """Without `path` its headline leads nowhere."""
    headline = f'<a href="/news/{path}">{title}</a>' if path else title
    return (
        f'<article class="{name} story-{len(title)}"><{tag}>{headline}</{tag}>'
        f"{text(title)}</article>"
    )


def page(*blocks: str, head: str = "") -> Element:
    title = f"<title>{TITLE} | Harbour News</title>{head}"
    return parse_document(f"<html><head>{title}</head><body>{''.join(blocks)}</body></html>")


def left(root: Element, *topics: str) -> list[str]:
    html = serialise(root)
    return [topic for topic in topics if f"of the {topic} the crew" in html]


def test_articles_behind_the_pages_own_are_taken_out() -> None:
    others = [story("Dredging", "dredging"), story("Lighthouse", "lighthouse")]
    root = page(story(TITLE), *others, "<p>The end.</p>")
    assert drop_appended(root, url=URL) == 2
    assert left(root, TITLE, "Dredging", "Lighthouse") == [TITLE]
    assert "The end." in serialise(root)


@pytest.mark.parametrize("name", ["data-url", "data-permalink", "data-canonical", "itemid"])
def test_blocks_that_declare_an_address_are_read(name: str) -> None:
    def block(path: str, title: str) -> str:
        return f'<div {name}="{path}"><header><h1>{title}</h1></header>{text(title)}</div>'

    own = block("/news/ferry-returns/", "Back at sea")
    root = page(own, block("/news/dredging", "Dredging"), block("", "Weather at noon"))
    assert drop_appended(root, url=URL) == 1
    assert left(root, "Back at sea", "Dredging", "Weather at noon") == [
        "Back at sea",
        "Weather at noon",
    ]


def test_the_page_may_be_known_by_its_canonical_address() -> None:
    head = f'<link rel="canonical" href="{URL}">'
    own = f'<article data-url="{URL}"><h1>Back at sea</h1>{text("voyage")}</article>'
    root = page(own, story("Dredging", "dredging"), head=head)
    assert drop_appended(root, url="") == 1
    root = page(own, story("Dredging", "dredging"))
    assert drop_appended(root, url="") == 0


def test_the_halves_of_an_article_stay_when_others_follow_in_the_same_template() -> None:
    headed = f'<article class="piece wide"><h1>{TITLE}</h1><p>Standfirst.</p></article>'
    half = f'<article class="piece wide">{text("voyage")}</article>'
    other = story("Dredging", "dredging", tag="h2", name="piece wide")
    root = page(headed, half, other)
    assert drop_appended(root, url=URL) == 1
    assert left(root, "voyage", "Dredging") == ["voyage"]


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(f"<article>{text('return')}</article>", id="no headline"),
        pytest.param(story("The return"), id="no page of its own"),
        pytest.param(story("The return", "ferry-returns"), id="the page itself"),
        pytest.param(story("The return", "ferry-returns#part-2"), id="a place on the page"),
        pytest.param(story("The return", "ferry-returns/post-17"), id="a part of the page"),
        pytest.param(story(TITLE, "ferry-returns-2"), id="the page's headline"),
        pytest.param(
            story("The return", "../x").replace("/news/../x", "https://example.net/x"),
            id="another site's",
        ),
        pytest.param(
            '<article class="story"><h1><a href="/news/x">The return</a></h1>'
            f"{text('return', 3)}</article>",
            id="a teaser",
        ),
        pytest.param(story("The return", "x", tag="h2", name="card small"), id="another template"),
    ],
)
def test_other_blocks_stay(second: str) -> None:
    root = page(story(TITLE), second)
    before = serialise(root)
    assert drop_appended(root, url=URL) == 0
    assert serialise(root) == before


def test_the_items_of_a_list_stay() -> None:
    intro = f'<article class="story"><h1>{TITLE}</h1><p>Three ferries compared.</p></article>'
    items = [story(f"Ferry {number}", f"review-{number}", tag="h2") for number in range(3)]
    assert drop_appended(page(intro, *items), url=URL) == 0
    inside = f"<article><h1>{TITLE}</h1>{text('test')}{''.join(items)}</article>"
    assert drop_appended(page(inside), url=URL) == 0


def test_nothing_is_taken_from_a_page_whose_own_article_is_not_known() -> None:
    blocks = [story("Dredging", "dredging"), story("Lighthouse", "lighthouse")]
    assert drop_appended(page(*blocks), url=URL) == 0
    assert drop_appended(page(*blocks, story(TITLE)), url=URL) == 0, "what stands before stays"
    assert drop_appended(parse_document(""), url=URL) == 0


@pytest.mark.timeout(30)
def test_many_nested_blocks_are_soon_done_with() -> None:
    depth = 1_000
    nested = "".join(f'<article data-url="/news/{number}"><h1>T</h1>' for number in range(depth))
    root = page(story(TITLE), nested + "<p>x</p>" * 50_000 + "</article>" * depth)
    assert drop_appended(root, url=URL) == 1
