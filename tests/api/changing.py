"""What tests of changes do to a memory over HTTP, and what they look at."""

from typing import Any, Final

from nrem import ids
from tests.api.serving import Caller

TEXT: Final = "Ann moved to Kyiv on 3 May 2023 and works as a nurse."
OTHER: Final = "Bob plays the cello in a quartet."
NOBODY: Final = ids.encode(ids.MEMORY, 2**40)
NAMED: Final = ("pin", "unpin", "archive", "forget", "restore")
_INSTANTS: Final = (
    *("state_since", "recorded_at", "valid_from", "last_access", "facts_since", "text_since"),
    *("due_at", "expires_at"),
)


def do(caller: Caller, memory: dict[str, Any] | str, name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Change a memory by a named change; answers it."""
    number = memory if isinstance(memory, str) else memory["id"]
    answer = caller.post(f"/v1/memories/{number}:{name}", fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def edit(caller: Caller, memory: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Edit a memory; answers it."""
    answer = caller.patch(f"/v1/memories/{memory['id']}", fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def history(caller: Caller, memory: dict[str, Any]) -> list[dict[str, Any]]:
    answer = caller.get(f"/v1/memories/{memory['id']}/history")
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["versions"])
    return list(answer.json()["versions"])


def crossings(caller: Caller) -> list[Any]:
    rows = caller.world.ask(
        "SELECT kind, before, after, reason FROM crossings WHERE org_id = %(o)s ORDER BY id",
        o=caller.org,
    )
    return [tuple(row) for row in rows]


def age(caller: Caller, days: float) -> None:
    """Let all memories of the org be that much older."""
    columns = ", ".join(f"{name} = {name} - make_interval(secs => %(s)s)" for name in _INSTANTS)
    caller.world.do(
        f"UPDATE memories SET {columns} WHERE org_id = %(o)s",  # noqa: S608
        s=days * 86_400,
        o=caller.org,
    )
