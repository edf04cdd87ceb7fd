"""Having memories put in order: repeats merged, edges weighed anew, uses counted."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api import body, jobs
from api.deps import Nrem, Reader, Writer
from api.openapi import takes
from api.state import State
from nrem.errors import NotFoundError
from nrem.store import dataset
from nrem.store.job import Job, NewJob
from nrem.store.key import Caller
from nrem.wire.job import RefineIn, RefineOut, RefineStatus

router = APIRouter(tags=["jobs"])


@router.post("/v1/refine", status_code=202, openapi_extra=takes(RefineIn, is_required=False))
async def post_refine(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> RefineOut:
    """Have the memories of a dataset, or of the whole org, put in order; again changes nothing."""
    given = await body.take(request, response, RefineIn)
    found = await jobs.ask(
        request, state, caller, lambda conn: _plan(conn, request, state, caller, given)
    )
    return RefineOut(**jobs.accepted(found).model_dump(), dataset_id=found.dataset)


def _plan(
    conn: Connection, request: Request, state: State, caller: Caller, given: RefineIn
) -> NewJob:
    number = None
    if given.dataset_id is not None:
        number = dataset.find(conn, caller.org_id, given.dataset_id)
        if number is None:
            raise NotFoundError(
                "there is no such dataset",
                field="dataset_id",
                remedy="send one that something was put into, or none for all memories",
            )
    return NewJob(
        family="refine",
        request={},
        dataset_id=number,
        **jobs.keys(request, state, caller, "refine", {"dataset_id": number}),
    )


@router.get("/v1/refine/{job_id}")
async def get_refine(job_id: str, state: Nrem, caller: Reader) -> RefineStatus:
    """How a refinement stands."""
    return _status(await jobs.find(state, caller, "refine", job_id))


def _status(found: Job) -> RefineStatus:
    done = {name: found.result.get(name, 0) for name in _COUNTS}
    unembedded = found.result.get("without_vector")
    return RefineStatus(
        **jobs.standing(found),
        trigger=found.cause,
        dataset_id=found.dataset,
        **done,
        job_metadata={"without_vector": unembedded} if unembedded else {},
    )


_COUNTS = (
    "memos_scanned",
    "memos_deduped",
    "edges_reweighted",
    "edges_pruned",
    "feedback_drained",
)
