"""Who asks: by a token, by a proxy's word, by a session, or by being at this machine."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64

from starlette.requests import HTTPConnection

from aggregator.config.web import is_loopback
from aggregator.types import Scope
from aggregator.web.access.clients import visitor_for, visitor_with
from aggregator.web.access.csrf import token_under
from aggregator.web.access.hosts import Origin
from aggregator.web.access.open_to import is_ambient
from aggregator.web.access.secrets import secret_hash
from aggregator.web.access.sessions import session_in
from aggregator.web.access.visitor import Visitor
from aggregator.web.site import Site


class UnknownToken(Exception):
    """What was sent as a token is none of ours."""


def recognise(site: Site, connection: HTTPConnection, origin: Origin, forms: str) -> Visitor:
    """`forms`: what the cookie for forms holds. Raises UnknownToken and StorageError."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return _by_token(site, credentials.strip())
        # Browsers send it by themselves, from other sites' pages too.
        case "basic" if connection.scope["method"] in ("GET", "HEAD"):
            return _by_name_and_token(site, credentials.strip())
    csrf = token_under(forms)
    if origin.user is not None:
        return Visitor(name=origin.user, scope=Scope.ADMIN, csrf=csrf, session=False)
    secret = session_in(connection, secure=origin.secure)
    if secret is not None and site.storage.session(secret_hash(secret), now=site.clock()):
        return Visitor(name=None, scope=Scope.ADMIN, csrf=token_under(secret), session=True)
    at_this_machine = (
        origin.local
        and is_loopback(origin.host)
        and is_ambient(site.config().web)
        and site.storage.password_hash() is None
    )
    scope = Scope.ADMIN if at_this_machine else None
    return Visitor(name=None, scope=scope, csrf=csrf, session=False)


def nobody(forms: str = "") -> Visitor:
    return Visitor(name=None, scope=None, csrf=token_under(forms) if forms else "", session=False)


def _by_token(site: Site, token: str) -> Visitor:
    found = site.storage.token(secret_hash(token), now=site.clock())
    # What Fever's clients send stands in their requests in clear: it is no token elsewhere.
    if found is None or found.hash != secret_hash(token):
        raise UnknownToken
    return visitor_with(found)


def _by_name_and_token(site: Site, credentials: str) -> Visitor:
    try:
        name, _, token = b64decode(credentials, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        raise UnknownToken from None
    visitor = visitor_for(site, name, token)
    if visitor is None:
        raise UnknownToken
    return visitor
