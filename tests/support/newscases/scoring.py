"""What grouping gets wrong of the cases, by category.

Each case is run alone, and all of them in one stream. A fault is one of

- "joined": put into a story of other articles;
- "torn": begins a story though its own is there;
- "relation": in its story, but by a relation that is not right, or hanging on another article;
- "link": begins a story that should have been linked with an earlier one, or was linked with one
  that has nothing to do with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from aggregator.types import Assignment, GroupInput, Relation
from newscases import cases, item_of, one_stream
from newscases.model import Article

KINDS = ("joined", "torn", "relation", "link")


class Decider(Protocol):
    """A Grouper, or a rule to compare it with."""

    def add(self, item: GroupInput) -> Assignment: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    article: Article
    kind: str
    said: str
    """What is wrong, and the reason that grouping gave."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.article.id} ({self.article.title}) {self.said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table."""

    category: str
    stream: bool
    """Whether all cases were in one stream."""
    articles: int
    wrong: int
    """Articles with a fault."""
    faults: tuple[tuple[str, int], ...]
    """How many there are of each kind, in the order of KINDS."""


def faults(articles: Sequence[Article], decider: Decider) -> list[Fault]:
    """Of articles in order of time, each decided upon as it comes."""
    known = {article.id: article for article in articles}
    at_home: set[str] = set()
    found: list[Fault] = []
    for article in articles:
        answer = decider.add(item_of(article))
        root = known[str(answer.story)].story
        fault = _fault(article, answer, root, begun=article.story in at_home)
        if fault:
            found.append(Fault(article=article, kind=fault[0], said=f"{fault[1]} [{answer.why}]"))
        else:
            found.extend(_link_fault(article, answer, known))
        if root == article.story:
            at_home.add(root)
    return found


def _fault(
    article: Article, answer: Assignment, root: str, *, begun: bool
) -> tuple[str, str] | None:
    if root != article.story:
        return "joined", f"is put into the story of {answer.story} as {answer.relation}"
    if answer.relation is Relation.NEW and begun and "new" not in article.relations:
        return "torn", f"begins a story; right is {_right(article)}"
    if answer.relation is not Relation.NEW or begun:
        if answer.relation.value not in article.relations:
            return "relation", f"is {answer.relation} of {answer.of}; right is {_right(article)}"
        if article.of is not None and answer.of != article.of:
            return "relation", f"is {answer.relation} of {answer.of}; right is of {article.of}"
    return None


def _link_fault(article: Article, answer: Assignment, known: dict[str, Article]) -> Iterator[Fault]:
    linked = None if answer.continues is None else known[str(answer.continues)]
    if article.continues is not None and answer.relation is Relation.NEW:
        if linked is None or linked.story != article.continues:
            said = f"is not linked with {article.continues} but {answer.continues}"
            yield Fault(article=article, kind="link", said=f"{said} [{answer.why}]")
    elif linked is not None and _case_of(linked) != _case_of(article):
        said = f"is linked with {linked.id}"
        yield Fault(article=article, kind="link", said=f"{said} [{answer.why}]")


def _case_of(article: Article) -> str:
    return article.id.rpartition("/")[0]


def _right(article: Article) -> str:
    return " or ".join(sorted(article.relations))


def score_cases(make: Callable[[], Decider]) -> list[Row]:
    """By category: each case by itself, then all in one stream. `make` gives an empty decider."""
    category_of = {article.id: case.category for case in cases() for article in case.articles}
    alone = [fault for case in cases() for fault in faults(case.articles, make())]
    together = faults(one_stream(), make())
    sizes = Counter(category_of.values())
    rows = []
    for stream, found in ((False, alone), (True, together)):
        for category, size in sizes.items():
            here = [fault for fault in found if category_of[fault.article.id] == category]
            kinds = Counter(fault.kind for fault in here)
            rows.append(
                Row(
                    category=category,
                    stream=stream,
                    articles=size,
                    wrong=len({fault.article.id for fault in here}),
                    faults=tuple((kind, kinds[kind]) for kind in KINDS),
                )
            )
    return rows


def table(rows: Sequence[Row]) -> str:
    """As text, for a terminal."""
    lines = [f"{'category':28} {'run':7} {'articles':>8} {'right':>6} {'wrong':>6}  faults"]
    for row in rows:
        run = "stream" if row.stream else "alone"
        kinds = ", ".join(f"{count} {kind}" for kind, count in row.faults if count)
        right = row.articles - row.wrong
        lines.append(
            f"{row.category:28} {run:7} {row.articles:8} {right:6} {row.wrong:6}  {kinds}".rstrip()
        )
    return "\n".join(lines)
