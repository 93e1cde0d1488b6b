"""Others' extractors, each called as its documentation begins.

trafilatura is what ours stands on. The others are no dependencies of the project: `make
bench-extract` puts them into a folder of their own in the virtual environment, so that nothing else
meets them. Where they are missing, their columns are left out.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import trafilatura
from lxml.etree import LxmlError

from aggregator.core.markup import to_text
from aggregator.types import ArticleText
from benchmarks.extract_pages import Page, Read, ours

FOLDER = Path(sys.prefix) / "rivals"
SETTINGS: dict[str, dict[str, Any]] = {
    "trafilatura": {},
    "precision": {"favor_precision": True},
    "fast": {"fast": True},
    "recall": {"favor_recall": True},
}
"""trafilatura's that are compared, by the heads of their columns."""
_OTHERS = {"readability": "readability-lxml", "newspaper": "newspaper4k"}
"""Modules and the packages they are in, which are the heads of their columns."""


def bodies() -> dict[str, Read]:
    """All that find a body, ours first."""
    found: dict[str, Read] = {"ours": ours}
    found |= {name: partial(_trafilatura, **chosen) for name, chosen in SETTINGS.items()}
    return found | others()


def facts() -> dict[str, Read]:
    """All that find title, authors, date and image, ours first."""
    found: dict[str, Read] = {"ours": ours, "trafilatura": with_metadata}
    return found | {name: read for name, read in others().items() if name == "newspaper4k"}


def others() -> dict[str, Read]:
    """Those that are installed."""
    if FOLDER.is_dir() and str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    readers = {"readability": _readability, "newspaper": _newspaper}
    found: dict[str, Read] = {}
    for module, package in _OTHERS.items():
        try:
            found[package] = partial(readers[module], import_module(module))
        except ImportError:
            continue
    return found


def missing() -> list[str]:
    """Packages that are not installed."""
    return [package for package in _OTHERS.values() if package not in others()]


def versions() -> str:
    """One line."""
    return ", ".join(f"{name} {version(name)}" for name in ("trafilatura", *others()))


def with_metadata(page: Page) -> ArticleText | None:
    return _trafilatura(page, with_metadata=True)


def _trafilatura(page: Page, **settings: Any) -> ArticleText | None:
    found = trafilatura.bare_extraction(page["html"], url=page["url"], **settings)
    if found is None:
        return None
    said = found if isinstance(found, dict) else found.as_dict()
    day = said["date"]
    return ArticleText(
        title=said["title"] or "",
        text=said["text"] or "",
        authors=tuple(said["author"].split("; ")) if said["author"] else (),
        published_at=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
        image_url=said["image"],
    )


def _readability(readability: Any, page: Page) -> ArticleText | None:
    try:
        html = readability.Document(page["html"], url=page["url"]).summary()
    except (readability.readability.Unparseable, LxmlError):
        return None
    return ArticleText(title="", text=to_text(html))


def _newspaper(newspaper: Any, page: Page) -> ArticleText | None:
    """Without its requests for the images. It needs further packages for some languages: they
    count as not read."""
    try:
        found = newspaper.article(page["url"], input_html=page["html"], fetch_images=False)
    except (ImportError, newspaper.ArticleException, LxmlError):
        return None
    at = found.publish_date
    return ArticleText(
        title=found.title or "",
        text=found.text or "",
        authors=tuple(found.authors),
        published_at=at and (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)),
        image_url=found.top_image or None,
    )
