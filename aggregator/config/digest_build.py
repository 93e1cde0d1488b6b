"""The sections `digest` and `digests` of a file that is right → DigestConfig."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aggregator.config.digest_rules import OWN_NAME
from aggregator.config.model import DigestConfig
from aggregator.config.schema import DigestEntry, DigestSection, FeedsFile, SectionEntry
from aggregator.core.watch_rules import watch_key
from aggregator.types import (
    Channel,
    ChannelKind,
    DigestTarget,
    Schedule,
    SectionKind,
    SectionRule,
    TargetKind,
)

_KINDS = {ChannelKind.MAIL: TargetKind.MAIL, ChannelKind.APPRISE: TargetKind.APPRISE}


def digests_of(
    file: FeedsFile, channels: Sequence[Channel]
) -> tuple[DigestConfig, tuple[DigestConfig, ...]]:
    """The section `digest`, and those that are made: see `Config`."""
    by_name = {channel.name.casefold(): channel for channel in channels}
    watches = {watch_key(watch.name): watch.name for watch in file.watches}
    first = _digest(OWN_NAME, file.digest, by_name, watches)
    others = tuple(
        _digest(entry.name, _filled_in(entry, file.digest), by_name, watches)
        for entry in file.digests
    )
    return first, (first, *others) if first.to or not others else others


def _filled_in(entry: DigestEntry, base: DigestSection) -> DigestSection:
    """What the entry does not say itself is as in `base`, but for the recipients and the title."""
    said = {key: getattr(entry, key) for key in entry.model_fields_set - {"name"}}
    return base.model_copy(update={"to": (), "title": entry.name, **said})


def _digest(
    name: str,
    section: DigestSection,
    channels: Mapping[str, Channel],
    watches: Mapping[str, str],
) -> DigestConfig:
    return DigestConfig(
        name=name,
        title=section.title,
        schedule=Schedule(hours=section.at, days=section.days, timezone=section.timezone.key),
        timezone=section.timezone,
        to=_targets(section.to, channels),
        sender=section.sender,
        language=section.language,
        query=section.query,
        tags=tuple(dict.fromkeys(section.tags)),
        sections=tuple(_section(entry, watches) for entry in section.sections),
        max_stories=section.max_stories,
        max_items=section.max_items,
        send_empty=section.send_empty,
        images=section.images,
        unsubscribe=section.unsubscribe,
    )


def _targets(
    listed: Sequence[DigestTarget | str], channels: Mapping[str, Channel]
) -> tuple[DigestTarget, ...]:
    """Each once, also one that is given by its address and as a channel."""
    found: dict[tuple[TargetKind, str], DigestTarget] = {}
    for one in listed:
        target = one if isinstance(one, DigestTarget) else _of_channel(channels[one.casefold()])
        key = target.name if target.kind is TargetKind.MAIL and target is one else target.address
        found.setdefault((target.kind, key), target)
    return tuple(found.values())


def _of_channel(channel: Channel) -> DigestTarget:
    return DigestTarget(name=channel.name, kind=_KINDS[channel.kind], address=channel.address)


def _section(entry: SectionEntry, watches: Mapping[str, str]) -> SectionRule:
    if entry.tag:
        kind, value = SectionKind.TAG, entry.tag
    elif entry.watch:
        kind, value = SectionKind.WATCH, watches[watch_key(entry.watch)]
    else:
        kind, value = SectionKind.QUERY, entry.query or ""
    return SectionRule(kind=kind, value=value, title=entry.title or value)
