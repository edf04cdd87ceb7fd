"""Changes and recalls of memories leave a line each in the audit trail, without a word of them."""

from typing import Any

import pytest

from nrem import ids
from tests.api.changing import NAMED, OTHER, TEXT, do, edit
from tests.api.serving import Caller
from tests.faults.probe import until

_QUESTION = (
    'SELECT t.operation, a.external_id AS agent, u.external_id AS "user", t.memory_id, '
    "t.memory_type, t.memory_ids, host(t.address) AS address, t.key_row_id, t.details "
    "FROM audit AS t "
    "LEFT JOIN agents AS a ON a.org_id = t.org_id AND a.id = t.agent_id "
    "LEFT JOIN users AS u ON u.org_id = t.org_id AND u.id = t.user_id "
    "WHERE t.org_id = %(o)s ORDER BY t.id"
)


def trail(caller: Caller) -> list[Any]:
    return list(caller.world.ask(_QUESTION, o=caller.org))


def recalls(caller: Caller, count: int) -> list[Any]:
    """The lines of recalls, once there are so many; they come within 2 seconds."""

    def found() -> list[Any]:
        return [one for one in trail(caller) if one.operation == "recall"]

    until(lambda: len(found()) >= count, "the recall is audited", seconds=2)
    return found()


def number(memory: dict[str, Any]) -> int | None:
    return ids.decode(ids.MEMORY, memory["id"])


def test_store_is_audited_with_who_asked(caller: Caller) -> None:
    stored = caller.store(TEXT, user_id="u", memory_type="semantic")

    (line,) = trail(caller)

    assert (line.operation, line.agent, line.user) == ("store", "agent", "u")
    assert (line.memory_id, line.memory_type) == (number(stored), "semantic")
    assert (line.address, line.details) == ("127.0.0.1", {})
    ((key_row,),) = caller.world.ask("SELECT id FROM api_keys WHERE org_id = %(o)s", o=caller.org)
    assert line.key_row_id == key_row


def test_each_of_a_batch_is_audited(caller: Caller) -> None:
    given = [{"agent_id": "agent", "content": f"note {n}"} for n in range(3)]
    stored = caller.post("/v1/memories/batch", {"memories": given}).json()["results"]

    assert [one.memory_id for one in trail(caller)] == [number(one) for one in stored]


def test_what_was_not_stored_anew_is_not_audited_again(caller: Caller) -> None:
    for _ in range(2):
        caller.post("/v1/memories", {"agent_id": "a", "content": TEXT}, Idempotency_Key="k")
    caller.post("/v1/memories", {"agent_id": "a", "content": TEXT, "session_id": "s"})

    assert [one.operation for one in trail(caller)] == ["store"]


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"content": OTHER, "importance": 0.25}, ["content", "importance"]),
        ({"metadata": {"secret": 1}}, ["metadata"]),
        ({"tier": "permanent"}, ["tier"]),
        ({"ttl_seconds": 60}, ["expires_at"]),
        ({"importance": 0.125}, ["importance"]),
    ],
)
def test_update_is_audited_with_the_names_of_its_fields(
    caller: Caller, fields: dict[str, Any], changed: list[str]
) -> None:
    stored = caller.store(TEXT, importance=0.75, user_id="u")
    version = edit(caller, stored, **fields)["version"]

    _, line = trail(caller)

    assert (line.operation, line.user, line.memory_id) == ("update", "u", number(stored))
    assert line.details == {"fields": changed, "version": version}


@pytest.mark.parametrize("name", NAMED)
def test_named_change_is_audited_once(caller: Caller, name: str) -> None:
    stored = caller.store(TEXT)
    if name == "unpin":
        do(caller, stored, "pin")
    if name == "restore":
        do(caller, stored, "archive")
    before = len(trail(caller))

    for _ in range(2):
        do(caller, stored, name)

    (line,) = trail(caller)[before:]
    assert line.operation == name
    assert line.details["fields"] == ["pinned" if "pin" in name else "state"]
    assert line.details.get("hard") == (False if name == "forget" else None)


def test_rollback_is_audited_with_its_version(caller: Caller) -> None:
    stored = caller.store(TEXT, importance=0.5)
    edit(caller, stored, content=OTHER)

    caller.post(f"/v1/memories/{stored['id']}/rollback", {"version": 1})

    line = trail(caller)[-1]
    assert line.operation == "rollback"
    assert line.details == {"fields": ["content"], "version": 3, "to_version": 1}


def test_refused_change_leaves_no_line(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="long")

    caller.patch(f"/v1/memories/{stored['id']}", {"tier": "short", "content": OTHER})
    edit(caller, stored, content=TEXT)

    assert [one.operation for one in trail(caller)] == ["store"]


@pytest.mark.parametrize("path", ["recall", "recall/stream"])
@pytest.mark.parametrize("query", ["nurse", None])
def test_recall_is_audited_within_two_seconds(caller: Caller, path: str, query: str | None) -> None:
    stored = caller.store(TEXT, user_id="u")
    asked = {"agent_id": "agent", "user_id": "u", "query": query}

    caller.client.post(f"/v1/memories/{path}", json=asked).read()

    (line,) = recalls(caller, 1)
    assert (line.agent, line.user, line.memory_ids) == ("agent", "u", [number(stored)])
    assert (line.memory_id, line.address) == (None, "127.0.0.1")
    assert line.details == {"results": 1, "surface": path.replace("/", "_")}


def test_recall_of_an_unknown_agent_and_of_the_past_are_audited(caller: Caller) -> None:
    caller.store(TEXT)

    caller.recall("nurse", agent_id="nobody")
    caller.recall("nurse", as_of="2026-01-01")

    nobody, past = recalls(caller, 2)
    assert (nobody.agent, nobody.details["results"]) == (None, 0)
    assert (past.agent, past.memory_ids) == ("agent", [])


def test_trail_holds_no_word_of_anybody(caller: Caller) -> None:
    word = "xylograph"
    stored = caller.store(f"{word} one", user_id="u", metadata={word: word})
    edit(caller, stored, content=f"{word} two", metadata={word: 2})
    caller.recall(word, metadata_filter={word: 2})
    recalls(caller, 1)

    rows = caller.world.ask("SELECT t::text FROM audit AS t WHERE org_id = %(o)s", o=caller.org)

    assert len(rows) == 3
    assert word not in str(rows)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("unknown", None), ("203.0.113.9", "203.0.113.9"), ("fe80::1%eth0", "fe80::1")],
)
def test_what_a_proxy_says_is_an_address_or_nothing(
    caller: Caller, said: str, kept: str | None
) -> None:
    body = {"agent_id": "agent", "content": TEXT}

    answer = caller.post("/v1/memories", body, X_Forwarded_For=said)

    assert answer.status_code == 200
    assert trail(caller)[0].address == kept
