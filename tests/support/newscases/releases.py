"""One press release on many outlets: headline changed, cut, with local words, quotes dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newscases.model import Case

CATEGORY = "press release"

_BUS = (
    "The transport company Lindbus will put 64 electric buses on the road in nine towns of the "
    "Orrin region before the end of the year. The first of them leaves the depot at Marbeck on "
    "Monday, 4 March, at 5.12 in the morning.\n\n"
    "The buses were built by Hedlund at Vik and cost 29 million, of which the climate fund pays "
    "eleven. Each has a range of 310 kilometres and room for 78 passengers, two wheelchairs and "
    "four bicycles. They replace diesel buses that have been in service since 2008.\n\n"
    "“For forty years people have heard us before they saw us,” said Lindbus director Ragna Holt. "
    "“From March they will have to look at the timetable.”\n\n"
    "Charging takes four hours and is done at night, with electricity from the weir at Pellow. "
    "Twenty drivers and mechanics have been trained so far; another ninety will follow by the "
    "summer. Tickets will not become dearer because of the new buses, the company said.\n\n"
    "Passengers can get to know the bus on Saturday from ten to four in the yard of the depot. "
    "There will be soup, and children may press the button that opens the doors."
)
_BUS_PARTS = _BUS.split("\n\n")
_BUS_LOCAL = (
    "In Tilburn lines 3 and 8 will be the first to go electric, from June on. The stop at the "
    "hospital is to be rebuilt for it, said councillor Maud Ferris, who had asked for quieter "
    "buses past the wards since 2017."
)
_BUS_LOCAL_TOP = (
    "Good news for Pellow: the power for the region's new buses will come from our own weir. The "
    "turbine of 1926 has been overhauled for the purpose, and caretaker Jonas Wick has polished "
    "the brass."
)
_BUS_LOCAL_MIDDLE = (
    "Harrow receives eight of the buses. They will run on the school line over Gallows Hill, "
    "where the old ones broke down eleven times last winter, as parents counted."
)
_BUS_OWN_BEGINNING = (
    "The bell of the Ludd depot will fall silent. It used to warn the neighbours when the diesels "
    "were started at dawn, and the widow Tamsin Oakes, who rang it for twenty-two winters, is to "
    "have it for her garden."
)
_BUS_FEATURE = (
    "Henning Dahl has driven through the Orrin valley for thirty-four years, and he knows every "
    "pothole by the sound his cups make. Soon there will be no other sound. We met him at the "
    "depot at Marbeck, where he is learning to drive again.\n\n"
    "The hard thing, he says, is the silence at the lights. A diesel tells you that it is alive. "
    "In the new bus he looks at a green lamp. His instructor, a woman of twenty-six called Tora, "
    "has him drive backwards between milk crates, and when a crate falls she says nothing and "
    "writes.\n\n"
    "Not everybody at Lindbus is content. The works council fears for the eleven men in the engine "
    "workshop. Two have left already for the shipyard; one, Arvid Sund, has stayed and reads "
    "manuals on batteries in the evening, with a dictionary. The company has promised that nobody "
    "will be dismissed before 2028, but it has promised it only aloud.\n\n"
    "The passengers of line 5 whom we asked wanted to know other things. Will it be warm? Will it "
    "come? A pupil asked whether one can charge a telephone in it, and one can. An old gentleman "
    "remembered that the valley had had electric trams until 1961, that his father had driven "
    "them, and that nobody had asked him when they were scrapped.\n\n"
    "Dahl retires in the autumn. He would have liked to know, he says, how the bus climbs the "
    "Pellow road in snow, and then he smiles, for he has looked at the roster and knows who will "
    "be driving there on the first of December. It is Tora."
)

_OPERA = (
    "Die Oper Lenzfeld eröffnet die nächste Spielzeit am 14. September mit einer Uraufführung. "
    "„Der Glasbläser“ von Mirjam Adler erzählt die Geschichte einer Hütte im Oberlinder Wald, die "
    "im Winter 1848 ihre Öfen nicht mehr heizen konnte.\n\n"
    "Intendant Cornel Haas stellte am Mittwoch einen Spielplan mit sieben Premieren vor. Neu im "
    "Ensemble sind die Sopranistin Jelena Marko und der Bass Tilo Wendt. Die Auslastung lag im "
    "vergangenen Jahr bei 83 Prozent, der Etat steigt um 1,2 auf 24,6 Millionen Euro.\n\n"
    "„Wir spielen für die, die noch nie da waren“, sagte Haas. Für Erstbesucher gibt es an jedem "
    "Donnerstag 50 Karten zu neun Euro.\n\n"
    "Wegen der Sanierung der Unterbühne weicht das Haus im Mai für sechs Wochen in die alte "
    "Messehalle aus. Der Vorverkauf beginnt am 2. April an der Kasse am Theaterplatz."
)


def cases() -> Iterator[Case]:
    yield Case.of("electric buses", CATEGORY, _bus())
    yield Case.of("season of the opera", CATEGORY, _opera())


def _bus() -> Iterator[dict[str, Any]]:
    yield _of("Lindbus press office", "Lindbus puts 64 electric buses on the road", _BUS, 0, "new")
    yield _of("Orrin Valley Herald", "Silent buses for nine towns", f"MARBECK — {_BUS}", 1)
    yield _of("Tilburn Gazette", "Lines 3 and 8 go electric", f"{_BUS}\n\n{_BUS_LOCAL}", 2)
    yield _of("Pellow Star", "Our weir will drive the buses", f"{_BUS_LOCAL_TOP}\n\n{_BUS}", 3)
    middle = [*_BUS_PARTS[:2], _BUS_LOCAL_MIDDLE, *_BUS_PARTS[2:]]
    yield _of("Harrow Dispatch", "Electric buses over Gallows Hill", "\n\n".join(middle), 4)
    yield _of("Inland Post", "Buses: 64 electric ones ordered", "\n\n".join(_BUS_PARTS[:2]), 5)
    unquoted = "\n\n".join(part for part in _BUS_PARTS if "“" not in part)
    yield _of("Business Morning", "Hedlund delivers 64 buses to Lindbus", unquoted, 6)
    brief = f"{_BUS_PARTS[0]}\n\n{_BUS_PARTS[3]}"
    yield _of("Radio Marbeck", "First electric bus on 4 March", brief, 7)
    cut = f"From our newsroom.\n\n{_BUS_PARTS[0]}\n\n{_BUS_PARTS[1]}\n\n{_BUS_PARTS[4]}\n\n"
    cut += "Photographs of the new bus can be found in our gallery."
    yield _of("Marbeck Mail", "See the new bus on Saturday", cut, 8)
    own = "\n\n".join([_BUS_OWN_BEGINNING, *_BUS_PARTS[1:]])
    yield _of("Ludd Courier", "The bell falls silent", own, 9)
    extended = f"{_BUS_FEATURE}\n\n{_BUS_PARTS[0]} {_BUS_PARTS[1]} {_BUS_PARTS[3]}"
    yield _of("Northern Gazette", "The last roar of line 5", extended, 20, "rewrite|copy|report")


def _opera() -> Iterator[dict[str, Any]]:
    parts = _OPERA.split("\n\n")
    local = (
        "Aus Oberlind kommt auch das Glas für das Bühnenbild. Die Hütte Kettler, die letzte im "
        "Wald, bläst dafür seit Januar dreihundert Kugeln, jede von ihnen ein wenig schief."
    )
    tables = [
        _of("Oper Lenzfeld", "Spielzeit beginnt mit Uraufführung", _OPERA, 0, "new"),
        _of("Lenzfelder Rundschau", "Oper spielt Waldgeschichte", f"Lenzfeld. {_OPERA}", 2),
        _of("Oberlinder Bote", "Unser Glas auf großer Bühne", f"{local}\n\n{_OPERA}", 3),
        _of("Kulturfunk", "Sieben Premieren in Lenzfeld", "\n\n".join(parts[:2]), 4),
        _of("Opernfreund", "Haas setzt auf Neulinge", "\n\n".join([*parts[:2], parts[3]]), 5),
        _of("Morgenblatt", "Neun Euro für Erstbesucher", "\n\n".join(parts[1:]), 6),
        _of("Bühne und Welt", "Adler-Oper in Lenzfeld", f"{_OPERA}\n\nBühne und Welt/dl", 9),
        _of("Stadtanzeiger", "Oper: Karten ab 2. April", f"{parts[0]}\n\n{parts[3]}", 10),
    ]
    for table in tables:
        yield {**table, "lang": "de"}


def _of(source: str, title: str, text: str, hours: int, relation: str = "copy") -> dict[str, Any]:
    return {
        "source": source,
        "title": title,
        "text": text,
        "hours": hours,
        "story": "release",
        "relation": relation,
    }
