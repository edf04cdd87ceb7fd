"""GET /v1/admin/export: everything that is kept about a person, as lines of JSON.

What is wrong with a request is answered before the stream begins. A stream that ends without the
line `end` was cut short.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import StreamingResponse

from api.deps import AdminReader, Nrem, record, transaction
from api.state import State
from nrem import __version__, ids
from nrem.errors import ConfigError, NotFoundError
from nrem.llm.crypt import FOLDER, SubjectKeys, place
from nrem.store import directory, engine, export
from nrem.store.audit import Entry, Operation
from nrem.store.export import LEFT_OUT, PAGE, WALKS, Person, Row
from nrem.store.key import Caller
from nrem.wire.export import ExportLine, ExportQuery, runs_of, shown

router = APIRouter(tags=["export"])

_TYPE: Final = "application/x-ndjson"
_LINES: Final[dict[str, Any]] = {
    "description": "A JSON object per line.",
    "content": {_TYPE: {"schema": ExportLine.model_json_schema()}},
}


@router.get("/v1/admin/export", response_class=Response, responses={200: _LINES})
async def export_person(
    request: Request, state: Nrem, caller: AdminReader, asked: Annotated[ExportQuery, Query()]
) -> StreamingResponse:
    """Everything that is kept about a person, and where it came from; 404 when nobody is called so.

    Rows that are written meanwhile may be part of it or not. That it was asked for is audited.
    """
    async with transaction(state, caller) as run:
        person: Person | None = await run(_find, caller.org_id, asked.user_id)
        if person is None:
            raise NotFoundError("there is no such user", field="user_id")
        entry = Entry(operation=Operation.EXPORT, user_id=person.user_id)
        await record(run, request, caller, entry)
        begun = await run(engine.instant)
    head = {
        "user_id": person.user,
        "org_id": ids.encode(ids.ORG, caller.org_id),
        "begun_at": begun.isoformat(),
        "nrem": __version__,
        "left_out": dict(LEFT_OUT),
    }
    work = _Export(state=state, caller=caller, person=person)
    return StreamingResponse(_stream(work, head), media_type=_TYPE)


def _find(conn: Connection, org_id: int, user: str) -> Person | None:
    number = directory.find_user(conn, org_id, user)
    return None if number is None else export.find(conn, org_id, number)


@dataclass(slots=True, kw_only=True)
class _Export:
    """One export under way."""

    state: State
    caller: Caller
    person: Person
    agents: dict[int, str] = field(default_factory=dict)
    run_ids: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    async def about(self) -> AsyncIterator[bytes]:
        """What is kept of the person as a whole; first of all, since it names the agents."""
        async with transaction(self.state, self.caller) as run:
            rows = await run(export.about, self.caller.org_id, self.person)
        self.agents = {
            row.values["id"]: row.values["external_id"] for row in rows if row.table == "agents"
        }
        yield self._lines(rows)

    async def walk(self, name: str) -> AsyncIterator[bytes]:
        """Page after page of one statement."""
        after: int | None = 0
        while after is not None:
            async with transaction(self.state, self.caller) as run:
                page = await run(export.walk, self.caller.org_id, self.person, name, after=after)
            yield self._lines(page.rows)
            after = page.last

    async def runs(self) -> AsyncIterator[bytes]:
        """The runs that any row named."""
        wanted = sorted(self.run_ids)
        for first in range(0, len(wanted), PAGE):
            async with transaction(self.state, self.caller) as run:
                rows = await run(export.runs, self.caller.org_id, wanted[first : first + PAGE])
            yield self._lines(rows)

    def _lines(self, rows: Iterable[Row]) -> bytes:
        return b"".join(self._line(row) for row in rows)

    def _line(self, row: Row) -> bytes:
        self.counts[row.table] += 1
        if row.table != "runs":
            self.run_ids |= runs_of(row.values)
        values = shown(row.table, row.values, self.agents, (self.person.user_id, self.person.user))
        if row.table == "llm_calls":
            values |= self._unsealed(row)
        return _line({"table": row.table, "row": values})

    def _unsealed(self, row: Row) -> dict[str, Any]:
        """The bodies of a call; null where this process has no key for them."""
        keys = SubjectKeys(self.state.settings.data_dir / FOLDER)
        return {name: self._body(keys, row, name) for name in ("request", "reply")}

    def _body(self, keys: SubjectKeys, row: Row, name: str) -> str | None:
        if row.values[name] is None:
            return None
        # as Postgres writes bytes in JSON: \x and hexadecimal digits
        sealed = bytes.fromhex(row.values[name][2:])
        where = place(row.values["id"], name)
        try:
            text = keys.unseal(self.caller.org_id, row.values["subject_id"], where, sealed)
        except ConfigError:
            return None
        return None if text is None else text.decode("utf-8", "replace")


async def _stream(work: _Export, head: dict[str, Any]) -> AsyncIterator[bytes]:
    yield _line({"export": head})
    async for part in work.about():
        yield part
    for name in WALKS:
        async for part in work.walk(name):
            yield part
    async for part in work.runs():
        yield part
    yield _line({"end": {"rows": dict(sorted(work.counts.items()))}})


def _line(value: dict[str, Any]) -> bytes:
    # In ASCII: some readers take other characters for the end of a line, too.
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
