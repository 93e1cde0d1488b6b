"""`extract`: a page with what is known of it, by a source's rules, and all texts again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from newssite import NewsSite, Page, rss
from program import Cli

TEXT = [
    f"Quay {number} of the old harbour was counted by the harbour master on Monday, who found all "
    f"of its boats in their places before the tide turned, and said so to everybody who asked him."
    for number in range(1, 9)
]
PROMOTION = "Members of the harbour club read all of our reports a whole day before everybody else."
HEAD = """<title>Boats counted - Harbour Notes</title>
<link rel="canonical" href="https://example.org/2026/boats">
<meta property="og:site_name" content="Harbour Notes">
<meta property="og:title" content="Boats counted">
<meta property="og:image" content="https://example.org/boats.jpg">
<meta property="og:image:alt" content="Boats at quay 3">
<meta property="article:published_time" content="2026-03-02T16:10:00+04:00">
<meta name="author" content="Ada Quill">"""
CONSENT = """<html><head><title>Before you continue</title></head><body><h1>Before you continue</h1>
<p>We and our partners use cookies to store information on your device and to show you personalised
advertising. You may accept all cookies or manage your choices.</p><button>Accept all</button>
</body></html>"""
RULES = """
    extract:
      body: div.told
      title: h2.headline
      author: p.nobody
"""
URL = "https://example.org/boats"


def page(body: str, *, head: str = HEAD) -> str:
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def article_page(dateline: str = "") -> str:
    first, *others = (f"<p>{one}</p>" for one in [dateline + TEXT[0], *TEXT[1:]])
    text = f"{first}<h2>At the quays</h2>{''.join(others)}"
    return page(f"<article><h1>Boats counted</h1>{text}</article>")


def boxes_page() -> str:
    """Of which only rules say what belongs to the article."""
    told = "".join(f"<div class='told'><p>{one}</p></div>" for one in TEXT)
    more = f"<div class='box'><p>{PROMOTION}</p></div>"
    return page(f"<main><h2 class='headline'>All boats are there</h2>{told}{more}</main>")


# --- a page --------------------------------------------------------------------------------------


def test_a_page_is_shown_with_all_that_is_known_of_it(cli: Cli) -> None:
    path = str(cli.write(article_page("ORRINMOUTH (Reuters) - "), "page.html"))
    lines = cli("extract", path, "--url", URL).stdout.splitlines()
    assert lines[0] == "Boats counted"
    assert "2026-03-02 16:10 +04:00" in lines[1]
    assert "Ada Quill" in lines[1]
    assert lines[2] == "text from the page"
    facts = dict(row.split(maxsplit=1) for row in lines[3 : lines.index("")])
    assert facts["text"]
    assert 0.9 < float(facts["confidence"]) <= 1
    assert facts["dateline"] == "ORRINMOUTH (Reuters)"
    assert facts["credits"] == "Reuters"
    assert facts["image"] == "https://example.org/boats.jpg · Boats at quay 3"
    assert facts["site"] == "Harbour Notes"
    assert facts["canonical"] == "https://example.org/2026/boats"
    assert "kind" not in facts


def test_a_page_as_one_object(cli: Cli) -> None:
    path = str(cli.write(article_page("ORRINMOUTH (Reuters) - "), "page.html"))
    found = json.loads(cli("extract", path, "--url", URL, "--json").stdout)
    assert (found["date"], found["utc_offset"]) == ("2026-03-02T12:10:00Z", "+04:00")
    assert (found["image"], found["image_alt"]) == (
        "https://example.org/boats.jpg",
        "Boats at quay 3",
    )
    assert (found["dateline"], found["credits"]) == ("ORRINMOUTH (Reuters)", ["Reuters"])
    assert (found["kind"], found["origin"]) == ("article", "page")
    assert found["kind_why"]
    assert found["why"]
    assert found["wanted"] == []
    assert found["text"].count("Quay") == len(TEXT)
    assert "<h2>At the quays</h2>" in found["html"]
    assert "## At the quays" in found["markdown"]


@pytest.mark.parametrize(
    ("form", "heading"),
    [("text", "At the quays"), ("markdown", "## At the quays"), ("html", "<h2>At the quays</h2>")],
)
def test_a_form_is_the_text_and_nothing_else(cli: Cli, form: str, heading: str) -> None:
    shown = cli("extract", "-", "--format", form, stdin=article_page().encode()).stdout
    assert shown.removeprefix("<p>").startswith(TEXT[0])
    assert heading in shown
    assert TEXT[-1] in shown
    assert "Ada Quill" not in shown


def test_a_page_without_an_article_says_what_it_is(cli: Cli) -> None:
    path = str(cli.write(CONSENT, "page.html"))
    told = ["--title", "Boats counted", "--summary", "All <40> boats of the harbour are there."]
    done = cli("extract", path, "--url", URL, *told, check=1)
    assert "there is no article in it" in done.stderr
    assert done.stdout.splitlines()[0] == "Boats counted"
    assert "\nkind        consent page: " in done.stdout
    assert "All <40> boats of the harbour are there." in done.stdout
    found = json.loads(cli("extract", path, "--url", URL, *told, "--json", check=1).stdout)
    assert (found["kind"], found["origin"]) == ("consent", "summary")
    assert found["html"] == "<p>All &lt;40&gt; boats of the harbour are there.</p>"


def test_further_pages_are_named(cli: Cli) -> None:
    more = '<nav class="pagination"><span>1</span> <a rel="next" href="?page=2">2</a></nav>'
    text = article_page().replace("</article>", f"{more}</article>")
    found = json.loads(cli("extract", "-", "--url", URL, "--json", stdin=text.encode()).stdout)
    assert found["wanted"] == [{"role": "next", "url": f"{URL}?page=2"}]
    assert f"{URL}?page=2 (next)" in cli("extract", "-", "--url", URL, stdin=text.encode()).stdout


# --- by rules ------------------------------------------------------------------------------------


def test_a_page_is_read_by_the_rules_of_a_source(cli: Cli) -> None:
    cli.write(f"sources:\n  - name: Harbour Notes\n    url: https://example.org/feed{RULES}")
    path = str(cli.write(boxes_page(), "page.html"))
    found = json.loads(cli("extract", path, "--url", URL, "--source", "harbour", "--json").stdout)
    assert (found["origin"], found["title"]) == ("rules", "All boats are there")
    assert found["text"] == "\n\n".join(TEXT)
    assert "rules for author find nothing" in found["why"]


def test_a_source_without_rules_or_that_is_unknown(cli: Cli) -> None:
    cli.write("sources:\n  - name: Harbour Notes\n    url: https://example.org/feed\n")
    path = str(cli.write(article_page(), "page.html"))
    done = cli("extract", path, "--source", "Harbour Notes")
    assert "Harbour Notes has no rules" in done.stderr
    assert TEXT[0] in done.stdout
    assert "Nobody" in cli("extract", path, "--source", "Nobody", check=2).stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "FILE"),
        (["-", "--again"], "leave out FILE"),
        (["--again", "--url", URL], "--url goes with a FILE"),
        (["--again", "--content-type", "text/html"], "--content-type goes with a FILE"),
        (["--again", "--title", ""], "--title goes with a FILE"),
        (["--again", "--format", "html"], "--format goes with a FILE"),
        (["-", "--since", "3d"], "--since goes with --again"),
        (["-", "--source", "a", "--source", "b"], "one --source"),
        (["-", "--json", "--format", "text"], "leave out --format"),
        (["--again", "--since", "soonish"], "neither a duration"),
    ],
)
def test_what_does_not_go_together(cli: Cli, words: list[str], says: str) -> None:
    assert says in cli("extract", *words, stdin=b"", check=2).stderr


# --- again ---------------------------------------------------------------------------------------


@pytest.fixture
def paper() -> Iterator[NewsSite]:
    with NewsSite() as running:
        feed = rss("Notes", ["Boats counted", "Ferry late"])
        feed = feed.replace(b"https://news.example.org/Notes/", running.url("/").encode())
        running.pages["/feed"] = Page(feed)
        for name in ("/0", "/1"):
            body = boxes_page().replace("Monday", f"day {name[1:]}").encode()
            running.pages[name] = Page(body, type="text/html; charset=utf-8")
        yield running


def follow(cli: Cli, paper: NewsSite, rules: str = "\n", keep: str = "7d") -> None:
    source = f"  - name: Notes\n    url: {paper.url('/feed')}\n    pages: always"
    settings = f"allow: [127.0.0.1]\nhost_delay: 0s\nkeep_pages: {keep}\n"
    cli.write(f"{settings}sources:\n{source}{rules}")


def test_new_rules_reach_what_is_stored(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper)
    cli("update")
    assert json.loads(cli("article", "1", "--json").stdout)["text_origin"] == "page"
    asked = len(paper.requests)
    same = cli("extract", "--again").stdout
    assert same == "2 articles read again: 0 changed, 2 as before\n"

    follow(cli, paper, RULES)
    report = json.loads(cli("extract", "--again", "--json").stdout)
    assert report == {
        "seen": 2,
        "changed": 2,
        "unchanged": 0,
        "failed": [],
        "left_to_leader": False,
    }
    assert len(paper.requests) == asked
    article = json.loads(cli("article", "1", "--json").stdout)
    assert (article["text_origin"], article["text"].count("Quay")) == ("rules", len(TEXT))
    assert PROMOTION not in article["text"]
    assert article["story"] is not None
    assert cli("search", "club", check=1).stdout == "Nothing matches.\n"


def test_only_some_are_read_again(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper)
    cli("update")
    assert cli("extract", "--again", "--source", "note", "--since", "1h").stdout.startswith("2 art")
    assert "No pages are kept" in cli("extract", "--again", "--since", "2199-01-01").stdout
    assert "Nobody" in cli("extract", "--again", "--source", "Nobody", check=2).stderr


def test_where_no_pages_are_kept_none_is_read(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper, keep="0")
    cli("update")
    assert "`keep_pages` in feeds.yaml" in cli("extract", "--again").stdout
    assert json.loads(cli("extract", "--again", "--json").stdout)["seen"] == 0


def test_progress_is_shown_on_a_terminal_only(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper)
    cli("update")
    assert "Extracting" in cli.on_terminal("extract", "--again")
    assert cli("extract", "--again").stderr == ""


def test_an_article_says_where_its_text_is_from_and_has_every_form(
    cli: Cli, paper: NewsSite
) -> None:
    follow(cli, paper, RULES)
    cli("update")
    shown = cli("article", "1").stdout
    assert "text from the page, by the source's rules" in shown
    assert "rules for author find nothing" in shown
    assert cli("article", "1", "--format", "html").stdout.startswith("<")
    assert cli("article", "1", "--format", "text").stdout.startswith("Quay 1")
    assert "leave out --format" in cli("article", "1", "--format", "text", "--json", check=2).stderr
    both = cli("article", "1", "--format", "text", "--revisions", check=2)
    assert "leave out --revisions" in both.stderr
