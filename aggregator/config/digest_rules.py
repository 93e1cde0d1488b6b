"""What must hold between digests and the rest of the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from aggregator.config import named
from aggregator.config.channels import CHANNEL_INSTEAD
from aggregator.config.digests import target_kind
from aggregator.config.messages import dotted
from aggregator.config.schema import FeedsFile
from aggregator.config.tree import Flaw, Loc, Node
from aggregator.config.values import quote
from aggregator.core.watch_rules import watch_key
from aggregator.types import ChannelKind, DigestTarget, SectionKind, TargetKind

OWN_NAME = "digest"
"""That of the section `digest`."""


def broken_rules(root: Node) -> Iterator[Flaw]:
    """Every rule that digests break, as they are written."""
    yield from _unique(root)
    for loc, digest in named.digests(root):
        yield from _recipients(root, loc, digest)
        yield from _sections(root, loc, digest)


def webhooks(root: Node, file: FeedsFile) -> Iterator[Flaw]:
    """Recipients that are channels of a kind that takes no digest: what kind a channel is may
    stand elsewhere, so that the file must be right else."""
    kinds = {name.casefold(): section.address.kind for name, section in file.channels.items()}
    listed: list[tuple[Loc, Sequence[DigestTarget | str]]] = [(("digest", "to"), file.digest.to)]
    listed += [(("digests", place, "to"), one.to) for place, one in enumerate(file.digests)]
    for loc, targets in listed:
        for (place, node), target in zip(named.each(loc, root.at(loc)), targets, strict=True):
            if isinstance(target, str) and kinds[target.casefold()] is ChannelKind.WEBHOOK:
                message = f"{quote(target)} is a webhook, which takes no digest; {CHANNEL_INSTEAD}"
                yield Flaw(line=node.line, loc=place, message=message)


def _unique(root: Node) -> Iterator[Flaw]:
    seen: dict[str, tuple[str, int]] = {}
    recipients = root.at((OWN_NAME, "to"))
    if recipients is not None and recipients.value:
        seen[OWN_NAME] = ("the section digest", root.key_line((OWN_NAME,)))
    for loc, digest in named.digests(root):
        node = digest.child("name") if loc != (OWN_NAME,) else None
        name = named.line_of(node)
        if node is None or not name:
            continue
        key = watch_key(name)
        if key in seen:
            other, line = seen[key]
            message = (
                f"is the name of {other} on line {line} too, for case and accents do not count;"
                " each digest needs its own"
            )
            yield Flaw(line=node.line, loc=(*loc, "name"), message=message)
        seen.setdefault(key, (dotted(loc), node.line))


# --- to whom -------------------------------------------------------------------------------------


def _recipients(root: Node, loc: Loc, digest: Node) -> Iterator[Flaw]:
    known = named.channel_names(root)
    kinds = set()
    here = (*loc, "to")
    for place, node in named.each(here, digest.child("to")):
        line = named.line_of(node)
        if not line:
            continue
        kind = target_kind(line)
        if kind is not None:
            kinds.add(kind)
        elif line.casefold() not in known:
            hint = named.channel_meant(line, known)
            message = f"{quote(line)} is no mail address and names no channel; {hint}"
            yield Flaw(line=node.line, loc=place, message=message)
    yield from _sender(root, loc, digest, kinds)
    if TargetKind.MAIL in kinds and root.child("smtp") is None:
        message = "needs a mail server; add a section smtp with its host"
        yield Flaw(line=root.key_line(here), loc=here, message=message)


def _sender(root: Node, loc: Loc, digest: Node, kinds: set[TargetKind]) -> Iterator[Flaw]:
    """A message has one; what goes through a channel by mail is looked at there."""
    given = digest.child("from") or root.at((OWN_NAME, "from"))
    if given is None and kinds - {TargetKind.APPRISE}:
        where = "" if loc == (OWN_NAME,) else " here or in the section digest"
        message = f"is missing; give the sender's address{where}, from: news@example.org"
        yield Flaw(line=root.key_line(loc), loc=(*loc, "from"), message=message)


# --- sections ------------------------------------------------------------------------------------


def _sections(root: Node, loc: Loc, digest: Node) -> Iterator[Flaw]:
    known = {watch_key(name): node for _, node in named.watches(root)
             if (name := named.line_of(node.child("name")))}  # fmt: skip
    seen: dict[tuple[SectionKind, str], int] = {}
    for place, node, kind, value in named.sections(loc, digest):
        key = (kind, value if kind is SectionKind.QUERY else watch_key(value))
        if key in seen:
            message = (
                f"is what the section on line {seen[key]} takes already, so that this one would"
                " stay empty; remove it"
            )
            yield Flaw(line=node.line, loc=place, message=message)
        elif kind is SectionKind.WATCH and (wrong := _no_watch(value, known)):
            yield Flaw(line=node.line, loc=place, message=wrong)
        seen.setdefault(key, node.line)


def _no_watch(name: str, known: dict[str, Node]) -> str | None:
    """None: it is one, and of articles."""
    found = known.get(watch_key(name))
    if found is None:
        near = get_close_matches(watch_key(name), known, n=1)
        hint = "add it to the section watches"
        if near:
            hint = f"did you mean {quote(named.line_of(known[near[0]].child('name')))}?"
        return f"{quote(name)} names no watch; {hint}"
    if found.child("silent") is not None:
        return f"{quote(name)} is a watch for silent sources, which catches no articles; remove it"
    return None
