"""The first sentences of a report, taken as they stand. No model writes them.

Where sentences end is told by sentencex (https://github.com/wikimedia/sentencex), which knows the
marks and abbreviations of some 240 languages. Where it may be wrong, two sentences are left
together: that reads better than half a one.
"""

from __future__ import annotations

import re

import sentencex  # type: ignore[import-untyped]

from aggregator.core.language_tags import primary_subtag
from aggregator.core.text import clean_line, clean_text, fold, shorten

_TERMINATED = re.compile(r"""[.!?…؟۔।॥։።။។。！？]["'”’»)\]」』）]*$""")
# Inside a quotation the wide marks rarely end the sentence around it.
_QUOTED = re.compile(r"[。！？]+[」』”’）]+$")
# Before a full stop these do not end a sentence; compared without case.
_ABBREVIATIONS = frozenset(
    {"adm", "bzw", "ca", "capt", "cf", "col", "dra", "dr", "etc", "fig", "gen", "gov", "inc"}
    | {"jr", "lt", "ltd", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "nr", "pp", "prof"}
    | {"rep", "rev", "sen", "sgt", "sr", "sra", "st", "usw", "vol", "vs", "zb"}
    | {"av", "dhr", "dott", "godz", "kl", "mevr", "sig", "ul", "им", "ул"}
    | {"jan", "feb", "aug", "sept", "oct", "okt", "nov", "dec", "dez"}
)
_LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)\.$")
_LONGEST_WORD = 60
_CUT = "…"
_WIDE = ("。", "！", "？", "」", "』", "）")
_USUAL = "en"


def split_sentences(text: str, *, language: str | None = None) -> tuple[str, ...]:
    """Sentences of plain text, each on one line; the end of a paragraph always ends one.

    `language` is a BCP 47 tag; None: not known. A full stop does not end a sentence where the next
    word begins in small letters or without a space, nor after a known abbreviation, a single letter
    (initials, "U.S.") or a number of one or two digits (a German date, as in "am 3. Mai").
    """
    tag = primary_subtag(language or "") or _USUAL
    found: list[str] = []
    for paragraph in clean_text(text).split("\n\n"):
        started = ""
        # It panics at white space of other kinds than are left here, and at lone surrogates.
        for piece in sentencex.segment(tag, clean_line(paragraph)):
            if started and _ends(started, piece):
                found.append(started.strip())
                started = ""
            started += piece
        if started.strip():
            found.append(started.strip())
    return tuple(found)


def lead_sentences(
    excerpt: str, *, title: str, language: str | None = None, target: int = 220, limit: int = 480
) -> str:
    """Two sentences of the excerpt, a third when they are short; "" when there is nothing to say.

    Sentences are whole ones, so bylines, datelines and the cut-off end of the excerpt are passed
    over, as is a line that repeats the title. A third sentence is added while the first two have
    fewer than `target` characters; nothing passes `limit` characters. An excerpt without a whole
    sentence is shortened to `limit`.
    """
    known = fold(clean_line(title)).rstrip(".!? ")
    candidates = [
        sentence
        for sentence in split_sentences(excerpt, language=language)
        if fold(sentence).rstrip(".!?… ") != known
    ]
    whole = [sentence for sentence in candidates if _is_whole(sentence)]
    if not whole:
        return shorten(" ".join(candidates), limit)
    taken: list[str] = []
    length = 0
    for sentence in whole[:3]:
        if taken and (length + len(sentence) >= limit or (len(taken) == 2 and length >= target)):
            break
        taken.append(sentence)
        length += len(sentence) + 1
    return shorten(_join(taken), limit)


def _join(sentences: list[str]) -> str:
    """Sentences in a row; the wide marks carry their own space."""
    return "".join(
        sentence if sentence.endswith(_WIDE) else f"{sentence} " for sentence in sentences
    ).rstrip()


def _is_whole(sentence: str) -> bool:
    return _TERMINATED.search(sentence) is not None and not sentence.endswith(_CUT)


def _ends(sentence: str, following: str) -> bool:
    """Whether the mark at the end of `sentence` closes it, given what follows."""
    first = following[:1]
    if first.islower() and first.title() != first:  # the letters of Georgian have one case in use
        return False
    if sentence.endswith(".") and first.isalnum():  # no space: "ASP.NET"
        return False
    end = sentence.rstrip()[-_LONGEST_WORD:]
    if _QUOTED.search(end):
        return False
    word = _LAST_WORD.search(end)
    if word is None:
        return True
    last = word[1].rpartition(".")[2]
    ordinal = last.isdecimal() and len(last) <= 2
    return not (ordinal or fold(last) in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()))
