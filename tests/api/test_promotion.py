"""`GET /v1/memories/{id}/promote-explain`: why a memory is promoted or not."""

from typing import Any

import pytest

from tests.api.serving import Caller

TEA = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)


def _store(caller: Caller, *contents: str, sessions: str) -> list[str]:
    return [
        caller.store(content, user_id="user", metadata={"session_id": name})["id"]
        for content, name in zip(contents, sessions, strict=True)
    ]


def _explain(caller: Caller, memory_id: str) -> dict[str, Any]:
    answer = caller.get(f"/v1/memories/{memory_id}/promote-explain")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _semantic(found: dict[str, Any]) -> dict[str, Any]:
    (prospect,) = [one for one in found["prospects"] if one["memory_type"] == "semantic"]
    return dict(prospect)


def test_what_is_alike_and_what_is_missing_is_told(caller: Caller) -> None:
    first, second = _store(caller, *TEA[:2], sessions="aa")

    found = _explain(caller, first)

    assert found["signals"]["alike"] == [second]
    assert (found["signals"]["occurrences"], found["signals"]["sessions"]) == (2, 1)
    prospect = _semantic(found)
    gates = {one["name"]: (one["value"], one["needed"], one["passed"]) for one in prospect["gates"]}
    assert gates == {"occurrences": (2, 3, False), "sessions": (1, 2, False)}
    assert prospect["missing"]


def test_nothing_is_missing_once_every_gate_is_passed(caller: Caller) -> None:
    first, *_ = _store(caller, *TEA, sessions="aab")

    prospect = _semantic(_explain(caller, first))

    assert (prospect["passed"], prospect["missing"]) == (True, [])


def test_a_new_memory_waits_to_be_looked_at(caller: Caller) -> None:
    (first,) = _store(caller, TEA[0], sessions="a")

    assert _explain(caller, first)["waiting"] is True


def test_knowledge_is_told_as_such(caller: Caller) -> None:
    stored = caller.store(TEA[0], memory_type="semantic")

    assert _explain(caller, stored["id"])["never"] == "it is knowledge already"


@pytest.mark.parametrize("memory_id", ["mem_zzzz", "nonsense"])
def test_unknown_memory_is_not_found(caller: Caller, memory_id: str) -> None:
    assert caller.get(f"/v1/memories/{memory_id}/promote-explain").status_code == 404


def test_memory_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    stored = stranger.store(TEA[0])

    assert caller.get(f"/v1/memories/{stored['id']}/promote-explain").status_code == 404


def test_archived_memory_takes_no_part(caller: Caller) -> None:
    stored = caller.store(TEA[0])
    caller.post(f"/v1/memories/{stored['id']}:archive", {})

    assert "archived" in _explain(caller, stored["id"])["never"]


def test_forgotten_memory_is_not_found(caller: Caller) -> None:
    stored = caller.store(TEA[0])
    caller.post(f"/v1/memories/{stored['id']}:forget", {})

    assert caller.get(f"/v1/memories/{stored['id']}/promote-explain").status_code == 404
