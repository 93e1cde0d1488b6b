"""The words that carry no news: function words, and the names of days and months.

Function words are left out of what articles are compared by, and tell the language of a text that
comes without one. Days and months count, but it is known of them before the stream can tell that
they are in many articles. The lists are short on purpose: what else is common, the stream says.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.core.monthnames import month_forms
from aggregator.core.text import fold

_LISTS = {
    "en": """a about after again against all also am among an and any are as at be because been
        before being both but by can could did do does doing down during each few for from further
        had has have having he her here him his how i if in into is it its itself just may me might
        more most must my no nor not now of off on once only or other our out over own per s same
        shall she should so some such t than that the their them then there these they this those
        through to too under until up upon very was we were what when where which while who whom
        whose why will with within without would you your said says say told according mr mrs ms""",
    "de": """aber alle als also am an auch auf aus bei beim bis da damit dann das dass dem den der
        des die dies diese dieser dieses doch dort durch ein eine einem einen einer eines er es
        etwa für gegen habe haben hat hatte hatten ich ihm ihr ihre im in ins ist ja kann kein keine
        können mehr mit nach nicht noch nun nur ob oder ohne sei sein seine seit sich sie sind so
        soll sowie über um und uns unter vom von vor war waren was weil wenn werde werden wie wieder
        will wir wird wo wurde wurden zu zum zur zwischen sagte""",
    "fr": """à afin ai ainsi alors après au aussi autre aux avait avant avec avoir c car ce ceci
        cela celle ces cet cette ceux chez comme contre d dans de depuis des deux donc dont du elle
        elles en encore entre est et été être eu fait il ils j je jusqu l la le les leur leurs lors
        lui m mais même moins n ne ni non nous on ont ou où par pas peu plus pour qu quand que qui
        quoi s sa sans se selon sera ses si son sont sous sur ta tous tout toute toutes très tu un
        une vers vous y a""",
    "es": """a al algo ante antes así aunque bajo cada como con contra cual cuando de del desde
        donde dos durante e el él ella ellos en entre era es esa ese eso esta está están este esto
        estos fue fueron ha había han hasta hay la las le les lo los más me mi mientras muy ni no
        nos o otra otro para pero poco por porque que qué quien se sea según ser si sí sido sin
        sobre son su sus también tan tras tiene todo todos tras un una uno unos y ya""",
    "it": """a abbiamo ad agli ai al alla alle allo anche ancora c che chi ci come con contro cui d
        da dagli dai dal dalla dalle degli dei del della delle dello dentro di dopo dove due e è ed
        era erano essere fa fino fra gli ha hanno i il in io l la le lei li lo loro lui ma mentre mi
        molto ne negli nei nel nella nelle nello noi non nostro o ogni per perché più poi prima
        quale quando quella quello questa queste questi questo qui sarà se secondo sei senza si sia
        sono sta stato su sua sue sui sul sulla suo tra tutti tutto un una uno""",
    "pt": """a à ainda ante ao aos apenas após as às assim até cada com como contra da das de
        depois desde do dos durante e é ela elas ele eles em entre era essa esse esta está este eu
        foi foram há isso já lhe mais mas mesmo muito na nas nem no nos não nós o onde os ou para
        pela pelas pelo pelos por porque qual quando que quem se segundo sem ser será seu seus sido
        sob sobre sua suas são também te tem têm ter um uma umas""",
    "nl": """aan al alle als ander andere bij dan dat de deze die dit doch door dus een eens en er
        ge geen geweest haar had heb hebben heeft hem het hier hij hoe hun ik in is ja je kan kon
        kunnen maar me meer men met mijn moet na naar niet nog nu of om omdat ook op over te tegen
        tot tussen uit van veel voor waar want waren was wat we werd wie wij worden wordt zal ze
        zegt zei zich zij zijn zo zonder zou""",
    "pl": """a aby ale bez bo by być był była były co czy dla do gdy gdzie go i ich im jak jako je
        jego jej jest już lub ma między może na nad nie niż o od oraz po pod przed przez przy są się
        tak także też to tego tej ten tylko tym u w we według więc z za ze że został""",
    "sv": """alla att av blev bli då de del dem den denna det detta där efter ej eller en ett för
        från ha hade han har hon i in inte ja jag kan kommer man med men mot nu när och om på
        sade samt sig sin sina skulle som så till under upp ut vad var vi vid vill är över""",
    "tr": """ama ancak bir biri birçok bu bunu da daha de değil diye en gibi göre hem her için ile
        ise kadar ki mi mı ne o olan olarak oldu olduğu olduğunu onun sonra şu tarafından tüm üzere
        var ve veya ya yok""",
    "ru": """а без бы был была были было быть в вам вас во вот все всех вы где да для до его ее если
        есть еще же за и из или им их к как ко который которая которые когда кто ли между мы на над
        не него нее нет ни них но о об однако он она они оно от по под при с со так также там то
        того тоже только том у уже что чтобы эта эти это этого этой этом этот я""",
    "uk": """а або але без би був була були було в вже ви від він вона вони все для до його її з за
        і із й та так також те ти то у цей це ця чи що щоб як яка який які коли на не ні ну по під
        про при між ми""",
    "ar": """أن إن أو أي إلى الا التي الذي الذين أما أنه إنه بعد بين تم ثم حتى حول خلال ذلك سوف
        على عن عند غير في قال قبل قد كان كانت كل كما لا لم لن له لها ما مع من منذ هذا هذه هو هي و
        وقال وقد ولا ومن يوم""",
    "fa": """از است اند این آن با باید بر برای به بود تا خود در را شد شده که می نیز و هم های یک""",
    "az": """bir bu da də edib edilib ilə isə kimi olan olub onun üçün və ki həm daha çox sonra""",
}

# Of English also what months are called in short: it writes them so.
_DAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday feb aug sept oct nov dec",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda terça quarta quinta sexta sábado domingo feira",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pl": "poniedziałek wtorek środa środę czwartek piątek sobota sobotę niedziela niedzielę",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "ru": """понедельник вторник среда среду четверг пятница пятницу суббота субботу
        воскресенье""",
    "uk": "понеділок вівторок середа середу четвер пятницю субота суботу неділя неділю",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
}

_MARKS = {
    language: frozenset(fold(word) for word in words.split()) for language, words in _LISTS.items()
}

_SCRIPTS = (
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("zh", "\u4e00", "\u9fff"),
    ("th", "\u0e00", "\u0e7f"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("hi", "\u0900", "\u097f"),
    ("hy", "\u0530", "\u058f"),
    ("ka", "\u10a0", "\u10ff"),
    ("ta", "\u0b80", "\u0bff"),
)


def common_words(language: str) -> frozenset[str]:
    """Folded function words of a language; empty for one that has no list."""
    return _MARKS.get(language, frozenset())


def calendar_words(language: str | None = None) -> list[str]:
    """Names of days and months in a language, but for one that is a function word too; None: in
    all of them."""
    if language is None:
        return [word for known in _DAYS for word in calendar_words(known)]
    if language not in _DAYS:
        return []
    months = [forms[0] for forms in month_forms(language)]
    return [*_DAYS[language].split(), *(word for word in months if word not in _MARKS[language])]


def guess_language(words: Iterable[str]) -> str:
    """The language whose function words are most of `words`, else the one of the script, else "".

    A guess by 1 word in 12, and by two of them unless there are no more than 12 in all; for
    grouping, where a wrong guess costs little.
    """
    folded = [fold(word) for word in words]
    if not folded:
        return ""
    language = max(_MARKS, key=lambda known: sum(word in _MARKS[known] for word in folded))
    found = sum(word in _MARKS[language] for word in folded)
    if found * 12 >= len(folded) and found >= (1 if len(folded) <= 12 else 2):
        return language
    return _by_script(folded)


def _by_script(words: list[str]) -> str:
    initials = [word[0] for word in words]
    for language, first, last in _SCRIPTS:
        if 4 * sum(first <= char <= last for char in initials) > len(initials):
            return language
    return ""
