"""Readers' apps log in with the name of a token and the token itself as the password."""

from __future__ import annotations

from aggregator.types import AccessToken
from aggregator.web.access.secrets import secret_hash
from aggregator.web.access.visitor import Visitor
from aggregator.web.site import Site


def visitor_for(site: Site, name: str, token: str) -> Visitor | None:
    """Who has this token, which is used now; None: it is not known by this name. Raises
    StorageError."""
    hash_ = secret_hash(token)
    found = site.storage.token(hash_, now=site.clock())
    if found is None or found.hash != hash_ or found.name.casefold() != name.strip().casefold():
        return None
    return visitor_with(found)


def visitor_of_fever(site: Site, api_key: str) -> Visitor | None:
    """The same for the MD5 of name and token, in hexadecimal, which Fever's clients send. Raises
    StorageError."""
    hash_ = secret_hash(api_key.strip().lower())
    found = site.storage.token(hash_, now=site.clock())
    return None if found is None or found.fever_hash != hash_ else visitor_with(found)


def visitor_with(token: AccessToken) -> Visitor:
    return Visitor(name=token.name, scope=token.scope, csrf="", session=False)
