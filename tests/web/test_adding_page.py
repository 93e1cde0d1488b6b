"""From an address to a source, by a page; and lists of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from readroom import get, post, text_of
from webdoor import PAGE, bearer, csrf, token, with_password
from webhouse import House

from aggregator.config import load
from aggregator.demo.press import Press, PressOutlet
from aggregator.types import Scope


@pytest.fixture(scope="module")
def outlet() -> Iterator[PressOutlet]:
    """One that answers, and that nobody follows."""
    with Press(datetime.now(UTC)) as press:
        yield next(one for one in press.outlets if one.name == "Tessmark")


def reload(web: House) -> None:
    web.config = load(web.site.config_path, environ={})


def upload(web: House, content: str) -> httpx.Response:
    form = {"csrf": csrf(get(web, "/sources/opml"))}
    files = {"file": ("list.opml", content.encode(), "text/x-opml")}
    return web.client.post("/sources/opml", data=form, files=files, headers=PAGE)


# --- looking, and following -----------------------------------------------------------------------


def test_a_site_is_looked_at_before_its_feed_is_followed(web: House, outlet: PressOutlet) -> None:
    before = web.site.config_path.read_text()
    looked = post(web, "/sources/add", url=outlet.site_url)
    said = text_of(looked)
    assert "One feed was found" in said
    assert outlet.feed_url in said
    assert "Atom" in said
    assert "full text" in said
    assert web.site.config_path.read_text() == before
    answer = post(
        web, "/sources/add/follow", url=outlet.feed_url, name="The wire", tags="wires, north sea"
    )
    assert answer.headers["location"] == "/sources?done=added"
    reload(web)
    added = web.config.sources[-1]
    assert (added.url, added.name, added.tags) == (
        outlet.feed_url,
        "The wire",
        ("wires", "north sea"),
    )
    again = text_of(post(web, "/sources/add", url=outlet.feed_url))
    assert "It is followed already, as “The wire”." in again
    refused = post(web, "/sources/add/follow", url=outlet.feed_url)
    assert refused.status_code == 400
    assert "is followed already" in refused.text


def test_a_page_without_a_feed_is_watched_by_its_items(web: House, outlet: PressOutlet) -> None:
    looked = post(web, "/sources/add", url=outlet.site_url, item="a", title="")
    assert "The items of the page" in text_of(looked)
    assert '<input type="hidden" name="item" value="a">' in looked.text
    post(web, "/sources/add/follow", url=outlet.site_url, name="Its page", item="a")
    reload(web)
    selectors = web.config.sources[-1].selectors
    assert selectors is not None
    assert selectors.item == "a"


def test_what_is_no_address_is_said_in_a_sentence(web: House) -> None:
    for url, sentence in (
        ("ftp://example.org", "is no web address"),
        ("https://ann:secret@example.org/", "user name or password"),
        ("", "is no web address"),
    ):
        answer = post(web, "/sources/add", url=url)
        assert answer.status_code == 400
        assert sentence in answer.text


def test_networks_of_our_own_are_not_asked(web: House) -> None:
    said = text_of(post(web, "/sources/add", url="http://10.1.2.3/"))
    assert "No feed was found" in said
    assert "could not be had" in said
    assert "allow" in said


def test_a_selector_that_cannot_be_read_is_said(web: House, outlet: PressOutlet) -> None:
    answer = post(web, "/sources/add", url=outlet.site_url, item="li[")
    assert answer.status_code in {400, 502}
    assert 'role="alert"' in answer.text
    assert 'value="li["' in answer.text


def test_an_address_can_be_given_with_the_page(web: House) -> None:
    assert 'value="https://example.org/"' in get(web, "/sources/add?url=https://example.org/").text


def test_only_an_admin_adds(web: House) -> None:
    with_password(web)
    headers = {**PAGE, **bearer(token(web, scope=Scope.MARK))}
    for path in ("/sources/add", "/sources/add/follow", "/sources/opml"):
        assert web.client.post(path, headers=headers).status_code == 403, path


# --- lists ----------------------------------------------------------------------------------------

LIST = """\
<opml version="2.0"><body>
<outline text="Far away">
<outline text="Hill News" xmlUrl="https://hill.example/feed"/>
<outline text="Known" xmlUrl="{known}"/>
<outline text="No address"/>
</outline>
</body></opml>
"""


def test_a_list_is_taken_in_and_reported(web: House) -> None:
    known = web.config.sources[0]
    said = text_of(upload(web, LIST.format(known=known.url)))
    assert "2 feeds read: 1 added, 1 followed already." in said
    assert "Hill News https://hill.example/feed Far away" in said
    assert 'Line 5: "No address" names no feed.' in said
    reload(web)
    added = web.config.sources[-1]
    assert (added.name, added.tags) == ("Hill News", ("Far away",))


def test_a_list_without_feeds_adds_nothing(web: House) -> None:
    before = web.site.config_path.read_text()
    answer = upload(web, "<opml/>")
    assert answer.status_code == 400
    assert "No feed was found in this file" in answer.text
    assert web.site.config_path.read_text() == before


def test_a_broken_feeds_yaml_is_said_without_its_folder(web: House) -> None:
    web.site.config_path.write_text("sources: [\n")
    answer = upload(web, LIST)
    assert answer.status_code == 400
    assert "feeds.yaml:" in answer.text
    assert str(web.folder) not in answer.text


def test_the_list_of_sources_is_offered(web: House) -> None:
    page = get(web, "/sources/opml").text
    assert 'href="/feeds.opml"' in page
    assert web.client.get("/feeds.opml").text.count("xmlUrl") == len(web.config.sources)
