"""The small form of the proof: a few people in one system, as `nrem proof` does with more."""

from typing import Any

import pytest

from tests.extent import full_only
from tests.proof import round as rounds
from tests.proof.neighbour import changed
from tests.proof.proof import both, describe, holds, prove
from tests.proof.round import plan
from tests.proof.worker import PARTS

GOOD: dict[str, Any] = {
    "users": 2,
    "erased": 1,
    "canaries": 5,
    "control_hits": 5,
    "never_kept": 3,
    "hits_after": 0,
    "hits": {"database": 0},
    "neighbours_intact": True,
    "residue": 0.0,
    "residue_before": 1.0,
    "receipts": 1,
    "receipts_verified": 1,
    "fields": 7,
    "seconds": 1.0,
    "faults": [],
}
BAD: dict[str, Any] = {
    "hits_after": 1,
    "neighbours_intact": False,
    "residue": 0.1,
    "control_hits": 4,
    "receipts_verified": 0,
    "faults": ["something"],
}


@pytest.mark.parametrize("users", [2, 4, 5, 20])
def test_every_second_person_is_erased_in_exactly_one_way(users: int) -> None:
    who = plan(users)

    assert who.erased == list(range(0, users, 2))
    assert rounds.Plan(**{name: getattr(who, name) for name in who.__slots__}) == who


def test_twenty_people_are_erased_in_every_way_and_half_of_them_over_http() -> None:
    who = plan(20)

    assert len(who.over_http) + len(who.by_session) == 5
    assert all((who.over_http, who.by_session, who.by_command, who.each_memory))


@pytest.mark.parametrize(("users", "by_session"), [(2, []), (4, [0]), (6, [0]), (20, [0])])
def test_of_two_or_more_that_go_one_goes_session_by_session(
    users: int, by_session: list[int]
) -> None:
    assert list(plan(users).by_session) == by_session


@pytest.mark.parametrize("name", BAD)
def test_proof_fails_with_any_figure_that_is_not_as_it_has_to_be(name: str) -> None:
    assert holds(GOOD)
    assert not holds(GOOD | {name: BAD[name]})
    assert not holds(both(GOOD, GOOD | {name: BAD[name]}))
    assert "canaries" in describe(GOOD)


def _line(**row: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"table": "edges", "row": row}


def test_neighbour_has_changed_when_a_row_is_gone_new_or_otherwise() -> None:
    before = [{"export": {}}, _line(id=1, to="mem_a"), _line(id=2, to="mem_b")]

    assert changed(before, before, ["mem_a"]) == []
    assert changed(before, before[:2], ["mem_a"]) != []
    assert changed(before, [*before, _line(id=3, to="mem_c")], ["mem_a"]) != []
    assert changed(before, [*before[:2], _line(id=2, to="mem_c")], ["mem_a"]) != []


def test_row_of_a_neighbour_that_names_what_was_erased_may_be_gone_and_an_audit_entry_new() -> None:
    before = [_line(id=1, to="mem_a"), _line(id=2, to="mem_b")]
    after = [_line(id=2, to="mem_b"), {"table": "audit", "row": {"id": 9}}]

    assert changed(before, after, ["mem_a"]) == []
    assert changed(before, after, ["mem_b"]) != []


def test_nothing_is_left_of_who_was_erased_and_everything_of_the_others() -> None:
    said: list[str] = []

    found = prove(plan(2), said.append, is_offline=True)

    assert holds(found), (found, said)
    assert found["control_hits"] == found["canaries"] > 100
    assert found["residue_before"] > 0.5
    assert found["receipts"] > 0


@full_only
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("part", PARTS)
def test_part_that_is_left_out_is_found(part: str) -> None:
    found = prove(plan(4), lambda _: None, sabotage=part)

    assert found["control_hits"] == found["canaries"]
    assert found["hits_after"] > 0
    assert not holds(found)
