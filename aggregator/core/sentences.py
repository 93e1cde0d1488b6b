"""The first sentences of a report, taken as they stand. No model, no library: a few rules."""

from __future__ import annotations

import re

from aggregator.core.text import clean_line, clean_text, fold, shorten

# A sentence ends at one of these marks with any closing quotes or brackets, before white space;
# the wide marks of Chinese and Japanese need no space after them, and inside a quotation they
# rarely end the sentence around it.
_END = re.compile(r"""(?:[.!?…؟۔।]+["'”’»)\]]*(?=\s)|[。！？]+(?![」』”’）])(?=.))""")
_TERMINATED = re.compile(r"""[.!?…؟۔।。！？]["'”’»)\]」』）]*$""")
# Before a full stop these do not end a sentence; compared without case.
_ABBREVIATIONS = frozenset(
    {"adm", "bzw", "ca", "capt", "cf", "col", "dra", "dr", "etc", "fig", "gen", "gov", "inc"}
    | {"jr", "lt", "ltd", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "nr", "pp", "prof"}
    | {"rep", "rev", "sen", "sgt", "sr", "sra", "st", "usw", "vol", "vs", "zb"}
    | {"jan", "feb", "aug", "sept", "oct", "okt", "nov", "dec", "dez"}
)
_LAST_WORD = re.compile(r"([^\W_]+(?:\.[^\W_]+)*)\.$")
_CUT = "…"
_WIDE = ("。", "！", "？")


def split_sentences(text: str) -> tuple[str, ...]:
    """Sentences of plain text, each on one line; the end of a paragraph always ends one.

    A full stop does not end a sentence where the next word begins in small letters, nor after a
    known abbreviation, a single letter (initials, "U.S.") or a number of one or two digits (a
    German date, as in "am 3. Mai"): two sentences run together read better than half a one.
    """
    found: list[str] = []
    for paragraph in clean_text(text).split("\n\n"):
        line = clean_line(paragraph)
        start = 0
        for match in _END.finditer(line):
            if _ends(line[start : match.end()], line[match.end() :].lstrip()):
                found.append(line[start : match.end()].strip())
                start = match.end()
        if rest := line[start:].strip():
            found.append(rest)
    return tuple(found)


def lead_sentences(excerpt: str, *, title: str, target: int = 220, limit: int = 480) -> str:
    """Two sentences of the excerpt, a third when they are short; "" when there is nothing to say.

    Sentences are whole ones, so bylines, datelines and the cut-off end of the excerpt are passed
    over, as is a line that repeats the title. A third sentence is added while the first two have
    fewer than `target` characters; nothing passes `limit` characters. An excerpt without a whole
    sentence is shortened to `limit`.
    """
    known = fold(clean_line(title)).rstrip(".!? ")
    candidates = [
        sentence for sentence in split_sentences(excerpt) if fold(sentence).rstrip(".!?… ") != known
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
    if not following:
        return True
    if following[0].islower():
        return False
    word = _LAST_WORD.search(sentence)
    if word is None:
        return True
    last = word[1].rpartition(".")[2]
    ordinal = last.isdecimal() and len(last) <= 2
    return not (ordinal or fold(last) in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()))
