"""Doing erasures again in a database that was restored from before them.

Who it was is found by holding every id of the org against the digest that the ledger keeps. The
erasure is then an ordinary one; the yes to it is the ledger's, for it was given once.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem import ids
from nrem.digest import Digest
from nrem.erasure_ledger import Subject
from nrem.policy.erase import Kind, State
from nrem.store import erase, erase_ask, work
from nrem.store.erase import NAME, STREAM, Target
from nrem.store.statement import statement

_PAGE: Final = 5_000


def take_up(conn: Connection, subject: Subject, *, digest: Digest, now: datetime) -> int | None:
    """The number of the erasure that does it again, begun if none is under way.

    None: the database holds nothing that it was about. The transaction is the org's.

    Raises: ConflictError under a legal hold.
    """
    asked = {
        "org_id": subject.org_id,
        "kind": subject.kind,
        "target_hash": subject.target_hash,
    }
    number: int | None = conn.execute(statement("erasure_line_open"), asked).scalar_one_or_none()
    if number is not None:
        return number
    target_id = _find(conn, subject, digest)
    if target_id is None:
        return None
    target = Target(kind=Kind(subject.kind), target_id=target_id, target_hash=subject.target_hash)
    its = erase_ask.request(conn, subject.org_id, target, requested_by=None, now=now)
    return its.erasure_id


def go_on(conn: Connection, org_id: int, erasure_id: int, *, now: datetime) -> State:
    """Say yes to what was shown, and make the erasure due; answers how far it had come."""
    work.bring_streams_forward(conn, org_id, NAME, STREAM, {erasure_id: 0.0})
    work.bring_forward(conn, org_id, {NAME: 0.0})
    its = erase.read(conn, org_id, erasure_id, is_locked=True)
    if its is None:
        raise LookupError("an erasure is never deleted")
    if its.state is State.PREVIEWED:
        erase.write(conn, its, State.CONFIRMED, now=now)
    return its.state


def _find(conn: Connection, subject: Subject, digest: Digest) -> int | None:
    """The row number of what has this digest."""
    kind, org_id = Kind(subject.kind), subject.org_id
    for page in _pages(conn, org_id, kind):
        for number, name in page:
            if erase.target_hash(digest, org_id, kind, name) == subject.target_hash:
                return number
    return None


def _pages(conn: Connection, org_id: int, kind: Kind) -> Iterator[list[tuple[int, str]]]:
    after = -1
    while page := _page(conn, org_id, kind, after):
        yield page
        after = page[-1][0]


def _page(conn: Connection, org_id: int, kind: Kind, after: int) -> list[tuple[int, str]]:
    asked = {"org_id": org_id, "kind": str(kind), "after": after, "limit": _PAGE}
    rows = conn.execute(statement("erasure_line_name"), asked)
    return [
        (row.id, ids.encode(ids.MEMORY, row.id) if kind is Kind.MEMORY else row.name)
        for row in rows
    ]
