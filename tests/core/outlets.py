"""A made-up press: articles of sentences of their own amid what its outlet puts on every page."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

_SYLLABLES = ("bar", "cor", "dun", "fen", "gar", "hol", "jas", "kel", "lor", "mun", "nor", "quin")
_TURNS = (
    "{a} of {b} had the {c} cut by {n}, and the {d} too.",
    "No one in {b} saw the {c}, but {a} put {n} on the {d}.",
    "“The {c} is not for {b},” {a} said of the {d}, and got {n}.",
    "In {b} the {d} and the {c} are now one, as {a} had it in {n}.",
    "For {n} the {d} of {b} may buy the {c}, if {a} can let it go.",
    "It was {a} who set the {c} on the {d}, all {n} of it, in {b}.",
)
"""Short words, so that what a page is about is its story's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    authors: tuple[tuple[str, str], ...]
    """Names and biographies."""
    box: str
    """Amid the article."""
    below: tuple[str, ...]


DESIGNS = (
    Design(
        authors=(
            ("Maud Tillotson", "Maud Tillotson has reported from the fens since she left school."),
            ("Piet Oosterhuis", "Piet Oosterhuis writes about money. He keeps bees and no diary."),
            ("Inès Calvo", "Inès Calvo joined us from the Coast Gazette and edits our weekend."),
        ),
        box="Our letter comes at seven. Leave your address and we will wake you with the news.",
        below=(
            "Have you seen something we should know? Ring the newsroom at any hour.",
            "Follow us wherever you read. We answer every message that is signed.",
            "Share this article",
        ),
    ),
    Design(
        authors=(
            ("Maud Tillotson", "Tillotson, fens correspondent. Her book of walks is out in June."),
            ("Piet Oosterhuis", "Oosterhuis, money pages. Write to him about your pension."),
        ),
        box="Subscribers read without advertisements. It costs less than a bun, and lasts longer.",
        below=(
            "Tell us what you think of our new pages. There is a form behind the button.",
            "This article belongs to our open archive, which is kept by the readers' trust.",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article on its page."""

    address: str
    title: str
    own: tuple[str, ...]
    """Its paragraphs."""
    page: tuple[str, ...]
    """These amid the furniture."""
    furniture: tuple[str, ...]
    """Paragraphs of the page that are not the article's."""


class Story:
    """Names and things that its sentences are about."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._people = [self._word().title() for _ in range(3)]
        self._places = [self._word().title() for _ in range(2)]
        self._things = [self._word() for _ in range(8)]

    def title(self) -> str:
        thing, other = self._dice.sample(self._things, 2)
        return f"{self._people[0]} of {self._places[0]} and the {thing} that the {other} lost"

    def paragraphs(self, count: int) -> list[str]:
        return [f"{self.sentence()} {self.sentence()}" for _ in range(count)]

    def sentence(self) -> str:
        dice = self._dice
        thing, other = dice.sample(self._things, 2)
        names = {"a": dice.choice(self._people), "b": dice.choice(self._places)}
        return dice.choice(_TURNS).format(**names, c=thing, d=other, n=dice.randint(2, 99_999))

    def _word(self) -> str:
        return "".join(self._dice.choices(_SYLLABLES, k=3))


@dataclass(slots=True)
class Press:
    """An outlet; `design` is that of the pages to come."""

    seed: int
    design: int = 0
    dice: random.Random = field(init=False)
    _titles: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def articles(self, count: int) -> list[Piece]:
        return [self.article() for _ in range(count)]

    def article(self, paragraphs: Sequence[str] = (), *, title: str = "") -> Piece:
        """With a text of its own, unless `paragraphs` are given."""
        number = len(self._titles)
        story = Story(self.dice)
        own = tuple(paragraphs or story.paragraphs(self.dice.randint(5, 8)))
        title = title or story.title()
        page, furniture = self._furnish(own)
        self._titles.append(title)
        return Piece(
            address=f"https://courier.example.com/{self.seed}/{number}",
            title=title,
            own=own,
            page=tuple(page),
            furniture=tuple(furniture),
        )

    def _furnish(self, own: Sequence[str]) -> tuple[list[str], list[str]]:
        dice, design = self.dice, DESIGNS[self.design]
        author, biography = dice.choice(design.authors)
        day, minutes = dice.randint(1, 28), dice.randint(10, 59)
        above = [
            f"By {author}",
            f"Updated: {day} March 2026, {dice.randint(6, 22)}:{minutes}",
            f"{dice.randint(2, 9)} min read",
        ]
        links = [f"Read more: {dice.choice(self._titles[-12:])}"] if self._titles else []
        below = [
            *design.below,
            biography,
            f"{dice.randint(2, 400)} comments",
            "© 2026 The Marsh Courier. All rights reserved, and some of the wrongs.",
        ]
        half = dice.randint(1, len(own) - 1)
        page = [*above, *own[:half], design.box, *own[half:], *links, *below]
        return page, [*above, design.box, *links, *below]
