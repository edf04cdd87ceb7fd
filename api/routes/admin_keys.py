"""Keys of the caller's org: make, list, rotate and revoke them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, Transaction, record, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import ForbiddenError, InvalidError, NotFoundError
from nrem.store import key
from nrem.store.audit import Entry, Operation
from nrem.store.key import Caller, Kept, Made
from nrem.wire.key import KeyIn, KeyMade, KeyOut, KeyPage, KeyQuery, RotateIn

router = APIRouter(tags=["keys"])

_SHAPE: Final = TypeAdapter(KeyIn)
_ROTATION: Final = TypeAdapter(RotateIn)
_PATH: Final = "/v1/admin/keys"
_DAY_SECONDS: Final = 86_400.0
_HOUR_SECONDS: Final = 3_600.0
# What a key made over HTTP begins with.
_ENVIRONMENT: Final = "live"


@router.post(_PATH, status_code=201, openapi_extra=takes(KeyIn))
async def create_key(request: Request, state: Nrem, caller: AdminWriter) -> KeyMade:
    """Make a key with scopes of the API, or some of the caller's own; shown this once."""
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    require_givable(given.scopes, caller, field="scopes")
    async with transaction(state, caller) as run:
        return await make(
            run,
            request,
            state,
            caller,
            scopes=given.scopes,
            days=given.expires_in_days,
            rate=given.rate_limit_per_minute,
        )


@router.get(_PATH)
async def list_keys(
    state: Nrem, caller: AdminReader, asked: Annotated[KeyQuery, Query()]
) -> KeyPage:
    """Keys of the org, oldest first; revoked and expired ones, too."""
    after_id = ids.decode(ids.KEY, asked.cursor) if asked.cursor else 0
    if after_id is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        found: list[Kept] = await run(
            key.listed, caller.org_id, after_id=after_id, limit=asked.limit + 1
        )
    page = found[: asked.limit]
    return KeyPage(
        keys=[KeyOut.of(asdict(one)) for one in page],
        next_cursor=ids.encode(ids.KEY, page[-1].key_row_id) if len(found) > len(page) else None,
    )


@router.post(
    _PATH + "/{key_id}:rotate", status_code=201, openapi_extra=takes(RotateIn, is_required=False)
)
async def rotate_key(key_id: str, request: Request, state: Nrem, caller: AdminWriter) -> KeyMade:
    """Make a key in the place of one, with its scopes and rate; both open during the overlap.

    The new one is to live as long as the old one was, counted from now.
    """
    raw = await body.read(request)
    given = body.validate(_ROTATION, body.parse(raw)) if raw.strip() else RotateIn()
    async with transaction(state, caller) as run:
        old: Kept = await run(_existing, caller.org_id, key_id)
        require_givable(old.scopes, caller)
        made: Made = await run(
            key.rotate,
            caller.org_id,
            old.key_row_id,
            digest=state.digest,
            environment=_ENVIRONMENT,
            overlap_seconds=given.overlap_hours * _HOUR_SECONDS,
        )
        entry = _entry(Operation.KEY_ROTATE, made.key_row_id, replaces=key_id)
        await record(run, request, caller, entry)
        return await _shown(run, caller, made)


@router.post(_PATH + "/{key_id}:revoke")
async def revoke_key(key_id: str, request: Request, state: Nrem, caller: AdminWriter) -> KeyOut:
    """End a key, from its next request on; the caller's own, too. Again changes nothing."""
    async with transaction(state, caller) as run:
        return KeyOut.of(asdict(await end(run, request, caller, key_id)))


def require_givable(scopes: Sequence[str], caller: Caller, *, field: str | None = None) -> None:
    """Raises: ForbiddenError when the caller may not give these scopes to anybody."""
    if not key.may_be_given(scopes, caller.scopes):
        raise ForbiddenError(
            "a key gives the scopes of the API and those it has itself; one that may request and "
            "confirm erasures gives neither of these",
            field=field,
            remedy="make it on the server with `nrem keys create`",
        )


async def make(
    run: Transaction,
    request: Request,
    state: State,
    caller: Caller,
    *,
    scopes: Sequence[str],
    days: int | None,
    rate: int | None = None,
) -> KeyMade:
    """Make a key of the caller's org, and say so in the trail."""
    made: Made = await run(
        key.create,
        caller.org_id,
        scopes,
        digest=state.digest,
        environment=_ENVIRONMENT,
        lives_seconds=days * _DAY_SECONDS if days else None,
        rate_per_minute=rate,
    )
    await record(run, request, caller, _entry(Operation.KEY_CREATE, made.key_row_id))
    return await _shown(run, caller, made)


async def end(run: Transaction, request: Request, caller: Caller, key_id: str) -> Kept:
    """Revoke a key of the caller's org, and say so in the trail.

    Raises: NotFoundError.
    """
    old: Kept = await run(_existing, caller.org_id, key_id)
    if await run(key.revoke, caller.org_id, old.key_row_id):
        await record(run, request, caller, _entry(Operation.KEY_REVOKE, old.key_row_id))
    ended: Kept = await run(_existing, caller.org_id, key_id)
    return ended


async def _shown(run: Transaction, caller: Caller, made: Made) -> KeyMade:
    kept = await run(key.read, caller.org_id, made.key_row_id)
    return KeyMade(key=made.key, **KeyOut.of(asdict(kept)).model_dump())


def _existing(conn: Connection, org_id: int, key_id: str) -> Kept:
    number = ids.decode(ids.KEY, key_id)
    found = key.read(conn, org_id, number) if number else None
    if found is None:
        raise NotFoundError("there is no such key")
    return found


def _entry(operation: Operation, key_row_id: int, **details: str) -> Entry:
    return Entry(
        operation=operation, details={"about_key": ids.encode(ids.KEY, key_row_id), **details}
    )
