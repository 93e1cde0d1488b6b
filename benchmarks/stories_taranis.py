"""Taranis AI's way to stories: a graph of keywords, its communities, then likeness of sentences.

What the story bot of github.com/taranis-ai/taranis-ai asks: github.com/taranis-ai/story-clustering,
of it story_clustering/keywords_organizer.py, eventdetector.py, document_representation.py and
nlp_utils.py; a variant of Story Forest (Liu et al. 2017). All articles of a set are clustered at
once, as it does with articles that have no story yet; those that come later find less.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from math import log, log2, sqrt

from benchmarks.stories_rivals import Run
from benchmarks.stories_scores import Labels
from benchmarks.stories_sets import Row, inputs

RESOLUTION = 5.0
CORRELATION = 0.05
"""Two keywords are linked when so much of their articles are articles of both."""
SENTENCES = 5
SEED = 42
THRESHOLDS = (0.5, *(round(0.02 * step, 2) for step in range(25)))

Graph = Mapping[str, Mapping[str, float]]
"""Neighbours with the weights of the edges, in both directions."""
Sparse = Mapping[str, float]


def taranis(rows: Sequence[Row]) -> Iterator[Run]:
    """Names that occur together are linked; the communities of the graph (Louvain, resolution 5)
    are candidate events, and each article belongs to the one whose keywords are nearest to its
    own by TF-IDF cosine. Within one, articles are gathered around the first that is left: those of
    whose first five sentences the most similar ones are alike enough, by their mean.

    Stand-ins, as its models are not at hand: for its named-entity recogniser (GLiNER, Flair), the
    names that our fingerprint finds by capital letters; for the multilingual sentence model, whose
    threshold is 0.5, TF-IDF cosines of the sentences' words, whose threshold is chosen in
    hindsight.
    """
    articles = [
        {
            name.lower(): count
            for name, count in item.fingerprint.names
            if len(name) > 2 and not any(character.isdigit() for character in name)
        }
        for item in inputs(rows)
    ]
    graph = _graph(articles)
    nearest = _nearest_communities(articles, graph)
    leads = _leads(rows)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number, community in enumerate(nearest):
        groups[community].append(number)
    likeness = {
        (one, other): _likeness(leads[one], leads[other])
        for group in groups.values()
        for one, other in combinations(group, 2)
    }
    for least in THRESHOLDS:
        yield f"sentences {least:.2f}", _split(groups, likeness, len(rows), least)


def _graph(articles: Sequence[Mapping[str, int]]) -> Graph:
    """Keywords that are linked with none are left out."""
    found_in = Counter(name for names in articles for name in names)
    together: Counter[tuple[str, str]] = Counter()
    for names in articles:
        together.update(combinations(sorted(names), 2))
    graph: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (one, other), count in together.items():
        if count / (found_in[one] + found_in[other]) >= CORRELATION:
            graph[one][other] = graph[other][one] = float(count)
    return graph


def _nearest_communities(articles: Sequence[Mapping[str, int]], graph: Graph) -> list[int]:
    """An article that is near to none is put with the first community."""
    found_in = Counter(name for names in articles for name in names)
    rarity = {name: log2(len(articles) / (count + 1)) for name, count in found_in.items()}
    community = louvain(graph, resolution=RESOLUTION, seed=SEED)
    weights = {}
    squares: defaultdict[int, float] = defaultdict(float)
    for name, neighbours in graph.items():
        inside = [
            count / min(found_in[name], found_in[other])
            for other, count in neighbours.items()
            if community[other] == community[name]
        ]
        if inside:
            weights[name] = sum(inside) / len(inside) * rarity[name]
            squares[community[name]] += weights[name] ** 2
    nearest = []
    for names in articles:
        near: defaultdict[int, float] = defaultdict(float)
        for name, count in names.items():
            if name in weights and squares[community[name]]:
                product = weights[name] * count * rarity[name]
                near[community[name]] += product / sqrt(squares[community[name]])
        nearest.append(max(sorted(near), key=near.__getitem__, default=0))
    return nearest


def louvain(graph: Graph, *, resolution: float, seed: int) -> dict[str, int]:
    """Communities that raise modularity (Blondel et al. 2008), with a resolution (Reichardt and
    Bornholdt 2006): nodes move to the neighbouring community that gains most, until none does;
    then communities become nodes, and so on."""
    rng = random.Random(seed)
    numbers = {name: number for number, name in enumerate(graph)}
    edges: list[dict[int, float]] = [
        {numbers[other]: weight for other, weight in neighbours.items()}
        for neighbours in graph.values()
    ]
    member_of = list(range(len(edges)))
    while True:
        moved, community = _one_level(edges, resolution, rng)
        member_of = [community[node] for node in member_of]
        if not moved:
            return {name: member_of[number] for name, number in numbers.items()}
        merged: list[dict[int, float]] = [{} for _ in range(max(community) + 1)]
        for node, neighbours in enumerate(edges):
            into = merged[community[node]]
            for other, weight in neighbours.items():
                into[community[other]] = into.get(community[other], 0.0) + weight
        edges = merged


def _one_level(
    edges: Sequence[Mapping[int, float]], resolution: float, rng: random.Random
) -> tuple[bool, list[int]]:
    """Whether anything moved, and the community of each node, numbered from 0 without gaps."""
    degrees = [sum(neighbours.values()) for neighbours in edges]
    twice = sum(degrees) or 1.0
    community = list(range(len(edges)))
    totals = list(degrees)
    order = list(range(len(edges)))
    rng.shuffle(order)
    moved, changed = False, True
    while changed:
        changed = False
        for node in order:
            links: defaultdict[int, float] = defaultdict(float)
            for other, weight in edges[node].items():
                if other != node:
                    links[community[other]] += weight
            before = community[node]
            totals[before] -= degrees[node]
            expected = resolution * degrees[node] / twice
            best, most = before, links[before] - expected * totals[before]
            for candidate, weight in links.items():
                gain = weight - expected * totals[candidate]
                if gain > most + 1e-9:
                    best, most = candidate, gain
            totals[best] += degrees[node]
            if best != before:
                community[node] = best
                moved = changed = True
    renumbered = {old: new for new, old in enumerate(sorted(set(community)))}
    return moved, [renumbered[old] for old in community]


def _leads(rows: Sequence[Row]) -> list[list[Sparse]]:
    """The first sentences of each as TF-IDF vectors of length 1."""
    bags = [
        [
            Counter(re.findall(r"\w+", sentence.lower()))
            for sentence in re.split(r"[.]", row.get("text") or row.get("title", ""))
            if sentence.strip()
        ][:SENTENCES]
        for row in rows
    ]
    found_in = Counter(word for bag in bags for word in set().union(*bag))
    return [[_vector(bag, found_in, len(rows)) for bag in sentences] for sentences in bags]


def _vector(bag: Counter[str], found_in: Counter[str], size: int) -> Sparse:
    weights = {word: n * log((size + 1) / found_in[word]) for word, n in bag.items()}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _likeness(one: Sequence[Sparse], other: Sequence[Sparse]) -> float:
    """Of each sentence of the one, the likeness of the other's nearest; their mean."""
    if not one or not other:
        return 0.0
    return sum(
        max(sum(mine[word] * theirs[word] for word in mine.keys() & theirs) for theirs in other)
        for mine in one
    ) / len(one)


def _split(
    groups: Mapping[int, Sequence[int]],
    likeness: Mapping[tuple[int, int], float],
    size: int,
    least: float,
) -> Labels:
    labels: list[int] = [-1] * size
    for group in groups.values():
        for at, first in enumerate(group):
            if labels[first] >= 0:
                continue
            labels[first] = first
            for other in group[at + 1 :]:
                if labels[other] < 0 and likeness[first, other] >= least:
                    labels[other] = first
    return labels
