"""What an erasure reaches from its target: found, counted, fenced, hidden.

Everything that goes is noted by number in `erasure_items`; later steps work through these, so what
was counted at the fence is what is deleted. `nrem.policy.closure` decides about what others have.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.closure import Derived, closure
from nrem.store import forget_hard
from nrem.store.erase import Erasure, Target
from nrem.store.forget_hard import Means
from nrem.store.statement import statement

_PAGE: Final = 1_000
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What goes, in numbers."""

    # rows by table
    tables: dict[str, int]
    # memories of others that came only from what goes
    derived: int
    # memories of others that came also from what stays; and how many of them are made anew
    mixed: int
    remade: int
    # memories of others that stay, without a source
    loosened: int
    # memories of others under a legal hold, among those
    held: int


def _key(its: Erasure) -> dict[str, int]:
    return {"org_id": its.org_id, "erasure_id": its.erasure_id}


def _asked(its: Erasure) -> dict[str, Any]:
    return {**_key(its), "kind": str(its.target.kind), "target_id": its.target.target_id}


def name(conn: Connection, org_id: int, target: Target) -> str | None:
    """What callers call the target; None for a memory, an org, and what is gone already."""
    asked = {"org_id": org_id, "kind": str(target.kind), "target_id": target.target_id}
    found: str | None = conn.execute(statement("erase_name"), asked).scalar_one()
    return found


def is_held(conn: Connection, org_id: int, target: Target) -> bool:
    """Whether a legal hold stands over the target, or over anything of it."""
    asked = {"org_id": org_id, "kind": str(target.kind), "target_id": target.target_id}
    return bool(conn.execute(statement("erase_held"), asked).scalar_one())


def close(conn: Connection, its: Erasure, called: str | None) -> None:
    """Keep out what is begun from now on to be written for the target, under whatever name."""
    salt = secrets.token_bytes(_SALT_BYTES)
    hashed = None if called is None else sha256(salt + called.encode()).digest()
    conn.execute(statement("erase_unnote"), _key(its))
    conn.execute(statement("erase_reach"), _asked(its))
    _fence(conn, its, salt, hashed)


def _fence(
    conn: Connection, its: Erasure, salt: bytes | None = None, hashed: bytes | None = None
) -> None:
    given = {**_asked(its), "salt": salt if hashed else None, "name_hash": hashed}
    conn.execute(statement("erase_fence"), given)


def wait(conn: Connection, its: Erasure) -> None:
    """Wait for whoever began to write before `close`; and see what he wrote."""
    conn.execute(statement("erase_lock_names"), _key(its)).scalar_one()


def take(conn: Connection, its: Erasure, means: Means) -> Reached:
    """Find all that goes, keep everybody off it and take it out of sight; after `wait`."""
    reached = look(conn, its, means)
    _fence(conn, its)
    conn.execute(statement("erase_hide"), _key(its))
    conn.execute(statement("erase_fence_streams"), _key(its))
    _unqueue(conn, its)
    return reached


def _unqueue(conn: Connection, its: Erasure) -> None:
    given = {**_key(its), "kinds": ["memory", "event", "said"]}
    conn.execute(statement("erase_unqueue"), given)


def look(conn: Connection, its: Erasure, means: Means) -> Reached:
    """Note all that goes, in place of what was noted before, and count it.

    The events are locked first: an event under lock gains no memory until the transaction ends.
    """
    conn.execute(statement("erase_unnote"), _key(its))
    conn.execute(statement("erase_reach"), _asked(its))
    conn.execute(statement("erase_reach_events"), _of_kind(its))
    conn.execute(statement("erase_reach_memories"), _asked(its))
    if its.target.kind == "memory":
        conn.execute(statement("erase_reach_said"), _key(its))
    conn.execute(statement("erase_lock_events"), _key(its)).scalar_one()
    gone, mixed, anew, loosened, held = note_derived(conn, its, means)
    conn.execute(statement("erase_reach_shared"), _key(its))
    conn.execute(statement("erase_reach_streams"), _key(its))
    conn.execute(statement("erase_reach_rest"), _of_kind(its))
    return Reached(
        tables=count(conn, its),
        derived=gone,
        mixed=mixed,
        remade=anew,
        loosened=loosened,
        held=held,
    )


def _of_kind(its: Erasure) -> dict[str, Any]:
    return {**_key(its), "kind": str(its.target.kind)}


def note_derived(conn: Connection, its: Erasure, means: Means) -> tuple[int, int, int, int, int]:
    """Note what came of the events and is not of the target; counts of what becomes of it."""
    gone, mixed, anew, loosened, held, after = 0, 0, 0, 0, 0, 0
    while True:
        rows = _page(conn, its, after)
        if not rows:
            return gone, mixed, anew, loosened, held
        after = rows[-1].id
        decided = closure(
            frozenset(),
            frozenset(event for row in rows for event in row.erased or ()),
            [_one(row) for row in rows],
        )
        held += sum(row.is_held for row in rows if row.id in decided.deleted)
        again = [row for row in rows if row.id in decided.mixed]
        again = forget_hard.worth_remaking(conn, its.org_id, again, means)
        note(conn, its, "memory", sorted(decided.deleted))
        note(conn, its, "mixed", sorted(decided.mixed))
        _note_remakes(conn, its, sorted(row.id for row in again))
        gone, mixed = gone + len(decided.gone), mixed + len(decided.mixed)
        anew, loosened = anew + len(again), loosened + len(decided.loosened)


def _page(conn: Connection, its: Erasure, after: int) -> list[Any]:
    asked = {**_key(its), "after_id": after, "limit": _PAGE}
    return list(conn.execute(statement("erase_derived"), asked))


def _note_remakes(conn: Connection, its: Erasure, memories: Sequence[int]) -> None:
    given = {**_key(its), "memory_ids": list(memories)}
    conn.execute(statement("erase_note_remakes"), given)


def _one(row: Any) -> Derived:  # noqa: ANN401 - a row
    return Derived(
        memory_id=row.id,
        sources=frozenset(row.sources),
        rests_on=frozenset(row.rests_on or ()),
    )


def note(conn: Connection, its: Erasure, kind: str, numbers: Sequence[int]) -> None:
    """Note that rows of these numbers go, too."""
    given = {**_key(its), "kind": kind, "item_ids": list(numbers)}
    conn.execute(statement("erase_note"), given)


def count(
    conn: Connection,
    its: Erasure,
    *,
    kinds: Collection[str] | None = None,
    items: Collection[int] | None = None,
) -> dict[str, int]:
    """Rows per table that there are of what was noted, or of some of it; tables without any, too.

    `llm_calls_emptied` and `events_emptied` are rows that stay, without what they said.
    """
    asked = {
        **_key(its),
        "kinds": None if kinds is None else sorted(kinds),
        "item_ids": None if items is None else sorted(items),
    }
    return {row.name: row.rows for row in conn.execute(statement("erase_count"), asked)}


def mentions(conn: Connection, its: Erasure, called: str | None) -> dict[str, int]:
    """How many rows of others say the target's name, by table."""
    if not called:
        return {}
    asked = {**_key(its), "name": called}
    return {row.name: row.rows for row in conn.execute(statement("erase_mentions"), asked)}


def unnote(conn: Connection, its: Erasure) -> None:
    """Forget what was noted."""
    conn.execute(statement("erase_unnote"), _key(its))


def release(conn: Connection, its: Erasure) -> None:
    """Let come again what was kept out, and show what was hidden, if it is still there."""
    conn.execute(statement("erase_show"), _key(its))
    conn.execute(statement("erase_unfence"), _key(its))
    conn.execute(statement("erase_unnote"), _key(its))
