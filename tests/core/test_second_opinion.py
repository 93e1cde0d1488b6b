"""How far a text and the marked paragraphs of its page agree."""

from __future__ import annotations

from aggregator.core.html import parse_document
from aggregator.core.second_opinion import confidence, paragraphs

LONG = [
    f"Paragraph {n} of the page speaks at some length of harbours, ferries and of nets, {n}." * 2
    for n in range(8)
]


def opinion(*texts: str) -> frozenset[str]:
    return paragraphs(parse_document("".join(f"<p>{text}</p>" for text in texts)))


def test_a_text_that_is_all_of_its_page() -> None:
    assert confidence("\n\n".join(LONG), opinion(*LONG)) == 1.0


def test_half_of_it() -> None:
    half = confidence("\n\n".join(LONG[:4]), opinion(*LONG))
    assert half is not None
    assert 0.6 < half < 0.7  # all of it is confirmed, half of the page is in it


def test_another_text_altogether() -> None:
    assert (
        confidence(
            "Nothing of the kind, at a length that is enough to be looked at.", opinion(*LONG)
        )
        == 0.0
    )


def test_too_few_marked_paragraphs_say_nothing() -> None:
    assert confidence("\n\n".join(LONG), opinion("Short.")) is None
    assert confidence("\n\n".join(LONG), opinion()) is None


def test_lists_of_links_are_no_paragraphs() -> None:
    linked = [f"<a href='/{n}'>{text}</a>" for n, text in enumerate(LONG)]
    assert opinion(*linked) == frozenset()
    assert opinion(f"{LONG[0]} <a href='/'>more</a>")


def test_white_space_does_not_count() -> None:
    assert (
        confidence("\n".join(LONG), opinion(*(text.replace(" ", " \n ") for text in LONG))) == 1.0
    )
