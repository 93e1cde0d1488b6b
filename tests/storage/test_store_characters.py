"""What not every database can hold: every backend stores the same in its place."""

from __future__ import annotations

from dataclasses import replace

from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    claim,
    decision,
    delivery,
    extraction,
    fetched,
    get,
    group_input,
    joins,
    kept_digest,
    new,
    polled,
    record,
    revise,
    source,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.protocol import Storage
from aggregator.types import (
    Article,
    ArticleText,
    DeliveryState,
    NewArticle,
    TextState,
)

HOST = "pages.example.org"


def with_nul(name: str, **fields: object) -> NewArticle:
    return new(
        f"k\0{name}",
        keys=frozenset({f"g:\0{name}", f"u:{name}"}),
        guid=f"g\0{name}",
        url=f"https://example.com/\0{name}",
        title=f"Flood\0ed {name}",
        text=f"The riv\0er {name}.",
        html=f"<p>\0{name}</p>",
        authors=("Ann\0",),
        categories=("c\0",),
        language="e\0n",
        image_url="https://example.com/\0.png",
        content_hash=f"h\0{name}",
        **fields,
    )


def without_nul(article: Article, name: str) -> bool:
    return (
        article.guid == f"g{name}"
        and article.summary.url == f"https://example.com/{name}"
        and article.summary.title == f"Flooded {name}"
        and article.text == f"The river {name}."
        and article.html == f"<p>{name}</p>"
        and article.authors == ("Ann\0",)  # JSON writes it in other characters
        and article.categories == ("c\0",)
        and article.summary.language == "en"
        and article.image_url == "https://example.com/.png"
    )


def test_a_publishers_nul(storage: Storage) -> None:
    [article_id] = store(storage, with_nul("a"))
    assert without_nul(get(storage, article_id), "a")
    assert len(storage.search(parse("flooded river lang:en", now=NOW), limit=9).hits) == 1
    # It is known by what it came with.
    source_id = storage.source_statuses()[0].source_id
    [known] = storage.known_entries(source_id, {"g:\0a", "u:a", "g:a\0b"})
    assert (known.article_id, known.keys) == (article_id, frozenset({"g:\0a", "u:a"}))
    assert store(storage, with_nul("a"), new("b", keys=frozenset({"g:\0a"}))) == []
    revise(storage, article_id, with_nul("a"), at=NOW + HOUR)
    assert get(storage, article_id).revision == 1
    revise(storage, article_id, with_nul("b"), at=NOW + HOUR)
    article = get(storage, article_id)
    assert without_nul(article, "b")
    assert (article.revision, article.revisions[0].text) == (2, "The river a.")
    assert storage.check() == []


def test_a_text_that_differs_by_nul_alone_is_no_change(storage: Storage) -> None:
    [article_id] = store(storage, new("1", text="A river."))
    made = group_input(storage, article_id)
    changed = new("1", text="A\0 river.", content_hash="another")
    revise(storage, article_id, changed, at=NOW + HOUR)
    assert len(storage.assign([(made, joins(article_id, article_id))], now=NOW)) == 1


def test_a_pages_nul(storage: Storage) -> None:
    [article_id] = store(storage, new("1", title="", language=None, page_host=HOST))
    [taken] = storage.claim_texts(HOST, now=NOW, lease=LEASE, limit=9)
    page = ArticleText(
        title="Flood\0ed",
        text="The riv\0er.",
        html="<p>\0</p>",
        language="e\0n",
        image_url="https://example.com/\0.png",
        image_alt="A r\0iver",
        site_name="\0News",
        canonical_url="https://example.com/\0",
        dateline="BAKU\0",
    )
    odd = extraction(page, kind_why="It is \0one.", why="It has \0all.")
    storage.record_text(
        fetched(taken, odd, error="It was \0odd.", state=TextState.RETRY, retry_at=NOW)
    )
    article = get(storage, article_id)
    assert (article.summary.title, article.text, article.html) == (
        "Flooded",
        "The river.",
        "<p></p>",
    )
    assert (article.summary.language, article.text_error) == ("en", "It was odd.")
    assert (article.image_url, article.image_alt) == ("https://example.com/.png", "A river")
    assert (article.site_name, article.canonical_url) == ("News", "https://example.com/")
    assert (article.dateline, article.kind_why) == ("BAKU", "It is one.")
    assert article.text_why == "It has all."
    assert storage.check() == []


def test_a_servers_nul(storage: Storage) -> None:
    taken = claim(storage, source())
    state = {
        "etag": '"\0"',
        "last_modified": "then\0",
        "body_hash": "\0h",
        "last_error": "It said \0.",
        "title": "The\0 One",
        "site_url": "https://example.com/\0",
    }
    after = polled(taken, decision())
    record(storage, replace(after, state=replace(after.state, **state)))  # type: ignore[arg-type]  # by name
    stored = storage.source_statuses()[0].state
    assert {name: getattr(stored, name) for name in state} == {
        name: value.replace("\0", "") for name, value in state.items()
    }


def test_a_reason_and_an_answer_with_nul(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    item = replace(joins(article_id, article_id), why="Like \0.")
    storage.assign([(group_input(storage, article_id), item)], now=NOW)
    assert get(storage, article_id).assignment == replace(item, why="Like .")
    failed = delivery(
        message=b"\0\xff",
        state=DeliveryState.FAILED,
        attempts=1,
        error="550 \0no",
        retry_at=NOW,
    )
    storage.prepare_deliveries([failed], now=NOW)
    assert storage.deliveries(EDITION) == [replace(failed, error="550 no")]
    storage.record_delivery(replace(failed, error="551\0"), now=NOW)
    assert storage.deliveries(EDITION) == [replace(failed, error="551")]
    assert storage.keep_digest(kept_digest(title="News\0"), []) == kept_digest(title="News")


def test_texts_come_in_the_order_of_their_bytes(storage: Storage) -> None:
    """Whatever order the language of the server has."""
    urls = [
        "https://example.com/" + end
        for end in ("B", "Z", "a", "b", "z", "É", "é", "ÿ", "z\u0301", "中", "😀", "~", "-", "_")
    ]
    store(storage, *(new(str(number), url=url, title="x") for number, url in enumerate(urls)))
    waiting = [item.url for item in storage.unassigned(limit=99)]
    assert waiting == sorted(urls, key=str.encode)


def test_characters_of_all_planes(storage: Storage) -> None:
    text = "".join(map(chr, (*range(1, 0x20), 0x7F, 0x85, 0xA0, 0x2028, 0xFFFE, 0xFFFF, 0x10FFFF)))
    text = text.replace("\x02", "").replace("\x03", "")  # the marks of snippets
    [article_id] = store(storage, new("1", title=text, text=text * 2, guid=text, html=text))
    article = get(storage, article_id)
    assert (article.summary.title, article.text, article.guid, article.html) == (
        text,
        text * 2,
        text,
        text,
    )
    assert storage.check() == []
