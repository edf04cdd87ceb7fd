"""Names on the wire and the row numbers behind them."""

from typing import Any

from sqlalchemy import Connection

from nrem import ids
from nrem.store import directory


def resolve(conn: Connection, org_id: int, given: dict[str, str | None]) -> dict[str, int] | None:
    """Row numbers of the names given, or None when one of them is not known."""
    numbers: dict[str, int] = {}
    finders = {
        "agent_id": directory.find_agent,
        "user_id": directory.find_user,
        "session_id": directory.find_session,
    }
    for field, name in given.items():
        if name is not None:
            number = finders[field](conn, org_id, name)
            if number is None:
                return None
            numbers[field] = number
    return numbers


def sources(event_ids: Any, turn_ids: Any) -> list[str]:  # noqa: ANN401 - arrays of a row
    """What a memory was made from: the callers' turn ids where there are any, else event ids."""
    return [
        turn or ids.encode(ids.EVENT, event)
        for event, turn in zip(event_ids, turn_ids, strict=True)
    ]
