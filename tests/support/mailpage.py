"""An HTML mail, read strictly: what is not on these lists fails, for mail programs know little."""

from __future__ import annotations

from html.parser import HTMLParser

ALLOWED = {
    "html": {"lang", "dir"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": set(),
    "body": {"class", "style"},
    "table": {
        *("class", "role", "width", "cellpadding", "cellspacing", "border", "dir", "lang", "style"),
    },
    "tbody": set(),
    "tr": set(),
    "td": {"class", "align", "style"},
    "h1": {"class", "dir", "style"},
    "h2": {"class", "dir", "lang", "style"},
    "h3": {"class", "dir", "lang", "style"},
    "p": {"class", "dir", "lang", "style"},
    "div": {"class", "style"},
    "span": {"class", "dir", "lang", "style"},
    "a": {"dir", "href", "style"},
    "img": {"src", "alt", "style"},
    "b": set(),
    "br": set(),
}
PROPERTIES = {
    *("background-color", "border", "border-top", "color", "display", "font-family", "font-size"),
    *("font-weight", "line-height", "margin", "max-width", "overflow-wrap", "padding"),
    *("padding-bottom", "padding-top", "text-align", "text-decoration", "width", "word-break"),
}
"""Each does no harm where it is not known."""
VOID = {"meta", "br", "img"}


class MailPage(HTMLParser):
    """Every tag known, closed in order; every attribute and every property of a style allowed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.preview = ""
        """What inboxes show behind the subject; it does not show in the page."""
        self.styles = ""
        """Of the style sheets that stay."""
        assert html.startswith("<!DOCTYPE html>")
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def words(self) -> str:
        """The text with its white space folded."""
        return " ".join(self.text.split())

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of these kinds, in order."""
        return [attributes for tag, attributes in self.tags if tag in tags]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        attributes = dict(attrs)
        assert len(names) == len(attributes)
        assert set(names) <= ALLOWED[tag], tag
        for declaration in filter(None, (attributes.get("style") or "").split(";")):
            assert declaration.partition(":")[0].strip() in PROPERTIES, declaration
        self.tags.append((tag, attributes))
        self.links.extend(value or "" for name, value in attrs if name == "href")
        if tag == "img":
            self.images.append(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            self.styles += data
        elif self.open and self.open[-1] == "div" and self.of("div")[-1].get("class") == "peek":
            self.preview += data
        else:
            self.text += data
