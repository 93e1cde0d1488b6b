"""What counts as an edit, and what shows that a text goes on elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.contents import content_hash, follow, is_cut, is_edit, without_notice, words

FULL = " ".join(f"word{number}" for number in range(400))
TEASER = "The council meets tonight to decide what becomes of the old harbour."


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_words_are_the_same_whatever_stands_after_them(text: str) -> None:
    assert words(f"{text} é") == [*words(text), "é"]


@given(st.text(), st.text())
def test_equal_content_is_no_edit(title: str, text: str) -> None:
    assert not is_edit(content_hash(title, text), content_hash(title, text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Café opens", "A b\n\nc."), ("CAFÉ  opens", "a b c")),
        (("“Quoted”", "one – two"), ('"Quoted"', "one - two")),
        (("T", "Some text here."), ("T", "Some text here. Read more")),
        (("T", "Some text here…"), ("T", "Some text here [...]")),
        (("T", FULL), ("T", " ".join(FULL.split()[:50]) + " […]")),
        (("T", FULL), ("T", " ".join(FULL.split()[:33]))),
        (("T", FULL), ("T", "")),
    ],
)
def test_no_edit(old: tuple[str, str], new: tuple[str, str]) -> None:
    assert not is_edit(content_hash(*old), content_hash(*new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Ten hurt", "text"), ("Twelve hurt", "text")),
        (("T", "Ten people"), ("T", "Twelve people")),
        (("T", FULL), ("T", FULL + " correction")),
        (("T", FULL), ("T", FULL.replace("word399", "other"))),
        (("T", FULL), ("T", " ".join(FULL.split()[:390]))),
        (("T", FULL), ("T", "other " + " ".join(FULL.split()[:50]))),
        (("T", FULL), ("Other", " ".join(FULL.split()[:50]))),
        (("T", " ".join(FULL.split()[:50])), ("T", FULL)),
        (("T", FULL), ("T", TEASER)),
    ],
)
def test_an_edit(old: tuple[str, str], new: tuple[str, str]) -> None:
    assert is_edit(content_hash(*old), content_hash(*new))


def test_a_hash_of_another_method_is_compared_as_a_whole() -> None:
    assert is_edit("deadbeef", content_hash("T", "text"))
    assert not is_edit("deadbeef", "deadbeef")


def test_falling_back_to_the_known_summary_is_no_edit() -> None:
    both = content_hash("T", FULL, summary_html=f"<p>{TEASER}</p>")
    assert not is_edit(both, content_hash("T", TEASER))


@pytest.mark.parametrize("versions", [(FULL, TEASER), (TEASER, FULL), (FULL, FULL[:300])])
def test_switching_between_two_texts_soon_makes_no_more_edits(versions: tuple[str, str]) -> None:
    stored, edits = content_hash("T", versions[0]), []
    for number in range(1, 10):
        seen = content_hash("T", versions[number % 2])
        if is_edit(stored, seen):
            stored = follow(stored, seen)
            edits.append(number)
    assert len(edits) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "The minister said…",
        "The minister said ...",
        "The minister said [...]",
        "The minister said [&hellip;]".replace("&hellip;", "…"),
        "The minister said (…) »",
        "The minister said. Read more",
        "The minister said. Read more about the budget →",
        "The minister said. Continue reading Budget agreed",
        "Die Ministerin sagte. Weiterlesen",
        "La ministre a dit. Lire la suite »",
        "La ministra dijo. Leer más",
        "Il ministro ha detto. Leggi tutto",
        "Министр сказал. Читать далее",
        "大臣が述べた。続きを読む",
        "मंत्री ने कहा। और पढ़ें",
        "The minister said […]\n\nThe post Budget agreed appeared first on Example News.",
    ],
)
def test_a_cut_text(text: str) -> None:
    assert is_cut(text)
    assert len(without_notice(text)) < len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The minister said so.",
        "He paused… and then went on.",
        "She asked children to read more. They did so gladly.",
        "The whole text stands here.\n\nThe post Budget agreed appeared first on Example News.",
    ],
)
def test_a_whole_text(text: str) -> None:
    assert not is_cut(text)


@given(st.text(max_size=50))
def test_no_text_makes_the_rules_raise(text: str) -> None:
    is_cut(text)
    assert text.startswith(without_notice(text))
