"""Handing in a text, or the address of a page: it becomes memories, and the job says how far."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api import body, jobs
from api.deps import Nrem, Reader, Writer
from api.openapi import takes
from api.state import State
from nrem.errors import InvalidError
from nrem.policy.ingest import cleaned
from nrem.store import dataset, directory
from nrem.store.job import Job, NewJob
from nrem.store.key import Caller
from nrem.wire.job import IngestIn, IngestOut, IngestStatus

router = APIRouter(tags=["jobs"])

_TEXT_TYPE = "text/plain"


@router.post("/v1/ingest", status_code=202, openapi_extra=takes(IngestIn))
async def post_ingest(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> IngestOut:
    """Have a text or a page cut into passages, each of which becomes a semantic memory."""
    given = await body.take(request, response, IngestIn)
    source = _source(given)
    found = await jobs.ask(
        request, state, caller, lambda conn: _plan(conn, request, state, caller, given, source)
    )
    return IngestOut(**jobs.accepted(found).model_dump(), kind=given.kind, dataset_id=found.dataset)


def _source(given: IngestIn) -> dict[str, str | int]:
    """What is to be read, as the job keeps it."""
    if given.kind == "text":
        if given.text is None:
            raise InvalidError(
                "is required when kind is text", field="text", remedy="send the text in it"
            )
        text = cleaned(given.text)
        return {"kind": "text", "text": text, "bytes": len(text.encode())}
    if given.url is None:
        raise InvalidError(
            "is required when kind is url", field="url", remedy="send the page's address in it"
        )
    return {"kind": "url", "url": given.url}


def _plan(
    conn: Connection,
    request: Request,
    state: State,
    caller: Caller,
    given: IngestIn,
    source: dict[str, str | int],
) -> NewJob:
    inputs = {**source, "agent_id": given.agent_id, "dataset_id": given.dataset_id}
    agents = directory.ensure_agents(conn, caller.org_id, [given.agent_id])
    name = given.dataset_id
    return NewJob(
        family="ingest",
        request=source,
        agent_id=agents[given.agent_id],
        dataset_id=dataset.ensure(conn, caller.org_id, name) if name else None,
        **jobs.keys(request, state, caller, "ingest", inputs),
    )


@router.get("/v1/ingest/{job_id}")
async def get_ingest(job_id: str, state: Nrem, caller: Reader) -> IngestStatus:
    """How an ingest stands; `memory_ids` grows while it runs."""
    return _status(await jobs.find(state, caller, "ingest", job_id))


def _status(found: Job) -> IngestStatus:
    made, kind = jobs.memories(found), found.request["kind"]
    is_text = kind == "text"
    return IngestStatus(
        **jobs.standing(found),
        agent_id=found.agent or "",
        kind=kind,
        dataset_id=found.dataset,
        source_uri=found.request.get("url"),
        content_type=_TEXT_TYPE if is_text else found.result.get("content_type"),
        file_size=found.request.get("bytes"),
        memory_ids=made,
        memos_written=len(made),
        warnings=found.result.get("warnings", []),
    )
