"""POST /v1/memories/forget: memories by their ids, of the agent that is named."""

from typing import Any

import pytest

from nrem import ids
from nrem.store import key
from tests.api.serving import Caller, Service

PATH = "/v1/memories/forget"
UNKNOWN = ids.encode(ids.MEMORY, 987_654_321)
HOWS: list[dict[str, bool]] = [{}, {"hard": True}]


def _forget(caller: Caller, **body: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post(PATH, {"agent_id": "agent", **body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _trail(caller: Caller) -> list[Any]:
    return caller.world.ask(
        "SELECT * FROM audit WHERE org_id = %(org)s AND operation = 'forget' ORDER BY id",
        org=caller.org,
    )


def _link(caller: Caller, source: str, target: str) -> None:
    body = {"target_memory_id": target, "relationship_type": "RELATES_TO"}
    assert caller.post(f"/v1/memories/{source}/relationships", body).status_code == 201


def _contents(caller: Caller) -> set[str]:
    return {one["content"] for one in caller.recall(top_k=100)}


def test_soft_forget_takes_a_memory_out_of_recall_and_keeps_its_history(caller: Caller) -> None:
    first, other = caller.store("tea")["id"], caller.store("coffee")["id"]

    done = _forget(caller, memory_id=first)

    assert done == {
        "deleted_count": 1,
        "hard_deleted": False,
        "cascade_count": 0,
        "memory_ids": [first],
        "derived_count": 0,
        "remade_ids": [],
    }
    assert _contents(caller) == {"coffee"}
    assert caller.get(f"/v1/memories/{first}").status_code == 404
    assert caller.get(f"/v1/memories/{other}").status_code == 200
    assert caller.get(f"/v1/memories/{first}/history").json()["total"] == 1


def test_soft_forget_is_the_change_that_the_route_of_one_memory_makes(caller: Caller) -> None:
    first, other = caller.store("tea")["id"], caller.store("tea")["id"]
    caller.client.post(f"/v1/memories/{first}:forget")

    _forget(caller, memory_id=other)

    columns = "state, state_reason, facts_since = state_since, due_at - state_since"
    rows = caller.world.ask(
        f"SELECT {columns} FROM memories WHERE org_id = %(org)s",  # noqa: S608
        org=caller.org,
    )
    assert len({tuple(row) for row in rows}) == 1
    crossings = caller.world.ask(
        "SELECT before, after, reason FROM crossings WHERE org_id = %(org)s", org=caller.org
    )
    assert {tuple(row) for row in crossings} == {("live", "forgotten", "requested")}
    assert caller.client.post(f"/v1/memories/{other}:restore").status_code == 200
    assert _contents(caller) == {"tea"}


def test_ids_are_echoed_in_the_order_named_and_each_once(caller: Caller) -> None:
    numbers = [caller.store(f"fact {n}")["id"] for n in range(3)]
    wanted = [numbers[2], numbers[0]]

    done = _forget(caller, memory_ids=[*wanted, numbers[2], UNKNOWN], memory_id=numbers[2])

    assert done["memory_ids"] == wanted
    assert done["deleted_count"] == 2


@pytest.mark.parametrize("how", HOWS)
def test_unknown_ids_change_nothing_and_leave_no_trail(
    caller: Caller, how: dict[str, bool]
) -> None:
    caller.store("tea")

    done = _forget(caller, memory_ids=[UNKNOWN, "no id of ours", "mem_"], **how)

    assert (done["deleted_count"], done["memory_ids"]) == (0, [])
    assert done["hard_deleted"] is bool(how)
    assert not _trail(caller)


@pytest.mark.parametrize("how", HOWS)
def test_memory_of_another_org_is_unknown(
    caller: Caller, stranger: Caller, how: dict[str, bool]
) -> None:
    victim = caller.store("tea")["id"]
    stranger.store("coffee")

    done = _forget(stranger, memory_id=victim, **how)

    assert done["deleted_count"] == 0
    assert _contents(caller) == {"tea"}
    assert not _trail(stranger)


@pytest.mark.parametrize("how", HOWS)
def test_agent_named_is_enforced(caller: Caller, how: dict[str, bool]) -> None:
    own = caller.store("tea")["id"]
    caller.store("coffee", agent_id="other")

    for agent in ("other", "nobody"):
        assert _forget(caller, agent_id=agent, memory_id=own, **how)["deleted_count"] == 0

    assert _contents(caller) == {"tea"}
    assert not _trail(caller)


def test_user_named_is_enforced(caller: Caller) -> None:
    own = caller.store("tea", user_id="ann")["id"]
    caller.store("coffee", user_id="ben")

    assert _forget(caller, user_id="ben", memory_id=own)["deleted_count"] == 0
    assert _forget(caller, user_id="ann", memory_id=own)["deleted_count"] == 1


def test_what_is_forgotten_already_is_not_counted_again(caller: Caller) -> None:
    first = caller.store("tea")["id"]
    _forget(caller, memory_id=first)

    assert _forget(caller, memory_id=first)["deleted_count"] == 0
    assert len(_trail(caller)) == 1


def test_what_is_forgotten_can_still_be_deleted_once(caller: Caller) -> None:
    first = caller.store("tea")["id"]
    _forget(caller, memory_id=first)

    assert _forget(caller, memory_id=first, hard=True)["deleted_count"] == 1
    assert _forget(caller, memory_id=first, hard=True)["deleted_count"] == 0


@pytest.mark.parametrize("name", ["hard", "hard_delete"])
def test_hard_has_two_names(caller: Caller, name: str) -> None:
    first = caller.store("tea")["id"]

    done = _forget(caller, memory_id=first, **{name: True})

    assert done["hard_deleted"] is True
    assert caller.get(f"/v1/memories/{first}/history").status_code == 404
    assert caller.count("memories") == 0


def test_trail_names_key_and_how_but_never_the_reason(caller: Caller) -> None:
    first = caller.store("tea", user_id="ann")

    _forget(caller, memory_id=first["id"], hard=True, reason="Ann asked for it")

    (row,) = _trail(caller)
    assert row.memory_id == ids.decode(ids.MEMORY, first["id"])
    assert row.memory_type == "episodic"
    assert row.key_row_id is not None
    assert row.address is not None
    assert row.details == {"hard": True, "cascade": False, "reason_given": True, "cause": "named"}


def test_forgetting_several_leaves_one_entry_for_each(caller: Caller) -> None:
    numbers = [caller.store(f"fact {n}")["id"] for n in range(3)]

    _forget(caller, memory_ids=numbers)

    assert [ids.encode(ids.MEMORY, row.memory_id) for row in _trail(caller)] == numbers


@pytest.mark.parametrize("how", HOWS)
def test_cascade_takes_what_edges_of_callers_lead_to_in_either_direction(
    caller: Caller, how: dict[str, bool]
) -> None:
    names = ["a", "b", "c", "d"]
    a, b, c, d = (caller.store(name)["id"] for name in names)
    _link(caller, a, b)
    _link(caller, c, b)

    done = _forget(caller, memory_id=a, cascade=True, **how)

    assert (done["deleted_count"], done["cascade_count"]) == (3, 2)
    assert done["memory_ids"] == [a, b, c]
    assert caller.get(f"/v1/memories/{d}").status_code == 200
    causes = [row.details["cause"] for row in _trail(caller)]
    assert causes == ["named", "cascade", "cascade"]


def test_without_cascade_neighbours_stay(caller: Caller) -> None:
    a, b = caller.store("a")["id"], caller.store("b")["id"]
    _link(caller, a, b)

    assert _forget(caller, memory_id=a, hard=True)["cascade_count"] == 0
    assert caller.get(f"/v1/memories/{b}").status_code == 200


def test_cascade_follows_neither_ended_edges_nor_those_of_passes_nor_to_other_agents(
    caller: Caller,
) -> None:
    a, ended, drawn = (caller.store(name)["id"] for name in ("a", "ended", "drawn"))
    foreign = caller.store("foreign", agent_id="other")["id"]
    for target in (ended, drawn, foreign):
        _link(caller, a, target)
    caller.world.do(
        "UPDATE edges SET valid_to = now() + interval '1 hour' "
        "WHERE org_id = %(org)s AND target_id = %(id)s",
        org=caller.org,
        id=ids.decode(ids.MEMORY, ended),
    )
    caller.world.do(
        "UPDATE edges SET drawn_by = 'consolidate' WHERE org_id = %(org)s AND target_id = %(id)s",
        org=caller.org,
        id=ids.decode(ids.MEMORY, drawn),
    )

    done = _forget(caller, memory_id=a, cascade=True)

    assert done["memory_ids"] == [a]


def test_forgotten_neighbour_is_not_counted_by_a_soft_cascade(caller: Caller) -> None:
    a, b = caller.store("a")["id"], caller.store("b")["id"]
    _link(caller, a, b)
    _forget(caller, memory_id=b)

    done = _forget(caller, memory_id=a, cascade=True)

    assert (done["deleted_count"], done["cascade_count"]) == (1, 0)


def test_pinned_memory_may_be_deleted(caller: Caller) -> None:
    first = caller.store("tea")["id"]
    caller.client.post(f"/v1/memories/{first}:pin")

    assert _forget(caller, memory_id=first, hard=True)["deleted_count"] == 1


def test_a_thousand_ids_are_taken_and_one_more_is_refused(caller: Caller) -> None:
    named = [ids.encode(ids.MEMORY, 10_000_000 + n) for n in range(1_001)]

    assert _forget(caller, memory_ids=named[1:])["deleted_count"] == 0
    refused = caller.post(PATH, {"agent_id": "agent", "memory_ids": named})
    assert refused.status_code == 422
    assert refused.json()["field"] == "memory_ids"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"memory_id": UNKNOWN}, "agent_id"),
        ({"agent_id": "agent", "memory_ids": []}, "memory_ids"),
        ({"agent_id": "agent", "memory_id": "m" * 257}, "memory_id"),
        ({"agent_id": "agent", "memory_id": UNKNOWN, "hard": "perhaps"}, "hard"),
        ({"agent_id": "agent"}, "memory_ids"),
    ],
)
def test_faulty_request_is_refused_with_its_field(
    caller: Caller, body: dict[str, Any], field: str
) -> None:
    answer = caller.post(PATH, body)

    assert answer.status_code == 422
    assert answer.json()["error"] == "validation_error"
    assert answer.json()["field"] == field


def test_unknown_field_is_left_alone_and_named(caller: Caller) -> None:
    first = caller.store("tea")["id"]

    answer = caller.post(PATH, {"agent_id": "agent", "memory_id": first, "depth": 3})

    assert answer.status_code == 200
    assert answer.headers["X-Nrem-Ignored-Fields"] == "depth"


def test_key_without_the_scope_is_refused(service: Service, caller: Caller) -> None:
    first = caller.store("tea")["id"]

    with service.caller(caller.org, (key.MEMORY_READ, key.MEMORY_WRITE)) as other:
        answers = [
            other.post(path, {"agent_id": "agent", "memory_id": first})
            for path in (PATH, f"{PATH}_all")
        ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert _contents(caller) == {"tea"}
