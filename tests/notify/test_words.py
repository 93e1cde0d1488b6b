"""The catalogues: every language says everything, in every form that its numbers ask for."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib import resources

import pytest

from aggregator.notify.locales import locale_data
from aggregator.notify.words import LANGUAGES
from aggregator.notify.words.catalogue import Words

FIELDS = re.compile(r"\{(\w*)\}")
NAMES_ITS_NUMBER = {"one", "two", "zero"}
"""Forms that may do without the number: "موضوعان" is two."""


def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    file = resources.files("aggregator.notify.words").joinpath(f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))


ENGLISH = catalogue("en")


def test_there_is_a_catalogue_of_every_language_and_no_other() -> None:
    files = resources.files("aggregator.notify.words").iterdir()
    found = {file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")}
    assert found == LANGUAGES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_every_text_with_the_same_fields(language: str) -> None:
    texts = catalogue(language)
    assert list(texts) == list(ENGLISH)
    for key, text in texts.items():
        english = ENGLISH[key]
        if isinstance(text, str):
            assert isinstance(english, str)
            assert sorted(FIELDS.findall(text)) == sorted(FIELDS.findall(english)), key
        else:
            assert isinstance(english, dict)
            fields = set(FIELDS.findall(english["other"]))
            for form, said in text.items():
                missing = fields - set(FIELDS.findall(said))
                assert missing <= ({"n"} if form in NAMES_ITS_NUMBER else set()), (key, form)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_number_has_its_form(language: str) -> None:
    needed = {locale_data(language).form(number) for number in range(300)} | {"other"}
    for key, text in catalogue(language).items():
        if isinstance(text, dict):
            assert set(text) == needed, key


@pytest.mark.parametrize("language", sorted(LANGUAGES - {"en"}))
def test_no_language_has_texts_left_in_english(language: str) -> None:
    same = [
        key
        for key, text in catalogue(language).items()
        if isinstance(text, str) and text == ENGLISH[key]
    ]
    # The same word, or a comma.
    assert set(same) <= {"video", "comma", "separator", "in_language"}


@pytest.mark.parametrize(
    ("language", "one", "three", "many"),
    [
        ("en", "1 story", "3 stories", "1,234 stories"),
        ("de", "1 Thema", "3 Themen", "1.234 Themen"),
        ("ru", "1 тема", "3 темы", "1\u00a0234 темы"),
        ("pl", "1 temat", "3 tematy", "1\u00a0234 tematy"),
        ("ar", "موضوع واحد", "3 مواضيع", "1,234 موضوعًا"),
        ("fa", "۱ موضوع", "۳ موضوع", "۱٬۲۳۴ موضوع"),
        ("zh", "1个话题", "3个话题", "1,234个话题"),
    ],
)
def test_numbers_are_written_and_counted_as_the_language_does(
    language: str, one: str, three: str, many: str
) -> None:
    words = Words(language)
    assert [words.count("stories", number) for number in (1, 3, 1234)] == [one, three, many]


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("en", "Monday, 30 March 2026", "30 Mar"),
        ("de", "Montag, 30. März 2026", "30. März"),
        ("tr", "30 Mart 2026 Pazartesi", "30 Mar"),
        ("ar", "الاثنين، 30 مارس 2026", "30 مارس"),
        ("fa", "دوشنبه ۳۰ مارس ۲۰۲۶", "۳۰ مارس"),
        ("zh", "2026年3月30日星期一", "3月30日"),
    ],
)
def test_dates_are_written_as_the_language_does(language: str, long: str, short: str) -> None:
    locale = Words(language).locale
    day = date(2026, 3, 30)
    assert (locale.long_date(day), locale.short_date(day)) == (long, short)


def test_names_are_enumerated_and_many_are_counted() -> None:
    names = ["A", "B", "C", "D", "E"]
    assert Words("en").names(names[:1]) == "A"
    assert Words("en").names(names[:4]) == "A, B, C and D"
    assert Words("en").names(names) == "A, B, C and 2 more"
    assert Words("de").names(names) == "A, B, C und 2 weitere"
    assert Words("zh").names(names[:3]) == "A、B和C"


def test_a_text_that_there_is_not_is_an_error() -> None:
    words = Words("en")
    for wrong in ("nonsense", "stories"):
        with pytest.raises(KeyError):
            words.say(wrong)
    for wrong in ("nonsense", "nothing"):
        with pytest.raises(KeyError):
            words.count(wrong, 2)
