from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.core.query import parse
from aggregator.core.query_tree import (
    And,
    Field,
    Has,
    InStory,
    Is,
    Near,
    Node,
    Not,
    Or,
    Outlets,
    Phrase,
    Site,
    Word,
)

NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)


def tree(text: str) -> Node:
    return parse(text, now=NOW).root


FLOOD, DAM, RIVER = Word("flood"), Word("dam"), Word("river")
RIVER_BANK = Phrase(("river", "bank"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flood", FLOOD),
        ("  flood\t", FLOOD),
        ("flood dam", And((FLOOD, DAM))),
        ("flood AND dam", And((FLOOD, DAM))),
        ("flood AND dam AND river", And((FLOOD, DAM, RIVER))),
        ("flood OR dam", Or((FLOOD, DAM))),
        ("flood OR dam OR river", Or((FLOOD, DAM, RIVER))),
        ("a b OR c d", Or((And((Word("a"), Word("b"))), And((Word("c"), Word("d")))))),
        ("a b OR c AND d", Or((And((Word("a"), Word("b"))), And((Word("c"), Word("d")))))),
        ("flood (dam OR river)", And((FLOOD, Or((DAM, RIVER))))),
        ("((flood))", FLOOD),
        ("flood (dam river)", And((FLOOD, DAM, RIVER))),
        ("flood OR (dam OR river)", Or((FLOOD, DAM, RIVER))),
        ("flood（dam OR river）", And((FLOOD, Or((DAM, RIVER))))),
        ("flood -dam", And((FLOOD, Not(DAM)))),
        ("-dam flood", And((Not(DAM), FLOOD))),
        ("flood NOT dam", And((FLOOD, Not(DAM)))),
        ("flood AND NOT dam", And((FLOOD, Not(DAM)))),
        ("NOT(dam) flood", And((Not(DAM), FLOOD))),
        ('flood -"river bank"', And((FLOOD, Not(RIVER_BANK)))),
        ("flood -(dam OR river)", And((FLOOD, Not(Or((DAM, RIVER)))))),
        ("elect*", Word("elect", prefix=True)),
        ("elect**", Word("elect", prefix=True)),
        ("e-mail", Word("e-mail")),
    ],
)
def test_words_are_joined(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"  river   bank "', RIVER_BANK),
        ("“river bank”", RIVER_BANK),
        ("„river bank“", RIVER_BANK),
        ('“river bank"', RIVER_BANK),
        ("«river bank»", RIVER_BANK),
        ("« river bank »", RIVER_BANK),
        ("»river bank«", RIVER_BANK),
        ("「river bank」", RIVER_BANK),
        ("『river bank』", RIVER_BANK),
        ('«the "river" bank»', Phrase(("the", '"river"', "bank"))),
        ('"OR"', Phrase(("OR",))),
        ('"a -b (c) title:d OR"', Phrase(("a", "-b", "(c)", "title:d", "OR"))),
        ('"f*g"', Phrase(("f*g",))),
        ('river"bank"', And((RIVER, Phrase(("bank",))))),
        # A straight quote stands for the gershayim of Hebrew acronyms.
        ('צה"ל', Word('צה"ל')),
        ('"צה"ל דובר"', Phrase(('צה"ל', "דובר"))),
        # Not so at the end of a word.
        ('"דובר"', Phrase(("דובר",))),
    ],
)
def test_quotes_make_phrases(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NEAR(flood dam, 5)", Near((FLOOD, DAM), 5)),
        ("NEAR(flood dam)", Near((FLOOD, DAM), 10)),
        ("near(flood dam)", Near((FLOOD, DAM), 10)),
        ("NEAR( flood ,dam,0 )", Near((FLOOD, DAM), 0)),
        ('NEAR(flood "river bank", 5)', Near((FLOOD, RIVER_BANK), 5)),
        ('NEAR(flood "bank, (left) 5", 3)', Near((FLOOD, Phrase(("bank,", "(left)", "5"))), 3)),
        ("NEAR(elect* dam flood, 5)", Near((Word("elect", prefix=True), DAM, FLOOD), 5)),
        ("NEAR(flood 10,000)", Near((FLOOD, Word("10,000")), 10)),
        ("NEAR(Boeing 737)", Near((Word("Boeing"), Word("737")), 10)),
        ("NEAR(Apollo 13)", Near((Word("Apollo"), Word("13")), 10)),
        ("NEAR（洪水、地震，5）", Near((Word("洪水"), Word("地震")), 5)),
        ("river -NEAR(flood dam, 5)", And((RIVER, Not(Near((FLOOD, DAM), 5))))),
        # After it a comma is again like any other character.
        ("NEAR(flood dam) a,b", And((Near((FLOOD, DAM), 10), Word("a,b")))),
    ],
)
def test_near_takes_words_phrases_and_a_distance(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title:flood", Field("title", FLOOD)),
        ("Title:flood", Field("title", FLOOD)),
        ("title：flood", Field("title", FLOOD)),
        ('title:"river bank"', Field("title", RIVER_BANK)),
        ("title:«river bank»", Field("title", RIVER_BANK)),
        ("title:elect*", Field("title", Word("elect", prefix=True))),
        ("title:OR", Field("title", Word("OR"))),
        ('author:"Ada Example"', Field("author", Phrase(("Ada", "Example")))),
        ('source:"Daily Example"', Field("source", Phrase(("Daily", "Example")))),
        ("flood -source:example", And((FLOOD, Not(Field("source", Word("example")))))),
        ('source:">3"', Field("source", Phrase((">3",)))),
        ("lang:de", Field("lang", Word("de"))),
        ('lang:"pt-BR"', Field("lang", Word("pt-BR"))),
        ("tag:world*", Field("tag", Word("world", prefix=True))),
        ("-lang:de tag:world", And((Not(Field("lang", Word("de"))), Field("tag", Word("world"))))),
        ("title:(flood OR dam)", Or((Field("title", FLOOD), Field("title", DAM)))),
        ("title:(flood -dam)", And((Field("title", FLOOD), Not(Field("title", DAM))))),
        (
            'title:(flood (dam OR "river bank")) river',
            And(
                (
                    Field("title", FLOOD),
                    Or((Field("title", DAM), Field("title", RIVER_BANK))),
                    RIVER,
                )
            ),
        ),
        ("river -title:(flood OR dam)", And((RIVER, Not(tree("title:flood OR title:dam"))))),
        ("title:(flood & dam)", And((Field("title", FLOOD), Field("title", DAM)))),
        ("lang:(de OR fr)", Or((Field("lang", Word("de")), Field("lang", Word("fr"))))),
    ],
)
def test_fields_of_text_take_words_phrases_and_groups(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("bbc.co.uk", "bbc.co.uk"),
        ("BBC.co.uk", "bbc.co.uk"),
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("https://www.bbc.co.uk/news?page=1", "bbc.co.uk"),
        ("news.example.org:8080", "news.example.org"),
        ("*.example.org", "example.org"),
        (".example.org", "example.org"),
        ('"example.org"', "example.org"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("http://[::1]:80/", "[::1]"),
    ],
)
def test_site_takes_hosts_and_addresses(value: str, host: str) -> None:
    assert tree(f"site:{value}") == Site(host)


def test_site_takes_a_group() -> None:
    assert tree("site:(bbc.co.uk OR https://example.org/a)") == Or(
        (Site("bbc.co.uk"), Site("example.org"))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("story:22", InStory(22)),
        ('story:"22"', InStory(22)),
        ("is:copy", Is("copy")),
        ("is:First", Is("first")),
        ('is:"starred"', Is("starred")),
        ("has:image", Has("image")),
        ("sources:3", Outlets("=", 3)),
        ("sources:=3", Outlets("=", 3)),
        ("sources:>3", Outlets(">", 3)),
        ("sources:>=3", Outlets(">=", 3)),
        ("sources:≥3", Outlets(">=", 3)),
        ("sources:<3", Outlets("<", 3)),
        ("sources:<=3", Outlets("<=", 3)),
        ('sources:"> 3"', Outlets(">", 3)),
        ("flood -is:copy", And((FLOOD, Not(Is("copy"))))),
    ],
)
def test_other_fields_take_one_value(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    "word",
    [
        *("10:30", "foo:bar", "note:", "http://example.com/a?b=c", "titel://x", "it's", "it’s"),
        *("or", "and", "not", "near", "Or", "NEAR", "ORDER", "NOTE", "a=b", "ſource:x", "date:x"),
        *("^a", "+a", "{a}", "a;b", "a||b", "U.S.", "C++", "#tag", "@name", "$5", "50%", "a/b"),
        *("it:x", "as:x", "land:x", "side:x", "a:b:c", "\ue000x"),
    ],
)
def test_what_is_no_operator_and_no_field_is_a_word(word: str) -> None:
    assert tree(word) == Word(word)
    assert tree(f"flood {word} dam") == And((FLOOD, Word(word), DAM))


def test_real_text_after_a_colon_is_words() -> None:
    assert tree("note: flood") == And((Word("note:"), FLOOD))
    assert tree("Titel: flood") == And((Word("Titel:"), FLOOD))


def test_near_without_a_parenthesis_right_behind_is_a_word() -> None:
    assert tree("flood NEAR dam") == And((FLOOD, Word("NEAR"), DAM))
    assert tree("NEAR (dam)") == And((Word("NEAR"), DAM))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rock & roll", And((Word("rock"), Word("roll")))),
        ("rock – roll", And((Word("rock"), Word("roll")))),
        ("rock -& roll", And((Word("rock"), Word("roll")))),
        ("rock *** roll", And((Word("rock"), Word("roll")))),
        ("rock OR &", Word("rock")),
        ('"-" OR rock', Word("rock")),
        ('rock ""', Word("rock")),
        ("rock (&)", Word("rock")),
        ('"rock & roll"', Phrase(("rock", "roll"))),
        ("NEAR(rock & roll)", Near((Word("rock"), Word("roll")), 10)),
    ],
)
def test_what_has_no_letter_or_digit_is_passed_over(text: str, expected: Node) -> None:
    assert tree(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fl\x00ood", FLOOD),
        ("\ud800flood", FLOOD),
        ("ti\u200btle:flood", Field("title", FLOOD)),
        ("flood \u200f-dam", And((FLOOD, Not(DAM)))),
        ("cafe\u0301", Word("caf\u00e9")),
    ],
)
def test_characters_that_nobody_sees_change_nothing(text: str, expected: Node) -> None:
    assert tree(text) == expected


def test_the_text_is_kept_as_typed() -> None:
    assert parse(" Flood  OR x", now=NOW).text == " Flood  OR x"
