"""A made-up press: articles of sentences of their own amid what its outlet puts on every page.

    for piece in Press(seed=1, layout=2).articles(80): ...

A page is to be had as paragraphs and as the markup of a body, `own` and `furniture` are what is in
it. A third of the characters is furniture.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from aggregator.core.html import sanitise

_SYLLABLES = (
    "bar bel cor dan dun fen fir gar gost hol hurn jas jor kel kip lor lun mar "
    "mun nel nor pag pell quin ras rod sarn sim tav toll ul var vem wist yor zan"
)
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
    follow: str
    """The same, on two of three pages."""
    below: tuple[str, ...]


DESIGNS = (
    Design(
        authors=(
            ("Maud Tillotson", "Maud Tillotson has reported from the fens since she left school."),
            ("Piet Oosterhuis", "Piet Oosterhuis writes about money. He keeps bees and no diary."),
            ("Inès Calvo", "Inès Calvo joined us from the Coast Gazette and edits our weekend."),
        ),
        box="Our letter comes at seven. Leave your address and we will wake you with the news.",
        follow="More of us, with pictures, is on the small screen: look for the marsh.",
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
        follow="This newspaper is free of charge on Mondays.",
        below=(
            "Tell us what you think of our new pages. There is a form behind the button.",
            "This article belongs to our open archive, which is kept by the readers' trust.",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How an outlet marks up what its pages hold; a text stands in place of each "{}"."""

    page: str
    own: tuple[str, ...]
    """In turn."""
    last: str
    """The article's last paragraph, which the biography ("{1}") may follow at once."""
    above: str
    box: str
    pointer: str
    label: str
    related: tuple[str, str]
    """A list of titles, and each of them."""
    below: str


LAYOUTS = (
    Layout(
        page="<article>{}</article>",
        own=(
            "<p>{}</p>",
            "<p>{}</p>",
            "<blockquote><p>{}</p></blockquote>",
            "<ul><li>{}</li></ul>",
        ),
        last="<p>{0}</p>\n<aside><p><em>{1}</em></p></aside>",
        above="<p>{}</p>",
        box="<aside><div><p><strong>{}</strong></p></div></aside>",
        pointer='<p><a href="/next"><b>{}</b></a></p>',
        label="<h3>{}</h3>",
        related=("<ul>\n{}\n</ul>", '<li><a href="/other">{}</a></li>'),
        below="<p>{}</p>",
    ),
    Layout(
        page="<div>{}</div>",
        own=("{}<br><br>", "<i>{}</i><br><br>", "{}<br>"),
        last="{0} <i>{1}</i><br><br>",
        above="<small>{}</small><br>",
        box="<br><b>{}</b><br><br>",
        pointer='<a href="/next">{}</a><br>',
        label="<b>{}</b><br>",
        related=("{}", '• <a href="/other">{}</a><br>'),
        below="{}<br>",
    ),
    Layout(
        page="<section>\n{}\n</section>",
        own=("<p>{}</p>", "<table><tr><td>{}</td></tr></table>", "<div><p>{}</p></div>"),
        last="<p>{0}</p><p><strong>{1}</strong></p>",
        above="<div><span>{}</span></div>",
        box='<table><tr><td><img src="/bell.png"></td><td>{}</td></tr></table>',
        pointer='<blockquote><p><a href="/next">{}</a></p></blockquote>',
        label="<p><u>{}</u></p>",
        related=("<ol>{}</ol>", '<li><p><a href="/other"><span>{}</span></a></p></li>'),
        below="<footer><p><small>{}</small></p></footer>",
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
    pointers: tuple[str, ...]
    """Those of them that name other pages."""
    html: str
    """The page as the sanitised markup of a body."""


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
        return "".join(self._dice.choices(_SYLLABLES.split(), k=3))


@dataclass(slots=True)
class Press:
    """An outlet; `design` and `layout` are those of the pages to come."""

    seed: int
    design: int = 0
    layout: int = 0
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
        own = tuple(paragraphs or story.paragraphs(self.dice.randint(7, 11)))
        title = title or story.title()
        parts = self._furnish(own)
        self._titles.append(title)
        address = f"https://courier.example.com/{self.seed}/{number}"
        return Piece(
            address=address,
            title=title,
            own=own,
            page=tuple([text for _, text in parts]),
            furniture=tuple([text for kind, text in parts if kind != "own"]),
            pointers=tuple([text for kind, text in parts if kind in {"pointer", "related"}]),
            html=sanitise(_markup(parts, LAYOUTS[self.layout]), base_url=address),
        )

    def _furnish(self, own: Sequence[str]) -> list[tuple[str, str]]:
        """What its paragraphs are, and their texts; the biography follows upon the article."""
        dice, design = self.dice, DESIGNS[self.design]
        author, biography = dice.choice(design.authors)
        day, minutes = dice.randint(1, 28), dice.randint(10, 59)
        above = [
            f"By {author}",
            f"Updated: {day} March 2026, {dice.randint(6, 22)}:{minutes}",
            f"{dice.randint(2, 9)} min read",
        ]
        article = [("own", text) for text in own]
        article.insert(dice.randint(1, len(own) - 1), ("box", design.box))
        if dice.random() < 2 / 3:
            article.insert(dice.randint(1, len(article) - 1), ("box", design.follow))
        titles = self._titles[-12:]
        related = dice.sample(titles, min(3, len(titles)))
        below = [
            *design.below,
            f"{dice.randint(2, 400)} comments",
            "© 2026 The Marsh Courier. All rights reserved, and some of the wrongs.",
        ]
        return [
            *[("above", text) for text in above],
            *article,
            ("biography", biography),
            *[("pointer", f"Read more: {title}") for title in related[:1]],
            *[("label", "Also of interest to our readers") for _ in related[1:2]],
            *[("related", title) for title in related[1:]],
            *[("below", text) for text in below],
        ]


def _markup(parts: Sequence[tuple[str, str]], layout: Layout) -> str:
    return layout.page.format("\n".join(_blocks(parts, layout)))


def _blocks(parts: Sequence[tuple[str, str]], layout: Layout) -> Iterator[str]:
    kinds = [kind for kind, _ in parts]
    texts = [escape(text, quote=False) for _, text in parts]
    end, (whole, each) = kinds.index("biography"), layout.related
    for at, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
        if kind == "own" and at < end - 1:
            yield layout.own[at % len(layout.own)].format(_emphasised(text))
        elif kind == "own":
            yield layout.last.format(_emphasised(text), texts[end])
        elif kind == "related" and kinds[at - 1] != "related":
            titles = zip(kinds, texts, strict=True)
            yield whole.format("\n".join(each.format(t) for k, t in titles if k == "related"))
        elif kind not in {"related", "biography"}:
            yield str(getattr(layout, kind)).format(text)


def _emphasised(text: str) -> str:
    first, _, rest = text.partition(" ")
    return f"{first} <em>{rest[:9]}</em>{rest[9:]}"
