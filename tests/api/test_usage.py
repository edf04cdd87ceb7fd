"""What an org uses, and limits that are those of the routes."""

from typing import Any

from api.app import app
from nrem import ids
from tests.api.serving import Caller


def stored(caller: Caller) -> dict[str, Any]:
    answer = caller.get("/v1/usage")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["stored"])


def test_org_to_whom_nothing_was_told_uses_nothing(caller: Caller, stranger: Caller) -> None:
    stranger.store("statement")

    assert set(stored(caller).values()) == {0}


def test_usage_counts_what_is_kept(caller: Caller) -> None:
    caller.store("statement", user_id="u")
    caller.store("another", agent_id="b")
    caller.send({"type": "turn", "agent_id": "agent", "role": "user", "content": "I like tea."})
    caller.post("/v1/conversations", {"agent_id": "agent"})
    talk = caller.post("/v1/conversations", {"agent_id": "agent"}).json()["id"]
    caller.client.delete(f"/v1/conversations/{talk}")

    found = stored(caller)

    assert found.pop("tokens") > 0
    assert found == {"events": 3, "memories": 2, "agents": 2, "users": 1, "conversations": 1}


def test_nothing_is_spent_on_models_outside(caller: Caller) -> None:
    found = caller.get("/v1/usage").json()

    assert found["daily"] == found["monthly"] == {"tokens": 0, "llm_calls": 0, "embeddings": 0}
    assert found["org_id"] == ids.encode(ids.ORG, caller.org)


def test_limits_are_those_that_the_routes_hold(caller: Caller) -> None:
    shapes, paths = app.openapi()["components"]["schemas"], app.openapi()["paths"]

    found = caller.get("/v1/limits").json()

    recall, memory = shapes["RecallIn"]["properties"], shapes["MemoryIn"]["properties"]
    assert found["recall_top_k"] == recall["top_k"]["maximum"]
    assert found["content_characters"] == memory["content"]["maxLength"]
    batches = {
        "events_per_batch": ("EventBatchIn", "events"),
        "memories_per_batch": ("MemoryBatchIn", "memories"),
    }
    for name, (shape, field) in batches.items():
        assert found[name] == shapes[shape]["properties"][field]["maxItems"]
    pages = {
        "page_size": ("/v1/audit", "page_size"),
        "turns_per_page": ("/v1/conversations/{conversation_id}/turns", "limit"),
    }
    for name, (path, field) in pages.items():
        asked = next(one for one in paths[path]["get"]["parameters"] if one["name"] == field)
        assert f"'maximum': {found[name]}" in str(asked["schema"])
