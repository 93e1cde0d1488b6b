"""What every answer tells browsers."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders

from aggregator.config.web import ImagePolicy, WebConfig

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src {images}; "
    "connect-src 'self'; manifest-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Says nothing to other sites either, and lets browsers tell us that our own forms are ours.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), "
    "midi=(), payment=(), serial=(), usb=()",
}


def add_headers(headers: MutableHeaders, *, path: str, query: bytes, web: WebConfig) -> None:
    """An answer may have a policy and a word on keeping of its own."""
    images = "'self' data: https: http:" if web.images is ImagePolicy.DIRECT else "'self' data:"
    headers.setdefault("Content-Security-Policy", _POLICY.format(images=images))
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", _kept(headers, path, query))


def _kept(headers: MutableHeaders, path: str, query: bytes) -> str:
    """How long an answer is kept: a file whose address names its version for ever, and what belongs
    to a visitor nowhere, unless it is asked again whether it still holds."""
    if path.startswith("/static/"):
        return "public, max-age=31536000, immutable" if query else "public, no-cache"
    return "private, no-cache" if "etag" in headers else "private, no-store"
