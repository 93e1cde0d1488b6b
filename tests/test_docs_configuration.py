"""docs/configuration.md, feeds.template.yaml and the schema name the same keys and values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic.fields import FieldInfo

from aggregator.config import parse, template
from aggregator.config.digests import written_days
from aggregator.config.excerpt import DEFAULT_STORAGE
from aggregator.config.schema import (
    ANY_NAME,
    SECTIONS,
    DigestEntry,
    DigestSection,
    FeedsFile,
    Section,
    keys,
)
from aggregator.config.values import Range
from aggregator.core.durations import format_duration, format_size
from aggregator.notify.words import LANGUAGES

PAGE = Path(__file__).parent.parent / "docs" / "configuration.md"
MANY = ("sources", "watches", "digests", "sections")
SHOWN = {ANY_NAME: "NAME", **{name: f"{name}[]" for name in MANY}}
"""How the page writes what stands for many."""


def in_schema() -> dict[str, FieldInfo]:
    """Without what an entry of `digests` has as `digest` has it."""
    found = {}
    for place, section in SECTIONS.items():
        prefix = "".join(f"{SHOWN.get(part, part)}." for part in map(str, place))
        for name, field in section.model_fields.items():
            if place[:1] == ("digests",) and (place[1:] or name in DigestSection.model_fields):
                continue
            found[prefix + (field.alias or name)] = field
    return found


def in_docs() -> dict[str, tuple[str, str]]:
    """Key → (values, default)."""
    rows = re.findall(r"^\| `([^`]+)` \| .+ \| (.+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    keys = [row[0] for row in rows]
    assert len(keys) == len(set(keys)), "a key is documented twice"
    return {key: (values, default) for key, values, default in rows}


def in_template() -> Iterator[str]:
    """Keys as they stand in the template, commented or not, below the section they belong to."""
    section = subsection = ""
    for line in template().splitlines():
        match = re.match(r"#?( *)(- |#)?([a-z_]+):(?: |$)", line)
        if match is None:
            continue
        indent, key = len(match[1]), match[3]
        if indent == 0:
            section = key
            yield key
        elif section == "channels":
            if indent > 2:  # else it is a name
                yield f"channels.NAME.{key}"
        elif section == "digests" and key != "name":
            yield f"digest.{'sections[].' if indent > 4 else ''}{key}"
        elif section == "web":
            yield f"web.{'proxy.' if indent > 2 else ''}{key}"
        elif indent <= 4:
            subsection = key
            yield f"{SHOWN.get(section, section)}.{key}"
        elif (section, subsection) in SECTIONS:
            yield f"sources[].{subsection}.{key}"


def bounds(field: FieldInfo) -> Range[Any] | None:
    """Found in the field's own metadata, or in that of its annotation (`X | None`)."""
    inner = [
        item
        for part in getattr(field.annotation, "__args__", ())
        for item in getattr(part, "__metadata__", ())
    ]
    for item in [*field.metadata, *inner]:
        func = getattr(item, "func", None)
        if isinstance(func, Range):
            return func
    return None


def shown(key: str, default: object) -> str:
    if isinstance(default, timedelta):
        return format_duration(default)
    if isinstance(default, frozenset | tuple):  # days, hours
        hours = (f"{hour:%H:%M}" for hour in default)
        return written_days(default) if isinstance(default, frozenset) else ", ".join(hours)
    if isinstance(default, ZoneInfo):
        return default.key
    if isinstance(default, bool):
        return str(default).lower()
    if key.endswith("_size"):
        assert isinstance(default, int)
        return format_size(default)
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    assert in_docs().keys() == in_schema().keys()


def test_an_entry_of_digests_has_the_keys_of_digest_and_a_name() -> None:
    assert {*keys(DigestEntry)} == {*keys(DigestSection), "name"}


def test_the_languages_of_digests_are_those_that_there_are() -> None:
    listed = ", ".join(sorted(LANGUAGES))
    assert in_docs()["digest.language"][0] == listed
    assert f"are in: {listed}.\n" in template()


def test_every_key_has_its_example_in_the_template() -> None:
    # Names of request headers and of attributes in OPML are the user's own.
    assert set(in_template()) == in_schema().keys()


def test_the_sections_of_the_schema_are_all_listed() -> None:
    listed = set(SECTIONS.values())
    used: set[type[Section]] = {FeedsFile}
    for section in SECTIONS.values():
        for field in section.model_fields.values():
            used |= {other for other in listed if other.__name__ in str(field.annotation)}
    assert used == listed


@pytest.mark.parametrize("key", in_schema())
def test_the_documented_bounds_are_those_that_hold(key: str) -> None:
    limits = bounds(in_schema()[key])
    documented = re.fullmatch(r"[0-9.]+\w* to [0-9.]+\w*", in_docs()[key][0])
    if limits is None:
        assert documented is None
    else:
        assert in_docs()[key][0] == str(limits)


def test_bounds_are_found_behind_optional_fields() -> None:
    with_bounds = {key for key, field in in_schema().items() if bounds(field)}
    assert {"interval", "sources[].interval", "smtp.port", "digest.max_items"} <= with_bounds


@pytest.mark.parametrize("key", in_schema())
def test_the_documented_default_is_the_one_that_holds(key: str) -> None:
    field = in_schema()[key]
    documented = in_docs()[key][1]
    if key == "storage":
        assert documented == f"`{DEFAULT_STORAGE}`"
    elif field.is_required():
        assert documented.startswith("required")
    elif field.default in (None, (), "") or key in SECTION_KEYS:
        # Prose, or the key that it falls back to: no value of its own.
        assert documented.strip("`") not in {"true", "false", "None"}
        assert not re.fullmatch(r"`[0-9].*`", documented)
    else:
        assert documented == f"`{shown(key, field.default)}`"


SECTION_KEYS = {
    *("digest", "smtp", "log", "stories", "web", "sources[].headers", "sources[].opml"),
    *("sources[].extract.headers", "sources[].extract.cookies", "channels"),
}


def test_the_examples_of_rules_are_valid() -> None:
    section = PAGE.read_text().partition("### Rules for a site")[2].partition("\n## ")[0]
    examples = re.findall(r"^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    environ = {"EXAMPLE_SUBSCRIBER": "s3cret"}
    configs = [parse(text, file="f", folder=Path(), environ=environ) for text in examples]
    assert all(config.sources[0].rules for config in configs)


def test_the_examples_of_digests_are_valid() -> None:
    section = PAGE.read_text().partition("\n## Digest\n")[2].partition("\n## Channels")[0]
    one, sections, several = re.findall(r"^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    sources = "sources: [https://a.example/]\n"
    environ = {"SMTP_PASSWORD": "pa55"}
    mailed, parted, more = (
        parse(f"{sources}{text}", file="f", folder=Path("/srv"), environ=environ)
        for text in (one, sections, f"smtp: {{host: mail.example.org}}\n{several}")
    )
    assert [target.name for target in mailed.digest.to] == ["you@example.org"]
    assert [rule.title for rule in parted.digest.sections] == ["world", "Baku", "Widely reported"]
    assert parted.watches[0].to == ()
    assert [digest.name for digest in more.digests] == ["Morning", "Caucasus"]


def test_the_examples_of_channels_and_watches_are_valid() -> None:
    page = PAGE.read_text()
    found = [
        re.findall(r"^```yaml\n(.*?)^```", part.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
        for part in (page.partition("\n## Channels")[2], page.partition("\n## Watches")[2])
    ]
    [[channels], [watches]] = found
    others = "sources: [https://a.example/]\ndigest: {from: a@b.example}\nsmtp: {host: b.example}\n"
    environ = {"HOOK_SECRET": "k" * 32, "SLACK_URL": "json://ann:secret@chat.example.org/"}
    config = parse(f"{others}{channels}{watches}", file="f", folder=Path(), environ=environ)
    assert len(config.channels) == 6
    assert len(config.watches) == 2


@pytest.mark.parametrize("key", in_schema())
def test_the_documented_words_are_those_that_are_read(key: str) -> None:
    default = in_schema()[key].default
    if isinstance(default, StrEnum):
        assert in_docs()[key][0] == ", ".join(type(default))
