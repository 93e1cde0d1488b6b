"""Our own address, as whoever asks reaches us."""

from __future__ import annotations

from starlette.requests import Request

from aggregator.web.access.gate import came_by
from aggregator.web.site import site_of


def base_of(request: Request) -> str:
    """As feeds.yaml has it (web: url), else as it was asked for; without a slash at the end."""
    url = site_of(request).config().web.url
    if url is not None:
        return url
    origin = came_by(request)
    return f"{'https' if origin.secure else 'http'}://{origin.netloc}"
