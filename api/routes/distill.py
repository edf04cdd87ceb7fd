"""Having memories taken apart: one memo per distinct fact, and a summary."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api import body, jobs
from api.deps import Nrem, Reader, Writer
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import InvalidError, NotFoundError
from nrem.policy.distill import ENGINE
from nrem.store import directory, distill, engine, policy
from nrem.store.job import Job, NewJob
from nrem.store.key import Caller
from nrem.wire.job import DistillIn, DistillOut, DistillStatus

router = APIRouter(tags=["jobs"])


@router.post("/v1/distill", status_code=202, openapi_extra=takes(DistillIn))
async def post_distill(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> DistillOut:
    """Have memories of an agent taken apart into semantic memories; what is known is not repeated.

    One that is unknown, forgotten, or of another agent is 404.
    """
    given = await body.take(request, response, DistillIn)
    if given.overlap >= given.chunk_size:
        raise InvalidError(
            "must be less than chunk_size", field="chunk_overlap", remedy="send a smaller overlap"
        )
    found = await jobs.ask(
        request, state, caller, lambda conn: _plan(conn, request, state, caller, given)
    )
    return DistillOut(**jobs.accepted(found).model_dump(), memory_ids=_sources(found))


def _plan(
    conn: Connection, request: Request, state: State, caller: Caller, given: DistillIn
) -> NewJob:
    agent_id = directory.find_agent(conn, caller.org_id, given.agent_id)
    asked = {
        "memory_ids": _numbers(conn, state, caller, agent_id, given.memory_ids),
        "chunk_size": given.chunk_size,
        "chunk_overlap": given.overlap,
        "max_concurrency": given.max_concurrency,
        "summary_style": given.summary_style,
        "include_summary": given.include_summary,
    }
    inputs = {**asked, "agent_id": agent_id}
    return NewJob(
        family="distill",
        request=asked,
        agent_id=agent_id,
        **jobs.keys(request, state, caller, "distill", inputs),
    )


def _numbers(
    conn: Connection, state: State, caller: Caller, agent_id: int | None, wanted: list[str]
) -> list[int]:
    """The memories' numbers, each once, ascending."""
    numbers = {ids.decode(ids.MEMORY, one) for one in wanted}
    known: dict[int, Any] = {}
    if agent_id is not None and None not in numbers:
        org = caller.org_id
        known = distill.read(
            conn,
            org,
            agent_id,
            [one for one in numbers if one],
            model=state.embedder.model_id,
            timeline=policy.timeline(conn, org),
            now=engine.instant(conn),
        )
    if len(known) != len(numbers):
        raise NotFoundError(
            "one of the memories is not there",
            field="memory_ids",
            remedy="send ids of memories of this agent that are not forgotten",
        )
    return sorted(known)


@router.get("/v1/distill/{job_id}")
async def get_distill(job_id: str, state: Nrem, caller: Reader) -> DistillStatus:
    """How a distillation stands."""
    return _status(await jobs.find(state, caller, "distill", job_id))


def _status(found: Job) -> DistillStatus:
    asked, made = found.request, found.result
    counts = ("chunks_total", "chunks_failed", "entities_extracted", "relationships_extracted")
    return DistillStatus(
        **jobs.standing(found),
        agent_id=found.agent or "",
        model=ENGINE,
        memory_ids=_sources(found),
        chunk_size=asked["chunk_size"],
        chunk_overlap=asked["chunk_overlap"],
        max_concurrency=asked["max_concurrency"],
        **{name: made.get(name, 0) for name in (*counts, "memos_written")},
        memo_ids=jobs.memories(found),
    )


def _sources(found: Job) -> list[str]:
    return [ids.encode(ids.MEMORY, number) for number in found.request["memory_ids"]]
