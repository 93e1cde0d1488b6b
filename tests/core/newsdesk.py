"""Short articles of our own, for what grouping must join and what it must keep apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.core.fingerprint import fingerprint
from aggregator.types import GroupInput

START = datetime(2024, 2, 7, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An article before it is fingerprinted."""

    source: str
    title: str
    text: str
    hours: float = 0.0
    """After START."""
    language: str | None = "en"
    url: str | None = None

    def item(self, article_id: int | str, *, at: datetime | None = None) -> GroupInput:
        return GroupInput(
            article_id=article_id,
            source=self.source,
            title=self.title,
            url=self.url,
            at=at or START + timedelta(hours=self.hours),
            fingerprint=fingerprint(self.title, self.text, self.language),
        )


_FLOOD = (
    "The river Oskel rose above its dykes at Lindhaven on Tuesday night and flooded the "
    "lower town, the regional fire brigade said. About 340 people were taken to a "
    "sports hall in Marbeck, most of them by boat.\n\n"
    "Nobody was missing by noon, said Henrike Solveig, who leads the rescue work. Two "
    "firemen were treated for cold after their boat had capsized near the Tanners' "
    "Bridge.\n\n"
    "The gauge at the old mill showed 6.84 metres shortly before midnight, 31 "
    "centimetres more than in the flood of 1997. Engineers from the water board had "
    "expected the crest a day later and blamed a blocked weir at Pellow for the "
    "difference.\n\n"
    "Trains between Lindhaven and Marbeck will not run before Friday. The schools of "
    "the lower town stay closed, and the council has asked households to boil their "
    "water until the laboratory in Ostrand has tested it.\n\n"
    "Mayor Jasper Quill promised that the dyke would be rebuilt higher. The plans have "
    "been ready since 2011 and would cost 27 million crowns, a sum that the region has "
    "twice refused to pay."
)
_PARAGRAPHS = _FLOOD.split("\n\n")
FLOOD = Piece(
    source="Northern Gazette",
    title="River Oskel floods Lindhaven, hundreds brought to safety",
    text=_FLOOD,
)
FLOOD_COPY = Piece(
    source="Valley Times",
    title="Boats carry hundreds from flooded town",
    text="LINDHAVEN, Wednesday (NG) — "
    + _FLOOD
    + "\n\nValley Times: all the news of the valley. Write to our newsroom with your pictures.",
    hours=2,
)
FLOOD_CUT = Piece(
    source="Harbour Post", title="Lindhaven under water", text="\n\n".join(_PARAGRAPHS[:2]), hours=3
)
FLOOD_LOCAL = Piece(
    source="Marbeck Mail",
    title="Sports hall takes in flood victims",
    text=_FLOOD
    + "\n\nIn the sports hall at Marbeck the cooks of the Saint Brigid school served soup "
    "until two in the morning. Bedding is no longer needed, said the caretaker, Olaf "
    "Renn, but dry shoes are. They may be left at the side entrance between eight and "
    "six.",
    hours=4,
)
FLOOD_CORRECTED = replace(
    FLOOD_COPY,
    source="Coast Herald",
    text=FLOOD_COPY.text.replace("About 340", "About 360"),
    hours=5,
)
FLOOD_REWRITE = Piece(
    source="Capital Courier",
    title="Anger over delayed dyke as Oskel drowns lower town",
    text="A dyke that should have been raised years ago gave way on Tuesday night, and the lower "
    "town of Lindhaven is under water. Nobody was missing by noon, said Henrike Solveig, who leads "
    "the rescue work.\n\n"
    + _PARAGRAPHS[2]
    + "\n\nResidents are furious. They ask why nothing has been done, though everybody knew what "
    "was coming. The plans have been ready since 2011 and would cost 27 million crowns, a sum that "
    "the region has twice refused to pay. Jasper Quill, the mayor, has promised to try once more.",
    hours=6,
)
FLOOD_REPORT = Piece(
    source="Lindhaven Echo",
    title="Night of the flood: how Lindhaven was evacuated",
    text="It was half past ten when the sirens began. Within an hour the Oskel stood in the market "
    "of Lindhaven, and the fire brigade went from door to door. Henrike Solveig, their commander, "
    "counted 340 who had to leave; the sports hall of Marbeck took them in.\n\n"
    "By morning the water at the mill had reached 6.84 metres. No flood since 1997 had come near "
    "that. Jasper Quill, the mayor, stood on the Tanners' Bridge and could not say when people may "
    "go home. At Pellow the weir is still blocked by a barge.",
    hours=7,
)
FLOOD_SPANISH = Piece(
    source="Diario del Norte",
    title="El río Oskel inunda Lindhaven y obliga a evacuar a 340 personas",
    text="El río Oskel desbordó sus diques en Lindhaven y anegó la parte baja de la ciudad. Unas "
    "340 personas fueron llevadas a un pabellón de Marbeck, según Henrike Solveig, que dirige el "
    "rescate. El nivel llegó a 6,84 metros en el viejo molino, más que en 1997. El alcalde, Jasper "
    "Quill, prometió levantar un dique más alto; costaría 27 millones. En Pellow, una presa "
    "bloqueada agravó la crecida.",
    language="es",
    hours=9,
)

MEETING = Piece(
    source="Adriatic Dispatch",
    title="Water council chief Ilir Dodani receives Marta Quispe in Durrës",
    text="The head of the Adriatic Water Council, Ilir Dodani, received Marta Quispe, director of "
    "the Peruvian foundation FUNDAGUA, in Durrës on 7 February 2024. They discussed how mountain "
    "springs may be shared by villages without meters. Ms Quispe presented a handbook written with "
    "shepherds of the Cusco highlands. Mr Dodani praised it and invited FUNDAGUA to the council's "
    "summer school. Both sides agreed to remain in contact.",
)
MEETING_NEXT_DAY = Piece(
    source="Adriatic Dispatch",
    title="Water council chief Ilir Dodani receives Tomas Brenner in Durrës",
    text="The head of the Adriatic Water Council, Ilir Dodani, received Tomas Brenner, "
    "secretary of the Upper Rhine Forum, in Durrës on 8 February 2024. The talk turned "
    "on salmon ladders, on dams that nobody owns any more, and on money for removing "
    "them. Mr Brenner spoke of forty weirs between Basel and Mannheim. Mr Dodani asked "
    "for the forum's figures. They will meet again in Strasbourg in May.",
    hours=25,
)
MEETING_OTHER_OUTLET = replace(MEETING_NEXT_DAY, source="Rhine Observer", hours=26)
PORT_STRIKE = Piece(
    source="Harbour Post",
    title="Crane drivers stop work in the port of Durrës",
    text="Crane drivers in the port of Durrës laid down their work on 7 February 2024. Their "
    "union wants a second man in each cabin at night. Four ships with grain and one with "
    "tiles lie in the roads. The port company called the demand reasonable and the "
    "moment badly chosen. Talks go on this evening; lorry owners fear a week of waiting.",
    hours=3,
)

_STATEMENT = (
    "“We have listened to every village along the line, we have walked the whole of it "
    "twice, in rain and in heat, and we have understood that a railway which nobody can "
    "board is only a noise in the night. Therefore there will be stations, nine of them, "
    "small ones with a roof and a bench and a clock, and every second train will stop at "
    "each. It will cost the travellers from city to city eleven minutes. I believe that "
    "they can spare them, and I believe that in ten years nobody will remember that it "
    "was ever otherwise.”"
)
QUOTE_ONE = Piece(
    source="Northern Gazette",
    title="Transport minister gives way on village stations",
    text="After months of protest the government has given way in the quarrel over the "
    f"eastern line. {_STATEMENT} With these words Berit Aune ended a meeting in Holm to "
    "which four hundred people had come by tractor. The opposition spoke of panic before "
    "the election in March.",
)
QUOTE_TWO = Piece(
    source="Engineering Weekly",
    title="Nine halts cost the eastern line eleven minutes, and its timetable",
    text="The decision upsets a timetable that planners had needed six years to build. "
    f"{_STATEMENT} So said the minister, Berit Aune, on Monday. Freight operators now lose two of "
    "their daily paths, and the signalling contract with Korvat must be written anew, at a price "
    "that nobody would name.",
    hours=5,
)

WEATHER_MONDAY = Piece(
    source="Valley Times",
    title="Weather for Tilburn: Monday",
    text="Monday begins with fog in Tilburn and along the lower Esk. By noon the sun comes "
    "through. Highs reach 9 degrees, lows at night fall to 2. A light wind blows from "
    "the south at 12 kilometres an hour. The sun rises at 7.14 and sets at 17.02. "
    "Pollen: none.",
)
WEATHER_TUESDAY = Piece(
    source="Valley Times",
    title="Weather for Tilburn: Tuesday",
    text="Tuesday begins with rain in Tilburn and along the lower Esk. By noon the sun comes "
    "through. Highs reach 6 degrees, lows at night fall to 1. A light wind blows from the west at "
    "25 kilometres an hour. The sun rises at 7.12 and sets at 17.04. Pollen: none.",
    hours=24,
)
WEATHER_ELSEWHERE = Piece(
    source="Coast Herald",
    title="Weather for Ostrand: Monday",
    text="Monday begins with fog in Ostrand and along the Hask coast. By noon the sun comes "
    "through. Highs reach 11 degrees, lows at night fall to 5. A light wind blows from "
    "the north at 18 kilometres an hour. The sun rises at 7.21 and sets at 17.11. "
    "Pollen: none.",
    hours=1,
)
MARKET_MONDAY = Piece(
    source="Capital Courier",
    title="Harlan index closes higher on Monday",
    text="The Harlan index closed 0.4 per cent higher at 7,512 points. Banks gained 1.2 per cent, "
    "led by Corvin with 2.9 per cent. Oil firms lost 0.7 per cent. The crown stood at 8.41 to the "
    "dollar. Turnover reached 3.1 billion crowns. Traders spoke of a quiet day before the figures "
    "on prices that are expected tomorrow.",
)
MARKET_TUESDAY = Piece(
    source="Business Morning",
    title="Harlan index closes lower on Tuesday",
    text="The Harlan index closed 1.3 per cent lower at 7,414 points. Banks gained 0.3 per cent, "
    "led by Corvin with 0.6 per cent. Oil firms lost 2.2 per cent. The crown stood at 8.57 to the "
    "dollar. Turnover reached 4.8 billion crowns. Traders spoke of a nervous day after the figures "
    "on prices that were published in the morning.",
    hours=24,
)
MATCH_ONE = Piece(
    source="Sport Today",
    title="Tilburn 2 Marbeck 1",
    text="Tilburn won their home match in the Northern League on Saturday. Ivo Lasker put the "
    "hosts ahead after 12 minutes with a header, and Sven Aldo scored the second from "
    "the spot shortly before the break. Marbeck came back through Noor Haddad in minute "
    "71 but could not force a draw. The referee showed four yellow cards. 2,140 people "
    "watched.",
)
MATCH_TWO = Piece(
    source="Sport Today",
    title="Ostrand 3 Pellow 1",
    text="Ostrand won their home match in the Northern League on Saturday. Milan Petz put the "
    "hosts ahead after 33 minutes with a header, and Jorge Lima scored the second from "
    "the spot shortly before the break. Pellow came back through Tom Exley in minute 58 "
    "but could not force a draw. The referee showed two yellow cards. 1,865 people "
    "watched.",
    hours=1,
)

ARABIC = Piece(
    source="صحيفة الميناء",
    title="افتتاح جسر جديد فوق وادي الزهور",
    text="افتتح وزير النقل صباح اليوم جسرا جديدا فوق وادي الزهور بعد ثلاث سنوات من العمل. "
    "ويبلغ طول الجسر 420 مترا، وقد شارك في بنائه أكثر من مئتي عامل من أبناء المنطقة. "
    "وقال المهندس سالم الحارثي إن الجسر سيختصر الطريق بين القرى الجبلية والسوق الكبير من "
    "ساعة إلى ربع ساعة. وعبر السكان عن فرحتهم بوصول الحافلات إلى بيوتهم أول مرة.",
    language="ar",
)
ARABIC_COPY = replace(
    ARABIC,
    source="أخبار الساحل",
    title="جسر يقرب القرى من السوق",
    text="وادي الزهور - " + ARABIC.text + " تابعوا أخبارنا كل صباح على صفحات أخبار الساحل.",
    hours=2,
)
RUSSIAN = Piece(
    source="Вестник Заречья",
    title="В Заречье открыли библиотеку на барже",
    text="В Заречье в среду открылась библиотека на старой барже. Пять тысяч книг привезли на "
    "лодках школьники и их родители. Заведующая Алла Никитина рассказала, что баржа "
    "будет ходить вверх по реке до посёлка Дальний и стоять у каждой пристани два дня. "
    "Читальный зал отапливается печью, которую сложил местный мастер Фёдор Гусев.",
    language="ru",
)
RUSSIAN_COPY = replace(
    RUSSIAN, source="Речная газета", title="Книги поплывут к читателям", language=None, hours=4
)
CHINESE = Piece(
    source="河口日报",
    title="老码头改建成图书馆",
    text="河口市的老码头经过两年改建，昨天作为图书馆重新开放。馆内收藏图书五万册，并设有儿童阅览室和"
    "盲文阅览室。馆长林素梅表示，图书馆每天开放到晚上十点，渔民可以凭船员证免费借书。不少居民冒雨前来"
    "参观，排起了长队。",
    language="zh",
)
CHINESE_COPY = replace(
    CHINESE,
    source="南湾晚报",
    title="五万册图书落户老码头",
    text="本报讯 " + CHINESE.text + "（记者 王立）",
    hours=3,
)

SINGLES = [
    Piece(
        source="Harbour Post",
        title="Baker leaves oven to apprentice",
        text="After fifty years at the same oven Gerda Almstad hands her bakery in Ropers' Lane to "
        "her apprentice, who is nineteen. The rye loaf stays as it is. The opening hours do not: "
        "he would like to sleep until four.",
        hours=2,
    ),
    Piece(
        source="Coast Herald",
        title="Seal naps on slipway, ferry waits",
        text="A grey seal slept for three hours on the slipway at Sandnes on Thursday. The ferry "
        "waited, its passengers took pictures, and the harbour master ate his lunch.",
        hours=8,
    ),
    Piece(
        source="Business Morning",
        title="Korvat buys maker of railway clocks",
        text="The signalling firm Korvat has bought Uhrwerk Lenz, which has made station clocks "
        "since 1888. The price was not disclosed. All 63 jobs in Aldersheim are said to be safe "
        "until 2027.",
        hours=11,
    ),
    Piece(
        source="Marbeck Mail",
        title="Choir looks for two basses",
        text="The church choir of Marbeck has eleven sopranos and one bass, and the bass is moving "
        "to Ostrand. Whoever can hold a low note may come on Monday evenings. Cake is provided.",
        hours=15,
    ),
]

FLOODS = [
    FLOOD, FLOOD_COPY, FLOOD_CUT, FLOOD_LOCAL, FLOOD_CORRECTED, FLOOD_REWRITE, FLOOD_REPORT,
    FLOOD_SPANISH,
]  # fmt: skip
APART = [
    MEETING, MEETING_NEXT_DAY, PORT_STRIKE, WEATHER_MONDAY, WEATHER_TUESDAY, WEATHER_ELSEWHERE,
    MARKET_MONDAY, MARKET_TUESDAY, MATCH_ONE, MATCH_TWO, *SINGLES,
]  # fmt: skip
"""Each is a story of its own."""
ALL = [
    *FLOODS, *APART, QUOTE_ONE, QUOTE_TWO, ARABIC, ARABIC_COPY, RUSSIAN, RUSSIAN_COPY, CHINESE,
    CHINESE_COPY,
]  # fmt: skip
