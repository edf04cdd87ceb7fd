"""The HTTP application, twice: the public listener's and the admin listener's.

Start: `uvicorn api.app:app` for the public one, `python -m api` for both in one process.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.auth import HEADERS
from api.openapi import Application
from api.replay import Replays
from api.routes import (
    admin_agents,
    admin_erasures,
    admin_export,
    admin_holds,
    admin_keys,
    admin_orgs,
    admin_passes,
    admin_policy,
    admin_policy_preview,
    admin_revert,
    admin_runs,
    admin_schedules,
    agents,
    api_keys,
    audit,
    budgets,
    cards,
    changes,
    context,
    conversations,
    distill,
    docs,
    events,
    explain,
    forget,
    health,
    history,
    ingest,
    memories,
    metrics,
    observations,
    promotion,
    recall,
    recall_stream,
    refine,
    relationships,
    sessions,
    usage,
)
from api.state import State, open_state
from nrem import __version__
from nrem.config import Settings
from nrem.telemetry import configure
from nrem.wire.answer import Problem

_PUBLIC: Final = (
    health.router,
    health.public_router,
    events.router,
    memories.router,
    explain.router,
    promotion.router,
    changes.router,
    forget.router,
    relationships.router,
    history.router,
    recall.router,
    recall_stream.router,
    sessions.router,
    conversations.router,
    audit.router,
    budgets.router,
    usage.router,
    ingest.router,
    distill.router,
    refine.router,
    observations.router,
    context.router,
    cards.router,
    agents.router,
    api_keys.router,
    docs.router,
)
_ADMIN: Final = (
    health.router,
    metrics.router,
    admin_schedules.router,
    admin_runs.router,
    admin_revert.router,
    admin_passes.router,
    admin_policy.router,
    admin_policy_preview.router,
    admin_holds.router,
    admin_agents.router,
    admin_keys.router,
    admin_orgs.router,
    admin_export.router,
    admin_erasures.router,
    docs.router,
)
_REQUEST_ID_LETTERS: Final = 64


class RequestId:
    """Gives each request an id: the caller's, cut to 64 letters, else one of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        kept = "".join(c for c in given if c.isascii() and c.isprintable())[:_REQUEST_ID_LETTERS]
        scope["nrem.request_id"] = kept or f"req_{secrets.token_hex(8)}"
        # What the routes add to it, they share, however often the scope is copied for them.
        more: dict[str, str] = scope.setdefault(HEADERS, {})

        async def reply(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = scope["nrem.request_id"]
                headers["Cache-Control"] = "no-store"
                headers.update(more)
            await send(message)

        await self._app(scope, receive, reply)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open this process's parts, unless the other listener has opened them already."""
    if getattr(app.state, "nrem", None) is not None:
        yield
        return
    settings = Settings()
    configure("api", settings.log_level)
    async with open_state(settings) as state:
        app.state.nrem = state
        yield


def _make(title: str, routers: tuple[APIRouter, ...], *, joins: bool) -> FastAPI:
    made = Application(
        title=title,
        version=__version__,
        lifespan=_lifespan,
        # A redirect would lose the body of a POST.
        redirect_slashes=False,
        # FastAPI's pages load scripts from elsewhere; api/routes/docs.py serves one of our own.
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": Problem, "description": "Every error."}},
    )
    for router in routers:
        made.include_router(router)
    problems.install(made)
    if joins:
        made.add_middleware(Replays)
    made.add_middleware(RequestId)
    return made


def make_public() -> FastAPI:
    """The application of the public listener."""
    return _make("nrem", _PUBLIC, joins=True)


def make_admin() -> FastAPI:
    """The application of the admin listener."""
    return _make("nrem admin", _ADMIN, joins=False)


app = make_public()
admin_app = make_admin()


def share(state: State) -> None:
    """Let both listeners use one process's parts."""
    app.state.nrem = state
    admin_app.state.nrem = state
