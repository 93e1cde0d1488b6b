"""Pictures through the guarded fetcher, so that outlets do not see who reads.

Only what a page of ours names is fetched: its address carries an HMAC under a secret of this
process, so that nobody can have others asked for through us.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from fastapi import APIRouter, HTTPException, Request, Response

from aggregator.config.web import ImagePolicy
from aggregator.notify.links import safe_link
from aggregator.web.pictures import Busy, Pictures
from aggregator.web.site import Site, site_of

router = APIRouter()

_SECRET = secrets.token_bytes(32)
_SIGNATURE = 16
"""Bytes of the HMAC: 128 bits cannot be guessed."""
_LONGEST = 2_000
"""Bytes of an address; servers in front of us may refuse longer ones."""
_KEPT = {"Cache-Control": "private, max-age=2592000, immutable"}
_MISSED = {"Cache-Control": "private, max-age=600"}
_ALONE = {
    # Opened by itself it can do nothing, whatever a browser takes it for.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
}


def picture_url(site: Site, url: str | None) -> str | None:
    """Where a page of ours has a publisher's picture from, by the setting `web.images`; None: it
    shows none."""
    policy = site.config().web.images
    link = safe_link(url)
    if link is None or policy is ImagePolicy.BLOCK:
        return None
    if policy is ImagePolicy.DIRECT:
        return link
    encoded = link.encode()
    if len(encoded) > _LONGEST:
        return None
    return f"/img/{_signature(encoded)}/{_base64(encoded)}"


@router.get("/img/{signature}/{address}")
async def picture(request: Request, signature: str, address: str) -> Response:
    """One that a page of ours has named."""
    site = site_of(request)
    url = _named(signature, address)
    if url is None or site.config().web.images is not ImagePolicy.PROXY:
        raise HTTPException(404, "No page has named this picture; load the page again.")
    try:
        found = await _pictures(request).get(site.fetcher(), url)
    except Busy:
        raise HTTPException(
            503, "Too many pictures are being fetched.", {"Retry-After": "10"}
        ) from None
    if found is None:
        raise HTTPException(404, "The outlet does not give this picture.", _MISSED)
    return Response(found.content, media_type=found.media_type, headers={**_KEPT, **_ALONE})


def _pictures(request: Request) -> Pictures:
    """Those of the application, made when the first is asked for."""
    state = request.app.state
    if not hasattr(state, "pictures"):
        state.pictures = Pictures(counted=site_of(request).meters.picture_asked)
    made: Pictures = state.pictures
    return made


def _named(signature: str, address: str) -> str | None:
    """The address that we have signed; None: we have not."""
    try:
        encoded = base64.urlsafe_b64decode(address + "=" * (-len(address) % 4))
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(signature.encode(), _signature(encoded).encode()):
        return None
    return encoded.decode()


def _signature(encoded: bytes) -> str:
    return _base64(hmac.new(_SECRET, encoded, hashlib.sha256).digest()[:_SIGNATURE])


def _base64(data: bytes) -> str:
    """For paths: proxies may rewrite what is escaped with %."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
