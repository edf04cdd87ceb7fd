"""How a row of an export looks: callers' ids and wire ids in place of numbers, no digests."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from nrem import ids
from nrem.wire.field import Id
from nrem.wire.request import Strict


class ExportQuery(Strict):
    """Whose rows."""

    user_id: Id


class ExportLine(BaseModel):
    """One line of an export; the first holds `export`, the last `end`, all others a row."""

    table: str
    row: dict[str, Any]


_OWN_IDS: Final = {
    "memories": ids.MEMORY,
    "events": ids.EVENT,
    "sessions": ids.SESSION,
    "runs": ids.RUN,
    "edges": ids.RELATIONSHIP,
    "holds": ids.HOLD,
    "observations": ids.OBSERVATION,
    "conversations": ids.CONVERSATION,
    "previews": ids.PREVIEW,
}
# Columns that name rows with ids of their own, in whatever table they stand.
_NAMED: Final = {
    "memory_id": ids.MEMORY,
    "memory_ids": ids.MEMORY,
    "source_id": ids.MEMORY,
    "target_id": ids.MEMORY,
    "event_id": ids.EVENT,
    "session_id": ids.SESSION,
    "run_id": ids.RUN,
    "run_ids": ids.RUN,
    "archived_by": ids.RUN,
    "set_aside_by": ids.RUN,
    "reverted_by": ids.RUN,
    "reverts": ids.RUN,
    "observation_id": ids.OBSERVATION,
    "parent_id": ids.OBSERVATION,
    "conversation_id": ids.CONVERSATION,
    "key_row_id": ids.KEY,
}
# Columns of which the rows of runs are collected.
_RUNS: Final = ("run_id", "archived_by", "set_aside_by", "run_ids")
_LEFT_OUT: Final = frozenset(
    (
        *("org_id", "content_hash", "body_hash", "idem_key", "turn_key", "digest"),
        *("prompt_hash", "request_hash", "owner", "task_id"),
    )
)


def shown(
    table: str, values: Mapping[str, Any], agents: Mapping[int, str], user: tuple[int, str]
) -> dict[str, Any]:
    """A row as its line holds it; `agents` and `user` are the callers' ids by number."""
    row = {name: _shown(table, name, value) for name, value in values.items()}
    if table == "derivations":
        kind = ids.MEMORY if values["child_kind"] == "memory" else ids.OBSERVATION
        row["child_id"] = _wire(kind, values["child_id"])
    if table == "holds":
        row["ref_id"] = user[1] if values["kind"] == "user" else _wire(ids.MEMORY, values["ref_id"])
    if "agent_id" in row:
        row["agent_id"] = agents.get(values["agent_id"], values["agent_id"])
    if values.get("user_id") == user[0]:
        row["user_id"] = user[1]
    return {name: value for name, value in row.items() if name not in _LEFT_OUT}


def runs_of(values: Mapping[str, Any]) -> set[int]:
    """The numbers of the runs that a row names."""
    found: set[int] = set()
    for name in _RUNS:
        value = values.get(name)
        found.update(value if isinstance(value, list) else [] if value is None else [value])
    return found


def _shown(table: str, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    prefix = _OWN_IDS.get(table) if name == "id" else _NAMED.get(name)
    if prefix is None or value is None:
        return value
    if isinstance(value, list):
        return [_wire(prefix, one) for one in value]
    return _wire(prefix, value)


def _wire(prefix: str, number: int) -> str | int:
    """Numbers that are none of a row's, as those of what there was before, stay as they are."""
    return ids.encode(prefix, number) if number > 0 else number
