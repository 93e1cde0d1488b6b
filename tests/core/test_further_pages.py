"""Which links of a page lead to further pages of its article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.further_pages import MOST_NEXT, further_pages
from aggregator.core.html import parse_document
from aggregator.types import PageRole

SITE = "https://example.com"
URL = f"{SITE}/news/ferry-returns"


def found(
    body: str, *, head: str = "", url: str = URL, seen: frozenset[str] = frozenset()
) -> list[str]:
    """ "role address" of each page, the site left out."""
    root = parse_document(f"<html><head>{head}</head><body>{body}</body></html>")
    pages = further_pages(root, url=url, seen=seen)
    assert all("#" not in page.url for page in pages)
    return [f"{page.role} {page.url.removeprefix(SITE)}" for page in pages]


def bar(*links: tuple[str, str], name: str = "pagination") -> str:
    anchors = " ".join(f'<a href="{href}">{label}</a>' for label, href in links)
    return f'<div><p>Text of the report.</p><div class="{name}">1 {anchors}</div></div>'


# --- next pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "second"),
    [
        ("/news/ferry-returns", "/news/ferry-returns?page=2"),
        ("/news/ferry-returns", "/news/ferry-returns?seite=2"),
        ("/news/ferry-returns?utm_source=rss", "/news/ferry-returns?page=2"),
        ("/news/ferry-returns", "/news/ferry-returns?p=2"),
        ("/show.php?id=71834", "/show.php?id=71834&page=2"),
        ("/show.php?id=71834&seite=1", "/show.php?id=71834&seite=2"),
        ("/news/ferry-returns/", "/news/ferry-returns/2/"),
        ("/news/ferry-returns/", "/news/ferry-returns/page/2/"),
        ("/news/ferry-returns", "/news/ferry-returns/seite-2"),
        ("/news/ferry-returns-a-1234567.html", "/news/ferry-returns-a-1234567-2.html"),
        ("/news/ferry-returns-17654321.html", "/news/ferry-returns-17654321-p2.html"),
        ("/news/ferry-returns.html", "/news/ferry-returns_2.html"),
        ("/news/ferry-returns,71834.html", "/news/ferry-returns,71834,2.html"),
        ("/news/ferry/index.html", "/news/ferry/index2.html"),
        ("/article/3834/1", "/article/3834/2"),
    ],
)
def test_the_bar_of_a_divided_article_is_read(own: str, second: str) -> None:
    assert found(bar(("2", second)), url=SITE + own) == [f"next {second}"]


@pytest.mark.parametrize(
    "label",
    [
        "Next page",
        "Next page &raquo;",
        "Next Page: How the engine was found",
        "Continue reading on page 2",
        "Page 2 of 3",
        "Nächste Seite",
        "Weiter auf Seite 2",
        "Page suivante &gt;",
        "Página siguiente",
        "Pagina successiva",
        "Volgende pagina",
        "Следующая страница",
        "次のページへ",
        "下一页",
    ],
)
def test_a_link_to_the_next_page_in_an_article_is_read(label: str) -> None:
    article = f'<article><p>Text.</p><p><a href="ferry-returns-2.html">{label}</a></p></article>'
    url = URL + ".html"
    assert found(article, url=url) == ["next /news/ferry-returns-2.html"]


def test_all_pages_come_once_in_order_up_to_a_gap() -> None:
    numbers = (3, 2, 5, 2)
    links = [(str(number), f"{URL}?page={number}") for number in numbers]
    links.append(("Next", f"{URL}?page=2"))
    expected = ["next /news/ferry-returns?page=2", "next /news/ferry-returns?page=3"]
    assert found(bar(*links)) == expected


def test_there_is_a_most_of_pages() -> None:
    links = [(str(number), f"{URL}?page={number}") for number in range(2, 90)]
    assert len(found(bar(*links))) == MOST_NEXT


@pytest.mark.parametrize(
    ("first", "further"),
    [
        ("/news/ferry-returns/", "/news/ferry-returns/{}/"),
        ("/news/ferry-returns.html", "/news/ferry-returns-{}.html"),
        ("/news/ferry-returns", "/news/ferry-returns?p={}"),
    ],
)
def test_a_further_page_leads_to_those_behind_it(first: str, further: str) -> None:
    numbers = [(str(number), further.format(number)) for number in (3, 4)]
    ahead = [*numbers, ("Next page", further.format(3))]
    expected = [f"next {further.format(number)}" for number in (3, 4)]
    own = SITE + further.format(2)
    assert found(bar(*ahead), url=own, seen=frozenset({SITE + first})) == expected
    head = f'<link rel="canonical" href="{first}">'
    assert found(bar(*ahead), url=own, head=head) == expected
    assert found(bar(("1", first), *ahead), url=own) == expected
    assert found(bar(*ahead), url=own) == [], "it may be an article that ends in a number"


def test_pages_that_are_there_already_are_not_asked_for() -> None:
    links = [(str(number), f"{URL}?page={number}") for number in (2, 3)]
    seen = frozenset({f"{URL}?page=2"})
    assert found(bar(*links), seen=seen) == ["next /news/ferry-returns?page=3"]


def test_a_declared_next_page_is_taken_only_when_it_is_of_the_same_article() -> None:
    for href in ("/news/ferry-returns/2", "?page=2"):
        assert len(found("", head=f'<link rel="next" href="{href}">')) == 1
    for href in (
        "/news/harbour-dredged",
        "/news/page/2",
        "/page/2/",
        "/news/ferry-returns?page=3",
        "/news/ferry-returns-2",
        "/news/ferry-returns/comment-page-2/",
        "https://example.net/news/ferry-returns/2",
    ):
        assert found("", head=f'<link rel="next" href="{href}">') == [], href


@pytest.mark.parametrize(
    "body",
    [
        bar(("2", "/news/harbour-dredged?page=2")),
        bar(("2", "/news/?page=2")),
        bar(("2", "#2"), ("3", "/news/ferry-returns#page=3")),
        bar(("3", "?page=2"), ("4", "?page=3")),
        bar(("2", "?comment_page=2")),
        bar(("2", "?vote=2")),
        bar(("Next", "/news/ferry-returns-2.html")),
        bar(("Next photo", "?page=2")),
        bar(("Next article", "/news/ferry-returns/2")),
        bar(("2", "?page=2"), name="score"),
        bar(("2", "?page=2"), name="gallery pagination"),
        f'<section id="comments">{bar(("2", "?page=2"))}</section>',
        f"<aside>{bar(('2', '?page=2'))}</aside>",
        f'<div class="related-stories">{bar(("Next", "?page=2"))}</div>',
        '<article><a href="?page=2#comments">Next comments</a></article>',
        '<article><a href="javascript:go(2)">2</a><a href="?page=2">More on page two</a></article>',
    ],
)
def test_other_links_are_no_next_pages(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("own", "href", "label"),
    [
        ("/", "/page/2", "2"),
        ("/", "/?page=2", "2"),
        ("/page/2", "/page/3", "3"),
        ("/comic/17", "/comic/18", "18"),
        ("/2019/11/18", "/2019/11/19", "19"),
        ("/news/ferry-12.html", "/news/ferry-13.html", "13"),
        ("/?p=12", "/?p=13", "13"),
        ("/photos/harbour", "/photos/harbour?page=2", "2"),
        ("/news/bildergalerie/hafen.html", "/news/bildergalerie/hafen-2.html", "2"),
    ],
)
def test_a_page_that_follows_is_not_always_the_same_article(
    own: str, href: str, label: str
) -> None:
    head = f'<link rel="next" href="{href}">'
    assert found(bar((label, href), ("Next", href)), head=head, url=SITE + own) == []


# --- other forms ---------------------------------------------------------------------------------


def test_the_amp_form_is_of_the_same_host() -> None:
    assert found("", head='<link rel="amphtml" href="/news/ferry-returns/amp">') == [
        "amp /news/ferry-returns/amp"
    ]
    for href in ("https://amp.example.com/news/ferry-returns", URL, URL + "#amp", "ftp://x/", ""):
        assert found("", head=f'<link rel="amphtml" href="{href}">') == []


@pytest.mark.parametrize(
    ("label", "href"),
    [
        ("Print", "?print=1"),
        ("Print this article", "/print/news/ferry-returns"),
        ("Drucken", "/news/ferry-returns/drucken"),
        ("Imprimer", "/imprimer/ferry-returns"),
        ("Printer-friendly version", "/printer-friendly.php?story=ferry-returns"),
    ],
)
def test_the_form_for_printing_is_found(label: str, href: str) -> None:
    (only,) = found(f'<ul><li><a class="tool" href="{href}">{label}</a></li></ul>')
    assert only.startswith("print ")
    icon = f'<a href="{href}" title="{label}"><img src="/p.png"></a>'
    assert found(icon) == [only]


@pytest.mark.parametrize(
    ("label", "href"),
    [
        ("Print", "javascript:window.print()"),
        ("Print", "window.print()"),
        ("Print", "#print"),
        ("Print", "/news/ferry-returns"),
        ("Print edition", "/print/news/ferry-returns"),
        ("Order reprints", "/reprints?article=ferry-returns"),
        ("Print", "/print/news/harbour-dredged"),
        ("Print", "https://example.net/print/news/ferry-returns"),
        ("Share", "?print=1"),
        ("3D printing", "/tag/3d-printing"),
    ],
)
def test_other_links_are_no_forms_for_printing(label: str, href: str) -> None:
    assert found(f'<a href="{href}">{label}</a>') == []


def test_the_undivided_form_comes_before_the_pages_that_it_replaces() -> None:
    whole = '<a href="?page=all">View as single page</a>'
    pages = bar(("2", "?page=2"))
    amp = f'<link rel="amphtml" href="{URL}/amp">'
    printed = '<a href="?print=1">Print</a>'
    assert found(whole + pages + printed, head=amp) == [
        "print /news/ferry-returns?page=all",
        "next /news/ferry-returns?page=2",
        "amp /news/ferry-returns/amp",
        "print /news/ferry-returns?print=1",
    ]
    assert found(whole) == [], "an article that is not divided has no such form"


@pytest.mark.parametrize(
    ("label", "href"),
    [
        ("Read on one page", "/news/ferry-returns/komplettansicht"),
        ("Auf einer Seite lesen", "/news/ferry-returns/komplettansicht"),
        ("Single page", "?singlepage=true"),
        ("Tout sur une seule page", "/news/ferry-returns/all/"),
    ],
)
def test_undivided_forms_are_known_by_label_and_address(label: str, href: str) -> None:
    pages = bar(("2", "?page=2"))
    assert found(f'<a href="{href}">{label}</a>{pages}')[0].startswith("print ")
    assert len(found(f'<a href="{href}">Home</a>{pages}')) == 1


# --- whatever the page ---------------------------------------------------------------------------


def test_relative_links_follow_the_base_element() -> None:
    body = bar(("2", "ferry-returns?page=2"))
    assert found(body, head='<base href="/news/x">') == ["next /news/ferry-returns?page=2"]
    assert found(body, head='<base href="/old/x">') == []


def test_addresses_of_no_web_page_give_nothing() -> None:
    assert found(bar(("2", "?page=2")), url="file:///tmp/ferry.html") == []
    assert found(bar(("2", "?page=2")), url="") == []


@pytest.mark.parametrize(
    "link",
    [
        f'<a href="?{"page=2&" * 1_000}">2</a>',
        f'<a href="?{"page=2&" * 140}">2</a>',
        f'<a href="{"/page/2" * 1_000}/news/ferry-returns">2</a>',
        f'<a href="/print{"/print" * 1_000}/ferry-returns">Print</a>',
        f'<b class="{"pager-" * 1_000}"><a title="{"next page " * 1_000}" href="?page=2">2</a></b>',
        '<a href="?page=2">2</a>',
    ],
)
@pytest.mark.timeout(60)
def test_many_hostile_links_are_soon_read(link: str) -> None:
    root = parse_document(f"<article>{link * 3_000}</article>")
    assert len(further_pages(root, url=URL)) <= 2


FRAGMENTS = st.sampled_from(
    [
        "/news/ferry-returns",
        "?page=",
        "2",
        "3",
        "99",
        "/",
        "#",
        "-",
        ".html",
        "&",
        "//",
        "print",
        "é",
    ]
)


@given(hrefs=st.lists(st.lists(FRAGMENTS, max_size=6).map("".join), max_size=8))
def test_what_is_reported_is_new_absolute_and_of_the_host(hrefs: list[str]) -> None:
    links = [(href[-1:] or "Next", href) for href in hrefs]
    root = parse_document(bar(*links) + '<a href="?print=1">Print</a>')
    pages = further_pages(root, url=URL)
    addresses = [page.url for page in pages]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith(SITE + "/") for address in addresses)
    assert URL not in addresses
    again = further_pages(root, url=URL, seen=frozenset(addresses))
    assert not [page for page in again if page.role is PageRole.NEXT and page.url in addresses]
