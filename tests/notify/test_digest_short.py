"""A digest in a line, and in a few for a chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from digestmaker import (
    article,
    digest,
    section,
    story,
    with_article,
)
from mailpage import MailPage

from aggregator.notify.render import render
from aggregator.notify.wrapping import columns
from aggregator.types import Digest


def read(made: Digest) -> MailPage:
    return MailPage(render(made).html)


# --- subject


@pytest.mark.parametrize(
    ("made", "subject"),
    [
        (digest(1), "Aldermoor reopens its harbour bridge after the flood · 1 story · 30 Mar"),
        (
            digest(2, items=1, brief=1),
            "Aldermoor reopens its harbour bridge after the flood · 3 stories · 30 Mar",
        ),
        (
            digest(1, slot=2),
            "Aldermoor reopens its harbour bridge after the flood · 1 story · 30 Mar 07:00",
        ),
        (digest(0, items=2), "Aldermoor in brief · 2 single items · 30 Mar"),
        (digest(0), "Morning news · Nothing new in this period · 30 Mar"),
        (digest(0, language="zh"), "Morning news · 这段时间没有新消息 · 3月30日"),
        (
            digest(3, language="ru"),
            "Aldermoor reopens its harbour bridge after the flood · 3 темы · 30 мар.",
        ),
    ],
)
def test_the_subject_says_what_is_in_it(made: Digest, subject: str) -> None:
    assert render(made).subject == subject


@pytest.mark.parametrize("headline", ["word " * 60, "橋" * 100, "w" * 200])
def test_a_long_headline_leaves_room_for_the_rest(headline: str) -> None:
    subject = render(with_article(article(1, "A", headline))).subject
    assert subject.endswith("… · 1 story · 30 Mar")
    assert 70 <= columns(subject) <= 78


def test_the_subject_is_of_the_story_with_the_most_points_in_any_section() -> None:
    small = section(story(1), title="First section")
    weighty = section(story(2), title="Second section")
    weighty = replace(weighty, stories=(replace(weighty.stories[0], points=2_000.0),))
    made = replace(digest(0), sections=(small, weighty))
    assert render(made).subject.startswith("Castelverde finds")
    assert "Breitbrück votes" in read(made).preview


# --- short form


def test_the_short_form_has_five_headlines_and_their_outlets() -> None:
    short = render(digest(7, items=3)).short
    assert short.startswith(
        "Morning news · 30 Mar\n"
        "7 stories · 3 single items\n"
        "\n"
        "• Aldermoor reopens its harbour bridge after the flood (The Harbour Post · 4 outlets)\n"
        "https://theharbourpost.example.org/0\n"
    )
    assert short.count("•") == 5


def test_the_short_form_of_items_alone_has_their_sources() -> None:
    assert "• Aldermoor in brief (Gazette 1)\n" in render(digest(0, items=2)).short
    assert render(digest(0)).short == "Morning news · 30 Mar\nNothing new in this period."


def test_nobody_is_called_and_no_link_is_hidden_in_a_chat() -> None:
    nasty = "@everyone [win](https://evil.example) <!channel> <https://evil.example|here>"
    item = article(1, f"Outlet {nasty}", nasty, url="https://example.org/@ann/1")
    short = render(replace(with_article(item), title=nasty)).short
    assert not any(mark in short for mark in ("@", "<", ">", "]("))
    assert "https://example.org/%40ann/1" in short
