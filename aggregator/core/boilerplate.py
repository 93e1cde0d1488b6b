"""What stands in a page and does not belong to its article.

Two passes. Before extraction, elements whose class or id says that they hold a newsletter box, a
consent notice, links to other articles, comments or the author's biography are taken out of the
tree. After it, paragraphs that repeat the title, invite to subscribe, point to another article or
speak of cookies are taken out of the body. Both keep what is too long to be any of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.core.html import Element
from aggregator.core.linked_data import fold_title
from aggregator.core.trees import remove, remove_all, text_of

_BOXES = re.compile(
    r"""(?<![a-z])(?:
      newsletters? | sign-?up | subscribe | lightbox | modal | popup | notification | onetrust
    | cookie-?(?:banner|bar|consent|law|notice|policy) | consent-?(?:banner|manager|modal)
    | promos? | promobox | related | recommended | recommendations | recirc | recirculation
    | most-?(?:popular|read|viewed) | popular-articles | more-(?:from|news|on|stories) | read-next
    | up-next | latest-news | outbrain | taboola
    | author-(?:bio|box|info) | about-author | comments | comment-list
    )(?![a-z])""",
    re.VERBOSE,
)
"""In lower case: without case it takes twice the time."""
_NEVER = frozenset({"html", "body", "head", "main", "article", "p", "h1", "h2"})
_UNREAD = frozenset({"script", "style", "noscript", "template", "a"})
_LONGEST_BOX = 1_000
"""Characters outside links; what has more is an article, whatever it is called."""
_LARGEST_SHARE = 0.25
"""Of the page's text outside links, for the same reason."""
_MOST_ELEMENTS = 5_000
_LONGEST_NAME = 500

_SHORT = 320
"""Characters of the longest paragraph that is taken for furniture."""
_POINTERS = re.compile(
    r"""[\W_]*(?:
      related(?:\ (?:articles?|stories|story|video|coverage|content|posts?|links?))?
    | (?:read|see|watch|more|also)(?:\ (?:more|also|next|now))?(?:\ (?:on|about)\ this)?
    | (?:recommended|more\ from|more\ on)\b.{0,40}? | don[’']t\ miss
    | you\ (?:may|might)\ (?:also\ )?like
    | mehr\ zum\ thema | lesen\ sie\ (?:auch|mehr|dazu) | auch\ interessant
    | (?:à\ )?lire\ (?:aussi|également) | voir\ aussi
    | lea?\ también | lee\ (?:también|más) | te\ puede\ interesar | ver\ también | más\ información
    | le(?:r|ia)\ (?:também|mais) | veja\ (?:também|mais)
    | leggi\ anche(?:\ su)? | approfondisci
    | lees\ ook | läs\ (?:också|även|mer) | les\ også | læs\ også
    | читайте\ также | czytaj\ (?:też|także|więcej) | zobacz\ (?:też|także) | přečtěte\ si\ také
    )\s*(?P<colon>[:：›»])""",
    re.VERBOSE | re.IGNORECASE,
)
_INVITATIONS = re.compile(
    r"""(?:
      \b(?:sign\ up|subscribe|register)\b.{0,80}
        \b(?:newsletters?|inbox|e-?mails?|alerts?|updates|podcast|channel)\b
    | \b(?:newsletters?|inbox)\b.{0,60}\b(?:sign\ up|subscribe)\b
    | \bsubscribe\ (?:now|today|here|to\ (?:our|the|get|read|continue))\b
    | \bget\ the\ latest\b.{0,60}\b(?:inbox|newsletters?)\b
    | \b(?:newsletter|kanal|whatsapp-kanal)\b.{0,60}\b(?:abonnieren|anmelden)\b
    | \b(?:inscrivez|abonnez)-vous\b.{0,60}\b(?:newsletter|lettre|alertes?)\b
    | \b(?:suscr[ií]bete|reg[ií]strate)\b.{0,60}\b(?:newsletter|bolet[ií]n|canal)\b
    | \b(?:inscreva-se|assine|cadastre-se)\b.{0,60}\b(?:newsletter|canal)\b
    | \biscriviti\b.{0,60}\b(?:newsletter|canale)\b
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CONSENT = re.compile(
    r"""\A(?:
      (?:we|our\ partners|(?:this|our)\ (?:web)?site|by\ (?:using|clicking|continuing))\b
    | wir\ (?:verwenden|nutzen|benötigen) | diese\ (?:web)?(?:site|seite)
    | nous\ utilisons | ce\ site | (?:este|nuestro)\ sitio | utilizamos | usamos | este\ site
    | questo\ sito | utilizziamo | deze\ (?:web)?site | wij\ gebruiken | ta\ strona | vi\ använder
    ).{0,200}\bcookies?\b""",
    re.VERBOSE | re.IGNORECASE,
)
_INVITING = (
    *("sign up", "subscribe", "register", "newsletter", "inbox", "get the latest", "kanal"),
    *("inscrivez", "abonnez", "suscr", "regístr", "registr", "inscreva", "assine", "cadastre"),
    "iscriviti",
)
"""Of these any has one: to look for them first saves most of the time."""
_REMNANTS = """
    Advertisement|Advertising|Anzeige|Werbung|Publicité|Publicidad|Publicidade|Pubblicità|Annons
    Advertentie|Story continues below advertisement|Story continues|Continue reading|Read full story
    Comments|Comment|No comments|Leave a comment|Leave a reply|Join the conversation|Kommentare
    Commentaires|Comentarios|Comentários|Commenti|Reacties|Комментарии
    Print article|Order reprints|Share|Share this|Share this article|Share on Facebook|Copy link
    Share on Twitter|Follow us|Save|Listen to this article|Skip to content|Back to top|Log in
    Sign in|Subscribe|Subscribe now|Sign up|Newsletter|Read more|Click here to read more
    Related|Related articles|Related stories|Related topics|Recommended|Most popular|Most read
    More stories|You may also like|Mehr zum Thema|Weitere Artikel|Lire aussi|Te puede interesar
    Leia também|Leggi anche|Читайте также
"""
_REMNANTS_FOLDED = frozenset(map(fold_title, re.split(r"[|\n]", _REMNANTS))) - {""}
_LONGEST_REMNANT = 2 * max(map(len, _REMNANTS_FOLDED))
"""Characters, with those that are folded away."""
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
"""Times as scripts read them, which stand between the posts of live blogs."""
_RIGHTS = re.compile(
    r"[\W_]*(?:(?:copyright|©|\(c\)|ⓒ)\W.{0,120}\d{4}|all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|todos los derechos reservados|our standards:)",
    re.IGNORECASE,
)


def prune_page(root: Element) -> None:
    """Take boxes that are not the article out of a page."""
    boxes = []
    known: dict[str, bool] = {}
    for element in root.iter():
        if (name := _name_of(element)) and element.tag not in _NEVER:
            if name not in known:
                known[name] = bool(_BOXES.search(name.lower()))
            if known[name]:
                boxes.append(element)
    if boxes:
        enough = int(_LONGEST_BOX / _LARGEST_SHARE)
        limit = min(_LONGEST_BOX, int(_LARGEST_SHARE * _unlinked(root, stop_at=enough)))
        remove_all(
            [
                box
                for box in boxes
                if next(box.iter("h1"), None) is None and _unlinked(box, limit + 1) <= limit
            ]
        )


def prune_body(body: Element, titles: Iterable[str]) -> None:
    """Take furniture out of an extracted body (trafilatura's elements), and the title from its
    beginning, where `titles` are the forms in which the page gives it."""
    _prune_title(body, {folded for title in titles if (folded := fold_title(title))})
    blocks = list(body)
    if len(blocks) > 1:
        texts = [" ".join(text_of(block, 2 * _SHORT).split()) for block in blocks]
        pairs = zip(blocks, texts, strict=True)
        remove_all([block for block, text in pairs if text and _is_furniture(block, text)])


def _prune_title(body: Element, titles: set[str]) -> None:
    """Only where nothing but short lines stands before it: a title may be quoted further down."""
    before = []
    for block in list(body)[:6]:
        text = text_of(block, _SHORT)
        before.append(block)
        if fold_title(text) in titles:
            for item in before:
                remove(item)
            before.clear()
        elif len(text) > 100:
            return


def _is_furniture(block: Element, text: str) -> bool:
    if _CONSENT.match(text) or _EPOCH.fullmatch(text):
        return True
    if len(text) > _SHORT or block.tag == "table":
        return False
    if len(text) <= _LONGEST_REMNANT and fold_title(text) in _REMNANTS_FOLDED:
        return True
    if _RIGHTS.match(text):
        return True
    if pointer := _POINTERS.match(text):
        return len(text) - pointer.end() <= 200
    lower = text.lower()
    return any(hint in lower for hint in _INVITING) and bool(_INVITATIONS.search(text))


def _name_of(element: Element) -> str:
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return name[:_LONGEST_NAME] if len(name) > 1 else ""


def _unlinked(element: Element, stop_at: int) -> int:
    """Characters of text outside links, counted no further than `stop_at`, which is also given
    for what has more elements than any box."""
    count = 0
    for visited, inner in enumerate(element.iter()):
        if inner.tag not in _UNREAD and inner.text:
            count += len(inner.text.strip())
        if inner.tail and inner is not element:
            count += len(inner.tail.strip())
        if count >= stop_at or visited > _MOST_ELEMENTS:
            return stop_at
    return count
