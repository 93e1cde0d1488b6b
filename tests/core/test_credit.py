"""Datelines and credits, in the forms that the press writes them in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.agencies import agencies, agency
from aggregator.core.credit import Credit, Where, read_credit

REST = " The harbour board met in the morning and agreed on a new lamp for the lighthouse."


@pytest.mark.parametrize(
    ("start", "dateline", "place", "sources"),
    [
        ("BAKU, Feb 7 (APP) —", "BAKU, Feb 7 (APP)", "BAKU", ("APP",)),
        ("ISLAMABAD:", "ISLAMABAD", "ISLAMABAD", ()),
        ("LONDON (Reuters) -", "LONDON (Reuters)", "LONDON", ("Reuters",)),
        ("(Reuters) -", "(Reuters)", None, ("Reuters",)),
        ("NEW YORK/LONDON, Jan 5 (Reuters) -", "NEW YORK/LONDON, Jan 5 (Reuters)",
         "NEW YORK/LONDON", ("Reuters",)),
        ("KARACHI, Nov 3 (Reuters):", "KARACHI, Nov 3 (Reuters)", "KARACHI", ("Reuters",)),
        ("WASHINGTON (AP) —", "WASHINGTON (AP)", "WASHINGTON", ("AP",)),
        ("WASHINGTON —", "WASHINGTON", "WASHINGTON", ()),
        ("NEW DELHI, March 5:", "NEW DELHI, March 5", "NEW DELHI", ()),
        ("Berlin (dpa) –", "Berlin (dpa)", "Berlin", ("dpa",)),
        ("Berlin/dpa -", "Berlin/dpa", "Berlin", ("dpa",)),
        ("BERLIN, 4. März (dpa/AFP) -", "BERLIN, 4. März (dpa/AFP)", "BERLIN", ("dpa", "AFP")),
        ("Paris, 3 février (AFP) -", "Paris, 3 février (AFP)", "Paris", ("AFP",)),
        ("Madrid, 5 mar (EFE).-", "Madrid, 5 mar (EFE)", "Madrid", ("EFE",)),
        ("MADRID, 5 (EUROPA PRESS)", "MADRID, 5 (EUROPA PRESS)", "MADRID", ("Europa Press",)),
        ("ROMA, 05 MAR -", "ROMA, 05 MAR", "ROMA", ()),
        ("MOSCOW, March 5. /TASS/.", "MOSCOW, March 5. /TASS/", "MOSCOW", ("TASS",)),
        ("МОСКВА, 5 марта. /ТАСС/.", "МОСКВА, 5 марта. /ТАСС/", "МОСКВА", ("TASS",)),
        ("МОСКВА, 5 мар — РИА Новости.", "МОСКВА, 5 мар", "МОСКВА", ("RIA Novosti",)),
        ("القاهرة (رويترز) -", "القاهرة (رويترز)", "القاهرة", ("Reuters",)),
        ("اسلام آباد (اے پی پی)", "اسلام آباد (اے پی پی)", "اسلام آباد", ("APP",)),
        ("新华社北京1月1日电", "新华社北京1月1日电", "北京", ("Xinhua",)),
    ],
)  # fmt: skip
def test_datelines(start: str, dateline: str, place: str | None, sources: tuple[str, ...]) -> None:
    credit = read_credit(start + REST, ())
    assert (credit.dateline, credit.place, credit.sources) == (dateline, place, sources)
    assert all(where is Where.DATELINE for _, where in credit.found)


@pytest.mark.parametrize(
    "start",
    [
        "BREAKING: a storm broke the lantern.",
        "WATCH: the crane at work.",
        "Update: the road is open again.",
        "Islamabad: a city and its hills.",
        "The firm (Reuters) - a rival of the other agencies - has a new owner.",
        "Reuters said on Monday that it would open an office on the cape.",
        "The company (NYSE: ABC) - a builder of cranes - lost money.",
        "Three things to know - and one to forget.",
        "On Monday - a day of rain - nobody came.",
        "NATO: what comes next?",
        "Q&A: how a lamp is lit.",
        "",
        "\n\n",
    ],
)
def test_what_is_no_dateline(start: str) -> None:
    credit = read_credit(start + REST, ())
    assert credit == Credit(dateline=None, place=None, sources=(), found=())


@pytest.mark.parametrize(
    ("end", "sources"),
    [
        ("© 2024 dpa", ("dpa",)),
        ("© dpa-infocom, dpa:240305-99-216452/3", ("dpa",)),
        ("Copyright 2024 The Associated Press. All rights reserved.", ("AP",)),
        ("Source: Xinhua", ("Xinhua",)),
        (
            "Source: The Cape Courier, Tarn Mirror and Reuters",
            ("Cape Courier", "Tarn Mirror", "Reuters"),
        ),
        ("Quelle: dpa/AFP", ("dpa", "AFP")),
        ("Fuente: Cape Courier", ("Cape Courier",)),
        ("来源：新华社", ("Xinhua",)),
        ("Источник: Интерфакс", ("Interfax",)),
        ("Agence France-Presse contributed to this report.", ("AFP",)),
        ("Reuters and AP contributed to this report.", ("Reuters", "AP")),
        ("(With inputs from PTI and ANI)", ("PTI", "ANI")),
        ("With additional reporting by Reuters", ("Reuters",)),
        ("Con información de EFE", ("EFE",)),
        ("Reuters", ("Reuters",)),
        ("— AFP", ("AFP",)),
        ("(dpa)", ("dpa",)),
        ("With inputs from agencies", ()),
        ("© 2024 Cape Press Company", ()),
        ("Reuters lost ground on Monday.", ()),
        ("Ada Quill contributed to this report.", ()),
        ("Report", ()),
        ("Map", ()),
    ],
)
def test_credits_at_the_end(end: str, sources: tuple[str, ...]) -> None:
    credit = read_credit(f"It rained all day.\n\nNobody came.{REST}\n\n{end}", ())
    assert credit.sources == sources
    assert {where for _, where in credit.found} <= {Where.END}


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        ("Two boats ran aground, as reported by the Cape Courier on Monday.", ("Cape Courier",)),
        ("Two boats ran aground, as first reported by Reuters.", ("Reuters",)),
        (
            "Two boats ran aground, as reported by ACME and The Cape Courier.",
            ("ACME", "Cape Courier"),
        ),
        ("Two boats ran aground, as reported by police and Reuters.", ("Reuters",)),
        ("Two boats ran aground, Reuters reported.", ("Reuters",)),
        ("Zwei Boote, meldet die Nachrichtenagentur dpa, liefen auf.", ("dpa",)),
        ("Dos barcos encallaron, informó la agencia EFE.", ("EFE",)),
        ("Deux bateaux ont échoué, selon l’agence Belga.", ("Belga",)),
        ("两艘船搁浅，据新华社报道。", ("Xinhua",)),
        ("Two boats ran aground, as reported by two officials on Monday.", ()),
        ("Reuters reported a profit, and its shares rose.", ()),
        ("The head of the Associated Press spoke to students.", ()),
    ],
)
def test_credits_in_the_lead(sentence: str, sources: tuple[str, ...]) -> None:
    credit = read_credit(f"{sentence}\n\nNobody was hurt.{REST}", ())
    assert credit.sources == sources
    assert {where for _, where in credit.found} <= {Where.LEAD}


@pytest.mark.parametrize("heading", ["New lamp agreed", "Фонарь согласован"])
def test_a_dateline_under_a_heading(heading: str) -> None:
    assert read_credit(f"{heading}\n\nBAKU (APP) —{REST}", ()).dateline == "BAKU (APP)"
    sentence = f"{REST}\n\nBAKU (APP) —{REST}"
    assert read_credit(sentence, ()).dateline is None


@pytest.mark.parametrize(
    ("end", "sources"),
    [
        ("Nobody was hurt. PTI", ("PTI",)),
        ("“Nobody was hurt.” —AFP", ("AFP",)),
        ("Nobody was hurt. (dpa/AFP)", ("dpa", "AFP")),
        ("No one came. Reuters.", ("Reuters",)),
        ("It is owned by Reuters.", ()),
        ("She went there. The AP was asked to leave.", ()),
        ("She was told by the AFP. Report", ()),
    ],
)
def test_an_agency_behind_the_last_sentence(end: str, sources: tuple[str, ...]) -> None:
    credit = read_credit(f"It rained all day.\n\n{REST} {end}\n", ())
    assert credit.sources == sources
    assert {where for _, where in credit.found} <= {Where.END}


def test_an_agency_in_the_byline_is_named_once() -> None:
    credit = read_credit("OSLO (AP) — Snow." + REST, ("The Associated Press", "Ada Quill"))
    assert credit.found == (("AP", Where.BYLINE),)


def test_a_text_about_an_agency_is_not_credited_to_it() -> None:
    text = "\n\n".join(["Reuters, the agency, opened an office." + REST] * 8)
    assert read_credit(text, ()).sources == ()


def test_one_name_for_each_agency() -> None:
    assert {agency(name) for name in ("AFP", "Agence France-Presse", "法新社")} == {"AFP"}
    assert agency("The Associated Press") == "AP"
    assert agency("Trend") is None
    assert agency("Trend", in_brackets=True) == "Trend"
    assert agencies("Reuters, AP and APP") == ("Reuters", "AP", "APP")
    assert agencies("Reuters and Ada Quill") is None


@given(st.text(), st.lists(st.text(), max_size=3), st.sampled_from([None, "", "de", "en-GB", "x"]))
def test_it_never_raises(text: str, authors: list[str], language: str | None) -> None:
    credit = read_credit(text, authors, language=language)
    assert credit.sources == tuple(name for name, _ in credit.found)


@pytest.mark.parametrize(
    "piece", ["(", "A", "A ", "- ", "—", "(A) - ", "©", "\n", "/a", "with ", ","]
)
def test_hostile_text_takes_no_longer_than_any_other(piece: str) -> None:
    """Of a text only its ends are read, and of its lines only their beginnings."""
    for text in (piece * (100_000 // len(piece)), f"{piece * 50}\n\n" * (2_000 // len(piece))):
        read_credit(text, (text,))
