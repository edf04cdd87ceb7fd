"""GET /v1/memories: filters, and pages that show each memory once."""

import pytest

from tests.api.serving import Caller


def contents(caller: Caller, **params: str) -> list[str]:
    answer = caller.get("/v1/memories", **params)
    assert answer.status_code == 200, answer.text
    return [one["content"] for one in answer.json()["memories"]]


@pytest.fixture
def shelf(caller: Caller) -> Caller:
    """An org with four memories that differ in everything a filter may ask for."""
    caller.store("one", agent_id="a", user_id="u", memory_type="semantic")
    caller.begin("s", agent_id="a")
    caller.store("two", agent_id="a", user_id="v", memory_type="working", session_id="s")
    caller.store("three", agent_id="b", user_id="u", tier="short")
    caller.store("four", agent_id="b")
    return caller


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["one", "two", "three", "four"]),
        ({"agent_id": "a"}, ["one", "two"]),
        ({"user_id": "u"}, ["one", "three"]),
        ({"agent_id": "b", "user_id": "u"}, ["three"]),
        ({"session_id": "s"}, ["two"]),
        ({"type": "semantic"}, ["one"]),
        ({"tier": "short"}, ["two", "three"]),
        ({"state": "live"}, ["one", "two", "three", "four"]),
        ({"state": "archived"}, []),
        ({"agent_id": "nobody"}, []),
        ({"user_id": "nobody"}, []),
        ({"session_id": "nothing"}, []),
    ],
)
def test_filter_lets_through(shelf: Caller, params: dict[str, str], expected: list[str]) -> None:
    assert contents(shelf, **params) == expected


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"type": "dream"}, "type"),
        ({"tier": "eternal"}, "tier"),
        ({"state": "purged"}, "state"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "mem_"}, "cursor"),
        ({"cursor": "evt_0000000000000"}, "cursor"),
        ({"agent_id": ""}, "agent_id"),
        ({"agent_id": "a\x00"}, "agent_id"),
        ({"session_id": "x" * 257}, "session_id"),
        ({"agent": "a"}, "agent"),
    ],
)
def test_parameter_that_is_wrong_is_named(
    caller: Caller, params: dict[str, str], field: str
) -> None:
    answer = caller.get("/v1/memories", **params)

    assert answer.status_code == 422
    assert answer.json()["field"] == field


@pytest.mark.parametrize("limit", ["1", "2", "3", "7", "8", "1000"])
def test_pages_show_each_memory_once(caller: Caller, limit: str) -> None:
    expected = [caller.store(f"number {n}")["id"] for n in range(7)]

    found, cursor = [], ""
    for _ in range(8):
        page = caller.get("/v1/memories", limit=limit, **({"cursor": cursor} if cursor else {}))
        found += [one["id"] for one in page.json()["memories"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break

    assert found == expected


def test_memory_stored_between_two_pages_comes_last(caller: Caller) -> None:
    for n in range(3):
        caller.store(f"number {n}")
    first = caller.get("/v1/memories", limit="2").json()
    caller.store("number 3")

    rest = contents(caller, cursor=first["next_cursor"])

    assert rest == ["number 2", "number 3"]


@pytest.mark.parametrize(
    ("state", "listed"),
    [({}, ["here"]), ({"state": "live"}, ["here"]), ({"state": "forgotten"}, ["gone"])],
)
def test_state_that_time_brought_counts_before_it_is_written_down(
    caller: Caller, state: dict[str, str], listed: list[str]
) -> None:
    caller.store("gone", ttl_seconds=60)
    caller.store("here")
    expire(caller, "gone")

    assert contents(caller, **state) == listed


def test_forgotten_memory_is_not_found(caller: Caller) -> None:
    memory_id = caller.store("gone", ttl_seconds=60)["id"]
    expire(caller, "gone")

    assert caller.get(f"/v1/memories/{memory_id}").status_code == 404


def expire(caller: Caller, content: str) -> None:
    """Let the time of a memory be over, without any pass having run."""
    caller.world.do(
        "UPDATE memories SET expires_at = clock_timestamp(), due_at = clock_timestamp() "
        "WHERE org_id = %(o)s AND content = %(c)s",
        o=caller.org,
        c=content,
    )


def test_other_org_lists_nothing(shelf: Caller, stranger: Caller) -> None:
    assert contents(stranger) == []


def test_agents_are_those_anything_was_stored_for(shelf: Caller, stranger: Caller) -> None:
    assert shelf.get("/v1/agents").json() == {"agents": [{"agent_id": "a"}, {"agent_id": "b"}]}
    assert stranger.get("/v1/agents").json() == {"agents": []}
