"""Pages by templates, and the files they load."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

from aggregator import __version__
from aggregator.templating import environment
from aggregator.web.access.visitor import visitor_of
from aggregator.web.packing import packed
from aggregator.web.site import site_of

_STATIC = files("aggregator.web") / "static"


def page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page of the folder `templates`. Besides `values` templates have `visitor` (see
    `access.visitor`), `site`, `version`, `static` (see `static_version`), `path` and `partial`
    (htmx asks for a part only). It is compressed without telling the secret in it."""
    text = (
        environment("aggregator.web")
        .get_template(template)
        .render(
            visitor=visitor_of(request),
            site=site_of(request),
            version=__version__,
            static=static_version(),
            path=request.url.path,
            partial=request.headers.get("HX-Request") == "true",
            **values,
        )
    )
    response = HTMLResponse(text, status_code=status)
    packed(request, response)
    return response


@cache
def static_version() -> str:
    """Of style and script: they are kept by browsers for a year, so another content must have
    another address."""
    found = hashlib.blake2b(digest_size=6)
    for file in sorted(_STATIC.iterdir(), key=lambda file: file.name):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def static_files() -> ASGIApp:
    """Style, script and icons: no build step, nothing from elsewhere."""
    return GZipMiddleware(StaticFiles(directory=str(_STATIC)), 500)
