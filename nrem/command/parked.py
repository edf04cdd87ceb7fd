"""`nrem parked`: what was set aside, and what an operator does about it."""

from typing import Any

from nrem import ids
from nrem.command.database import connected
from nrem.config import Settings
from nrem.errors import NotFoundError
from nrem.store import engine, park
from nrem.store.park import Parked


def read(settings: Settings, parked_id: str | None = None) -> list[dict[str, Any]]:
    """What is set aside, oldest first, or the one of this id.

    Raises: NotFoundError when there is no such parked work.
    """
    with connected(settings) as conn:
        if parked_id is None:
            return [_shown(one) for one in park.find(conn)]
        number = ids.decode(ids.PARKED, parked_id)
        found = park.find(conn, parked_id=number) if number else []
    if not found:
        raise NotFoundError(f"{parked_id} is not set aside; see `nrem parked list`")
    return [_shown(one) for one in found]


def replay(settings: Settings, parked_id: str) -> None:
    """Give the work another round of tries.

    Raises: NotFoundError when there is no such parked work.
    """
    with connected(settings) as conn:
        park.replay(conn, _found(conn, parked_id))


def drop(settings: Settings, parked_id: str) -> None:
    """Give the work up for good.

    Raises: NotFoundError when there is no such parked work.
    """
    with connected(settings) as conn:
        park.drop(conn, _found(conn, parked_id))


def _found(conn: Any, parked_id: str) -> Parked:  # noqa: ANN401 - a Connection
    number = ids.decode(ids.PARKED, parked_id)
    found = park.find(conn, parked_id=number) if number else []
    if not found:
        raise NotFoundError(f"{parked_id} is not set aside; see `nrem parked list`")
    engine.enter(conn, org_id=found[0].org_id)
    return found[0]


def _shown(one: Parked) -> dict[str, Any]:
    return {
        "id": ids.encode(ids.PARKED, one.parked_id),
        "org": one.org_id,
        "pass": one.pass_name,
        "item": f"{one.item_kind} {one.item_id}",
        "reason": one.reason,
        "error": one.error_class,
        "attempts": one.attempts,
        "parked_at": one.parked_at.isoformat(),
    }


def describe(found: list[dict[str, Any]]) -> str:
    """Parked work as lines for a person."""
    if not found:
        return "nothing is set aside"
    return "\n".join(
        f"{one['id']}  {one['pass']}: {one['item']} of org {one['org']}, {one['reason']}"
        f" ({one['error'] or 'no error class'}), {one['attempts']} tries, {one['parked_at']}"
        for one in found
    )
