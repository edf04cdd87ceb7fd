"""POST /v1/memories/recall: what answers a query best."""

from fastapi import APIRouter, Request, Response

from api import body, recalling
from api.deps import Nrem, Reader, actor
from api.openapi import takes
from api.recalling import Asked
from nrem.wire.recall import RecallIn, RecallOut

router = APIRouter(tags=["memories"])


@router.post("/v1/memories/recall", openapi_extra=takes(RecallIn))
async def post_recall(
    request: Request, response: Response, state: Nrem, caller: Reader
) -> RecallOut:
    """What answers the query best, for one agent (and user); without a query the newest.

    With `as_of` it is what would have answered then, from the texts of then, and counts as no use.
    """
    given = await body.take(request, response, RecallIn)
    who = actor(request, caller)
    return await recalling.answer(
        state, Asked(given=given, caller=caller, actor=who, surface="recall")
    )
