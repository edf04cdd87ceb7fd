"""Budgets of the caller's org. Nothing spends them yet: whatever asks a model that costs will."""

from dataclasses import asdict, fields
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, Reader, Writer, record, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import budget, org
from nrem.store.audit import Entry, Operation
from nrem.store.budget import Budgets
from nrem.store.key import Caller
from nrem.wire.budget import BudgetsIn, BudgetsOut, BudgetsView

router = APIRouter(tags=["budgets"])

_MINE: Final = "/v1/tenants/me/budgets"
_NAMED: Final = "/v1/tenants/{org_id}/budgets"


@router.get(_MINE)
async def get_my_budgets(state: Nrem, caller: Reader) -> BudgetsView:
    """What the org set, and what applies."""
    return await _get(state, caller, None)


@router.put(_MINE, openapi_extra=takes(BudgetsIn))
async def set_my_budgets(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> BudgetsView:
    """Set all budgets; one that is 0 or left out is the server's default."""
    return await _put(request, response, state, caller, None)


@router.get(_NAMED)
async def get_budgets(org_id: str, state: Nrem, caller: AdminReader) -> BudgetsView:
    """As of `me`, for an administrator; the org is the key's own, by its id or its name."""
    return await _get(state, caller, org_id)


@router.put(_NAMED, openapi_extra=takes(BudgetsIn))
async def set_budgets(
    org_id: str, request: Request, response: Response, state: Nrem, caller: AdminWriter
) -> BudgetsView:
    """As of `me`, for an administrator; the org is the key's own, by its id or its name."""
    return await _put(request, response, state, caller, org_id)


async def _get(state: State, caller: Caller, named: str | None) -> BudgetsView:
    async with transaction(state, caller) as run:
        await run(_require_own, caller.org_id, named)
        found: Budgets = await run(budget.read, caller.org_id)
    return _view(state, caller, found)


async def _put(
    request: Request, response: Response, state: State, caller: Caller, named: str | None
) -> BudgetsView:
    given = await body.take(request, response, BudgetsIn)
    budgets = Budgets(**given.model_dump())
    async with transaction(state, caller) as run:
        await run(_require_own, caller.org_id, named)
        await run(budget.put, caller.org_id, budgets)
        entry = Entry(operation=Operation.BUDGET_SET, details=asdict(budgets))
        await record(run, request, caller, entry)
    return _view(state, caller, budgets)


def _require_own(conn: Connection, org_id: int, named: str | None) -> None:
    """Let nobody learn which other orgs there are.

    Raises: NotFoundError for any org but the caller's.
    """
    if named not in (None, ids.encode(ids.ORG, org_id), org.name_of(conn, org_id)):
        raise NotFoundError("there is no such org", remedy="name the org of the key, or me")


def _view(state: State, caller: Caller, own: Budgets) -> BudgetsView:
    usual = {one.name: getattr(state.settings, f"budget_{one.name}") for one in fields(Budgets)}
    return BudgetsView(
        org_id=ids.encode(ids.ORG, caller.org_id),
        overrides=_out(own),
        effective=_out(own.over(Budgets(**usual))),
    )


def _out(budgets: Budgets) -> BudgetsOut:
    return BudgetsOut(**asdict(budgets))
