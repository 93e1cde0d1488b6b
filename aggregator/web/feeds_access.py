"""Who may have feeds: whoever may look at everything, and whoever has an address with a token.

Feed readers subscribe to an address and can send nothing else, or a name and a password at the
most. So a token may stand in the address of a feed (`?token=`), where it is good for looking and
nothing else, whatever it may do elsewhere.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

from aggregator.web.access.secrets import secret_hash
from aggregator.web.access.visitor import visitor_of
from aggregator.web.site import site_of

_ASK = {"WWW-Authenticate": 'Basic realm="aggregator", charset="UTF-8"'}
"""Readers ask for name and password then; Basic is what they know."""


def may_read(request: Request, token: str = "") -> None:
    """A dependency. Raises HTTPException 401, at this machine too for a token that is none."""
    if token:
        site, hash_ = site_of(request), secret_hash(token)
        found = site.storage.token(hash_, now=site.clock())
        # What Fever's clients send is no token.
        if found is None or found.hash != hash_:
            raise _refused("This token is not known; it may have been revoked.")
    elif visitor_of(request).scope is None:
        raise _refused("Send a token: in ?token=, or as the password.")


def _refused(sentence: str) -> HTTPException:
    return HTTPException(401, sentence, headers=_ASK)
