"""Reports that follow a pattern: matches, obituaries, court rolls, quarterly figures, recalls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from newscases.model import Case

CATEGORY = "template: reports"


def cases() -> Iterator[Case]:
    yield Case.of("match reports", CATEGORY, _matches())
    yield Case.of("obituaries", CATEGORY, _obituaries())
    yield Case.of("court rolls", CATEGORY, _courts())
    yield Case.of("quarterly figures", CATEGORY, _figures())
    yield Case.of("appointments", CATEGORY, _appointments())
    yield Case.of("recalls", CATEGORY, _recalls())


_CLUBS = {
    "Tilburn": ("Ivo Lasker", "Sven Aldo", "Peer Hamm"),
    "Marbeck": ("Noor Haddad", "Tim Oller", "Juri Bek"),
    "Ostrand": ("Milan Petz", "Jorge Lima", "Ned Carver"),
    "Pellow": ("Tom Exley", "Abel Diaz", "Lars Quist"),
    "Harrow": ("Dean Moss", "Kofi Ansah", "Remy Laval"),
    "Carrow": ("Will Penrose", "Ugo Neri", "Ben Stott"),
    "Lomas": ("Rafa Soler", "Iker Pons", "Teo Vidal"),
    "Brigel": ("Urs Kaspar", "Nils Amman", "Leo Fanti"),
}
_ROUNDS = (
    ("Tilburn", "Marbeck"), ("Ostrand", "Pellow"), ("Harrow", "Carrow"), ("Lomas", "Brigel"),
    ("Marbeck", "Ostrand"), ("Pellow", "Harrow"), ("Carrow", "Lomas"), ("Brigel", "Tilburn"),
    ("Marbeck", "Tilburn"), ("Pellow", "Ostrand"),
)  # fmt: skip
"""The last two are the first two once more, a few days later."""


def _matches() -> Iterator[dict[str, Any]]:
    rng = random.Random("matches")
    for number, (home, guest) in enumerate(_ROUNDS):
        one, two = rng.sample(_CLUBS[home], 2)
        three = rng.choice(_CLUBS[guest])
        text = (
            f"{home} won their home match in the Northern League against {guest} by two goals to "
            f"one. {one} put the hosts ahead after {rng.randrange(5, 30)} minutes with a "
            f"{rng.choice(['header', 'free kick', 'shot from distance'])}, and {two} scored the "
            f"second from the spot {rng.choice(['shortly before', 'right after'])} the break. "
            f"{guest} came back through {three} in minute {rng.randrange(55, 89)} but could not "
            f"force a draw. The referee showed {rng.randrange(2, 7)} yellow cards. "
            f"{rng.randrange(900, 4000):,} people watched.\n\n"
            "It was a match of two halves. The hosts began with courage and pressed high, the "
            "guests waited for their chances and had few of them before the interval. After it "
            f"the visitors threw everything forward. {three} was their best man. The trainer of "
            f"{home} said that he was proud of his team, that of {guest} spoke of a deserved "
            "defeat and of the work that lies ahead."
        )
        hours = 24 * (number // 2) + number
        table = {"source": "Sport Today", "title": f"{home} 2 {guest} 1", "hours": hours}
        yield {**table, "id": f"m{number}", "story": f"m{number}", "text": text}
        if number == 2:
            yield {
                "source": "Harrow Dispatch",
                "title": f"Home win for Harrow: {one} and {two} settle it",
                "hours": hours + 1,
                "story": "m2",
                "relation": "copy",
                "text": f"HARROW. {text}\n\nHarrow Dispatch: more sport on pages 14 and 15.",
            }
            yield {
                "source": "Carrow Echo",
                "title": "Carrow beaten again",
                "hours": hours + 2,
                "story": "m2",
                "relation": "copy",
                "text": text.replace("It was a match of two halves. ", ""),
            }


def _obituaries() -> Iterator[dict[str, Any]]:
    rng = random.Random("obituaries")
    people = (
        ("Hester Galway", "teacher", "Carrow"), ("Amos Tull", "ferryman", "Sandnes"),
        ("Ines Barroso", "seamstress", "Lomas"), ("Gerd Kettler", "baker", "Oberlind"),
        ("Ruth Oyelaran", "midwife", "Marlow"), ("Emil Fanti", "clockmaker", "Brigel"),
        ("Dora Pryce", "teacher", "Carrow"), ("Yann Morvan", "organist", "Saulnay"),
    )  # fmt: skip
    for number, (name, work, town) in enumerate(people):
        age = rng.randrange(71, 99)
        yield {
            "source": ("Carrow Echo", "Family Notices")[number % 2],
            "title": f"{name}, {age}, {work} of {town}",
            "hours": 11 * number,
            "text": f"{name}, {age}, of {town}, passed away peacefully on "
            f"{rng.choice(['Monday', 'Tuesday', 'Thursday', 'Sunday'])} surrounded by family. Born "
            f"in {rng.choice(['Pellow', 'Harrow', 'Ludd', 'Vik'])} in {2024 - age}, "
            f"{name.split(maxsplit=1)[0]} was a {work} for {rng.randrange(25, 48)} years and loved "
            f"{rng.choice(['bees', 'the sea', 'crosswords', 'brass bands', 'roses'])}, good "
            f"company and long letters. Survived by {rng.randrange(1, 6)} children and "
            f"{rng.randrange(2, 14)} grandchildren. The funeral will be held at "
            f"{rng.choice(['Saint Brigid', 'All Saints', 'Saint Anselm'])} on "
            f"{rng.choice(['Friday', 'Saturday'])} at {rng.randrange(10, 15)} o'clock. The family "
            "asks for no flowers; gifts may be made to the hospice. Arrangements are in the "
            "hands of the undertakers Moule and Daughters. The family wishes to thank the "
            "nurses and doctors for their kindness and care during the last weeks.",
        }


def _courts() -> Iterator[dict[str, Any]]:
    rng = random.Random("courts")
    people = ("Alan Reeve", "Mike Tarrant", "Josie Webb", "Karl Bunce", "Pia Lund", "Rob Sayle")
    offences = ("driving without insurance", "theft from a shop", "speeding", "being drunk")
    for number in range(6):
        entries = [
            f"{name}, {rng.randrange(19, 70)}, of "
            f"{rng.choice(['Elm Walk', 'Mill Road', 'Hill End'])}, admitted "
            f"{rng.choice(offences)} on {rng.randrange(2, 29)} January. Fined "
            f"{rng.randrange(80, 900)} and ordered to pay costs of {rng.randrange(40, 200)}."
            for name in rng.sample(people, 4)
        ]
        yield {
            "source": ("Westmere Chronicle", "Carrick Citizen")[number % 2],
            "title": f"In the dock: results from {('Westmere', 'Carrick')[number % 2]} magistrates",
            "hours": 24 * number,
            "text": "These are the latest cases that were dealt with by the magistrates. Names are "
            "published because justice must be seen to be done.\n\n" + "\n\n".join(entries) + "\n\n"
            "Whoever believes that a report is wrong may write to the editor. We do not remove "
            "reports at the wish of those who are named in them.",
        }


def _figures() -> Iterator[dict[str, Any]]:
    rng = random.Random("figures")
    firms = (
        ("Ardent Bank", "Harlan", "Leonie Drax"), ("Kessel Steel", "Oberlind", "Franz Kessel"),
        ("Nordlys Energi", "Bergstad", "Siri Moen"), ("Sanova Pharma", "Lakeside", "Dr Vera Lind"),
        ("Ombra", "Lakeside", "Paul Okoro"),
    )  # fmt: skip
    for number, (firm, town, chief) in enumerate(firms):
        yield {
            "source": ("Business Morning", "Nordic Bourse", "Bourse and Trade")[number % 3],
            "title": f"{firm} reports results for the fourth quarter",
            "hours": 6 * number,
            "text": f"{town} - {firm} today announced its results for the fourth quarter. Revenue "
            f"for the quarter was {rng.randrange(200, 900)} million, "
            f"{'up' if number % 2 else 'down'} {rng.randrange(1, 19)} per cent from the year "
            f"before. Net income was {rng.randrange(11, 99)} million, or "
            f"{rng.randrange(20, 300) / 100} a share. The operating margin came to "
            f"{rng.randrange(40, 210) / 10} per cent.\n\n"
            f"“We are pleased with our performance in a challenging environment and remain "
            f"focused on creating long-term value for our shareholders,” said {chief}, chief "
            f"executive of {firm}.\n\n"
            f"The board proposes a dividend of {rng.randrange(10, 200) / 100} a share. For the "
            f"coming year the company expects revenue between {rng.randrange(900, 1500)} and "
            f"{rng.randrange(1500, 2400)} million. The management will discuss the results in a "
            "telephone conference at ten o'clock; a recording will be available on the pages "
            "for investors. This announcement contains forward-looking statements, which are "
            "subject to known and unknown risks; actual results may differ materially.",
        }


def _appointments() -> Iterator[dict[str, Any]]:
    rng = random.Random("appointments")
    people = (
        ("Marta Eklund", "head of logistics", "a shipping line"),
        ("Tobias Hahn", "head of research", "a maker of pumps"),
        ("Sanjay Nair", "general counsel", "a firm of solicitors"),
        ("Bodil Aas", "head of personnel", "the ministry of labour"),
    )
    for number, (name, post, before) in enumerate(people):
        yield {
            "source": ("Business Morning", "Ocean Careers")[number % 2],
            "title": f"Aquarex names {name} {post}",
            "hours": 30 * number,
            "text": f"Aquarex announced today that {name} has been appointed {post} with effect "
            f"from 1 {rng.choice(['March', 'April', 'May'])}. {name.split()[1]} joins the company "
            f"from {before} with more than {rng.randrange(12, 30)} years of experience and will "
            "report to the chief executive, Lothar Quandt, and be a member of the executive "
            f"committee.\n\n“I am delighted to welcome {name.split(maxsplit=1)[0]} to our team,” "
            "said Lothar Quandt. “Such experience and leadership will help us to write the "
            "next chapter of our growth.”\n\nAquarex is a leading provider of drinking water and "
            "waste water services. It supplies four million people in eleven regions and "
            "employs 6,200 staff. For more information visit its pages or call the press office.",
        }


def _recalls() -> Iterator[dict[str, Any]]:
    rng = random.Random("recalls")
    foods = (
        ("Hill Farm soft cheese", "listeria"), ("Golden Nut spread", "pieces of plastic"),
        ("Little Chef frozen peas", "pieces of metal"), ("Hill Farm yoghurt", "a cleaning agent"),
        ("Aunt Olga's rye crackers", "sesame that is not declared"), ("Lomas red wine", "sulphite"),
    )  # fmt: skip
    for number, (food, cause) in enumerate(foods):
        yield {
            "source": ("Consumer Alert", "Inland Post")[number % 2],
            "title": f"Recall: {food} may contain {cause}",
            "hours": 9 * number,
            "text": f"The food office warns against the consumption of {food}. The product may "
            f"contain {cause}. Concerned are packages of {rng.randrange(100, 900)} grams with the "
            f"lot number L{rng.randrange(1000, 9999)} that are best before {rng.randrange(1, 29)} "
            f"{rng.choice(['March', 'April', 'June'])} 2024. They were sold in branches of "
            f"{rng.choice(['Korn', 'Freshmart', 'Dalby'])} in {rng.randrange(2, 12)} regions. "
            "Customers can return the product to the place of purchase and get their money "
            "back, even without a receipt. Whoever has eaten of it and does not feel well should "
            "see a doctor and mention the recall. Other products of the maker are not "
            "concerned. The maker regrets the inconvenience and has informed the authorities. "
            "Questions are answered on the customer telephone from eight to six.",
        }
