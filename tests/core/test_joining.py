"""The pages of a divided article as one body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.html import sanitise, to_text
from aggregator.core.joining import join

STANDFIRST = "<p>After two years of repairs the old ferry crosses the strait again, slowly.</p>"
CAPTION = (
    '<figure><img src="https://example.com/ferry.jpg" alt="The ferry">'
    "<figcaption>The ferry at the pier.</figcaption></figure>"
)


def report(start: int, end: int) -> str:
    return "".join(
        f"<p>On day {day} the crew replaced part number {day * 7} of the engine and counted the "
        f"{day * 3} screws that were left over.</p>"
        for day in range(start, end)
    )


def paragraphs(html: str) -> list[str]:
    return to_text(html).split("\n\n")


def test_pages_follow_each_other() -> None:
    joined = join([report(1, 4), report(4, 6), report(6, 9)])
    assert paragraphs(joined) == paragraphs(report(1, 9))


def test_a_single_body_stays_as_it_is() -> None:
    body = "<p>Page 1 of 1</p>" + report(1, 3)
    assert join([body]) == body
    assert join(["", body, ""]) == body
    assert join([]) == ""


def test_what_a_page_repeats_is_left_out() -> None:
    first = STANDFIRST + CAPTION + "<h2>Repairs</h2>" + report(1, 4)
    second = STANDFIRST.upper().replace("P>", "p>") + CAPTION + "<h2>Repairs</h2>" + report(4, 7)
    third = CAPTION + report(7, 9) + STANDFIRST
    joined = join([first, second, third])
    assert paragraphs(joined) == paragraphs(first + report(4, 9))
    assert joined.count("ferry.jpg") == 1


def test_the_title_may_be_known_beforehand() -> None:
    second = "<h1>Ferry returns</h1>" + report(4, 6)
    assert paragraphs(join([report(1, 4), second], known=["Ferry Returns!", ""])) == paragraphs(
        report(1, 6)
    )
    assert "Ferry returns" in join([report(1, 4), second])


@pytest.mark.parametrize(
    "label", ["Page 2 of 3", "Page 2", "Seite 2 von 3", "page 2 sur 3", "- 2 / 3 -", "Next page »"]
)
def test_labels_of_pages_are_left_out(label: str) -> None:
    pages = [report(1, 3), f"<p>{label}</p>{report(3, 5)}<div><b>{label}</b></div>", report(5, 7)]
    assert paragraphs(join(pages)) == paragraphs(report(1, 7))


def test_what_looks_like_a_label_may_be_a_verdict() -> None:
    pages = [report(1, 3), report(3, 5) + "<p>4/5</p>"]
    assert paragraphs(join(pages))[-1] == "4/5"


def test_the_first_page_again_adds_nothing() -> None:
    first = STANDFIRST + report(1, 30)
    again = STANDFIRST + report(1, 30) + "<p>Read on: the harbour master speaks.</p>"
    assert paragraphs(join([first, again])) == paragraphs(first)
    assert paragraphs(join([first, report(30, 32), first])) == paragraphs(first + report(30, 32))


def test_short_answers_may_be_given_twice() -> None:
    first = report(1, 3) + "<p>Why not?</p>" + report(3, 5)
    second = report(5, 7) + "<p>Why not?</p>" + report(7, 9)
    assert paragraphs(join([first, second])) == paragraphs(first + second)


def test_a_sentence_cut_by_the_page_becomes_one_again() -> None:
    first = report(1, 3) + "<p>The harbour master said that the <b>engine</b> would be started</p>"
    second = "<p>again on <i>Monday</i>, when the tide is high.</p>" + report(3, 5)
    joined = join([first, second])
    assert (
        "<p>The harbour master said that the <b>engine</b> would be started again on "
        "<i>Monday</i>, when the tide is high.</p>" in joined
    )
    assert len(paragraphs(joined)) == 5


@pytest.mark.parametrize(
    ("end", "beginning"),
    [
        ("<p>The harbour master said that the engine would be started.</p>", "<p>again it ran</p>"),
        ("<p>The harbour master said that the engine would be started</p>", "<p>Again it ran</p>"),
        ("<p>The harbour master said that the engine would be started</p>", "<p>iPhones rang</p>"),
        ("<h2>The harbour master said that the engine would be started</h2>", "<p>again</p>"),
        ("<p>The harbour master said that the engine would be started</p>", "<ul><li>a</li></ul>"),
        ("<p>Photo: a harbour</p>", "<p>again it ran</p>"),
    ],
)
def test_other_paragraphs_stay_apart(end: str, beginning: str) -> None:
    joined = join([report(1, 3) + end, beginning + report(3, 5)])
    expected = paragraphs(report(1, 3) + end) + paragraphs(beginning + report(3, 5))
    assert paragraphs(joined) == expected


def test_structure_and_wrappers() -> None:
    row = "<tr><td>Screws that were counted</td><td>Screws that were left over</td></tr>"
    table = f"<table><tbody>{row}</tbody></table>"
    first = f"<div><div>Loose <b>words</b> here.<p>Then a paragraph.</p>tail</div>{table}</div>"
    second = f"<section><ul><li>one</li><li>two</li></ul>{table}</section><hr><pre>a\n b</pre>"
    joined = join([first, second])
    assert joined.count("<table>") == 1
    for part in ("<p>Loose <b>words</b> here.</p>", "<p>tail</p>", "<li>two</li>", "a\n b</pre>"):
        assert part in joined
    assert "<div>" not in joined


TEXTS = st.lists(
    st.text(alphabet="abc deF.,<&\u00e9", min_size=1, max_size=30).filter(str.strip), max_size=5
)


@given(pages=st.lists(TEXTS, min_size=2, max_size=4))
def test_nothing_is_invented_and_the_result_is_sanitised(pages: list[list[str]]) -> None:
    bodies = [
        sanitise(
            "".join(f"<p>{text.replace('&', '&amp;').replace('<', '&lt;')}</p>" for text in page)
        )
        for page in pages
    ]
    joined = join(bodies)
    assert sanitise(joined) == joined
    words = set(to_text("".join(bodies)).split())
    assert set(to_text(joined).split()) <= words
    letters = [char for char in to_text(bodies[0]) if char.isalnum()]
    assert [char for char in to_text(joined) if char.isalnum()][: len(letters)] == letters


@pytest.mark.timeout(30)
def test_large_pages_are_soon_joined() -> None:
    nested = "<div>" * 1_500 + "x" + "</div>" * 1_500
    pages = [report(start, start + 3_000) + nested for start in range(0, 12_000, 3_000)]
    assert len(paragraphs(join(pages))) == 12_001
