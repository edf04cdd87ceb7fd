"""Whether this process lives, and whether it can serve. The only routes that need no key."""

from fastapi import APIRouter
from sqlalchemy import Connection

from api.deps import Nrem
from nrem import __version__
from nrem.errors import ConfigError, UnavailableError
from nrem.store import engine
from nrem.store.schema import SCHEMA_VERSION

router = APIRouter(tags=["health"])
# the same, where clients of other servers look for it
public_router = APIRouter(tags=["health"])


@public_router.get("/v1/health")
@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers; nothing else is asked."""
    return {"status": "ok", "version": __version__}


@public_router.get("/v1/ready")
@router.get("/readyz")
async def readyz(state: Nrem) -> dict[str, str]:
    """The database answers, at this program's schema version, under a safe role; else 503.

    A broker is not asked: without one work waits for the poll loop, and no request fails.
    """
    async with engine.begin_async(state.database, org_id=None) as conn:
        await conn.run_sync(_check)
    return {
        "status": "ok",
        "version": __version__,
        "database": "connected",
        "schema": SCHEMA_VERSION,
        "embedder": state.embedder.model_id,
    }


def _check(conn: Connection) -> None:
    try:
        engine.check(conn)
    except ConfigError as error:
        raise UnavailableError(str(error)) from error
