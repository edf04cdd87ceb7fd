"""A trail to seal, and what verifying says of it."""

from nrem.heads import Head
from nrem.store import audit, engine, seal
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.seal import Verdict
from tests.world import DIGEST, NOW, Org


def write(org: Org, count: int = 5) -> None:
    entries = [
        Entry(
            operation=Operation.RECALL,
            actor=Actor(key_row_id=7, address="127.0.0.1"),
            memory_id=3 + number,
            memory_ids=(3, 4),
            details={"count": 2, "share": 1.0},
        )
        for number in range(count)
    ]
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        audit.add(conn, org.number, entries)


def head(org: Org) -> Head:
    with org.begin() as conn:
        (found,) = (one for one in seal.heads_after(conn, {}) if one.org_id == org.number)
    return found


def verify(org: Org, known: Head | None = None) -> Verdict:
    with org.begin() as conn:
        return seal.verify(conn, org.number, digest=DIGEST, known=known)


def fault(org: Org, known: Head | None = None) -> tuple[str, int | None, int | None] | None:
    """What is wrong: the code, the place, and which of the lines there were, counted from 0."""
    its = verify(org, known).fault
    if its is None:
        return None
    return its.code.value, its.place, its.audit_id
