"""Names and labels of what is followed, changed in feeds.yaml for apps: a label is a tag."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from aggregator.config.retagging import SourceChange, change_sources
from aggregator.core.source_keys import tag_key
from aggregator.types import Source
from aggregator.web.clients.following import UNTAGGED
from aggregator.web.clients.greader_adding import MOST_TAGS, taken_up
from aggregator.web.site import site_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What becomes of the labels of some sources."""

    added: Sequence[str] = ()
    removed: Sequence[str] = ()

    def of(self, tags: Sequence[str]) -> list[str]:
        """The tags of a source that has these."""
        gone = {tag_key(label) for label in self.removed} - {tag_key(one) for one in self.added}
        kept = [tag for tag in tags if tag_key(tag) not in gone]
        known = {tag_key(tag) for tag in kept}
        new = {key: one for one in real(self.added) if (key := tag_key(one)) not in known}
        return [*kept, *new.values()]


def real(labels: Sequence[str]) -> list[str]:
    """Those that a source can have, and not more than it may."""
    return [label for label in labels if not _is_made_up(label)][:MOST_TAGS]


def change(
    request: Request, addresses: Collection[str], names: Mapping[str, str], labels: Labels
) -> None:
    """Give sources other labels and, by address, names. Raises UsageError and ConfigError; then
    nothing is changed."""

    def changed(source: Source) -> SourceChange:
        return SourceChange(name=names.get(source.url), tags=labels.of(source.tags))

    _write(request, changed, addresses)


def rename_label(request: Request, label: str, to: str) -> None:
    """Of all sources that have it, paused ones too. One that has both keeps one. Raises
    HTTPException 400 and 404, UsageError and ConfigError."""
    if _is_made_up(label) or _is_made_up(to):
        raise HTTPException(
            400,
            f"“{UNTAGGED}” is no label but the place of sources without one; give them a label, or"
            " take theirs away.",
        )
    key, met = tag_key(label), False

    def changed(source: Source) -> SourceChange:
        nonlocal met
        if key not in map(tag_key, source.tags):
            return SourceChange()
        met = True
        renamed: dict[str, str] = {}
        for tag in source.tags:
            new = to if tag_key(tag) == key else tag
            renamed.setdefault(tag_key(new), new)
        return SourceChange(tags=[*renamed.values()])

    _write(request, changed)
    if not met:
        raise HTTPException(404, f"No source has the label “{label[:100]}”.")


def drop_labels(request: Request, labels: Sequence[str]) -> None:
    """Take them from all sources that have them, paused ones too. Raises UsageError and
    ConfigError."""
    gone = Labels(removed=labels)
    _write(request, lambda source: SourceChange(tags=gone.of(source.tags)))


def _write(
    request: Request,
    changed: Callable[[Source], SourceChange],
    addresses: Collection[str] | None = None,
) -> None:
    site = site_of(request)
    if change_sources(site.config_path, changed, urls=addresses, environ=site.environ):
        taken_up(request)


def _is_made_up(label: str) -> bool:
    return tag_key(label) == tag_key(UNTAGGED)
