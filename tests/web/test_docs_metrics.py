"""docs/metrics.md, the rules and the dashboard name what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from webhouse import House

from aggregator.fetch.record import Exchange
from aggregator.types import NotModified
from aggregator.web.counting import ROUTES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def families(web: House) -> dict[str, tuple[str, dict[str, set[str]]]]:
    """Of each name, as it stands in rules, its kind and the values of its labels; something of
    everything has happened."""
    meters = web.site.meters
    meters.texts["article", "page", "ready"] += 1
    same = NotModified(url="", etag=None, last_modified=None, elapsed=timedelta())
    meters.exchange_happened(Exchange(url="", outcome=same, steps=(), received=0, decoded=0))
    for route in ROUTES:
        meters.request_answered(route, 200, 0.01)
    found: dict[str, tuple[str, dict[str, set[str]]]] = {}
    for family in text_string_to_metric_families(web.client.get("/metrics").text):
        name = family.name + ("_total" if family.type == "counter" else "")
        labels: dict[str, set[str]] = {}
        for sample in family.samples:
            for label, one in sample.labels.items():
                labels.setdefault(label, set()).add(one)
        labels.pop("le", None)
        found[name] = (family.type, labels)
    return found


def expressions() -> Iterator[tuple[str, str]]:
    """(where, PromQL)."""
    for group in YAML(typ="safe").load(DOCS / "alerts.yml")["groups"]:
        for rule in group["rules"]:
            assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
            yield rule["alert"], rule["expr"]
    board = json.loads((DOCS / "grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def test_the_document_has_each_name_with_its_kind_and_labels(
    families: dict[str, tuple[str, dict[str, set[str]]]],
) -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    told = {}
    for name, kind, labels in re.findall(
        r"^\| `((?:aggregator|process)_\w+)` \| (\w+) \|([^|]*)\|", page, re.MULTILINE
    ):
        told[name] = (kind, set(re.findall(r"`(\w+)`", labels)))
    assert told == {name: (kind, set(labels)) for name, (kind, labels) in families.items()}


def test_rules_and_dashboard_use_names_labels_and_values_that_there_are(
    families: dict[str, tuple[str, dict[str, set[str]]]],
) -> None:
    seen = set()
    for where, expression in expressions():
        assert expression.count("(") == expression.count(")"), where
        names = re.findall(r"\b((?:aggregator|process)_\w+)(?:\{([^}]*)\})?", expression)
        assert names or expression.startswith("up{"), where
        for used, matchers in names:
            name = used
            if used not in families:
                name = re.sub(r"_(bucket|sum|count)$", "", used)
                assert families[name][0] == "histogram", (where, used)
            else:
                assert families[name][0] != "histogram", (where, used)
            seen.add(name)
            for label, how, wanted in re.findall(r'(\w+)(=~|!=|=)"([^"]*)"', matchers):
                if label == "job":
                    continue
                values = families[name][1][label]
                if how != "=~":
                    assert wanted in values, (where, label, wanted)
    assert len(seen) > 20


def test_sums_are_by_labels_that_there_are(
    families: dict[str, tuple[str, dict[str, set[str]]]],
) -> None:
    known = {label for _, labels in families.values() for label in labels} | {"le"}
    for where, expression in expressions():
        for labels in re.findall(r"\bby \(([^)]*)\)", expression):
            assert set(labels.split(", ")) <= known, where
