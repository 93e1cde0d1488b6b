"""Digests as pages: when each is due, past editions byte for byte, and sending by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from readroom import get, post, text_of
from webdoor import PAGE, bearer, token, with_password
from webhouse import House

from aggregator.config import load
from aggregator.config.web import ImagePolicy
from aggregator.service.editions import content_of, digest_named, keep, present_span
from aggregator.types import DeliveryState, KeptDigest, Scope

DIGESTS = """
digest:
  at: "07:00"
  timezone: UTC
  from: News <news@example.org>
  to: ["file:{folder}/out-{{date}}.eml", "command:/bin/false"]
digests:
  - {{name: Gulf, at: ["08:00", "18:00"], tags: [gulf], query: port OR harbour}}
"""


@pytest.fixture(autouse=True)
def told(web: House) -> None:
    path = web.site.config_path
    path.write_text(path.read_text() + DIGESTS.format(folder=web.folder))
    web.config = load(path, environ={})


def made(web: House, name: str = "digest") -> KeptDigest:
    """An edition of today, sent to nobody."""
    one = digest_named(web.config, name)
    span = present_span(web.storage, one, now=web.storage.clock())
    assert span is not None
    digest = content_of(web.storage, web.config, one, span)
    return keep(web.storage, digest, now=web.storage.clock())


def address(kept: KeptDigest) -> str:
    return f"/digests/{kept.edition.digest}/{kept.edition.local_date}/{kept.edition.slot}"


# --- the list, and one of them --------------------------------------------------------------------


def test_every_digest_is_listed_with_when_and_to_whom(web: House) -> None:
    said = text_of(get(web, "/digests"))
    assert "daily 07:00 UTC" in said
    assert "command:/bin/false" in said
    assert "daily 08:00, 18:00 UTC" in said
    assert "nobody; it is made and kept" in said
    assert "tag gulf; port OR harbour" in said


def test_a_digest_lists_its_editions(web: House) -> None:
    kept = made(web)
    page = get(web, "/digests/digest")
    assert f'href="{address(kept)}"' in page.text
    assert f"{kept.stories} stories" in text_of(page)


def test_a_digest_that_is_gone_keeps_its_editions(web: House) -> None:
    kept = made(web, "Gulf")
    web.config = replace(web.config, digests=web.config.digests[:1])
    said = text_of(get(web, "/digests/Gulf"))
    assert "It is no longer in feeds.yaml" in said
    assert get(web, address(kept)).status_code == 200


def test_what_there_is_not_is_not_found(web: House) -> None:
    for path in ("nothing", "digest/2020-01-01", "digest/2020-01-01/1", "digest/x/1", "x/preview"):
        assert get(web, f"/digests/{path}").status_code == 404, path


# --- editions -------------------------------------------------------------------------------------


def test_an_edition_is_shown_byte_for_byte(web: House) -> None:
    kept = made(web)
    answer = web.client.get(f"{address(kept)}.html")
    assert answer.content == kept.rendered.html.encode()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = web.client.get(f"{address(kept)}.txt")
    assert text.content == kept.rendered.text.encode()


def test_an_edition_can_do_nothing(web: House) -> None:
    policy = web.client.get(f"{address(made(web))}.html").headers["content-security-policy"]
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "'none'"
    assert rules["frame-ancestors"] == "'self'"
    assert "allow-scripts" not in rules["sandbox"]
    assert "allow-same-origin" not in rules["sandbox"]
    assert "script-src" not in rules


def test_pictures_are_loaded_only_where_the_digest_has_them(web: House) -> None:
    kept = made(web)
    pictures = tuple(replace(one, images=True) for one in web.config.digests)
    web.config = replace(web.config, digests=pictures)
    for images, loaded in (("proxy", "'none'"), ("block", "'none'"), ("direct", "https:")):
        section = replace(web.config.web, images=ImagePolicy(images))
        web.config = replace(web.config, web=section)
        policy = web.client.get(f"{address(kept)}.html").headers["content-security-policy"]
        assert f"img-src {loaded};" in policy


def test_its_page_frames_it_without_rights(web: House) -> None:
    kept = made(web)
    page = get(web, address(kept)).text
    frame = re.search(r"<iframe[^>]*>", page)
    assert frame is not None
    assert f'src="{address(kept)}.html"' in frame[0]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame[0]
    assert "title=" in frame[0]


def test_its_page_shows_the_text_too(web: House) -> None:
    kept = made(web)
    page = get(web, f"{address(kept)}?form=text").text
    shown = page.partition("<pre")[2].partition(">")[2].partition("</pre>")[0]
    assert unescape(shown) == kept.rendered.text
    assert "<iframe" not in page


def test_a_day_leads_to_its_last_edition(web: House) -> None:
    kept = made(web)
    answer = get(web, f"/digests/digest/{kept.edition.local_date}")
    assert answer.headers["location"] == address(kept)


# --- now ------------------------------------------------------------------------------------------


def test_the_next_edition_is_previewed_and_not_kept(web: House) -> None:
    assert "The next edition" in text_of(get(web, "/digests/digest/preview"))
    answer = web.client.get("/digests/digest/preview.html")
    assert "News digest" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert web.storage.digests("digest", limit=1) == []


def test_it_is_sent_now_and_says_what_became_of_it(web: House) -> None:
    answer = post(web, "/digests/digest/send")
    (kept,) = web.storage.digests("digest", limit=5)
    assert answer.headers["location"] == f"{address(kept)}?done=sent#deliveries"
    by_name = {one.recipient: one for one in web.storage.deliveries(kept.edition)}
    assert by_name["command:/bin/false"].state is not DeliveryState.SENT
    page = get(web, address(kept))
    said = text_of(page)
    assert " sent " in said
    assert "The command /bin/false ended with exit code 1." in said
    assert page.text.count("Try again") == 2  # the button, and its name
    (written,) = web.folder.glob("out-*.eml")
    assert b"News digest" in written.read_bytes()


def test_a_recipient_who_was_refused_is_tried_again(web: House) -> None:
    post(web, "/digests/digest/send")
    (kept,) = web.storage.digests("digest", limit=5)
    answer = post(web, f"{address(kept)}/send", to="command:/bin/false")
    assert answer.headers["location"] == f"{address(kept)}?done=sent#deliveries"
    assert post(web, f"{address(kept)}/send", to="nobody@example.org").status_code == 400


def test_a_digest_for_nobody_is_not_sent(web: House) -> None:
    answer = post(web, "/digests/Gulf/send")
    assert answer.status_code == 400
    assert "Nobody is to get the digest" in answer.text


def test_only_an_admin_sends(web: House) -> None:
    kept = made(web)
    with_password(web)
    headers = {**PAGE, **bearer(token(web, scope=Scope.MARK))}
    assert "Send now" not in web.client.get("/digests/digest", headers=headers).text
    for path in ("/digests/digest/send", f"{address(kept)}/send"):
        assert web.client.post(path, headers=headers).status_code == 403
    assert web.storage.deliveries(kept.edition) == []
