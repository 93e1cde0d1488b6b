"""The names, numbers and dates that two articles both have."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.core.features import NUMBER, Features, fact_keys

SHOWN = 5
"""Names, numbers and dates that a reason gives."""
PRINCIPAL = 5
"""So many words of names are what an article is about."""


def shared_facts(found: Features, other: Features, says: Mapping[int, float]) -> list[str]:
    """Names, then numbers and dates: as the first one writes them, the most telling first.

    `says` is what each of its facts says.
    """
    shared = []
    for name, _ in found.item.fingerprint.names:
        keys = fact_keys(name)
        if keys and all(key in other.facts for key in keys):
            shared.append((keys[0] >= NUMBER, -sum(says.get(key, 0.0) for key in keys), name))
    return _without_parts([name for _, _, name in sorted(shared)])[:SHOWN]


def shared_share(found: Features, other: Features, says: Mapping[int, float]) -> float:
    """Of what the principal names of the first one say, the share that the other names, too; 0 when
    it names nobody."""
    names = [fact for fact in found.facts if fact < NUMBER]
    names.sort(key=lambda fact: (-found.facts[fact] * says.get(fact, 0.0), fact))
    principal = names[:PRINCIPAL]
    total = sum(says.get(fact, 0.0) for fact in principal)
    both = sum(says.get(fact, 0.0) for fact in principal if fact in other.facts)
    return both / total if total else 0.0


def _without_parts(names: list[str]) -> list[str]:
    """Without those that are part of a longer one, as the surname alone."""
    return [
        name for name in names if not any(set(name.split()) < set(other.split()) for other in names)
    ]
