"""`aggregator add`: from an address to a source in feeds.yaml, as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from newssite import NewsSite, Page, announced, html, rss
from program import Cli

from aggregator.cli.begun import config_so_far
from aggregator.config import load
from aggregator.errors import ConfigError

HARBOUR = Page(rss("Harbour"))
LIST = "".join(
    f"<li class='news'><h3><a href='/{number}'>{title}</a></h3><time datetime='2026-03-0{number}'>"
    f"{number} March</time><p>Of the {title.lower()}.</p></li>"
    for number, title in enumerate(("Pier opens", "Ferry late"), start=1)
)


@pytest.fixture
def site(cli: Cli) -> Iterator[NewsSite]:
    """With a feeds.yaml that opens it and lists nothing."""
    with NewsSite() as running:
        running.pages["/"] = html(
            announced("/feed.xml", "All")
            + announced("/sport.xml", "Sport")
            + announced("/old.xml", "Old"),
            f"<ul>{LIST}</ul>",
        )
        running.pages["/feed.xml"] = HARBOUR
        running.pages["/sport.xml"] = Page(rss("Harbour Sport - RSS Feed"))
        running.pages["/old.xml"] = Page(rss("Harbour Archive", newest=timedelta(days=900)))
        cli.write(f"# mine\nallow: ['{running.host}']\nhost_delay: 0s\n")
        yield running


def listed(cli: Cli) -> dict[str, str]:
    """Name to address."""
    config = load(cli.folder / "feeds.yaml", environ={})
    return {source.name: source.url for source in config.sources}


# --- which feed ----------------------------------------------------------------------------------


def test_the_only_feed_is_added_with_its_title_as_name(cli: Cli, site: NewsSite) -> None:
    done = cli("add", site.url("/feed.xml"))
    assert "Added “Harbour” to feeds.yaml" in done.stdout
    assert "RSS 2.0" in done.stdout
    assert "3 items, about" in done.stdout
    text = (cli.folder / "feeds.yaml").read_text()
    assert text.startswith("# mine\nallow:")
    assert listed(cli) == {"Harbour": site.url("/feed.xml")}


def test_of_several_none_is_taken_without_being_told_which(cli: Cli, site: NewsSite) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    done = cli("add", site.host, check=1)
    assert [row[:1] for row in done.stdout.splitlines()[1:4]] == ["1", "2", "3"]
    assert "--pick NUMBER" in done.stderr
    assert (cli.folder / "feeds.yaml").read_bytes() == before


def test_the_only_good_one_of_several_is_taken(cli: Cli, site: NewsSite) -> None:
    site.pages["/"] = html(announced("/old.xml", "Old") + announced("/feed.xml", "All"))
    cli("add", site.host)
    assert listed(cli) == {"Harbour": site.url("/feed.xml")}


def test_pick_name_and_tags(cli: Cli, site: NewsSite) -> None:
    cli("add", site.host, "--pick", "2", "--name", "Sports desk", "--tag", "sport", "--tag", "sea")
    source = load(cli.folder / "feeds.yaml", environ={}).sources[0]
    assert (source.name, source.url) == ("Sports desk", site.url("/sport.xml"))
    assert source.tags == ("sport", "sea")


def test_yes_takes_the_first_and_a_name_that_is_taken_gets_a_number(
    cli: Cli, site: NewsSite
) -> None:
    site.pages["/other.xml"] = Page(rss("Harbour", ("Quay", "Crane")))
    cli("add", site.url("/other.xml"))
    cli("add", site.host, "--yes")
    assert listed(cli) == {"Harbour": site.url("/other.xml"), "Harbour 2": site.url("/feed.xml")}


def test_a_name_does_not_say_that_it_is_a_feed(cli: Cli, site: NewsSite) -> None:
    cli("add", site.url("/sport.xml"))
    assert list(listed(cli)) == ["Harbour Sport"]


def test_pick_of_what_is_not_there_is_wrong_usage(cli: Cli, site: NewsSite) -> None:
    done = cli("add", site.host, "--pick", "9", check=2)
    assert "there is no candidate 9; the last is 3" in done.stderr


def test_dry_run_writes_nothing(cli: Cli, site: NewsSite) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    done = cli("add", site.url("/feed.xml"), "--dry-run")
    assert f"Would be added as “Harbour”: {site.url('/feed.xml')}" in done.stdout
    cli("add", site.host, "--dry-run")
    assert (cli.folder / "feeds.yaml").read_bytes() == before


def test_json_is_one_object(cli: Cli, site: NewsSite) -> None:
    done = cli("add", site.host, "--json", "--pick", "1")
    told = json.loads(done.stdout)
    assert [one["title"] for one in told["candidates"]] == [
        "Harbour",
        "Harbour Sport - RSS Feed",
        "Harbour Archive",
    ]
    assert told["candidates"][0]["items"] == 3
    assert told["added"] == {"name": "Harbour", "url": site.url("/feed.xml")}
    assert told["followed_as"] is None
    again = json.loads(cli("add", site.host, "--json", "--pick", "1").stdout)
    assert (again["added"], again["followed_as"]) == (None, "Harbour")


# --- somebody at a terminal ----------------------------------------------------------------------


def test_at_a_terminal_it_asks_which(cli: Cli, site: NewsSite) -> None:
    shown = cli.on_terminal("add", site.host, typed="2", columns=80)
    assert "Follow which one? (0: none) [1]" in shown
    assert site.url("/sport.xml") in shown, "addresses stay whole on 80 columns"
    assert listed(cli) == {"Harbour Sport": site.url("/sport.xml")}


def test_at_a_terminal_the_first_is_the_default(cli: Cli, site: NewsSite) -> None:
    shown = cli.on_terminal("add", site.host, columns=160)
    assert "address" in shown, "a table, where there is room"
    assert listed(cli) == {"Harbour": site.url("/feed.xml")}


def test_at_a_terminal_none_may_be_wanted(cli: Cli, site: NewsSite) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    cli.on_terminal("add", site.host, typed="0", columns=80)
    cli.on_terminal("add", site.url("/feed.xml"), typed="n", columns=80)
    assert (cli.folder / "feeds.yaml").read_bytes() == before


# --- what is there already -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/feed.xml", "/moved", "/for-now"])
def test_what_is_followed_already_is_not_added_again(cli: Cli, site: NewsSite, path: str) -> None:
    site.pages["/moved"] = Page(status=301, headers={"Location": "/feed.xml"})
    site.pages["/for-now"] = Page(status=302, headers={"Location": "/feed.xml"})
    cli.write(
        f"allow: ['{site.host}']\nhost_delay: 0s\n"
        f"sources:\n  - {{url: '{site.url(path)}', name: The harbour}}\n"
    )
    before = (cli.folder / "feeds.yaml").read_bytes()
    done = cli("add", site.url("/feed.xml"))
    assert "followed already, as “The harbour”" in done.stdout
    assert (cli.folder / "feeds.yaml").read_bytes() == before


def test_what_leads_to_a_followed_feed_is_followed_already(cli: Cli, site: NewsSite) -> None:
    site.pages["/for-now"] = Page(status=302, headers={"Location": "/feed.xml"})
    cli("add", site.url("/feed.xml"))
    assert "followed already, as “Harbour”" in cli("add", site.url("/for-now")).stdout


def test_what_a_followed_feed_has_moved_to_is_followed_already(cli: Cli, site: NewsSite) -> None:
    with NewsSite() as old:
        old.pages["/feed.xml"] = Page(status=301, headers={"Location": site.url("/feed.xml")})
        cli.write(
            f"allow: ['{site.host}', '{old.host}']\nhost_delay: 0s\n"
            f"sources:\n  - {{url: '{old.url('/feed.xml')}', name: The harbour}}\n"
        )
        for _ in range(3):
            cli("update", "--force", "--polls-only")
    assert "followed already, as “The harbour”" in cli("add", site.url("/feed.xml")).stdout


# --- pages without a feed ------------------------------------------------------------------------


def test_a_page_is_watched_by_selectors(cli: Cli, site: NewsSite) -> None:
    done = cli("add", site.url(), "--item", "li.news", "--summary", "p", "--date", "time")
    assert "2 items" in done.stdout
    assert f"2026-03-01 00:00  Pier opens  {site.url('/1')}" in done.stdout
    source = load(cli.folder / "feeds.yaml", environ={}).sources[0]
    assert source.url == site.url()
    assert source.selectors is not None
    assert source.selectors.item == "li.news"
    assert source.selectors.summary == "p"
    assert source.selectors.title is None


def test_at_a_terminal_it_asks_before_a_page_is_watched(cli: Cli, site: NewsSite) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    shown = cli.on_terminal("add", site.url(), "--item", "li.news", typed="n", columns=80)
    assert "Watch this page?" in shown
    assert (cli.folder / "feeds.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--item", "li.gone"], 1, "has nothing that"),
        (["--item", "li["], 2, "is no CSS selector"),
        (["--title", "h3"], 2, "say by --item what those are"),
        (["--item", "li", "--pick", "2"], 2, "--pick is for feeds"),
    ],
)
def test_selectors_that_find_nothing_add_nothing(
    cli: Cli, site: NewsSite, options: list[str], code: int, sentence: str
) -> None:
    before = (cli.folder / "feeds.yaml").read_bytes()
    assert sentence in cli("add", site.url(), *options, check=code).stderr
    assert (cli.folder / "feeds.yaml").read_bytes() == before


# --- what cannot be found ------------------------------------------------------------------------


def test_where_no_feed_is_found_it_says_what_was_tried(cli: Cli, site: NewsSite) -> None:
    site.pages.clear()
    site.pages["/"] = html()
    done = cli("add", site.url(), check=1)
    assert f"{site.url('/feed/')}" in done.stdout
    assert "404 Not Found" in done.stdout
    assert "15 addresses were asked" in done.stderr
    assert "--item CSS" in done.stderr
    told = json.loads(cli("add", site.url(), "--json", check=1).stdout)
    assert told["candidates"] == []
    assert len(told["misses"]) > 5


def test_a_site_that_is_down_is_told_of(cli: Cli) -> None:
    with NewsSite() as gone:
        pass
    cli.write(f"allow: ['{gone.host}']\nhost_delay: 0s\n")
    done = cli("add", gone.host, check=1)
    assert "refused the connection. Nothing was added." in done.stderr
    assert "https://" in done.stderr, "the first that was tried"


def test_without_a_feeds_yaml_the_guard_is_up_and_nothing_is_made(cli: Cli, site: NewsSite) -> None:
    (cli.folder / "feeds.yaml").unlink()
    done = cli("add", site.url(), check=1)
    assert "is not public" in done.stderr
    assert site.requests == []
    assert not (cli.folder / "feeds.yaml").exists()


def test_a_wrong_feeds_yaml_is_told_first(cli: Cli, site: NewsSite) -> None:
    cli.write("interval: soon\n")
    done = cli("add", site.url(), check=2)
    assert "interval" in done.stderr
    assert "sources" not in done.stderr
    assert site.requests == []


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "# mine\n",
        "sources:\n",
        "# mine\r\nsources:\r\n",
        "sources: []  # none yet\n",
        "sources:\n  # - https://example.org/feed\n\nlog: {level: info}\n",
    ],
)
def test_a_configuration_may_be_not_begun(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "feeds.yaml"
    if text is not None:
        path.write_bytes(text.encode())
    config = config_so_far(path)
    assert config.sources == ()
    assert config.allow == ()


@pytest.mark.parametrize("begin", ["sources:\n", "sources:  # mine\n\n  # the first\n"])
def test_a_configuration_with_wrong_sources_is_refused(tmp_path: Path, begin: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"{begin}- {{url: 'ftp://example.org/'}}\n- {{url: 'gopher://example.org/'}}\n")
    with pytest.raises(ConfigError, match=r"(?s)ftp.*gopher"):
        config_so_far(path)
