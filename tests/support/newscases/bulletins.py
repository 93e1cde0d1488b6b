"""Notices that are written from a template: each is a story of its own.

Weather, closing prices, lottery draws, earthquakes, traffic, police and television pages. What
differs is names, numbers and a phrase or two; what is the same is the wording.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from newscases.model import Case

CATEGORY = "template: notices"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_TOWNS = (
    ("Tilburn", "along the lower Esk"), ("Ostrand", "on the Hask coast"),
    ("Marbeck", "in the vale of Orrin"), ("Pellow", "around the great weir"),
    ("Sandnes", "on the western islands"), ("Brigel", "above the lake"),
    ("Carrow", "in the northern moors"), ("Lomas", "along the vineyards"),
    ("Tarnmouth", "by the sound"), ("Oberlind", "in the forest hills"),
    ("Quillay", "on the high plain"), ("Hagavik", "between the fjords"),
)  # fmt: skip


def cases() -> Iterator[Case]:
    yield Case.of("weather", CATEGORY, _weather())
    yield Case.of("closing prices", CATEGORY, _markets())
    yield Case.of("lottery", CATEGORY, _lottery())
    yield Case.of("earthquakes", CATEGORY, _earthquakes())
    yield Case.of("traffic", CATEGORY, _traffic())
    yield Case.of("police log", CATEGORY, _police())
    yield Case.of("television", CATEGORY, _television())
    yield Case.of("stock ticker", CATEGORY, _tickers())


def _weather() -> Iterator[dict[str, Any]]:
    rng = random.Random("weather")
    for day in range(3):
        for number, (town, region) in enumerate(_TOWNS):
            high = rng.randrange(3, 15)
            sky = rng.choice(["fog", "rain", "high cloud", "sunshine", "drizzle", "sleet"])
            wind = rng.choice(["south", "west", "north", "east", "south-west"])
            yield {
                "source": ("Valley Times", "Coast Herald", "Skywatch")[number % 3],
                "title": f"Weather for {town}: {_DAYS[day]}",
                "hours": 24 * day + number / 10,
                "text": f"{_DAYS[day]} begins with {sky} in {town} and {region}. By noon "
                f"{rng.choice(['the sun comes through', 'the clouds thicken', 'it clears up'])}. "
                f"Highs reach {high} degrees, lows at night fall to {high - rng.randrange(2, 7)}. "
                f"A {rng.choice(['light', 'fresh', 'strong'])} wind blows from the {wind} at "
                f"{rng.randrange(6, 50)} kilometres an hour, with gusts on exposed hills. The "
                f"chance of rain is {rng.randrange(0, 100, 5)} per cent. The sun rises at "
                f"7.{14 - 2 * day + number % 3:02} and sets at 17.{2 + 2 * day + number % 4:02}. "
                f"The index of pollen is {rng.choice(['none', 'low', 'moderate'])}.\n\n"
                "The outlook: the days that follow remain changeable, with showers from the west "
                "and a little warmer towards the weekend. Drivers should allow for wet roads in "
                "the early morning. The next forecast will be published at six in the evening.",
            }


def _markets() -> Iterator[dict[str, Any]]:
    rng = random.Random("markets")
    exchanges = (
        ("Harlan", "Capital Courier", "crowns", ("Corvin", "Banco Lent", "Uhl Steel", "Petrax")),
        ("Bergstad", "Nordic Bourse", "thaler", ("Nordhavn", "Fjellkraft", "Pim Toys", "Skau")),
        ("Lakeside", "Business Morning", "francs", ("Tellac", "Roth Pharma", "Aquarex", "Lenz")),
    )
    for day in range(5):
        for number, (name, source, money, firms) in enumerate(exchanges):
            up = rng.random() < 0.5
            first, second, third = rng.sample(firms, 3)
            yield {
                "source": source if day != 3 else "Market Wire",
                "title": f"{name} index closes {'higher' if up else 'lower'} on {_DAYS[day]}",
                "hours": 24 * day + number,
                "text": f"The {name} index closed {rng.randrange(2, 29) / 10} per cent "
                f"{'higher' if up else 'lower'} at {rng.randrange(6900, 7800):,} points on "
                f"{_DAYS[day]}. Banks {'gained' if up else 'lost'} {rng.randrange(1, 30) / 10} per "
                f"cent, led by {first} with {rng.randrange(10, 60) / 10} per cent. {second} fell "
                f"by {rng.randrange(3, 50) / 10} per cent to {rng.randrange(20, 400)} {money}, "
                f"while {third} closed at {rng.randrange(20, 400)} {money}. A dollar cost "
                f"{rng.randrange(800, 899) / 100} {money} in the evening. Turnover reached "
                f"{rng.randrange(18, 70) / 10} billion {money}, after {rng.randrange(18, 70) / 10} "
                f"billion the day before. Yields of ten-year bonds stood at "
                f"{rng.randrange(180, 320) / 100} per cent. Traders spoke of a "
                f"{rng.choice(['quiet', 'nervous', 'mixed', 'busy'])} day and pointed to the "
                "figures on prices that the statistical office is to publish. Analysts advise "
                "investors to keep calm and to look at dividends. Trading resumes at nine.",
            }


def _lottery() -> Iterator[dict[str, Any]]:
    rng = random.Random("lottery")
    for number in range(6):
        drawn = sorted(rng.sample(range(1, 50), 6))
        day = ("Wednesday", "Saturday")[number % 2]
        yield {
            "source": ("Lucky Numbers", "Evening Globe")[number % 2],
            "title": f"Lotto on {day}: the winning numbers",
            "hours": 36 * number,
            "text": f"These are the numbers of the draw on {day}: {', '.join(map(str, drawn[:5]))} "
            f"and {drawn[5]}. The bonus ball is {rng.randrange(1, 10)}. The jackpot contains "
            f"{rng.randrange(2, 40)} million. In the joker game the number "
            f"{rng.randrange(100_000, 999_999)} was drawn. {rng.randrange(2, 60)} players had five "
            f"right numbers and receive {rng.randrange(4_000, 90_000):,} each; four right numbers "
            f"bring {rng.randrange(60, 300)}. Tickets for the next draw are sold until six in the "
            "evening. All figures are without guarantee. Whoever plays may become addicted; help "
            "can be had by telephone, free of charge and without giving a name. The next draw "
            "will be broadcast live from the studio, under the eyes of a notary.",
        }


_QUAKES: tuple[tuple[str, str, str, float, int, float, tuple[str, ...]], ...] = (
    (
        "a",
        "Valdehierro",
        "Puerto Alba",
        5.4,
        31,
        0.0,
        ("Quake Desk", "Cronica News", "Inland Post"),
    ),
    ("b", "the Kolvara Islands", "Stannaken", 4.7, 12, 3.0, ("Quake Desk", "Harbour Post")),
    ("c", "the Ish mountains", "Karatal", 5.1, 44, 9.0, ("Quake Desk",)),
    ("d", "Valdehierro", "Puerto Alba", 4.6, 28, 12.0, ("Quake Desk", "Inland Post")),
    ("e", "the Kolvara Islands", "Stannaken", 4.2, 9, 40.0, ("Harbour Post",)),
    ("f", "northern Belmar", "Dol", 4.9, 17, 42.0, ("Quake Desk", "Evening Globe")),
    ("g", "the plain of Quillay", "Lomas", 4.4, 66, 55.0, ("Quake Desk",)),
    ("h", "Valdehierro", "Arcos del Mar", 4.3, 35, 60.0, ("Quake Desk",)),
)


def _earthquakes() -> Iterator[dict[str, Any]]:
    """Two outlets on one earthquake belong together; an aftershock is another earthquake."""
    rng = random.Random("earthquakes")
    for story, region, town, magnitude, distance, hours, outlets in _QUAKES:
        minute, depth = rng.randrange(10, 60), rng.randrange(5, 90)
        felt, hour = rng.randrange(20, 900), rng.randrange(1, 13)
        text = (
            f"A magnitude {magnitude} earthquake was reported at {hour}:{minute} {distance} "
            f"kilometres from {town} in {region}, according to the Seismological Survey. The "
            f"earthquake had a depth of {depth} kilometres. {felt} people have told the survey "
            f"that they felt it. In the last ten days there have been {rng.randrange(1, 9)} "
            "earthquakes of magnitude 3.0 and greater centred nearby. Whether there has been any "
            "damage is not known. Did you feel it? Report what you felt on the survey's pages. "
            "Find out what to do before, during and after an earthquake in our guide: keep "
            "shoes under the bed, water in the cupboard and heavy things low. This notice was "
            "written by a computer program from data of the Seismological Survey and read by an "
            "editor before it was published."
        )
        for number, outlet in enumerate(outlets):
            yield {
                "source": outlet,
                "title": f"Magnitude {magnitude} earthquake shakes {region}"
                if number % 2 == 0
                else f"Earthquake of magnitude {magnitude} {distance} km from {town}",
                "hours": hours + number / 2,
                "story": story,
                "relation": "copy|report|rewrite" if number else "new",
                "text": text,
            }


def _traffic() -> Iterator[dict[str, Any]]:
    rng = random.Random("traffic")
    roads = (
        ("A9", "Brigel", "Montreval"), ("B31", "Tilburn", "Pellow"), ("A9", "Montreval", "Saulnay"),
        ("A4", "Harrow", "Marlow"), ("B7", "Carrow", "Ludd"), ("A4", "Marlow", "Westmere"),
        ("B31", "Pellow", "Marbeck"), ("A1", "Lyngvik", "Bergstad"),
    )  # fmt: skip
    for number, (road, one, other) in enumerate(roads):
        yield {
            "source": "Traffic Now",
            "title": f"{road}: lane closed between {one} and {other}",
            "hours": 5 * number,
            "text": f"Attention, drivers on the {road}: between {one} and {other} the "
            f"{rng.choice(['left', 'right'])} lane is closed for {rng.randrange(2, 12)} kilometres "
            f"because of {rng.choice(['road works', 'a broken-down lorry', 'an oil track'])}. "
            f"You will need up to {rng.randrange(10, 70)} minutes more. The closure is to last "
            f"until {rng.randrange(5, 11)} o'clock. A diversion by exit {rng.randrange(11, 60)} is "
            "signposted. Please form an alley for the rescue services, keep your distance at "
            "the end of the queue and switch on your hazard lights. Do not leave your car on "
            "the motorway. We will tell you as soon as the way is free again. Have you seen a "
            "queue or a speed trap? Call our studio, free of charge, on the number that you "
            "know. And now more music.",
        }


def _police() -> Iterator[dict[str, Any]]:
    rng = random.Random("police")
    streets = (
        "Mill Road",
        "Penny Lane",
        "Gull Street",
        "Tanners' Row",
        "Church Street",
        "Elm Walk",
    )
    things = ("a bicycle", "a purse", "garden tools", "a laptop", "copper pipes", "two tyres")
    for number in range(7):
        entries = [
            f"{rng.randrange(1, 13)}:{rng.randrange(10, 60)} "
            f"{rng.choice(['a.m.', 'p.m.'])}, {rng.choice(streets)}: a resident reported that "
            f"{rng.choice(things)} had been taken from "
            f"{rng.choice(['a shed', 'a car', 'a porch'])}. Officers took a report."
            for _ in range(4)
        ]
        yield {
            "source": ("Culver Bugle", "Westmere Chronicle")[number % 2],
            "title": "Police log",
            "hours": 24 * number,
            "text": "The following is taken from the daily log of the police department. An arrest "
            "does not mean that a person is guilty.\n\n" + "\n\n".join(entries) + "\n\nAnyone with "
            "information is asked to call the department. Callers may remain anonymous.",
        }


def _television() -> Iterator[dict[str, Any]]:
    rng = random.Random("television")
    films = (
        "The Lamplighter", "A Goat for Mister Finch", "Night Ferry", "Seven Umbrellas",
        "The Last Stationmaster", "Cold Harbour", "My Aunt the Admiral", "Salt",
    )  # fmt: skip
    for number, day in enumerate((*_DAYS, "Saturday", "Sunday")):
        one, two = rng.sample(films, 2)
        yield {
            "source": ("Screen Guide", "Evening Globe")[number % 2],
            "title": f"What is on television tonight, {day}",
            "hours": 24 * number,
            "text": "Channel One: 18.00 News. 18.30 The Garden Hour. 19.15 Neighbours of the Moon, "
            f"part {rng.randrange(40, 400)}. 20.00 News and weather. 20.15 {one}, film. 22.00 "
            f"{rng.choice(['Debate', 'Sport tonight', 'Science hour'])}. 23.10 Late news.\n\n"
            f"Channel Two: 18.00 Cooking with Olga. 19.00 The quiz, with {rng.choice(_NAMES)}. "
            f"20.15 {two}, film. 21.50 Culture. 22.30 Concert. Channel Three: 18.15 Animals of "
            "the region. 19.30 Regional news. 20.15 The Doctor from the Valley, repeat. 21.45 "
            "Village stories. 22.15 Crime on the coast. All times without guarantee; the "
            "stations may change their programmes at short notice.",
        }


_NAMES = ("Otto Lund", "Gro Tveit", "Finn Delahaye", "Kit Sommers", "Ada Prosper", "Hal Deere")


def _tickers() -> Iterator[dict[str, Any]]:
    rng = random.Random("tickers")
    firms = ("Corvin", "Fjellkraft", "Tellac", "Uhl Steel", "Roth Pharma", "Petrax", "Skau", "Lenz")
    for number, firm in enumerate(firms):
        price = rng.randrange(900, 9000) / 100
        yield {
            "source": ("Stock Robot", "Market Wire")[number % 2],
            "title": f"{firm} shares {'gain' if number % 3 else 'slip'} in early trading",
            "hours": 2 * number,
            "text": f"Shares of {firm} traded at {price} in the morning, "
            f"{rng.randrange(1, 60) / 10} per cent {'above' if number % 3 else 'below'} the close "
            f"of the day before. The highest price of the last twelve months was "
            f"{round(price * 1.3, 2)}, the lowest {round(price * 0.7, 2)}. The market values the "
            f"company at {rng.randrange(2, 90)} billion. Its ratio of price to earnings is "
            f"{rng.randrange(8, 35)}, the dividend yields {rng.randrange(5, 60) / 10} per cent. "
            f"{rng.randrange(100, 999):,}.{rng.randrange(1, 9)} thousand shares changed hands in "
            "the first hour. Of the analysts who follow the company most advise to hold the share, "
            "some to buy and none to sell. The next figures for the quarter are expected within "
            "the coming weeks. This text is no advice to buy or sell securities.",
        }
