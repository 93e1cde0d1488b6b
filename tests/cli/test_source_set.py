"""sources set: names and tags of sources, as a user changes them."""

from __future__ import annotations

import json

from program import Cli

FEEDS = """\
# Mine.
sources:
  - url: https://harbour.example.org/feed   # daily
    name: Harbour Notes
    tags: [local, sea]

  - {url: https://hill.example.org/world, paused: true}
  - https://hill.example.org/sport
"""


def test_a_source_gets_a_name_and_tags_and_the_rest_stays(cli: Cli) -> None:
    path = cli.write(FEEDS)
    asked = ("--name", "The Quay", "--tag", "Séa", "--tag", "north", "--untag", "LOCAL")
    assert cli("sources", "set", "harbour", *asked).stdout == (
        "Changed: The Quay (https://harbour.example.org/feed), formerly Harbour Notes;"
        " tags: sea, north\n"
    )
    changed = FEEDS.replace("Harbour Notes", "The Quay").replace("local, sea", "sea, north")
    assert path.read_text() == changed
    again = cli("sources", "set", "the quay", "--tag", "sea", "--untag", "nowhere")
    assert again.stdout.startswith("Unchanged: The Quay (")
    assert path.read_text() == changed


def test_several_sources_get_a_tag_at_once(cli: Cli) -> None:
    path = cli.write(FEEDS)
    asked = ("harbour", "hill.example.org/world", "--tag", "hills", "--untag", "sea", "--json")
    rows = [json.loads(row) for row in cli("sources", "set", *asked).stdout.splitlines()]
    assert rows == [
        {
            "name": "Harbour Notes",
            "url": "https://harbour.example.org/feed",
            "done": "changed",
            "tags": ["local", "hills"],
        },
        {
            "name": "hill.example.org/world",
            "url": "https://hill.example.org/world",
            "done": "changed",
            "tags": ["hills"],
        },
    ]
    assert "# daily" in path.read_text()
    assert "paused: true, tags: [hills]" in path.read_text()


def test_what_cannot_be_meant_is_refused(cli: Cli) -> None:
    path = cli.write(FEEDS)
    for asked, said in (
        (("harbour",), "say what to change"),
        (("harbour", "sport", "--name", "One"), "2 sources cannot have one name"),
        (("sport", "--name", "harbour notes"), "another source is called “Harbour Notes”"),
        (("sport", "--tag", "x", "--untag", "X"), "“x” is given with --tag and with --untag"),
        (("hill", "--tag", "x"), "say which"),
    ):
        assert said in cli("sources", "set", *asked, check=2).stderr
    assert path.read_text() == FEEDS
