"""What a route asks for: the process's state, the caller behind the key, a transaction."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from api import auth, marker
from api.problems import OutcomeUnknownError
from api.state import State
from nrem.errors import ForbiddenError
from nrem.store import audit, engine, erasing, key
from nrem.store.audit import Actor, Entry
from nrem.store.key import Caller

# Of each dependency that holder_of made; the table of routes is read from it.
_SCOPES: Final[dict[object, str]] = {}
_bearer: Final = HTTPBearer(
    auto_error=False, scheme_name="key", description="An API key, as `nrem` printed it."
)


def state_of(request: Request) -> State:
    """This process's parts."""
    state: State = request.app.state.nrem
    return state


Nrem = Annotated[State, Depends(state_of)]


async def _authenticate(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    state: Nrem,
) -> Caller:
    return await auth.admit(state, request.scope, given.credentials.strip() if given else "")


def holder_of(scope: str) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """A dependency: the caller, whose key must hold `scope`.

    Raises: UnauthenticatedError, ForbiddenError, OverloadedError.
    """

    async def require(caller: Annotated[Caller, Depends(_authenticate)]) -> Caller:
        if scope not in caller.scopes:
            raise ForbiddenError(remedy=f"use a key with the scope {scope}")
        return caller

    _SCOPES[require] = scope
    return require


def scope_of(dependency: object) -> str | None:
    """The scope that a dependency made by `holder_of` asks for; None for any other."""
    return _SCOPES.get(dependency)


def actor(request: Request, caller: Caller) -> Actor:
    """Who asks, as the audit trail names it."""
    return Actor(key_row_id=caller.key_row_id, address=auth.address_of(request.scope))


EventWriter = Annotated[Caller, Depends(holder_of(key.EVENTS_WRITE))]
Reader = Annotated[Caller, Depends(holder_of(key.MEMORY_READ))]
Writer = Annotated[Caller, Depends(holder_of(key.MEMORY_WRITE))]
Forgetter = Annotated[Caller, Depends(holder_of(key.MEMORY_FORGET))]
AdminReader = Annotated[Caller, Depends(holder_of(key.ADMIN_READ))]
AdminWriter = Annotated[Caller, Depends(holder_of(key.ADMIN_WRITE))]
Requester = Annotated[Caller, Depends(holder_of(key.PURGE_REQUEST))]
Confirmer = Annotated[Caller, Depends(holder_of(key.PURGE_CONFIRM))]


@asynccontextmanager
async def transaction(state: State, caller: Caller) -> AsyncIterator["Transaction"]:
    """One transaction for the caller's org, committed at the end.

    Raises: OutcomeUnknownError when the database did not confirm the commit; ConflictError when it
    refused what was written for somebody who is being erased.
    """
    is_done = False
    try:
        async with engine.begin_async(state.database, org_id=caller.org_id) as conn:
            await conn.run_sync(marker.check, state, caller)
            yield conn.run_sync
            await conn.run_sync(marker.write, state, caller)
            is_done = True
        marker.committed()
    except (OperationalError, InterfaceError) as error:
        if is_done:
            raise OutcomeUnknownError from error
        raise
    except IntegrityError as error:
        refused = erasing.refusal(error)
        if refused:
            raise refused from error
        raise


# Runs a store function, which takes the connection first, inside the transaction.
Transaction = Callable[..., Coroutine[Any, Any, Any]]


async def record(run: Transaction, request: Request, caller: Caller, entry: Entry) -> None:
    """Write into the trail, in the transaction of what it tells about, what the caller did."""
    await run(audit.add, caller.org_id, [replace(entry, actor=actor(request, caller))])
