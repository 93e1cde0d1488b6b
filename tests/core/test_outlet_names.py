"""Two names of one outlet, and names of two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.outlet_names import OutletIndex, same_outlet


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Gulf Observer", "gulf observer"),
        ("Gulf Observer", "Gulf-Observer"),
        ("Gulf Observer", "The Gulf Observer – World"),
        ("Gulf Observer", "Gulf Observer News"),
        ("El Faro de Puertoalba", "Faro de Puertoalba"),
        ("Crónica", "Cronica"),
        ("AP", "Associated Press"),
        ("Reuters", "Reuters World News"),
        ("Reuters", "Reuters: Top stories"),
        ("AFP", "Agence France-Presse (English)"),
        ("APP", "Associated Press of Pakistan"),
        ("CP", "CP"),
        ("La Presse canadienne", "The Canadian Press"),
        ("Новая газета", "новая Газета"),
        ("新华社", "Xinhua"),
    ],
)
def test_one_outlet(one: str, other: str) -> None:
    assert same_outlet(one, other)
    assert same_outlet(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AP", "Associated Press of Pakistan"),
        ("The Times", "The Times of India"),
        ("Daily News", "Daily World"),
        ("Gulf News", "Gulf Observer"),
        ("SPA", "Spa Life Magazine"),
        ("Report", "Report Magazine"),
        ("The Online", "The World"),
        ("", ""),
    ],
)
def test_two_outlets(one: str, other: str) -> None:
    assert not same_outlet(one, other)


NAMES = ("AP", "Associated Press", "The Gulf Observer", "Gulf Observer: World", "Gulf News", "—")


@given(st.lists(st.sampled_from(NAMES), max_size=6), st.sampled_from(NAMES))
def test_an_index_finds_what_comparing_every_name_finds(added: list[str], asked: str) -> None:
    index: OutletIndex[int] = OutletIndex()
    for place, name in enumerate(added):
        index.add(name, place)
    meant = [place for place, name in enumerate(added) if same_outlet(name, asked)]
    assert index.first(asked) == (meant[0] if meant else None)
    assert index.count(asked) == len(meant)
    assert len(index) == len(added)
