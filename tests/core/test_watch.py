from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from watchmaker import ITEMS, NOON, TREES, item, query, watch

from aggregator.core.matching import Text, predicate_of
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    Is,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
    nodes_of,
)
from aggregator.core.watch import Matcher, is_timed, needs_story, why_unfit
from aggregator.core.watch_index import Index
from aggregator.core.watch_literals import Rarity, index_language, required
from aggregator.types.summaries import Relation
from aggregator.types.watching import Watch, WatchItem, WatchPer

DAY = timedelta(days=1)


def matcher(*roots: Node, per: WatchPer = WatchPer.ARTICLE) -> Matcher:
    return Matcher(
        [(watch(str(number), per=per), query(root)) for number, root in enumerate(roots)]
    )


def names(watches: Sequence[Watch]) -> list[str]:
    return [one.name for one in watches]


@given(roots=st.lists(TREES, max_size=8), articles=st.lists(ITEMS, min_size=1, max_size=4))
@example(
    roots=[Field("title", Word("floods")), Or((Is("starred"), Word("river")))],
    articles=[item(title="flooded rivers")],
)
def test_it_finds_what_trying_every_watch_finds(
    roots: list[Node], articles: list[WatchItem]
) -> None:
    made = matcher(*roots)
    for article in articles:
        expected = [
            str(number) for number, root in enumerate(roots) if predicate_of(root)(Text(article))
        ]
        assert names(made.match(article)) == expected


def test_forms_of_a_word_are_those_of_the_language_of_each_article() -> None:
    made = matcher(Word("floods"), Word("hauser"))
    assert names(made.match(item(text="a flooded house", language="en"))) == ["0"]
    assert names(made.match(item(text="ein Haus", language="de"))) == ["1"]
    assert names(made.match(item(text="a flooded house", language=None))) == []
    assert names(made.match(item(text="floods", language=None))) == ["0"]


def test_languages_of_which_nothing_is_known_share_an_index() -> None:
    assert index_language("fr") == "fr"
    assert index_language("zh") == "zh", "how usual its words are is known"
    assert {index_language(language) for language in ("", "xx", "../fr", "qaa")} == {""}
    made = matcher(Word("flood"), Field("lang", Word("x7")))
    for number in range(200):
        found = names(made.match(item(text="the flood", language=f"x{number}")))
        assert found == (["0", "1"] if number == 7 else ["0"])


def test_watches_for_silent_sources_are_not_for_articles() -> None:
    made = Matcher([(watch(silent=DAY), query(Field("tag", Word("world"))))])
    assert made.match(item()) == []


# --- what an article has to have


@pytest.mark.parametrize(
    ("root", "literals"),
    [
        (And((Word("the"), Word("zirconium"), Word("government"))), {"zirconium"}),
        (Phrase(("the", "zirconium", "of")), {"zirconium"}),
        (Near((Word("government"), Word("zirconium")), 5), {"zirconium"}),
        (And((Word("government"), Word("Nusgru"))), {"nusgru"}),
        (And((Word("government"), Word("2026"))), {"govern"}),
        (And((Word("zirconium"), Not(Word("xylophone")))), {"zirconium"}),
        (And((Or((Word("the"), Word("xylophon"))), Word("zirconium"))), {"zirconium"}),
        (Or((Word("the"), Word("zirconium"))), {"the", "zirconium"}),
        (And((Or((Word("zirconium"), Has("image"))), Word("the"))), {"the"}),
        (And((Site("example.org"), Word("the"))), {"example.org"}),
        (And((Field("title", Word("government")), Word("government"))), {"govern"}),
        (Word("zirconium", prefix=True), {"zirc"}),
        (And((Is("starred"), Word("zirconium"))), set()),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_it_is_looked_for_by_what_is_rare(root: Node, literals: set[str]) -> None:
    needed = required(root, Rarity("en"))
    assert needed is not None
    assert {literal for _, literal in needed.literals} == literals


def test_a_headline_is_rarer_than_a_text() -> None:
    needed = required(And((Word("government"), Field("title", Word("government")))), Rarity("en"))
    assert needed is not None
    assert [kind for kind, _ in needed.literals] == [("title", "stem")]


def test_usual_words_are_known_with_the_marks_that_an_index_keeps() -> None:
    russian = Rarity("ru")
    assert russian.share("район") > 0.1 > russian.share("райцентр")
    assert Rarity("uk").share("україни") > 0.1


@pytest.mark.parametrize(
    "root", [Has("image"), Outlets(">=", 5), Or((Word("zirconium"), Is("first"))), After(NOON)]
)
def test_what_requires_no_literal_is_tried_on_every_article(root: Node) -> None:
    assert required(root, Rarity("en")) is None
    assert Index([Word("flood"), root], "en").candidates(Text(item())) == {1}


def test_articles_are_tried_against_few_of_many_watches() -> None:
    roots: list[Node] = [
        And((Word(f"qu{number}x"), Word("government"), Not(Word("football"))))
        for number in range(1000)
    ]
    text = "the government of qu17x and of qu400x"
    assert Index(roots, "en").candidates(Text(item(text=text))) == {17, 400}


# --- stories


def test_when_a_story_has_grown_its_first_article_that_matches_stands_for_it() -> None:
    made = matcher(
        And((Outlets(">=", 3), Word("flood"))),
        And((Outlets(">=", 3), Is("first"))),
        Word("flood"),
        And((Outlets(">=", 4), Word("flood"))),
        per=WatchPer.STORY,
    )
    told = [
        item(article_id=number, story_id=2, outlets=3, is_first=number == 1, text=text)
        for number, text in [(1, "dry"), (2, "a flood"), (3, "the flood")]
    ]
    found = {one.name: article.article_id for one, article in made.match_story(told)}
    assert found == {"0": 2, "1": 1}
    assert made.needs_stories


def test_only_watches_that_send_a_story_once_and_count_outlets_look_at_whole_stories() -> None:
    counting = And((Word("a"), Not(Outlets("<", 5))))
    assert needs_story(watch(per=WatchPer.STORY), counting)
    assert not needs_story(watch(per=WatchPer.ARTICLE), counting)
    assert not needs_story(watch(per=WatchPer.STORY), Word("a"))
    assert not matcher(counting).needs_stories
    assert matcher(counting).match_story([item(story_id=1, outlets=9, text="a")]) == []


# --- what is stored of a match


def test_a_hit_shows_where_the_article_matches() -> None:
    root = And((Word("floods"), Not(Word("dam"))))
    made = Matcher([(watch("Größe"), query(root))])
    article = item(article_id=12, story_id=34, text="Then a flood came.")
    (caught,) = made.match(article)
    hit = made.hit(caught, article, now=NOON)
    assert (hit.watch, hit.subject, hit.article_id, hit.source_id, hit.at) == (
        "grosse", "article:12", 12, 5, NOON,
    )  # fmt: skip
    assert hit.snippet == "Then a \x02flood\x03 came."


# --- what a watch may ask for


def test_queries_that_depend_on_when_they_are_read_are_known() -> None:
    timed = Or((Word("a"), And((Word("b"), Not(Before(NOON))))))
    assert is_timed(timed)
    assert is_timed(After(NOON))
    assert not is_timed(And((Word("a"), Is("first"))))
    assert matcher(Word("a"), timed).is_timed
    assert not matcher(Word("a")).is_timed


def test_a_watch_that_can_never_catch_anything_is_known() -> None:
    never = And((Or((Is("starred"), And((Is("starred"), Word("b"))))), Word("a")))
    assert "is:starred" in (why_unfit(never) or "")
    for root in (Or((Is("starred"), Word("a"))), Not(Is("starred")), Word("a")):
        assert why_unfit(root) is None


@pytest.mark.parametrize("kind", ["read", "unread"])
def test_a_watch_cannot_ask_what_has_been_read(kind: Kind) -> None:
    for root in (Is(kind), And((Word("a"), Not(Is(kind)))), Or((Word("a"), Is(kind)))):
        said = why_unfit(root) or ""
        assert said.startswith(f"is:{kind} tells what a person has read")


def test_an_article_that_has_just_come_is_unread() -> None:
    assert matcher(Is("unread")).match(item())
    assert not matcher(Is("read")).match(item())
    assert matcher(And((Word("flood"), Not(Is("read"))))).match(item(text="flood"))


@given(root=TREES, article=ITEMS)
def test_what_is_said_never_to_match_never_does(root: Node, article: WatchItem) -> None:
    asked = {one.kind for one in nodes_of(root) if isinstance(one, Is)}
    if why_unfit(root) is not None and not asked & {"read", "unread"}:
        assert not predicate_of(root)(Text(article))


def test_copies_may_be_left_out() -> None:
    made = matcher(And((Word("flood"), Not(Is("copy")))))
    for relation in Relation:
        article = item(story_id=1, relation=relation, text="flood")
        wanted = relation not in (Relation.COPY, Relation.SAME)
        assert bool(made.match(article)) is wanted
