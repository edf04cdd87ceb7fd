"""Orgs, for the administrators of an operator's one; any other sees itself alone."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, record, transaction
from api.openapi import takes
from nrem import ids
from nrem.digest import Digest
from nrem.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from nrem.store import audit, engine, key, org
from nrem.store.audit import Entry, Operation
from nrem.store.key import Made
from nrem.store.org import Org
from nrem.wire.key import KeyQuery, OrgIn, OrgMade, OrgOut, OrgPage, OrgPatchIn

router = APIRouter(tags=["orgs"])

_SHAPE: Final = TypeAdapter(OrgIn)
_PATCH: Final = TypeAdapter(OrgPatchIn)
_PATH: Final = "/v1/admin/orgs"


@router.post(_PATH, status_code=201, openapi_extra=takes(OrgIn))
async def create_org(request: Request, state: Nrem, caller: AdminWriter) -> OrgMade:
    """Make an org, for an operator; its first key, an administrator's, is shown this once."""
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        number: int = await run(_found, given)
        made: OrgOut = OrgOut.of(asdict(await run(org.seen_one, number)))
        await record(run, request, caller, _entry(Operation.ORG_CREATE, number))
        # From here on the transaction is the new org's.
        first: Made = await run(_first_key, number, state.digest)
    return OrgMade(admin_key=first.key, **made.model_dump())


def _found(conn: Connection, given: OrgIn) -> int:
    _require_operator(conn)
    number = org.found(conn, given.name)
    if number is None:
        raise ConflictError(
            "there is an org of this name", field="name", remedy="choose another", code="org_exists"
        )
    org.bound(conn, number, given.rate_limit_per_minute)
    return number


def _first_key(conn: Connection, org_id: int, digest: Digest) -> Made:
    engine.enter(conn, org_id=org_id, now=engine.instant(conn))
    made = key.create(conn, org_id, key.ADMIN_SCOPES, digest=digest, environment="live")
    about = {"about_key": ids.encode(ids.KEY, made.key_row_id)}
    audit.add(conn, org_id, [Entry(operation=Operation.KEY_CREATE, details=about)])
    return made


@router.get(_PATH)
async def list_orgs(
    state: Nrem, caller: AdminReader, asked: Annotated[KeyQuery, Query()]
) -> OrgPage:
    """Every org for an operator, oldest first; for others their own."""
    after_id = ids.decode(ids.ORG, asked.cursor) if asked.cursor else 0
    if after_id is None:
        raise InvalidError(
            "is no cursor of this listing", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        found: list[Org] = await run(org.seen, after_id=after_id, limit=asked.limit + 1)
    page = found[: asked.limit]
    return OrgPage(
        orgs=[OrgOut.of(asdict(one)) for one in page],
        next_cursor=ids.encode(ids.ORG, page[-1].org_id) if len(found) > len(page) else None,
    )


@router.get(_PATH + "/{org_id}")
async def get_org(org_id: str, state: Nrem, caller: AdminReader) -> OrgOut:
    """One of these."""
    async with transaction(state, caller) as run:
        found: Org = await run(_existing, org_id)
    return OrgOut.of(asdict(found))


@router.patch(_PATH + "/{org_id}", openapi_extra=takes(OrgPatchIn))
async def bound_org(org_id: str, request: Request, state: Nrem, caller: AdminWriter) -> OrgOut:
    """Say how often all keys of an org may ask together, for an operator."""
    given = body.validate(_PATCH, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        found: Org = await run(_existing, org_id)
        await run(_require_operator)
        await run(org.bound, found.org_id, given.rate_limit_per_minute)
        await record(run, request, caller, _entry(Operation.ORG_BOUND, found.org_id))
        bounded: Org = await run(_existing, org_id)
    return OrgOut.of(asdict(bounded))


def _existing(conn: Connection, org_id: str) -> Org:
    number = ids.decode(ids.ORG, org_id)
    found = org.seen_one(conn, number) if number else None
    if found is None:
        raise NotFoundError("there is no such org")
    return found


def _require_operator(conn: Connection) -> None:
    if not org.is_operator(conn):
        raise ForbiddenError(
            "the key's org may not manage orgs",
            remedy="use an administrator's key of an operator's org, or `nrem orgs`",
        )


def _entry(operation: Operation, org_id: int) -> Entry:
    return Entry(operation=operation, details={"about_org": ids.encode(ids.ORG, org_id)})
