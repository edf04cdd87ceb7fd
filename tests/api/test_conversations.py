"""Conversations and turns: numbered without gaps, deleted softly."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from nrem import ids
from tests.api.serving import Caller

UNKNOWN = ids.encode(ids.CONVERSATION, 10**9)


def create(caller: Caller, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post("/v1/conversations", {"agent_id": "agent", **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def add(caller: Caller, talk: str, memory_id: str, role: str = "user") -> dict[str, Any]:
    answer = caller.post(
        f"/v1/conversations/{talk}/turns", {"memory_id": memory_id, "turn_role": role}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def stored(caller: Caller, count: int) -> list[str]:
    memories = [{"agent_id": "agent", "content": f"statement {n}"} for n in range(count)]
    answer = caller.post("/v1/memories/batch", {"memories": memories})
    return [one["id"] for one in answer.json()["results"]]


def turns(caller: Caller, talk: str, **params: str) -> dict[str, Any]:
    answer = caller.get(f"/v1/conversations/{talk}/turns", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def operations(caller: Caller) -> list[str]:
    rows = caller.world.ask(
        "SELECT operation FROM audit WHERE org_id = %(org)s ORDER BY id", org=caller.org
    )
    known = {"conversation_create", "turn_add", "conversation_delete"}
    return [row.operation for row in rows if row.operation in known]


def test_created_conversation_is_there(caller: Caller) -> None:
    made = create(caller, user_id="u", title="Plans", summary_cadence=3, metadata={"a": [1]})

    assert caller.get(f"/v1/conversations/{made['id']}").json() == made
    assert made["id"].startswith("cnv_")
    assert (made["agent_id"], made["user_id"], made["title"]) == ("agent", "u", "Plans")
    assert (made["summary_cadence"], made["turn_count"], made["last_summary_turn"]) == (3, 0, 0)
    assert made["metadata"] == {"a": [1]}


def test_conversation_needs_an_agent_alone(caller: Caller) -> None:
    made = create(caller)

    assert (made["user_id"], made["title"], made["summary_cadence"]) == (None, None, 10)


def test_creation_sent_again_under_its_key_answers_the_same_conversation(caller: Caller) -> None:
    body = {"agent_id": "agent"}
    first = caller.post("/v1/conversations", body, Idempotency_Key="k").json()

    again = caller.post("/v1/conversations", body, Idempotency_Key="k").json()
    other = caller.post("/v1/conversations", {**body, "title": "x"}, Idempotency_Key="k")

    assert again == first
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")
    assert caller.count("conversations") == 1
    assert operations(caller) == ["conversation_create"]


@pytest.mark.parametrize(("cadence", "status"), [(0, 422), (1, 200), (1_000, 200), (1_001, 422)])
def test_cadence_is_1_to_1000(caller: Caller, cadence: int, status: int) -> None:
    body = {"agent_id": "agent", "summary_cadence": cadence}

    assert caller.post("/v1/conversations", body).status_code == status


def test_turns_are_numbered_from_1(caller: Caller) -> None:
    talk = create(caller)["id"]

    indexes = [add(caller, talk, one)["turn_index"] for one in stored(caller, 3)]

    assert indexes == [1, 2, 3]
    assert caller.get(f"/v1/conversations/{talk}").json()["turn_count"] == 3


def test_turns_added_at_the_same_time_leave_no_gap(caller: Caller) -> None:
    talk, memories = create(caller)["id"], stored(caller, 24)

    with ThreadPoolExecutor(8) as pool:
        indexes = list(pool.map(lambda one: add(caller, talk, one)["turn_index"], memories))

    assert sorted(indexes) == list(range(1, 25))
    listed = turns(caller, talk)["turns"]
    assert {one["memory_id"]: one["turn_index"] for one in listed} == dict(
        zip(memories, indexes, strict=True)
    )


def test_memory_added_again_keeps_its_first_number_and_role(caller: Caller) -> None:
    talk, (one, other) = create(caller)["id"], stored(caller, 2)
    add(caller, talk, one)
    add(caller, talk, other)

    assert add(caller, talk, one, "assistant")["turn_index"] == 1
    assert [t["turn_role"] for t in turns(caller, talk)["turns"]] == ["user", "user"]
    assert operations(caller) == ["conversation_create", "turn_add", "turn_add"]


def test_memory_of_another_conversation_is_refused_until_that_is_deleted(caller: Caller) -> None:
    first, second, (one,) = create(caller)["id"], create(caller)["id"], stored(caller, 1)
    add(caller, first, one)
    body = {"memory_id": one, "turn_role": "user"}

    refused = caller.post(f"/v1/conversations/{second}/turns", body)
    caller.client.delete(f"/v1/conversations/{first}")

    assert (refused.status_code, refused.json()["field"]) == (409, "memory_id")
    assert add(caller, second, one)["turn_index"] == 1


def test_memory_added_to_two_conversations_at_once_becomes_a_turn_of_one(caller: Caller) -> None:
    for memory_id in stored(caller, 4):
        talks = [create(caller)["id"] for _ in range(4)]
        body = {"memory_id": memory_id, "turn_role": "user"}

        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda t, b=body: caller.post(f"/v1/conversations/{t}/turns", b), talks)
            )

        assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]


@pytest.mark.parametrize("memory_id", ["mem_nothing", "agent-1", ids.encode(ids.MEMORY, 10**9)])
def test_unknown_memory_is_not_found_and_uses_no_number(caller: Caller, memory_id: str) -> None:
    talk = create(caller)["id"]
    body = {"memory_id": memory_id, "turn_role": "user"}

    answer = caller.post(f"/v1/conversations/{talk}/turns", body)

    assert answer.status_code == 404
    assert add(caller, talk, stored(caller, 1)[0])["turn_index"] == 1


def test_memory_of_another_org_is_answered_as_an_unknown_one(
    caller: Caller, stranger: Caller
) -> None:
    talk, path = create(caller)["id"], "/v1/conversations/{}/turns"
    bodies = [
        {"memory_id": one, "turn_role": "user"}
        for one in (*stored(stranger, 1), ids.encode(ids.MEMORY, 10**9))
    ]

    answers = [caller.post(path.format(talk), one).json() for one in bodies]

    assert [{**one, "request_id": ""} for one in answers] == [
        {"error": "not_found", "detail": "there is no such memory", "request_id": ""}
    ] * 2


def test_unknown_role_is_refused_and_the_roles_are_named(caller: Caller) -> None:
    talk, (one,) = create(caller)["id"], stored(caller, 1)

    answer = caller.post(
        f"/v1/conversations/{talk}/turns", {"memory_id": one, "turn_role": "robot"}
    )

    assert (answer.status_code, answer.json()["field"]) == (422, "turn_role")
    assert "'summary'" in answer.json()["detail"]


def test_summary_is_due_after_as_many_turns_as_the_cadence_says(caller: Caller) -> None:
    talk = create(caller, summary_cadence=2)["id"]
    roles = ["user", "assistant", "user", "summary", "user", "assistant"]

    needed = [
        add(caller, talk, one, role)["needs_summary"]
        for one, role in zip(stored(caller, 6), roles, strict=True)
    ]

    assert needed == [False, True, True, False, False, True]
    assert caller.get(f"/v1/conversations/{talk}").json()["last_summary_turn"] == 4


def test_turns_are_listed_after_a_number_and_counted_all(caller: Caller) -> None:
    talk = create(caller)["id"]
    for one in stored(caller, 5):
        add(caller, talk, one)

    page = turns(caller, talk, after_turn="2", limit="2")

    assert [one["turn_index"] for one in page["turns"]] == [3, 4]
    assert [one["content"] for one in page["turns"]] == ["statement 2", "statement 3"]
    assert (page["total"], page["conversation_id"]) == (5, talk)
    assert turns(caller, talk, after_turn="5") == {**page, "turns": []}


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"limit": "0"}, 422),
        ({"limit": "1000"}, 200),
        ({"limit": "1001"}, 422),
        ({"after_turn": "-1"}, 422),
        ({"after_turn": "0"}, 200),
    ],
)
def test_bounds_of_a_listing_hold(caller: Caller, params: dict[str, str], status: int) -> None:
    talk = create(caller)["id"]

    assert caller.get(f"/v1/conversations/{talk}/turns", **params).status_code == status


def test_turn_of_a_forgotten_memory_stays_without_its_words(caller: Caller) -> None:
    talk, (one, other) = create(caller)["id"], stored(caller, 2)
    add(caller, talk, one)
    add(caller, talk, other)
    caller.post(f"/v1/memories/{one}:forget", {})

    found = turns(caller, talk)

    assert [(t["content"], t["forgotten"]) for t in found["turns"]] == [
        ("", True),
        ("statement 1", False),
    ]
    assert found["total"] == 2


def test_turn_of_an_erased_memory_goes_and_no_other_is_renumbered(caller: Caller) -> None:
    talk, (one, other, third) = create(caller)["id"], stored(caller, 3)
    add(caller, talk, one)
    add(caller, talk, other)
    caller.world.do("DELETE FROM memories WHERE id = %(id)s", id=ids.decode(ids.MEMORY, one))

    assert add(caller, talk, third)["turn_index"] == 3
    found = turns(caller, talk)
    assert [t["turn_index"] for t in found["turns"]] == [2, 3]
    assert found["total"] == 2


def test_deleted_conversation_is_gone_and_its_memories_stay(caller: Caller) -> None:
    talk, (one,) = create(caller)["id"], stored(caller, 1)
    add(caller, talk, one)
    path = f"/v1/conversations/{talk}"

    deleted = [caller.client.delete(path).status_code for _ in range(2)]

    assert deleted == [204, 204]
    assert caller.get(path).status_code == 404
    assert caller.get(f"{path}/turns").status_code == 404
    body = {"memory_id": one, "turn_role": "user"}
    assert caller.post(f"{path}/turns", body).status_code == 404
    assert one in {r["memory_id"] for r in caller.recall("statement")}
    assert operations(caller) == ["conversation_create", "turn_add", "conversation_delete"]


@pytest.mark.parametrize("name", ["agent-1", UNKNOWN])
def test_unknown_conversation_is_not_found(caller: Caller, name: str) -> None:
    path, (one,) = f"/v1/conversations/{name}", stored(caller, 1)
    body = {"memory_id": one, "turn_role": "user"}

    answers = [
        caller.get(path),
        caller.get(f"{path}/turns"),
        caller.post(f"{path}/turns", body),
        caller.client.delete(path),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_conversation_of_another_org_is_not_found(caller: Caller, stranger: Caller) -> None:
    path = f"/v1/conversations/{create(caller)['id']}"

    assert stranger.get(path).status_code == 404
    assert stranger.client.delete(path).status_code == 404
    assert caller.get(path).status_code == 200
