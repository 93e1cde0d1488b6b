"""The text of one paragraph as Markdown: links, images, emphasis and code, everything else escaped.

Part of `aggregator.core.markdown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aggregator.core.html import Element
from aggregator.core.markdown_marks import Kind, Token, arrange, collapse, write
from aggregator.core.trees import pieces_of, text_of

MAX_DEPTH = 60
"""Elements nested deeper are read as plain text; no article nests them so."""

_SPACES = re.compile("[\0-\x20\x7f\x85\u2028\u2029]+")
_MARKUP = re.compile(r"[\\`*_\[\]<~|]|&(?=#?\w)")
_STARTS = re.compile(r"[#+=>-]|:(?=-)|\d{1,9}(?=[.)])")
_UNSAFE_ADDRESS = re.compile('[\0-\x20\x7f-\xa0\u2028\u2029()<>\\\\`|"]')
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_BACKTICKS = re.compile("`+")
_MARKS = {"em": "em", "i": "em", "strong": "strong", "b": "strong", "del": "del", "s": "del"}
_CODE = frozenset({"code", "kbd", "samp", "tt"})


@dataclass(slots=True)
class Inline:
    """What is collected of one paragraph."""

    one_line: bool = False
    """For headings and cells: breaks are spaces."""
    in_cell: bool = False
    """The bars of code are escaped, too."""
    _tokens: list[Token] = field(default_factory=list)
    _active: list[str] = field(default_factory=list)
    """Emphasis and links around what comes next."""
    _pairs: int = 0

    def text(self, value: str | None) -> None:
        folded = _SPACES.sub(" ", value or "")
        words = folded.strip(" ")
        if folded[:1] == " ":
            self._tokens.append(Token(Kind.SPACE))
        if words and not words.isspace():
            self._tokens.append(Token(Kind.TEXT, _MARKUP.sub(r"\\\g<0>", words)))
        if folded[-1:] == " " or words.isspace():  # readers cut off what does not break lines, too
            self._tokens.append(Token(Kind.SPACE))

    def element(self, element: Element, depth: int = 0) -> None:
        """An element and all that is in it, without what stands behind it."""
        tag = element.tag
        if tag == "br":
            inside = self.one_line or bool(self._active)
            self._tokens.append(Token(Kind.SPACE if inside else Kind.BREAK))
        elif tag == "img":
            self._image(element)
        elif tag in _CODE:
            self._code("".join(pieces_of(element)))
        elif depth >= MAX_DEPTH:
            self.text("".join(pieces_of(element)))
        elif tag == "a" and element.get("href") and "a" not in self._active:
            self._link(element, depth)
        elif tag in _MARKS and _MARKS[tag] not in self._active:
            self._emphasis(element, depth)
        elif tag == "q":
            self.text("“")
            self._inside(element, depth)
            self.text("”")
        else:
            self._inside(element, depth)

    def paragraphs(self) -> list[str]:
        """Markdown of what was collected, parted where two line breaks stand together."""
        tokens = list(collapse(arrange(self._tokens)))
        found: list[list[Token]] = [[]]
        for token in tokens:
            if token.kind is Kind.BREAK and token.value == "2":
                found.append([])
            else:
                found[-1].append(token)
        return [text for part in found if (text := _escape_starts(write(part)))]

    def _inside(self, element: Element, depth: int) -> None:
        gap = element.tag in {"p", "div", "li", "tr", "td", "th", "dt", "dd", "figcaption"}
        if gap:
            self._tokens.append(Token(Kind.SPACE))
        self.text(element.text)
        for child in element:
            self.element(child, depth + 1)
            self.text(child.tail)
        if gap:
            self._tokens.append(Token(Kind.SPACE))

    def _emphasis(self, element: Element, depth: int) -> None:
        mark = _MARKS[element.tag]
        self._pairs += 1
        pair = self._pairs
        self._active.append(mark)
        self._tokens.append(Token(Kind.OPEN, mark, pair))
        self._inside(element, depth)
        self._tokens.append(Token(Kind.CLOSE, mark, pair))
        self._active.pop()

    def _link(self, element: Element, depth: int) -> None:
        start = len(self._tokens)
        self._tokens.append(Token(Kind.RAW, "["))
        self._active.append("a")
        self._inside(element, depth)
        self._active.pop()
        if any(token.kind in {Kind.TEXT, Kind.RAW} for token in self._tokens[start + 1 :]):
            self._tokens.append(Token(Kind.RAW, f"]({_address(element.get('href', ''))})"))
        else:
            self._tokens[start] = Token(Kind.SPACE)

    def _image(self, element: Element) -> None:
        if source := element.get("src"):
            words = _SPACES.sub(" ", element.get("alt") or "").strip()
            words = _MARKUP.sub(r"\\\g<0>", words)
            self._tokens.append(Token(Kind.RAW, f"![{words}]({_address(source)})"))

    def _code(self, content: str) -> None:
        content = _SPACES.sub(" ", content)
        if not content.strip():
            self._tokens.append(Token(Kind.SPACE))
            return
        content = content.strip().replace("|", "\\|") if self.in_cell else content.strip()
        longest = max(map(len, _BACKTICKS.findall(content)), default=0)
        fence = "`" * (longest + 1)
        pad = " " if content[0] == "`" or content[-1] == "`" else ""
        self._tokens.append(Token(Kind.RAW, f"{fence}{pad}{content}{pad}{fence}"))


def code_block(element: Element) -> str:
    """A fenced block, or nothing for one without text."""
    content = "".join(pieces_of(element)).replace("\r", "").strip("\n")
    if not content.strip():
        return ""
    longest = max(map(len, _BACKTICKS.findall(content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{content}\n{fence}"


def has_text(element: Element) -> bool:
    return bool(text_of(element, 1_000).strip()) or next(element.iter("img"), None) is not None


def _address(address: str) -> str:
    encoded = _UNSAFE_ADDRESS.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address.strip()
    )
    return _REFERENCE.sub(r"\\&", encoded)


def _escape_starts(text: str) -> str:
    return "\n".join(map(_escape_start, text.split("\n")))


def _escape_start(line: str) -> str:
    match = _STARTS.match(line)
    if match is None:
        return line
    end = match.end()
    return f"{line[:end]}\\{line[end:]}" if match[0].isdigit() else f"\\{line}"
