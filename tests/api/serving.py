"""The real application behind real sockets, on a migrated database, and callers with keys."""

import asyncio
import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2
import uvicorn

from api.app import make_admin, make_public
from api.connection import Protocol
from api.state import State, open_state
from nrem.config import Settings
from nrem.store import engine, key
from nrem.store import org as orgs
from tests.postgres import Database
from tests.world import DIGEST, TICKED, TOOLS, World, connected
from worker.passes import BY_NAME
from worker.runner import Cause, Setting, drain, summon

PEPPER = "the pepper of the tests"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody with a key of an org, and a client that sends it."""

    org: int
    key: str
    client: httpx2.Client
    world: World

    def post(self, path: str, value: object, **headers: str) -> httpx2.Response:
        """POST a JSON value; `Idempotency_Key="k"` becomes the header of that name."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.post(path, json=value, headers=named)

    def get(self, path: str, **params: str) -> httpx2.Response:
        """GET a path."""
        return self.client.get(path, params=params)

    def patch(self, path: str, value: object, **headers: str) -> httpx2.Response:
        """PATCH with a JSON value; headers as for `post`."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.patch(path, json=value, headers=named)

    def send(self, *events: dict[str, Any]) -> list[str]:
        """Store events as one batch; answers their ids."""
        answer = self.post("/v1/events", {"events": list(events)})
        assert answer.status_code == 202, answer.text
        return list(answer.json()["event_ids"])

    def begin(self, session_id: str, **fields: Any) -> None:  # noqa: ANN401
        """Start a session."""
        given = {"agent_id": "agent", "session_id": session_id}
        self.send({"type": "session.start", **given, **fields})

    def store(self, content: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """Store a memory at once; answers it."""
        answer = self.post("/v1/memories", {"agent_id": "agent", "content": content, **fields})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def recall(self, query: str = "", **fields: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Results of a recall."""
        asked = {"agent_id": "agent", "query": query, **fields}
        answer = self.post("/v1/memories/recall", asked)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["results"])

    def become(self, event_id: str) -> tuple[str, str | None]:
        """What became of an event: its status and the reason."""
        found = self.get(f"/v1/events/{event_id}").json()
        return found["status"], found["reason"]

    def run(self, *names: str) -> None:
        """Drive passes for this org until nothing is due."""
        for name in names or ("score", "embed", "consolidate"):
            work = summon if name in TICKED else drain
            work(
                Setting(
                    database=self.world.worker,
                    tools=TOOLS,
                    cause=Cause(name="command"),
                    only_org=self.org,
                ),
                BY_NAME[name],
            )

    def count(self, table: str) -> int:
        """Rows of this org, seen through another connection."""
        query = f"SELECT count(*) FROM {table} WHERE org_id = %(org)s"  # noqa: S608
        return int(self.world.ask(query, org=self.org)[0][0])


@dataclass(frozen=True, kw_only=True)
class Service:
    """A process's two listeners, served from a thread."""

    url: str
    admin_url: str
    database: Database
    state: State
    world: World

    @property
    def data_dir(self) -> Path:
        """Of the installation: what works on its database needs the same erasure ledger."""
        return self.state.settings.data_dir

    def beside(self) -> contextlib.AbstractContextManager["Service"]:
        """One more process of the installation."""
        return serve(self.database, data_dir=self.data_dir)

    @contextlib.contextmanager
    def caller(
        self, org: int | None = None, scopes: Sequence[str] = key.API_SCOPES
    ) -> Iterator[Caller]:
        """A caller with a new key, of a new org unless one is given."""
        with engine.begin(self.world.admin) as conn:
            number = orgs.ensure(conn, _new_name()) if org is None else org
            made = key.create(conn, number, scopes, digest=DIGEST, environment="test").key
        with self.client(made) as client:
            yield Caller(org=number, key=made, client=client, world=self.world)

    def client(self, key: str | None = None) -> httpx2.Client:
        """A client of the public listener, with or without a key."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


_names = iter(range(1_000_000))


def _new_name() -> str:
    return f"org-{next(_names)}"


@contextlib.contextmanager
def serve(database: Database, **changes: object) -> Iterator[Service]:
    """Both listeners on free ports until the block ends."""
    with tempfile.TemporaryDirectory() as folder, connected(database) as world:
        settings = Settings(
            database_url=database.api_url,
            broker_url=None,
            embedder="hash",
            pepper=PEPPER,
            pool_size=4,
            **{"data_dir": folder, "rate_failed_per_minute": 0, **changes},
        )
        with _Listeners(settings) as listeners:
            public, admin = listeners.urls
            yield Service(
                url=public,
                admin_url=admin,
                database=database,
                state=listeners.state,
                world=world,
            )


def _listening() -> socket.socket:
    # asyncio switches Nagle's algorithm off only where the protocol is named.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    # Who connects before the server takes it over waits in line.
    made.listen()
    return made


class _Listeners:
    """An event loop in a thread, with a server on each of two sockets."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sockets = [_listening() for _ in range(2)]
        # Applications of its own: several services may live in one test process.
        self._applications = [make_public(), make_admin()]
        self._servers = [
            uvicorn.Server(
                uvicorn.Config(one, http=Protocol, access_log=False, log_level="warning")
            )
            for one in self._applications
        ]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()))
        self._is_ready = threading.Event()
        self.state: State
        self.urls = [f"http://127.0.0.1:{one.getsockname()[1]}" for one in self._sockets]

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_ready.wait(60)
        return self

    def __exit__(self, *_given: object) -> None:
        for server in self._servers:
            server.should_exit = True
        self._thread.join(60)
        for one in self._sockets:
            one.close()

    async def _main(self) -> None:
        async with open_state(self._settings) as state:
            for one in self._applications:
                one.state.nrem = state
            self.state = state
            serving = [
                asyncio.create_task(server.serve(sockets=[one]))
                for server, one in zip(self._servers, self._sockets, strict=True)
            ]
            self._is_ready.set()
            await asyncio.gather(*serving)
