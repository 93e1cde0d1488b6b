"""Stems of words as a search index has them. The only importer of snowballstemmer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Final

import snowballstemmer

from aggregator.core.searchwords import index_words

STEMS_VERSION: Final = 1
"""Goes up whenever a word gets another stem, by what stands here or by another Snowball: stems that
are stored are then made again."""

KNOWN: Final = 100_000
"""So many words are remembered of a language; then it begins anew."""

STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nl": "dutch", "no": "norwegian", "nb": "norwegian", "nn": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's name of a language's stemmer, by primary subtag."""

_OTHER_BEGINNINGS: Final = frozenset({"ar", "fa", "ga", "id", "nl", "sr", "ta", "tr", "yi"})
"""Their stemmers take syllables from the beginning of a word, too, or write it in other letters."""


# Snowball knows most endings with their accents only, and a word of the index has none. Those that
# a language nearly always writes with one get it back before they are looked at. Of the pairs of
# forms that Snowball joins among the 25,000 commonest words, folding alone would part 25 % in
# Arabic, 29 % in Czech, 19 % in French, 28 % in Polish, 31 % in Turkish; so it is 3 to 8 %.
_ENDINGS: Final = {
    "ar": "ة ائي ائية",
    "ca": "ió",
    "cs": "ní ím ých ích ého ému ké ání ýmu ýmž ým ými ími ího ímu ové ový ský ká ám ách ík jí jící"
    " ční ální ější ším íme ců ší",
    "es": "ión ería iría arían erían irían aríamos eríamos ábamos íamos logía tió vió dió eció ían"
    " irá tía ndía",
    "fr": "ée ées ère ères èrent alité alités ilité ilités arité orité ivité osité",
    "hu": "ás ása ási ást ások ában ére ése ést ési ség ében ság ára ető ató ják ját ió zés ális"
    " ény ány ába ávál ége ója sát sét ból ról tól ért ként nál nél",
    "it": "lità",
    "lt": "ių tų nės jų čių nų ėjo kų ėje ėti tės lų rų škai ųjų bės čiai čio čius žių"
    " ėja ėjau ėjai ėjas ėjų ėjus ėmis ėse mės omės čios čiau čias jęs ėjęs iška škas ška škos"
    " žiai",
    "pl": "ać ić eć yć ść ał ił ył ów ła ści ają ło łem ły kę łam jąc ują ące ący ąca ących ącym"
    " śmy ście",
    "pt": "ão ção ável áveis ível íveis ário ários ência ância nça oes:ão coes:ção",
    "ro": "ată ții ză ție ală ția ând ști ește scă ării ției iți și tică eți ilă nți țiilor ați",
}
"""As they are written; or as they are folded, and what is looked at in their place."""
_LONGEST = 6
"""Letters of an ending."""


def stemmer(language: str) -> Callable[[str], str]:
    """A function for one thread at a time; it gives words back as they are where there is none."""
    name = STEMMERS.get(language)
    if name not in snowballstemmer.algorithms():
        return str
    stem_word: Callable[[str], str] = snowballstemmer.stemmer(name).stemWord
    return stem_word


def stem(language: str, word: str) -> str:
    """What the forms of a word have in common; the word itself where no stemmer is known.

    `language` is a primary subtag, or "" for one that is not known; `word` is one of
    `searchwords.index_words`, so that a search and a text agree however either is accented.
    """
    return stems(language)[word]


def stems(language: str) -> Mapping[str, str]:
    """Of each word its `stem`, for who asks for many of one language."""
    found = _STEMS.get(language)
    if found is None:
        if language not in STEMMERS:
            return _UNCHANGED
        found = _STEMS.setdefault(language, _Stems(language))
    return found


def keeps_beginnings(language: str) -> bool:
    """Whether every word and its stem begin with the same letter."""
    return language not in _OTHER_BEGINNINGS


class _Unchanged(dict[str, str]):
    def __missing__(self, word: str) -> str:
        return word


class _Stems(dict[str, str]):
    """The stems of words of a language; any thread may use it."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stem = stemmer(language)
        self._endings: dict[str, str] = {}
        for entry in _ENDINGS.get(language, "").split():
            folded, _, ending = entry.rpartition(":")
            self._endings["".join(index_words(folded or ending))] = ending
        self._turkish = language == "tr"
        self._lock = Lock()  # a stemmer works on one word at a time

    def __missing__(self, word: str) -> str:
        accented = self._accented(word)
        with self._lock:
            found = self._stem(accented)
        found = "".join(index_words(found)) or word
        if len(self) >= KNOWN:
            self.clear()
        self[word] = found
        return found

    def _accented(self, word: str) -> str:
        if self._turkish:
            return _in_harmony(word)
        for at in range(max(len(word) - _LONGEST, 2), len(word)):
            if ending := self._endings.get(word[at:]):
                return word[:at] + ending
        return word


def _in_harmony(word: str) -> str:
    """Turkish with the vowels of its last `a` or `e`, which its endings have, and with `ğ`, `ş`."""
    back, front = word.rfind("a"), word.rfind("e")
    if back > front:
        word = word.replace("i", "ı")
    elif front > back:
        word = word.translate(_FRONT)
    return _PAST.sub("ş", _SOFT_G.sub("ğ", word))


_FRONT: Final = str.maketrans("uo", "üö")
_SOFT_G: Final = re.compile("(?<=[aeıioöuü])g(?=[aeıioöuü])")
_PAST: Final = re.compile("(?<=m[ıiuü])s")

_UNCHANGED: Final = _Unchanged()
_STEMS: Final[dict[str, _Stems]] = {}
