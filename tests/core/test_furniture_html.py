"""The outlet's furniture goes from the body of its page, and nothing of the article does."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outletpress import DESIGNS, LAYOUTS, Piece, Press, Story

from aggregator.codec import decode, encode
from aggregator.core.furniture_html import SETTLED, VERSION, Cleared, clear_html
from aggregator.core.html import sanitise, to_text

LIMIT = 16 * 1024
FOLLOW = "Follow us wherever you read."
ANSWER = "We answer every message that is signed."
CALL = f"{FOLLOW} {ANSWER}"
RING = "Ring the newsroom at any hour."
QUIET = "The council of the marsh did not wish to say more about it that evening."

SOME, ENOUGH = SETTLED


def clear(piece: Piece, known: bytes) -> Cleared:
    return clear_html(piece.html, known, address=piece.address, title=piece.title)


def learned(pieces: Iterable[Piece], known: bytes = b"") -> bytes:
    for piece in pieces:
        known = clear(piece, known).furniture
    return known


@pytest.fixture(scope="module")
def known() -> bytes:
    return learned(Press(seed=1).articles(30))


@pytest.mark.parametrize("layout", range(len(LAYOUTS)))
@pytest.mark.parametrize("seed", range(4))
def test_after_twenty_pages_a_hundredth_is_left_and_no_sentence_lost(
    seed: int, layout: int
) -> None:
    """The issue's floor: of a test press whose every page carries 30 % of recurring text."""
    known, recurring, rest, everything = b"", 0, 0, 0
    pieces = Press(seed=seed, layout=layout, design=seed % len(DESIGNS)).articles(80)
    for number, piece in enumerate(pieces):
        found = clear(piece, known)
        known = found.furniture
        text = to_text(found.html)
        assert [paragraph for paragraph in piece.own if paragraph not in text] == []
        if number >= ENOUGH:
            everything += len("".join(to_text(piece.html).split("\n")))
            recurring += sum(map(len, piece.furniture))
            rest += len("".join(text.split("\n"))) - len("".join(piece.own))
    assert recurring >= 0.30 * everything
    assert rest <= 0.01 * recurring


def test_it_is_settled_by_the_eighth_and_the_twentieth_page_only() -> None:
    pieces = Press(seed=2).articles(40)
    known, settled = b"", []
    for number, piece in enumerate([*pieces[:10], *pieces[:10], *pieces[10:], *pieces]):
        found = clear(piece, known)
        known = found.furniture
        if found.settled:
            settled.append(number)
    assert settled == [SOME - 1, 10 + ENOUGH - 1]


def test_a_page_met_again_is_judged_and_changes_nothing() -> None:
    pieces = Press(seed=3).articles(ENOUGH)
    known = learned(pieces)
    again = clear(pieces[0], known)
    assert again.furniture == known
    assert not set(pieces[0].furniture) & set(to_text(again.html).split("\n"))


def test_what_follows_a_number_sign_names_no_other_page() -> None:
    *pieces, last = Press(seed=3).articles(ENOUGH)
    known = learned(pieces)
    comments = f"{pieces[0].address}#comments"
    found = clear_html(f"<p>{QUIET}</p>", known, address=comments, title="Comments")
    assert not found.settled
    assert clear(last, found.furniture).settled


@pytest.mark.parametrize("damage", [b"x", b"\x80", b"\x93\x01\x02\x03", bytes(300)])
def test_what_cannot_be_read_counts_as_nothing(damage: bytes, known: bytes) -> None:
    piece = Press(seed=4).article()
    assert clear(piece, damage) == clear(piece, b"")
    for at in random.Random(4).sample(range(len(known)), 50):
        broken = known[:at] + bytes((known[at] ^ 0x55,)) + known[at + 1 :]
        assert clear(piece, broken).furniture in (
            clear(piece, b"").furniture,
            clear(piece, known).furniture,
        )
    assert clear(piece, known[:-1]) == clear(piece, b"")
    later = encode(decode(known, dict) | {"version": VERSION + 1})
    assert clear(piece, later) == clear(piece, b"")


def test_a_body_without_furniture_is_the_same_string(known: bytes) -> None:
    html = f"<p>{QUIET}</p>\n<p>Nothing <b>recurs </b><br>here.</p>"
    for state in (b"", known):
        found = clear_html(html, state, address="new", title="")
        assert found.html is html
        assert found.removed == ()


def test_an_empty_body_teaches_nothing(known: bytes) -> None:
    for html in ("", "<p></p>", "<p>* * *</p>"):
        assert clear_html(html, b"", address="empty", title="").furniture == b""
        assert clear_html(html, known, address="empty", title="").furniture == known


LINK = '<a href="https://a.example/" rel="noopener noreferrer">'
IMAGE = '<img src="https://a.example/heron.png" alt="A heron">'
ROW = "<tr><td>A heron in the marsh</td><td>7</td></tr>"
KEPT = [
    (f"<p>{QUIET}</p><p>{CALL}</p>", f"<p>{QUIET}</p>"),
    (
        f"<section><h3>Share this article</h3><p>{CALL}</p></section><p>{QUIET}</p>",
        f"<p>{QUIET}</p>",
    ),
    (f"<p>{QUIET}</p><blockquote><p><em>{CALL}</em></p></blockquote>", f"<p>{QUIET}</p>"),
    (
        f"<p>{LINK}{QUIET}</a> {FOLLOW} <b>{ANSWER}</b></p>",
        f"<p>{LINK}{QUIET}</a></p>",
    ),
    (
        f"<p><b>{FOLLOW}</b> {QUIET[:20]}<i>{QUIET[20:]}</i></p>",
        f"<p>{QUIET[:20]}<i>{QUIET[20:]}</i></p>",
    ),
    (f"<p>{CALL} {QUIET[:20]}<i>{QUIET[20:]}</i></p>", f"<p>{QUIET[:20]}<i>{QUIET[20:]}</i></p>"),
    (
        f"<p>{QUIET} Salt &amp; 3&nbsp;&lt; 4 herrings. {CALL}</p>",
        f"<p>{QUIET} Salt &amp; 3&nbsp;&lt; 4 herrings.</p>",
    ),
    (f"<p>{QUIET}<br>{CALL}<br>A heron, too.</p>", f"<p>{QUIET}<br>A heron, too.</p>"),
    (f"<p>{CALL}<br>{QUIET}</p>", f"<p>{QUIET}</p>"),
    (f"<pre>{QUIET}\n  {CALL}\n  two  spaces</pre>", f"<pre>{QUIET}\n  two  spaces</pre>"),
    (
        f"<ul><li>{QUIET}</li><li>{CALL}</li></ul><ol><li><p>{CALL}</p></li></ol>",
        f"<ul><li>{QUIET}</li></ul>",
    ),
    (
        f"<table><tbody>{ROW}<tr><td></td><td>{CALL}</td></tr></tbody></table><p>{QUIET}</p>",
        f"<table><tbody>{ROW}</tbody></table><p>{QUIET}</p>",
    ),
    (
        f"<p>{QUIET}</p><figure>{IMAGE}<figcaption>{CALL}</figcaption></figure>",
        f"<p>{QUIET}</p><figure>{IMAGE}</figure>",
    ),
    (
        f"<p>{QUIET}</p><p>{IMAGE} {CALL}</p><p></p>",
        f"<p>{QUIET}</p><p></p>",
    ),
    (f"<div>{QUIET}<p>{CALL}</p>A heron.</div>", f"<div>{QUIET}<br><br>A heron.</div>"),
]


def test_what_stays_keeps_its_markup(known: bytes) -> None:
    for body, left in KEPT:
        assert sanitise(body) == body
        found = clear_html(body, known, address="new", title="")
        assert found.html == left
        assert sanitise(left) == left


def test_letters_of_two_characters_are_counted_right(known: bytes) -> None:
    own = "Le he\u0301ron a e\u0301te\u0301 vu ce soir-la\u0300 dans le marais."
    html = f"<p>{QUIET}</p><p><b>{own}</b> {CALL}</p>"
    found = clear_html(html, known, address="new", title="")
    assert to_text(found.html) == f"{QUIET}\n\n{to_text(own)}"
    assert "<b>" in found.html


# --- whatever the markup --------------------------------------------------------------------------

OWN = (
    QUIET,
    "A heron.",
    "“Yes.”",
    "Tide & lamp",
    "白鹭。",
    "\u00a0",
    "e\u0301",
    " ",
    "",
    "\n",
    "a < b",
)
TEXTS = st.sampled_from((*OWN, FOLLOW, ANSWER, RING, CALL, "Share this article", "34 comments"))
TAGS = "p div b i a br img li ul ol td tr table blockquote pre section h2 span figure hr dd dl"


@st.composite
def bodies(draw: st.DrawFn) -> str:
    parts: list[str] = []
    opened: list[str] = []
    for _ in range(draw(st.integers(1, 25))):
        action = draw(st.sampled_from("ttto/"))
        if action == "t":
            parts.append(draw(TEXTS).replace("&", "&amp;").replace("<", "&lt;"))
            parts.append(draw(st.sampled_from(("", " ", "\n"))))
        elif action == "o":
            opened.append(draw(st.sampled_from(TAGS.split())))
            parts.append(f"<{opened[-1]}>")
        elif opened:
            parts.append(f"</{opened.pop()}>")
    return "".join(parts)


@settings(max_examples=200, deadline=None)
@given(bodies())
def test_the_markup_that_is_left_reads_as_the_text_that_is_left(known: bytes, body: str) -> None:
    html = sanitise(body)
    found = clear_html(html, known, address="new", title="")
    text, left = to_text(html), to_text(found.html)
    assert (found.html == html) == (not found.removed)
    for one in found.removed:
        assert one.text in text
    for own in OWN:
        assert left.count(to_text(own)) >= text.count(to_text(own)) or not own.strip()
    gone = "".join(one.text for one in found.removed)
    assert sorted("".join(text.split())) == sorted("".join((left + gone).split()))
    lines = iter(text.split("\n"))
    assert all(any(line in other for other in lines) for line in left.split("\n") if line)


@pytest.mark.parametrize(
    "body",
    [
        "<b>" * 60_000 + CALL,
        f"<p>{CALL}</p>" * 10_000,
        f"<p>{QUIET} {CALL}</p>" * 4_000,
        "<div>" * 9_000 + CALL + f"<p>{CALL}</p></div>" * 9_000 + QUIET,
        "<p>" + "<br>" * 9_000 + CALL + "<br>" * 9_000 + QUIET,
        QUIET + f"<i>{CALL}</i>" * 9_000,
        "(" * 300_000 + "." * 300_000 + QUIET,
        f"<p>{QUIET}</p><pre>" + "\n" * 300_000 + CALL + "</pre>",
        f"<p>{QUIET}</p><p>{CALL}</p>" + "<" * 200_000,
    ],
)
@pytest.mark.timeout(60)
def test_a_hostile_body_is_soon_done_with(body: str, known: bytes) -> None:
    html = sanitise(body)
    found = clear_html(html, known, address="new", title="")
    clear_html(body, known, address="new", title="")
    assert len(found.furniture) < LIMIT


def test_what_is_known_is_small_whatever_the_pages() -> None:
    dice, known = random.Random(6), b""
    for number in range(70):
        story = Story(dice)
        html = "".join(f"<p>{text}</p>" for text in story.paragraphs(300))
        known = clear_html(html, known, address=str(number), title=story.title()).furniture
        assert len(known) < LIMIT
