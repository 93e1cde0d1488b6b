"""Whom the page is open to, before anybody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.config.web import WebConfig, is_loopback

if TYPE_CHECKING:  # `aggregator check` needs none of what serves
    from aggregator.storage.protocol import Storage
    from aggregator.web.site import Site


def refusal(site: Site) -> str | None:
    """Why the page must not be served where feeds.yaml wants it; None: it may. Raises
    StorageError."""
    web = site.config().web
    listen = web.listen
    if listen is None or listen.is_loopback or web.proxy is not None:
        return None
    if site.storage.password_hash() is not None or site.storage.tokens():
        return None
    return (
        f"{listen} can be reached by other machines, and nothing keeps them out: set a password by"
        " `aggregator web password`, or listen on 127.0.0.1"
    )


def is_ambient(web: WebConfig) -> bool:
    """Whether those at this machine may come in without a password, where there is none. Not when
    somebody else's requests may come from this machine, too: through a proxy."""
    return (
        web.listen is not None
        and web.listen.is_loopback
        and web.proxy is None
        and (web.url_host is None or is_loopback(web.url_host))
    )


def who_may_come(web: WebConfig, storage: Storage | None) -> str:
    """A sentence without an end, for people. `storage`: None where nothing is stored yet. Raises
    StorageError."""
    password = storage is not None and storage.password_hash() is not None
    tokens = 0 if storage is None else len(storage.tokens())
    ways = []
    if password:
        ways.append("whoever has the password")
    elif is_ambient(web):
        ways.append("whoever is at this machine")
    if tokens:
        ways.append(f"{tokens} {'token' if tokens == 1 else 'tokens'}")
    if web.proxy is not None:
        ways.append(f"whomever the proxy names in {web.proxy.header}")
    if not ways:
        return "nobody yet: set a password by `aggregator web password`"
    return ", ".join(ways)
