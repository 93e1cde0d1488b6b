"""One body from the pages over which an article was divided.

Every page of such an article repeats some of the others: the title, the standfirst, a caption,
"Page 2 of 3". Some servers answer the first page again for a page that they do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aggregator.core.html import Element, parse_document, sanitise, serialise
from aggregator.core.text import letters_of
from aggregator.core.trees import pieces_of, text_of

_KNOWN_SHARE = 0.9
"""Of a page's letters; a page of which more is known is one of those before."""
_TELLING = 40
"""Letters of a paragraph that is not said twice by chance, as "Why not?" may be."""
_CUTTABLE = 40
"""Characters of a paragraph that is no caption or heading, which end without a full stop, too."""
_LONGEST_LABEL = 60
_CONTAINERS = frozenset({"article", "div", "main", "section"})
_INLINE_TAGS = """
    a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q ruby s samp small span strike
    strong sub sup time u var wbr
"""
_INLINE = frozenset(_INLINE_TAGS.split())
_LABEL = re.compile(
    r"""[\W_]*(?:
      (?:page|seite|página|pagina|sida|side|strona|страница)\s?\d{1,2}
      (?:\s?(?:of|/|von|de|sur|di|van|av|z|из)\s?\d{1,2})?
    | (?P<page>\d{1,2})\s?(?:/|of|von|sur|de)\s?(?P<pages>\d{1,2})
    | (?:next|previous)\ page | (?:nächste|vorherige)\ seite | page\ (?:suivante|précédente)
    | página\ (?:siguiente|anterior) | pagina\ (?:successiva|precedente)
    | (?:continue[ds]?|continue\ reading|weiter(?:lesen)?)\ (?:on|to|auf)\ (?:the\ )?
      (?:next\ page|(?:page|seite)\ \d{1,2})
    )[\W_]*""",
    re.VERBOSE | re.IGNORECASE,
)
_CUT = re.compile(r"[\w,]\Z")
"""How a sentence ends that does not."""
_WORD = re.compile(r"[\w’'-]{1,60}")


def join(bodies: Sequence[str], *, known: Iterable[str] = ()) -> str:
    """The sanitised bodies of an article's pages, in their order, as one sanitised body.

    Left out are labels such as "Page 2 of 3", what a later page repeats of those before it, and
    what it says of `known`, plain texts such as the title; a page of which nearly all is known
    adds nothing. A paragraph that the end of a page cuts in two becomes one again. A body that is
    the only one stays as it is.
    """
    if sum(map(bool, bodies)) < 2:
        return "".join(bodies)
    said = {key for text in known if (key := letters_of(text))}
    pages: list[list[Element]] = []
    for number, body in enumerate(bodies, start=1):
        blocks = [one for one in _blocks(body) if not _is_label(one, number, len(bodies))]
        keys = list(map(_key, blocks))
        fresh = _fresh(blocks, keys, said) if pages else blocks
        said.update(keys)
        if pages and fresh and _is_cut(pages[-1][-1], fresh[0]):
            _go_on(pages[-1][-1], fresh.pop(0))
        if fresh:
            pages.append(fresh)
    return "\n".join(sanitise("\n".join(map(serialise, page))) for page in pages)


def _blocks(body: str) -> list[Element]:
    """The outermost blocks of a body, what merely wraps them unwrapped."""
    waiting = list(parse_document(f"<div>{body}</div>").iter("body"))
    blocks: list[Element] = []
    while waiting:
        element = waiting.pop()
        if element.tag == "body" or element.tag in _CONTAINERS:
            waiting.extend(reversed(_parts(element)))
        elif element.tag == "hr" or _key(element):
            blocks.append(element)
    return blocks


def _parts(container: Element) -> list[Element]:
    """Its children; text and inline elements between them become paragraphs."""
    parts: list[Element] = []
    loose = container.makeelement("p")
    loose.text = container.text
    for child in list(container):
        if child.tag in _INLINE:
            loose.append(child)
            continue
        parts += [loose, child]
        loose = container.makeelement("p")
        loose.text, child.tail = child.tail, None
    return [*parts, loose]


def _key(block: Element) -> str:
    """What it is known by: its letters and digits; where it has none, its pictures."""
    if text := letters_of("".join(pieces_of(block))):
        return text
    return " ".join(image.get("src", "") for image in block.iter("img"))


def _is_label(block: Element, number: int, pages: int) -> bool:
    text = " ".join(text_of(block, _LONGEST_LABEL + 1).split())
    match = _LABEL.fullmatch(text) if len(text) <= _LONGEST_LABEL else None
    if match is None:
        return False
    # A bare "4/5" may be what a critic gives.
    return match["page"] is None or (int(match["page"]), int(match["pages"])) == (number, pages)


def _fresh(blocks: list[Element], keys: list[str], said: set[str]) -> list[Element]:
    """The blocks that say something new.

    What is short may be said again in the middle, but not at the beginning or the end, where pages
    repeat their headings.
    """
    is_known = [key in said for key in keys]
    letters = sum(map(len, keys))
    known_letters = sum(len(key) for key, known in zip(keys, is_known, strict=True) if known)
    if known_letters >= _KNOWN_SHARE * letters:
        return []
    first, last = is_known.index(False), len(keys) - is_known[::-1].index(False)
    return [
        blocks[place]
        for place in range(first, last)
        if not is_known[place] or (len(keys[place]) < _TELLING and _says(blocks[place]))
    ]


def _says(block: Element) -> bool:
    return next(block.iter("img"), None) is None


def _is_cut(before: Element, after: Element) -> bool:
    """Whether a page ends within a sentence and the next one goes on with it."""
    if before.tag != "p" or after.tag != "p":
        return False
    end = "".join(pieces_of(before)).rstrip()
    word = _WORD.match(text_of(after, 200).lstrip())
    return (
        len(end) >= _CUTTABLE
        and bool(_CUT.search(end))
        and word is not None
        and word[0].islower()
        and word[0].isalpha()
    )


def _go_on(paragraph: Element, rest: Element) -> None:
    text = " " + (rest.text or "")
    if len(paragraph):
        paragraph[-1].tail = (paragraph[-1].tail or "") + text
    else:
        paragraph.text = (paragraph.text or "") + text
    paragraph.extend(list(rest))
