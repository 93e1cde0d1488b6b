"""Names of the months, so that a date is one fact in every language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from aggregator.core.text import fold

SHORT: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""How a month is written in a fact, whatever the language."""

MONTH_FIRST: Final = frozenset(["en", "hu", "ja", "ko", "lt", "zh", "az", "eu"])
"""Languages that write the month before the day, always or at times."""

ORDINAL_POINT: Final = frozenset(
    ["cs", "da", "de", "et", "fi", "hr", "hu", "lv", "nb", "nn", "no", "sk", "sl", "sr", "tr"]
)
"""Languages that write ordinal numbers, and so dates, with a full stop: 7. Februar."""

CAPITALISED: Final = frozenset(["en"])
"""Languages in which a word in small letters is no month: "may" and "march" are verbs."""

# January to December; forms of one month are parted by strokes, the one that dates use first.
_MONTHS = {
    "en": """january/jan february/feb march/mar april/apr may june/jun july/jul august/aug
        september/sep/sept october/oct november/nov december/dec""",
    "de": """januar/jan/jänner februar/feb/feber märz/mär april/apr mai juni/jun juli/jul august/aug
        september/sep/sept oktober/okt november/nov dezember/dez""",
    "fr": """janvier/janv février/févr mars avril/avr mai juin juillet/juil août septembre/sept
        octobre/oct novembre/nov décembre/déc""",
    "es": """enero/ene febrero/feb marzo abril/abr mayo junio/jun julio/jul agosto/ago
        septiembre/sept/sep/setiembre octubre/oct noviembre/nov diciembre/dic""",
    "it": """gennaio/gen febbraio/feb marzo aprile/apr maggio giugno/giu luglio/lug agosto/ago
        settembre/set ottobre/ott novembre/nov dicembre/dic""",
    "pt": """janeiro/jan fevereiro/fev março abril/abr maio junho/jun julho/jul agosto/ago
        setembro/set outubro/out novembro/nov dezembro/dez""",
    "ca": """gener febrer març abril maig juny juliol agost setembre octubre novembre desembre""",
    "nl": """januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug
        september/sep/sept oktober/okt november/nov december/dec""",
    "pl": """stycznia/styczeń/styczniu lutego/luty/lutym marca/marzec/marcu kwietnia/kwiecień
        maja/maj czerwca/czerwiec lipca/lipiec sierpnia/sierpień września/wrzesień
        października/październik listopada/listopad grudnia/grudzień""",
    "cs": """ledna/leden února/únor března/březen dubna/duben května/květen června/červen
        července/červenec srpna/srpen září října/říjen listopadu/listopad prosince/prosinec""",
    "sv": """januari/jan februari/feb mars april maj juni juli augusti/aug september/sept
        oktober/okt november/nov december/dec""",
    "da": """januar/jan februar/feb marts april maj juni juli august/aug september/sept
        oktober/okt november/nov december/dec""",
    "no": """januar/jan februar/feb mars april mai juni juli august/aug september/sept
        oktober/okt november/nov desember/des""",
    "fi": """tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta
        syyskuuta lokakuuta marraskuuta joulukuuta""",
    "hu": """január/jan február/febr március/márc április/ápr május/máj június/jún július/júl
        augusztus/aug szeptember/szept október/okt november/nov december/dec""",
    "ro": """ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie
        noiembrie decembrie""",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "az": """yanvar/yanvarın fevral/fevralın mart/martın aprel/aprelin may/mayın iyun/iyunun
        iyul/iyulun avqust/avqustun sentyabr/sentyabrın oktyabr/oktyabrın noyabr/noyabrın
        dekabr/dekabrın""",
    "id": """januari februari maret april mei juni juli agustus september oktober november
        desember""",
    "ru": """января/январь/янв февраля/февраль/фев марта/март апреля/апрель/апр мая/май июня/июнь
        июля/июль августа/август/авг сентября/сентябрь/сен октября/октябрь/окт
        ноября/ноябрь/ноя декабря/декабрь/дек""",
    "uk": """січня/січень лютого/лютий березня/березень квітня/квітень травня/травень
        червня/червень липня/липень серпня/серпень вересня/вересень жовтня/жовтень
        листопада/листопад грудня/грудень""",
    "el": """ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου
        οκτωβρίου νοεμβρίου δεκεμβρίου""",
    "ar": """يناير فبراير/شباط مارس/آذار أبريل/نيسان مايو/أيار يونيو/حزيران يوليو/تموز
        أغسطس/آب سبتمبر/أيلول أكتوبر نوفمبر ديسمبر""",
    "fa": """ژانویه فوریه مارس آوریل مه/می ژوئن ژوئیه/جولای اوت/آگوست سپتامبر اکتبر نوامبر
        دسامبر""",
    "he": "ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי "
    "אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "ja": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    "zh": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
    "ko": "1월 2월 3월 4월 5월 6월 7월 8월 9월 10월 11월 12월",
}
_LIKE = {"nb": "no", "nn": "no"}


def month_forms(language: str) -> tuple[tuple[str, ...], ...]:
    """For each month what it is called, the form that dates use first; empty: not known."""
    months = _MONTHS.get(_LIKE.get(language, language), "")
    return tuple(tuple(month.split("/")) for month in months.split())


@cache
def months_of(language: str) -> Mapping[str, int]:
    """Folded names, whole and short, and the number of the month they stand for, 1 to 12."""
    return {
        fold(form): number
        for number, forms in enumerate(month_forms(language), start=1)
        for form in forms
    }
