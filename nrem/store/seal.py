"""The chain of the audit trail: lines are written without a lock and sealed soon after, in order.

One chain per org. A seal is a keyed digest over its line, its place and the seal before it, so what
was sealed cannot be changed, dropped, swapped or added to unnoticed by anybody without the pepper.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.heads import Head
from nrem.policy.chain import Code, Fault, Link, Walk
from nrem.store import engine
from nrem.store.statement import statement

_PAGE: Final = 2_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def lock(conn: Connection) -> datetime | None:
    """The instant of sealing; None while somebody else seals. Nobody else does until the end."""
    found: datetime | None = conn.execute(statement("seal_lock")).scalar_one_or_none()
    return found


def waiting(conn: Connection, limit: int) -> dict[int, list[int]]:
    """The numbers of at most `limit` lines that wait, by org, oldest first."""
    rows = conn.execute(statement("seal_waiting"), {"limit": limit})
    return {row.org_id: list(row.audit_ids) for row in rows}


def add(
    conn: Connection, org_id: int, audit_ids: Sequence[int], *, at: datetime, digest: Digest
) -> int:
    """Seal lines of an org after the end of its chain; answers how many had none yet.

    The caller has the lock. The transaction is for that org from here on.
    """
    engine.enter(conn, org_id=org_id)
    asked = {"org_id": org_id, "audit_ids": list(audit_ids)}
    found = [row for row in conn.execute(statement("seal_lines"), asked) if not row.is_sealed]
    place, last = _end(conn, org_id, digest)
    places, hashes = [], []
    for row in found:
        place += 1
        last = _hash(digest, org_id, last, place, row.audit_id, at, row.line)
        places.append(place)
        hashes.append(last.hex())
    conn.execute(
        statement("seal_add"),
        {
            "org_id": org_id,
            "places": places,
            "audit_ids": [row.audit_id for row in found],
            "hashes": hashes,
            "sealed_at": at,
            "looked_at": list(audit_ids),
        },
    )
    return len(found)


def _end(conn: Connection, org_id: int, digest: Digest) -> tuple[int, bytes]:
    """The last place of the chain and its hash, or where a chain begins."""
    head = conn.execute(statement("seal_head"), {"org_id": org_id}).one_or_none()
    return (head.place, bytes(head.hash)) if head else (0, _first(digest, org_id))


def _first(digest: Digest, org_id: int) -> bytes:
    return digest.of("seal", org_id)


def _hash(
    digest: Digest,
    org_id: int,
    previous: bytes,
    place: int,
    audit_id: int,
    at: datetime,
    line: str | None,
) -> bytes:
    instant = (at - _EPOCH) // _MICROSECOND
    return digest.of("seal", org_id, previous, place, audit_id, instant, line or "")


def heads_after(conn: Connection, known: Mapping[int, Head]) -> list[Head]:
    """The ends of chains that have grown since they were known, over all orgs."""
    asked = {"org_ids": list(known), "places": [one.place for one in known.values()]}
    return [_head(row.org_id, row) for row in conn.execute(statement("seal_heads"), asked)]


def continues(conn: Connection, known: Head) -> bool:
    """Whether the chain still goes through an end that it had; the transaction is for that org."""
    engine.enter(conn, org_id=known.org_id)
    asked = {"org_id": known.org_id, "place": known.place}
    found = conn.execute(statement("seal_find"), asked).scalar_one_or_none()
    return found is not None and bytes(found) == known.hash


def _head(org_id: int, row: Any) -> Head:  # noqa: ANN401 - a row
    return Head(
        org_id=org_id,
        place=row.place,
        audit_id=row.audit_id,
        hash=bytes(row.hash),
        sealed_at=row.sealed_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What looking over the whole trail of an org found; no fault: it is whole."""

    org_id: int
    # that were looked at, sealed ones and those that wait
    rows: int
    waiting: int
    fault: Fault | None


def verify(conn: Connection, org_id: int, *, digest: Digest, known: Head | None) -> Verdict:
    """Hold every line against its seal, and the chain against the end that was kept outside.

    The transaction is for that org from here on; it should see one snapshot.
    """
    engine.enter(conn, org_id=org_id)

    def linking(previous: bytes, link: Link) -> bytes:
        at, number = link.sealed_at, link.audit_id
        return _hash(digest, org_id, previous, link.place, number, at, link.line)

    walk, end = Walk(_first(digest, org_id), linking), None
    for link in _links(conn, org_id):
        if not walk.step(link):
            break
        end = link if known is not None and link.place == known.place else end
    loose = conn.execute(statement("seal_loose"), {"org_id": org_id}).one()
    return Verdict(
        org_id=org_id,
        rows=walk.place + loose.waiting,
        waiting=loose.waiting,
        fault=walk.fault or _against(walk, end, known) or _unknown(loose.first_unknown),
    )


def _links(conn: Connection, org_id: int) -> Iterator[Link]:
    after = 0
    while page := _page(conn, org_id, after):
        yield from page
        after = page[-1].place


def _page(conn: Connection, org_id: int, after: int) -> list[Link]:
    asked = {"org_id": org_id, "after": after, "limit": _PAGE}
    rows = list(conn.execute(statement("seal_walk"), asked))
    given = {"org_id": org_id, "audit_ids": [row.audit_id for row in rows]}
    lines = {row.audit_id: row.line for row in conn.execute(statement("seal_lines"), given)}
    return [_link(row, lines) for row in rows]


def _link(row: Any, lines: Mapping[int, str | None]) -> Link:  # noqa: ANN401 - a row
    return Link(
        place=row.place,
        audit_id=row.audit_id,
        sealed_at=row.sealed_at,
        hash=bytes(row.hash),
        line=lines[row.audit_id],
    )


def _against(walk: Walk, end: Link | None, known: Head | None) -> Fault | None:
    """A chain that is whole in itself may be shorter than it was, or another."""
    if known is None:
        return None
    if end is None:
        place = walk.place + 1
        is_next = known.place == place
        return Fault(code=Code.CUT, place=place, audit_id=known.audit_id if is_next else None)
    if end.hash != known.hash:
        return Fault(code=Code.REPLACED, place=known.place, audit_id=known.audit_id)
    return None


def _unknown(number: int | None) -> Fault | None:
    return None if number is None else Fault(code=Code.UNKNOWN, place=None, audit_id=number)


def lost(known: Iterable[Head], orgs: Iterable[int]) -> list[int]:
    """The orgs whose chain was kept and that are gone, with their trail."""
    return sorted({one.org_id for one in known} - set(orgs))
