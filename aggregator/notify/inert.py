"""Publishers' words in a chat: what would call somebody, or be a link with another text, does
nothing."""

from __future__ import annotations

import re

# A link whose text is another one, as Slack, Discord and Markdown write them, and who is called.
_BETWEEN = re.compile(r"\](?=[(\[])")
_IN_CHAT = str.maketrans({"<": "‹", ">": "›", "@": "＠", "`": "'"})


def inert(text: str) -> str:
    """One line of text."""
    return _BETWEEN.sub("] ", text.translate(_IN_CHAT))


def inert_link(url: str) -> str:
    """An @ in a path may be read as a call, too; encoded it leads to the same place."""
    return url.replace("@", "%40")
