"""Who asks: the caller behind a key, counted; or a refusal that says nothing about keys.

The key is looked up at every request, so one that is revoked opens nothing from then on, in every
process. One that is mistyped is refused without asking the database.
"""

from ipaddress import ip_address
from math import ceil
from typing import Final

from starlette.types import Scope

from api.state import State
from nrem.errors import OverloadedError, UnauthenticatedError
from nrem.store import engine, key, rate
from nrem.store.key import Caller
from nrem.store.rate import Taken

# in a request's scope: headers that its answer gets, whatever it says
HEADERS: Final = "nrem.headers"
_REMEDY: Final = "send the header Authorization: Bearer <key>"
_SLOWER: Final = "wait for the seconds that Retry-After names, then send it again"


async def admit(state: State, scope: Scope, given: str) -> Caller:
    """The caller whose key this is, after counting the request.

    One answer for every key that does not open: nobody learns which keys exist.

    Raises: UnauthenticatedError; OverloadedError when the address sent too many keys that do not
    open, or the key or its org asked too often.
    """
    if not given:
        raise UnauthenticatedError(remedy=_REMEDY)
    address, its_key = address_of(scope), state.digest.of("known-key", given)
    wait_seconds = state.throttle.wait_seconds(address, its_key)
    if wait_seconds > 0:
        raise OverloadedError(
            "too many keys that do not open came from this address",
            retry_after_seconds=wait_seconds,
            remedy=_SLOWER,
        )
    found = await _find(state, given)
    if found is None:
        state.throttle.failed(address)
        raise UnauthenticatedError(remedy=_REMEDY)
    state.throttle.opened(its_key)
    caller, taken = found
    if taken is not None:
        _tell(scope, taken)
    return caller


def rates(state: State, caller: Caller) -> dict[str, int]:
    """How often per minute the key and its org may ask; 0: no bound."""
    key_rate, org_rate = caller.rate_per_minute, caller.org_rate_per_minute
    usual = state.settings
    return {
        "key_per_minute": usual.rate_key_per_minute if key_rate is None else key_rate,
        "org_per_minute": usual.rate_org_per_minute if org_rate is None else org_rate,
    }


def address_of(scope: Scope) -> str | None:
    """Where the connection comes from; a socket file has no address."""
    client = scope.get("client")
    try:
        # An address of one link names it, which nobody need know.
        return str(ip_address(client[0].partition("%")[0] if client else ""))
    except ValueError:
        return None


async def _find(state: State, given: str) -> tuple[Caller, Taken | None] | None:
    parts = key.parse(given)
    if parts is None:
        return None
    async with engine.begin_async(state.database, org_id=None) as conn:
        caller = await conn.run_sync(key.find, parts, digest=state.digest)
        if caller is None:
            return None
        await conn.run_sync(engine.enter, org_id=caller.org_id)
        taken = await conn.run_sync(
            rate.take, caller.org_id, caller.key_row_id, **rates(state, caller)
        )
    return caller, taken


def _tell(scope: Scope, taken: Taken) -> None:
    """Say in the answer's headers how much may still be asked.

    Raises: OverloadedError when nothing may, for now.
    """
    scope.setdefault(HEADERS, {}).update(
        {
            "X-RateLimit-Limit": str(taken.per_minute),
            "X-RateLimit-Remaining": str(taken.remaining),
            "X-RateLimit-Reset": str(ceil(taken.full_at.timestamp())),
        }
    )
    if taken.wait_seconds > 0:
        who = "the org" if taken.of_org else "the key"
        raise OverloadedError(
            f"{who} may ask {taken.per_minute} times a minute, and did",
            retry_after_seconds=taken.wait_seconds,
            remedy=_SLOWER,
        )
