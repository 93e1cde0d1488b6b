"""What a fetched page is, on pages written for it: tests/core/page_kinds/<kind>_<name>.html."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core import challenges
from aggregator.core import page_words as words
from aggregator.core.agreement import agreement
from aggregator.core.extract import extract
from aggregator.core.html import parse_document
from aggregator.core.linked_data import LinkedData
from aggregator.core.page_kind import judge_signs
from aggregator.core.page_signs import read_signs
from aggregator.types import Extraction, ExtractRequest, FeedText, PageCopy, PageKind, PageRole

FOLDER = Path(__file__).parent / "page_kinds"
PAGES = sorted(path.stem for path in FOLDER.glob("*.html"))
TITLE = "Lighthouse to shine again"
SUMMARY = "Two years after a storm broke its lantern, the light of the northern cape returns."
TITLES = {
    "de": "Leuchtturm am Kap soll wieder leuchten",
    "fr": "Le phare du cap brillera de nouveau",
    "es": "El faro del cabo volverá a brillar",
    "nl": "Vuurtoren op de kaap gaat weer branden",
    "ru": "Маяк на мысу снова зажгут весной",
    "ur": "شمالی راس کا مینارہ دوبارہ روشن ہوگا",
    "zh": "北角灯塔将于春天重新点亮",
}
FEED_TITLES = {
    "article_about_cookies": "Cookie walls are not consent, court rules",
    "article_about_404": "404: how a number became a word",
    "article_access_denied": "Access denied: fishermen shut out of their own harbour",
    "video_jsonld": "Watch the lantern go up",
}
MISLEADING = {"article_about_cookies", "article_about_404", "article_access_denied"}
"""Without the feed's title only their words could tell what they are."""
URLS = {"video_path": "https://example.com/video/kran-am-leuchtturm"}


def judge(name: str, *, announced: bool = True) -> Extraction:
    body = (FOLDER / f"{name}.html").read_bytes()
    url = URLS.get(name, "https://example.com/news/lighthouse-to-shine-again")
    page = PageCopy(role=PageRole.PAGE, url=url, content_type="text/html; charset=utf-8", body=body)
    language = parse_document(body.decode()).get("lang", "")
    title = FEED_TITLES.get(name) or TITLES.get(language, TITLE)
    feed = FeedText(title=title, text=SUMMARY if title == TITLE else "")
    return extract(ExtractRequest(pages=(page,), feed=feed if announced else FeedText()))


def test_there_are_pages_of_each_kind() -> None:
    assert {name.partition("_")[0] for name in PAGES} == {kind.value for kind in PageKind}


@pytest.mark.parametrize("name", PAGES)
def test_kinds(name: str) -> None:
    found = judge(name)
    assert found.kind == name.partition("_")[0], found.kind_why
    assert found.kind_why.endswith(".")


@pytest.mark.parametrize(
    "name", [name for name in PAGES if name.startswith("article_") and name not in MISLEADING]
)
def test_an_article_is_one_also_where_the_feed_gave_no_title(name: str) -> None:
    assert judge(name, announced=False).kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        *((words.ERRORS, said) for said in (
            "Page not found", "404 Not Found", "404", "Error 404", "503 Service Unavailable",
            "This page isn't available", "Sorry, this page doesn't exist",
            "The article you requested could not be found", "We can't find that page",
            "Oops! Something went wrong", "Seite nicht gefunden",
            "Die angeforderte Seite konnte nicht gefunden werden", "Page introuvable",
            "Cette page n'existe pas", "Página no encontrada", "Pagina non trovata",
            "Página não encontrada", "Pagina niet gevonden", "Страница не найдена",
            "Сторінку не знайдено", "Sayfa bulunamadı", "الصفحة غير موجودة", "صفحہ نہیں ملا",
            "صفحه یافت نشد", "页面不存在", "找不到页面",
        )),
        *((challenges.TITLES, said) for said in (
            "Just a moment...", "Attention Required! | Cloudflare", "Pardon Our Interruption",
            "Access to this page has been denied.", "Robot Check", "Einen Moment, bitte",
            "Accès refusé", "Un momento…", "Доступ ограничен", "请稍候…",
            "Bir dakika lütfen",
        )),
        *((challenges.WORDS, said) for said in (
            "Verify you are human by completing the action below.",
            "Please confirm that you are not a robot.", "Wir prüfen, ob Sie ein Mensch sind.",
            "Vérifions que vous êtes humain.", "Confirme que no es un robot.",
            "Подтвердите, что вы не робот.", "请确认您是真人",
        )),
        *((words.CONSENT_TITLES, said) for said in (
            "Before you continue", "We value your privacy", "Cookie settings | Cape Courier",
            "Bevor Sie fortfahren", "Avant de continuer", "Antes de continuar", "隐私设置",
        )),
        *((words.PAYWALL, said) for said in (
            "Subscribe to continue reading", "Sign in to read the full article",
            "To continue reading, please log in or register.",
            "You have used all of your free articles",
            "This article is for subscribers only.", "Exklusiv für Abonnenten",
            "Um weiterzulesen, brauchen Sie ein Abo.", "Article réservé aux abonnés",
            "Il vous reste 78 % de cet article à lire.", "Contenido exclusivo para suscriptores",
            "Contenuto riservato agli abbonati", "Conteúdo exclusivo para assinantes",
            "Dit artikel is alleen voor abonnees", "هذا المقال مخصص للمشتركين", "登录后阅读全文",
        )),
        *((words.LIVE_TITLES, said) for said in (
            "Live: the lantern goes up", "Storm on the cape – live updates", "Liveticker zum Sturm",
            "EN DIRECT - Tempête sur le cap", "Tormenta, minuto a minuto", "Diretta: la tempesta",
            "Budget day, as it happened", "Буря на мысе — онлайн", "مباشر | العاصفة",
        )),
    ],
    ids=lambda value: value if isinstance(value, str) else "said",
)  # fmt: skip
def test_what_pages_say_that_are_no_articles(pattern: re.Pattern[str], said: str) -> None:
    assert pattern.search(said)


@pytest.mark.parametrize(
    ("patterns", "headline"),
    [
        ((words.ERRORS, challenges.TITLES, words.CONSENT_TITLES, words.LIVE_TITLES), headline)
        for headline in (
            "Page by page, a library returns",
            "Article 50 was not the end of it",
            "404 islands and no ferry",
            "Something went wrong with the election, a clerk says",
            "Missing boat could not be found",
            "The site of the old pier is sold",
            "Consent forms for school trips lost",
            "Cookies are back in the bakery",
            "Where they live: puffins of the cape",
            "Living on the edge of the cape",
            "People who live in lighthouses",
            "Direct trains to the coast return",
        )
    ],
    ids=lambda value: value if isinstance(value, str) else "none",
)
def test_what_headlines_say(patterns: tuple[re.Pattern[str], ...], headline: str) -> None:
    assert not any(pattern.search(headline) for pattern in patterns)


@pytest.mark.parametrize(
    "sentence",
    [
        "Those who subscribe to the ferry's timetable will read it on their phones.",
        "The members of the harbour board are for the lamp.",
        "She is already a member of the harbour board’s crew of divers.",
        "The paper has more subscribers than the cape has people.",
        "Der Artikel beschreibt, wie der Leuchtturm gebaut wurde.",
    ],
)
def test_what_reports_say_is_no_paywall(sentence: str) -> None:
    assert not words.PAYWALL.search(sentence)


def test_agreement() -> None:
    assert agreement("The lighthouse will shine again.", TITLE) == 1.0
    assert agreement("Please enable cookies.", TITLE) == 0.0
    assert agreement("北角的灯塔将重新点亮", "灯塔重新点亮") == pytest.approx(0.8, abs=0.2)
    assert agreement("Anything.", "", "It") is None


def test_a_locked_part_that_is_there_is_not_missing() -> None:
    signs = [
        read_signs(parse_document((FOLDER / f"{name}.html").read_text("utf-8")), url="")
        for name in ("article_unlocked", "paywall_jsonld")
    ]
    assert [sign.free for sign in signs] == [False, False]
    assert [sign.locked_is_here for sign in signs] == [True, False]
    assert signs[1].declared_words == 640


def test_scripts_and_drawings_are_not_visible() -> None:
    page = """<title>Cape</title><style>p {}</style><script>run()</script><p>Fog <b>rolls</b> in.
        <svg><style>x</style><title>Share</title></svg><template><p>Later</p></template>
        <noscript>Please</noscript> At last."""
    signs = read_signs(parse_document(page), url="https://example.com/fog")
    assert signs.visible == "Cape Fog rolls in. Please At last."
    assert signs.words == 7


def test_json_that_was_read_before_is_not_read_again() -> None:
    root = parse_document("<p>Fog</p>")
    script = '{"@type": "LiveBlogPosting", "wordCount": "300", "isAccessibleForFree": "False"}'
    signs = read_signs(root, url="", linked=LinkedData([script]))
    assert (signs.kinds, signs.declared_words, signs.free) == (
        frozenset({"liveblogposting"}),
        300,
        False,
    )


@given(st.text(max_size=300), st.text(max_size=300), st.none() | st.text(max_size=50), st.text())
def test_it_never_raises(html: str, text: str, title: str | None, url: str) -> None:
    signs = read_signs(parse_document(html), url=url)
    judge_signs(signs, text, url=url, title_hint=title, feed_text=text)


@pytest.mark.parametrize(
    "piece", ["<div>", "<a href=x>y", "<p class=live-post>cookies we ", "[", "not ", "to read "]
)
def test_hostile_pages_take_no_longer_than_any_other(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    signs = read_signs(parse_document(text), url="")
    judge_signs(signs, text, url="", title_hint=text, feed_text=text)
