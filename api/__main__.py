"""Both listeners in one process. Start: `python -m api`; ends on SIGTERM or SIGINT."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import admin_app, app, share
from api.connection import Protocol
from api.state import open_state
from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.telemetry import configure


class _Server(uvicorn.Server):
    """A server that leaves the signals to the one that has them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(
    kind: type[uvicorn.Server], application: object, host: str, port: int
) -> uvicorn.Server:
    return kind(
        uvicorn.Config(
            application,  # type: ignore[arg-type]  # an ASGI application
            host=host,
            port=port,
            # Knows whether an answer left.
            http=Protocol,
            # An access log would hold ids from the path; runs and errors are logged as events.
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )


async def _serve(settings: Settings) -> None:
    async with open_state(settings) as state:
        share(state)
        public = _server(uvicorn.Server, app, settings.api_host, settings.api_port)
        admin = _server(_Server, admin_app, settings.admin_host, settings.admin_port)
        beside = asyncio.create_task(admin.serve())
        await public.serve()
        admin.should_exit = True
        await beside


def main() -> int:
    """Serve until told to stop; 2 when the settings or the database do not fit."""
    try:
        settings = Settings()
        configure("api", settings.log_level)
        asyncio.run(_serve(settings))
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
