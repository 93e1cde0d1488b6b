"""How articles are scored against hand-made bodies and known facts."""

from __future__ import annotations

import random
import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

from aggregator.types import ArticleText
from benchmarks.extract_pages import Page, Read

FACTS = ("title", "authors", "date", "image")
RESAMPLES = 2_000

_TOKEN = re.compile(r"\w+")
_APOSTROPHE = re.compile("['’]")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyScore:
    """Of a page, or the averages over pages."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


# --- bodies ---------------------------------------------------------------------------------------


def shingle_score(gold: str, found: str) -> BodyScore:
    """Of 4-token shingles, as the article-extraction-benchmark defines it."""
    return _overlap(_shingles(gold), _shingles(found))


def paragraph_score(gold: Iterable[str], found: str) -> BodyScore:
    """Of whole paragraphs: one counts when its words are exactly those of a hand-made one.

    Case, punctuation and white space do not matter. Every line of `found` is a paragraph.
    """
    return _overlap(Counter(_paragraphs("\n".join(gold))), Counter(_paragraphs(found)))


def mean_score(scores: Sequence[BodyScore]) -> BodyScore:
    """Averages of precision and recall; their F1 is that of the averages."""
    return BodyScore(
        precision=statistics.fmean(score.precision for score in scores),
        recall=statistics.fmean(score.recall for score in scores),
    )


def score_bodies(pages: Iterable[Page], gold: str, extract: Read) -> BodyScore:
    """`gold`: the field that holds the hand-made body."""
    return mean_score([shingle_score(page[gold], text_of(extract(page))) for page in pages])


def interval(scores: Sequence[BodyScore]) -> tuple[float, float]:
    """In which the F1 of the averages lies 95 times in 100, with other pages of the same kind."""
    f1s = sorted(mean_score([scores[i] for i in drawn]).f1 for drawn in _draws(len(scores)))
    return f1s[round(0.025 * RESAMPLES)], f1s[round(0.975 * RESAMPLES) - 1]


def share_above(ours: Sequence[BodyScore], theirs: Sequence[BodyScore]) -> float:
    """Of how many drawings of pages ours has the higher F1."""
    wins = 0
    for drawn in _draws(len(ours)):
        mine, other = ([scores[i] for i in drawn] for scores in (ours, theirs))
        wins += mean_score(mine).f1 > mean_score(other).f1
    return wins / RESAMPLES


def text_of(found: ArticleText | None) -> str:
    return found.text if found else ""


def excerpts(text: str, other: str, most: int = 3) -> list[tuple[int, str]]:
    """The longest runs of words of one text that the other lacks: their number and beginning."""
    tokens, known = _TOKEN.findall(text), _shingles(other)
    runs, run = [], list[str]()
    for start in range(len(tokens)):
        if tuple(tokens[start : start + 4]) in known:
            runs.append(run)
            run = []
        else:
            run.append(tokens[start])
    longest = sorted([*runs, run], key=len, reverse=True)[:most]
    return [(len(words), " ".join(words)[:160]) for words in longest if len(words) > 3]


def _draws(size: int) -> Iterable[list[int]]:
    """Pages drawn with replacement, the same ones every time."""
    chance = random.Random(7)
    everything = range(size)
    return (chance.choices(everything, k=size) for _ in range(RESAMPLES))


def _overlap(wanted: Counter[Hashable], got: Counter[Hashable]) -> BodyScore:
    common = (wanted & got).total()
    return BodyScore(
        precision=common / got.total() if got else float(not wanted),
        recall=common / wanted.total() if wanted else float(not got),
    )


def _shingles(text: str, size: int = 4) -> Counter[Hashable]:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return Counter()
    ends = range(max(1, len(tokens) - size + 1))
    return Counter(tuple(tokens[start : start + size]) for start in ends)


def _paragraphs(text: str) -> list[Hashable]:
    words = (tuple(_words(line)) for line in text.splitlines())
    return [paragraph for paragraph in words if paragraph]


# --- facts ----------------------------------------------------------------------------------------


def score_metadata(pages: Iterable[Page], extract: Read) -> dict[str, float]:
    """Share of pages that have each fact right, of those whose right value is known."""
    return share_right([(page, extract(page)) for page in pages])


def share_right(found: Iterable[tuple[Page, ArticleText | None]]) -> dict[str, float]:
    """The same of what has been extracted already."""
    right: dict[str, list[bool]] = {}
    for page, article in found:
        for name, correct in judge(page, article or ArticleText(title="", text="")):
            right.setdefault(name, []).append(correct)
    return {name: statistics.fmean(right[name]) for name in FACTS if name in right}


def judge(page: Page, found: ArticleText) -> Iterable[tuple[str, bool]]:
    """Each fact whose right value is known, and whether it was found."""
    if page["gold_title"]:
        yield "title", _words(page["gold_title"]) == _words(found.title)
    if page["gold_authors"]:
        yield "authors", _names(page["gold_authors"]) == _names(found.authors)
    if page["gold_date"]:
        yield "date", days_off(page, found) == 0
    if page["gold_image"]:
        yield "image", _file_name(page["gold_image"]) == _file_name(found.image_url or "")


def days_off(page: Page, found: ArticleText) -> int | None:
    """Between the days of publication, both in UTC; None: no day was found."""
    if found.published_at is None:
        return None
    right = date.fromisoformat(page["gold_date"][:10])
    return abs((found.published_at.date() - right).days)


def dated_within(days: int, found: Iterable[tuple[Page, ArticleText | None]]) -> float:
    """Share of pages with a date right to so many days: the outlet's day may differ from UTC's."""
    right = [
        article is not None and (off := days_off(page, article)) is not None and off <= days
        for page, article in found
        if page["gold_date"]
    ]
    return statistics.fmean(right)


def unlabelled_authors(found: Iterable[tuple[Page, ArticleText | None]]) -> float:
    """Share of pages without an author in the labels that were given one; many of them have one."""
    named = [
        bool(article and article.authors) for page, article in found if not page["gold_authors"]
    ]
    return statistics.fmean(named)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).lower()
    return _TOKEN.findall(_APOSTROPHE.sub("", folded))


def _names(authors: Iterable[str]) -> set[str]:
    return set(_words(" ".join(authors))) - {"and", "by"}


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]
