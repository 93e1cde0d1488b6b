"""Which of a source's request headers go with a page: they may be secrets.

There is no list here of the names under which anybody can register a domain. So two hosts are of
one site when one's name ends with the other's, a leading "www." left out; not when they share a
parent, which may be a hosting service's.
"""

from __future__ import annotations

from aggregator.core.urls import host_key, same_server
from aggregator.types import PageRules

Headers = tuple[tuple[str, str], ...]


def page_headers(
    page_url: str,
    *,
    feed_url: str,
    site_url: str | None,
    headers: Headers,
    rules: PageRules | None,
) -> Headers:
    """`headers` are for the server of the feed as feeds.yaml has it; those of `rules` also for the
    source's other hosts: of the feed's site, and of the one that the feed names, `site_url`.
    """
    at_home = same_server(feed_url, page_url)
    sent = headers if at_home else ()
    if rules is None or not rules.headers:
        return sent
    homes = [feed_url] if site_url is None else [feed_url, site_url]
    if at_home or (_as_safe(page_url, feed_url) and any(_akin(page_url, home) for home in homes)):
        return _joined(sent, rules.headers)
    return sent


def _as_safe(page_url: str, feed_url: str) -> bool:
    """Secrets that are meant for https do not go out in the clear."""
    return page_url[:6].lower() == "https:" or feed_url[:6].lower() != "https:"


def _akin(page_url: str, home_url: str) -> bool:
    """Whether one host is the other, or a subdomain of it; ports agree."""
    page, home = (host_key(url).removeprefix("www.") for url in (page_url, home_url))
    if not page or not home:
        return False
    return (
        page == home
        or (_is_domain(home) and page.endswith(f".{home}"))
        or (_is_domain(page) and home.endswith(f".{page}"))
    )


def _is_domain(host: str) -> bool:
    """One that somebody may own: not all of "com", and no IP address."""
    name = host.partition(":")[0]
    return "." in name and not name.startswith("[") and not name.rpartition(".")[2].isdigit()


def _joined(sent: Headers, ruled: Headers) -> Headers:
    """The rules have the last word on a name; cookies of both are sent."""
    names = {name.lower() for name, _ in ruled}
    cookies = [value for name, value in (*sent, *ruled) if name.lower() == "cookie"]
    kept = [header for header in sent if header[0].lower() not in names]
    plain = [header for header in (*kept, *ruled) if header[0].lower() != "cookie"]
    return (*plain, ("Cookie", "; ".join(cookies))) if cookies else tuple(plain)
