"""The application: every route, behind one gate."""

from __future__ import annotations

from fastapi import FastAPI

from aggregator import __version__
from aggregator.web import feeds, health, images, metrics
from aggregator.web.access.gate import gated
from aggregator.web.api import document, v1
from aggregator.web.clients import fever, greader
from aggregator.web.counting import counted
from aggregator.web.errors import add_handlers
from aggregator.web.pages import (
    adding,
    article,
    digests,
    login,
    search,
    settings,
    sources,
    story,
    today,
    watches,
)
from aggregator.web.rendering import static_files
from aggregator.web.site import Site

_ROUTERS = (
    today.router,
    story.router,
    article.router,
    search.router,
    sources.router,
    adding.router,
    watches.router,
    digests.router,
    settings.router,
    login.router,
    feeds.router,
    images.router,
    health.router,
    metrics.router,
    greader.router,
    fever.router,
    *v1.ROUTERS,
)


def create_app(site: Site) -> FastAPI:
    """Everything that is served, as one ASGI application."""
    app = FastAPI(
        title="aggregator",
        version=__version__,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,  # see `describe`
        swagger_ui_oauth2_redirect_url=None,
    )
    app.state.site = site
    document.describe(app)
    for router in _ROUTERS:
        app.router.routes += router.routes  # to include a router is to make its routes again
    app.mount("/static", static_files(), name="static")
    add_handlers(app)
    gated(app, site)
    counted(app, site)  # around all else
    return app
