"""News agencies: their names, the abbreviations they sign with, and one name for each."""

from __future__ import annotations

import re

from aggregator.core.text import fold

_AGENCIES = """
    Reuters: Thomson Reuters | Reuters News Agency | Reuters News | رائٹرز | رويترز
    Reuters: Рейтер | 路透社 | 路透
    AP: Associated Press | The Associated Press | The AP | ا ف ا | أسوشيتد برس | 美联社
    AFP: Agence France-Presse | Agence France Presse | l'AFP
    AFP: اے ایف پی | أ ف ب | فرانس برس | 法新社
    dpa: Deutsche Presse-Agentur | dpa international | dpa-infocom | dpa-AFX | 德新社
    Xinhua: Xinhua News Agency | Xinhuanet | ژنہوا | شينخوا | 新华社 | 新華社
    APP: Associated Press of Pakistan | The Associated Press of Pakistan | اے پی پی
    PTI: Press Trust of India | The Press Trust of India
    IANS: Indo-Asian News Service
    ANI: Asian News International
    UNI: United News of India
    UPI: United Press International
    EFE: Agencia EFE | EFE News
    Europa Press:
    ANSA: Agenzia ANSA
    Adnkronos:
    AGI: Agenzia Italia
    LaPresse:
    APA: Austria Presse Agentur
    Keystone-SDA: Keystone-ATS | sda | SDA-ATS
    Belga: Agence Belga | Belga News Agency
    ANP: Algemeen Nederlands Persbureau
    TT: TT Nyhetsbyrån | Tidningarnas Telegrambyrå
    NTB: Norsk Telegrambyrå
    Ritzau:
    STT: Suomen Tietotoimisto
    PAP: Polska Agencja Prasowa
    CTK: ČTK | Česká tisková kancelář
    TASR: Tlačová agentúra Slovenskej republiky
    MTI: Magyar Távirati Iroda
    Agerpres:
    BTA: БТА | Bulgarian News Agency
    Hina: HINA
    Tanjug: Танјуг
    AMNA: ANA-MPA | ΑΠΕ-ΜΠΕ
    AA: Anadolu Agency | Anadolu | Anadolu Ajansı | Anadolu Agency (AA) | الأناضول
    DHA: Demirören Haber Ajansı
    IHA: İhlas Haber Ajansı
    TASS: ITAR-TASS | ТАСС | ИТАР-ТАСС | تاس | 塔斯社
    RIA Novosti: РИА Новости
    Interfax: Интерфакс
    Sputnik:
    Ukrinform: Укрінформ | Укринформ
    Interfax-Ukraine: Інтерфакс-Україна
    Trend:
    Report:
    Azertag: AZERTAC | Azərtac
    KUNA: Kuwait News Agency | كونا
    SPA: Saudi Press Agency | واس
    WAM: Emirates News Agency | وام
    QNA: Qatar News Agency | قنا
    MENA: Middle East News Agency
    MAP: Maghreb Arabe Presse
    APS: Algérie Presse Service
    TAP: Tunis Afrique Presse
    SANA: سانا
    IRNA: ایرنا | إرنا
    Fars: Fars News Agency
    Tasnim: Tasnim News Agency
    NNA:
    Kyodo: Kyodo News | 共同通信 | 共同社
    Jiji Press: Jiji | 時事通信 | 时事社
    Yonhap: Yonhap News Agency | 연합뉴스 | 韩联社
    KCNA: Korean Central News Agency | 朝中社
    CNA: Central News Agency | 中央社
    CNS: China News Service | 中新社 | 中新网
    Bernama: BERNAMA
    Antara: ANTARA
    VNA: Vietnam News Agency | TTXVN
    AAP: Australian Associated Press
    CP: The Canadian Press | Canadian Press | La Presse canadienne
    PA: PA Media | Press Association | PA News Agency
    Télam: Telam
    Agência Brasil: Agencia Brasil
    Lusa: Agência Lusa
    Notimex:
    Prensa Latina:
    Bloomberg: Bloomberg News
    Dow Jones: Dow Jones Newswires
    NAN: News Agency of Nigeria
    SAnews:
    GNA: Ghana News Agency
    BSS: Bangladesh Sangbad Sangstha
    UNB: United News of Bangladesh
    SID: Sport-Informations-Dienst
    epd: Evangelischer Pressedienst
    KNA: Katholische Nachrichten-Agentur
    INP: Independent News Pakistan
    NNI: News Network International
    PPI: Pakistan Press International
    Online: Online News Agency
"""
_AMBIGUOUS = frozenset({"trend", "report", "online", "map", "tap", "pa", "aa", "tt", "cp", "uni"})
"""Names that are common words or stand for much else: believed only where nothing but an agency's
name can stand, in the brackets of a dateline."""


def _table() -> dict[str, str]:
    found = {}
    for line in _AGENCIES.strip().split("\n"):
        name, _, others = line.strip().partition(":")
        for other in (name, *others.split("|")):
            if other.strip():
                found[_key(other)] = name
    return found


def _key(name: str) -> str:
    """For comparing: letters and digits in lower case, without diacritics."""
    return re.sub(r"[\W_]+", " ", fold(name)).strip()


_BY_KEY = _table()


def agency(name: str, *, in_brackets: bool = False) -> str | None:
    """The one name of an agency; None: it is none that is known.

    `in_brackets`: it stands where a dateline names its agency.
    """
    if len(name) > 80:
        return None
    key = _key(name)
    known = _BY_KEY.get(key) or _BY_KEY.get(key.removeprefix("the "))
    return known if in_brackets or key not in _AMBIGUOUS else None


def agencies(value: str, *, in_brackets: bool = False) -> tuple[str, ...] | None:
    """Those in a list of nothing else ("dpa/AFP", "Reuters, AP and APP"); None: it is no such list.

    "agencies", "inputs from" and the like name nobody and do no harm.
    """
    found = []
    for part in _BETWEEN.split(value):
        name = _FILLING.sub("", part.strip(" .:;()[]")).strip()
        if name and not _NOBODY.fullmatch(name):
            known = agency(name, in_brackets=in_brackets)
            if known is None:
                return None
            found.append(known)
    return tuple(dict.fromkeys(found))


_BETWEEN = re.compile(
    r"[,;/|+&،、•·]|\s[-–—]\s"
    r"|\s(?:and|und|et|e|y|with|mit|avec|con|com|en|och|og|и|та|و|اور|和)\s"
)
_FILLING = re.compile(
    r"^(?:(?:with\s+)?(?:inputs?|reports?)\s+from|from|via|the)\s+", re.IGNORECASE
)
_NOBODY = re.compile(
    r"(?:news )?(?:agenc(?:y|ies)|wires?|wire services?)|agenturen|agences|agencias|agenzie"
    r"|agências|агентства|وكالات|ایجنسیاں|通讯社|(?:our )?(?:staff|correspondent|reporter)s?"
    r"|monitoring(?: desk)?",
    re.IGNORECASE,
)
