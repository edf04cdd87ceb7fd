"""The chain of the trail: whatever the owner of the database does to a sealed line is found."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.store import seal
from nrem.store.seal import Verdict
from tests.store.sealing import fault, head, verify, write
from tests.world import DIGEST, Org, World

HOUR = timedelta(hours=1)


@pytest.fixture
def ids(org: Org) -> list[int]:
    """The numbers of five lines that are sealed."""
    write(org)
    org.world.drain("seal")
    return org.column("SELECT id FROM audit WHERE org_id = %(org)s ORDER BY id")


def test_lines_are_sealed_in_order_and_the_trail_is_whole(org: Org, ids: list[int]) -> None:
    rows = org.ask("SELECT place, audit_id FROM seals WHERE org_id = %(org)s ORDER BY place")

    assert [tuple(row) for row in rows] == list(enumerate(ids, start=1))
    assert verify(org, head(org)) == Verdict(org_id=org.number, rows=5, waiting=0, fault=None)


def test_line_that_waits_is_no_fault(org: Org, ids: list[int]) -> None:
    known = head(org)
    write(org, 2)

    its = verify(org, known)

    assert (its.rows, its.waiting, its.fault) == (7, 2, None)


def test_chain_goes_on_where_it_ended(org: Org, ids: list[int]) -> None:
    known = head(org)
    write(org)
    org.world.drain("seal")

    assert verify(org, known).fault is None
    assert (known.place, head(org).place) == (5, 10)


def test_each_org_has_a_chain_of_its_own(world: World, org: Org, ids: list[int]) -> None:
    other = world.found("other")
    write(other, 1)
    world.drain("seal")
    world.do("UPDATE audit SET operation = 'store' WHERE org_id = %(org)s", org=other.number)

    assert verify(org, head(org)).fault is None
    assert verify(other, head(other)).fault is not None


@pytest.mark.parametrize(
    "change",
    [
        "operation = 'pin'",
        "at = at + interval '1 microsecond'",
        "key_row_id = 8",
        "key_row_id = NULL",
        "run_id = 1",
        "agent_id = 1",
        "user_id = 1",
        "memory_id = memory_id + 1",
        "memory_type = 'semantic'",
        "memory_ids = '{4,3}'",
        "address = '127.0.0.2'",
        "address = '127.0.0.1/8'",
        """details = '{"count": 3, "share": 1.0}'""",
        """details = '{"count": 2, "share": 1.00}'""",
    ],
)
def test_flipped_byte_of_a_line_is_found(org: Org, ids: list[int], change: str) -> None:
    org.world.do(f"UPDATE audit SET {change} WHERE id = %(id)s", id=ids[2])  # noqa: S608

    assert fault(org) == ("changed", 3, ids[2])


@pytest.mark.parametrize(
    "change",
    [
        "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)",
        "sealed_at = sealed_at + interval '1 microsecond'",
    ],
)
def test_flipped_byte_of_a_seal_is_found(org: Org, ids: list[int], change: str) -> None:
    org.world.do(
        f"UPDATE seals SET {change} WHERE org_id = %(org)s AND place = 3",  # noqa: S608
        org=org.number,
    )

    assert fault(org) == ("changed", 3, ids[2])


def test_dropped_line_is_found(org: Org, ids: list[int]) -> None:
    org.world.do("DELETE FROM audit WHERE id = %(id)s", id=ids[2])

    assert fault(org) == ("line_missing", 3, ids[2])


def test_line_that_was_dropped_before_it_was_sealed_is_found(org: Org) -> None:
    write(org)
    (first,) = org.column("SELECT min(id) FROM audit WHERE org_id = %(org)s")
    org.world.do("DELETE FROM audit WHERE id = %(id)s", id=first)
    org.world.drain("seal")

    assert fault(org) == ("line_missing", 1, first)


def test_line_that_was_dropped_with_its_seal_is_found(org: Org, ids: list[int]) -> None:
    org.world.do("DELETE FROM audit WHERE id = %(id)s", id=ids[2])
    org.world.do("DELETE FROM seals WHERE audit_id = %(id)s", id=ids[2])

    assert fault(org) == ("seal_missing", 3, None)


def test_gap_that_was_closed_is_found(org: Org, ids: list[int]) -> None:
    org.world.do("DELETE FROM audit WHERE id = %(id)s", id=ids[2])
    org.world.do("DELETE FROM seals WHERE audit_id = %(id)s", id=ids[2])
    org.world.do("UPDATE seals SET place = place - 1 WHERE place = 4")
    org.world.do("UPDATE seals SET place = place - 1 WHERE place = 5")

    assert fault(org) == ("changed", 3, ids[3])


def test_swapped_lines_are_found(org: Org, ids: list[int]) -> None:
    one, other = ids[1], ids[3]
    org.world.do(
        "UPDATE audit AS a SET memory_id = b.memory_id FROM audit AS b "
        "WHERE (a.id, b.id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
        one=one,
        other=other,
    )

    assert fault(org) == ("changed", 2, one)


def test_swapped_seals_are_found(org: Org, ids: list[int]) -> None:
    for place, becomes in ((2, 99), (4, 2), (99, 4)):
        org.world.do("UPDATE seals SET place = %(new)s WHERE place = %(p)s", new=becomes, p=place)

    assert fault(org) == ("changed", 2, ids[3])


@pytest.mark.parametrize("is_swept", [True, False])
def test_line_that_nrem_did_not_write_is_found(org: Org, ids: list[int], is_swept: bool) -> None:  # noqa: FBT001
    org.world.do(
        "INSERT INTO audit (org_id, operation, at) VALUES (%(org)s, 'store', now())",
        org=org.number,
    )
    (added,) = org.column("SELECT max(id) FROM audit WHERE org_id = %(org)s")
    if is_swept:
        org.world.drain("seal")

    assert fault(org) == ("unknown", None, added)


def test_line_that_was_put_between_others_is_found(org: Org, ids: list[int]) -> None:
    for place in (5, 4, 3):
        org.world.do("UPDATE seals SET place = place + 1 WHERE place = %(p)s", p=place)
    org.world.do(
        "INSERT INTO audit (org_id, id, operation, at) OVERRIDING SYSTEM VALUE "
        "VALUES (%(org)s, 99, 'store', now())",
        org=org.number,
    )
    org.world.do(
        "INSERT INTO seals (org_id, place, audit_id, hash, sealed_at) "
        "SELECT org_id, 3, 99, hash, sealed_at FROM seals WHERE place = 2"
    )

    assert fault(org) == ("changed", 3, 99)


def test_line_of_old_that_was_queued_is_found(org: Org) -> None:
    """Whoever knows the queue gets a seal for a line, but not for one among those of before."""
    write(org, 3)
    org.world.do("DELETE FROM audit WHERE id = (SELECT min(id) + 1 FROM audit)")
    org.world.do("DELETE FROM seal_queue WHERE audit_id NOT IN (SELECT id FROM audit)")
    first, last = org.column("SELECT id FROM audit WHERE org_id = %(org)s ORDER BY id")
    assert last == first + 2
    _seal(org, [first, last], after=-3 * HOUR)
    write(org, 1)
    _seal(org, org.column("SELECT max(id) FROM audit"), after=-HOUR)
    org.world.do(
        "INSERT INTO audit (org_id, id, operation, at) OVERRIDING SYSTEM VALUE "
        "VALUES (%(org)s, %(id)s, 'store', now())",
        org=org.number,
        id=first + 1,
    )
    org.world.do(
        "INSERT INTO seal_queue (org_id, audit_id) VALUES (%(org)s, %(id)s)",
        org=org.number,
        id=first + 1,
    )
    org.world.drain("seal")

    assert fault(org) == ("late", 4, first + 1)


def _seal(org: Org, ids: list[int], *, after: timedelta) -> None:
    with org.begin() as conn:
        at = seal.lock(conn)
        assert at
        seal.add(conn, org.number, ids, at=at + after, digest=DIGEST)


def test_cut_tail_is_found_by_the_end_that_was_kept_alone(org: Org, ids: list[int]) -> None:
    known = head(org)
    for table, column in (("audit", "id"), ("seals", "audit_id")):
        org.world.do(f"DELETE FROM {table} WHERE {column} >= %(id)s", id=ids[3])  # noqa: S608
    org.world.do("UPDATE seal_heads SET place = 3")

    assert fault(org) is None
    assert fault(org, known) == ("cut", 4, None)
    assert fault(org, replace(known, place=4)) == ("cut", 4, known.audit_id)


def test_chain_that_was_cut_and_went_on_is_found_by_the_end_that_was_kept(
    org: Org, ids: list[int]
) -> None:
    known = head(org)
    for table, column in (("audit", "id"), ("seals", "audit_id")):
        org.world.do(f"DELETE FROM {table} WHERE {column} >= %(id)s", id=ids[3])  # noqa: S608
    write(org)
    org.world.drain("seal")

    assert fault(org) is None
    assert fault(org, known) == ("replaced", 5, known.audit_id)


def test_queued_line_that_has_its_seal_gets_no_other(org: Org, ids: list[int]) -> None:
    org.world.do("INSERT INTO seal_queue SELECT org_id, audit_id FROM seals")

    org.world.drain("seal")

    assert verify(org, head(org)).rows == len(ids)
    assert not org.column("SELECT audit_id FROM seal_queue")


def test_one_seals_at_a_time(org: Org) -> None:
    write(org)

    with org.begin() as conn:
        assert seal.lock(conn)
        (held,) = org.world.drain("seal")
    (done,) = org.world.drain("seal")

    assert (held.changes.changed, held.changes.reason) == (0, "held")
    assert (done.changes.changed, done.changes.reason) == (5, None)


def test_long_trail_is_looked_over_page_by_page(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "_PAGE", 3)
    for _ in range(3):
        write(org, 3)
        org.world.drain("seal")
    (last,) = org.column("SELECT max(id) FROM audit")

    whole = verify(org, head(org))
    org.world.do("UPDATE audit SET operation = 'pin' WHERE id = %(id)s", id=last)

    assert (whole.rows, whole.fault) == (9, None)
    assert fault(org) == ("changed", 9, last)


def test_trail_goes_with_its_org(org: Org, ids: list[int]) -> None:
    write(org)
    org.world.do("DELETE FROM run_totals")

    org.world.do("DELETE FROM orgs WHERE id = %(org)s", org=org.number)

    for table in ("audit", "seals", "seal_heads", "seal_queue"):
        assert not org.world.ask(f"SELECT org_id FROM {table}")  # noqa: S608
