"""Keys of the caller's org on the public listener, by the routes that Z3rno's clients know.

They open the API alone: whoever administers needs a key from the admin listener.
"""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, transaction
from api.openapi import takes
from api.routes import admin_keys
from nrem.errors import ForbiddenError
from nrem.store import key
from nrem.store.key import Kept
from nrem.wire.key import ApiKeyIn, KeyMade, KeyOut

router = APIRouter(tags=["keys"])

_PATH: Final = "/v1/api-keys"


@router.post(_PATH, status_code=201, openapi_extra=takes(ApiKeyIn))
async def create_api_key(
    request: Request, response: Response, state: Nrem, caller: AdminWriter
) -> KeyMade:
    """Make a key with scopes of the API, by default all of these; shown this once."""
    given = await body.take(request, response, ApiKeyIn)
    scopes = given.scopes or key.API_SCOPES
    if not key.may_be_given(scopes, ()):
        raise ForbiddenError(
            "this listener makes keys with scopes of the API only",
            field="scopes",
            remedy="ask the admin listener",
        )
    async with transaction(state, caller) as run:
        return await admin_keys.make(
            run, request, state, caller, scopes=scopes, days=given.expires_in_days
        )


@router.get(_PATH)
async def list_api_keys(
    state: Nrem, caller: AdminReader, limit: Annotated[int, Query(ge=1, le=1_000)] = 1_000
) -> list[KeyOut]:
    """Keys of the org that are not revoked, oldest first."""
    async with transaction(state, caller) as run:
        found: list[Kept] = await run(key.listed, caller.org_id, limit=limit)
    return [KeyOut.of(asdict(one)) for one in found if one.revoked_at is None]


@router.delete(_PATH + "/{key_id}", status_code=204)
async def delete_api_key(key_id: str, request: Request, state: Nrem, caller: AdminWriter) -> None:
    """End a key, from its next request on. Again changes nothing."""
    async with transaction(state, caller) as run:
        await admin_keys.end(run, request, caller, key_id)
