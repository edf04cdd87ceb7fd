"""Which session a stored memory joins: the one a field names, or one its metadata mentions."""

from typing import Any

import pytest

from tests.api.serving import Caller

TEXT = "Ann has a cat."


def refused(caller: Caller, **fields: Any) -> tuple[int, str, str]:  # noqa: ANN401
    answer = caller.post("/v1/memories", {"agent_id": "agent", "content": TEXT, **fields})
    found = answer.json()
    return answer.status_code, found["error"], found["field"]


def mentioned(caller: Caller, session: object, **fields: Any) -> str | None:  # noqa: ANN401
    """The session of a memory whose metadata mentions one."""
    stored = caller.store(TEXT, metadata={"session_id": session, "k": 1}, **fields)
    assert stored["metadata"] == {"session_id": session, "k": 1}
    found: str | None = stored["session_id"]
    return found


def test_named_session_takes_the_memory(caller: Caller) -> None:
    caller.begin("s")

    assert caller.store(TEXT, session_id="s")["session_id"] == "s"
    assert caller.get("/v1/sessions/s").json()["memories"] == 1


def test_named_session_must_be_there(caller: Caller, stranger: Caller) -> None:
    stranger.begin("s")

    assert refused(caller, session_id="s") == (404, "not_found", "session_id")
    assert (caller.count("memories"), caller.count("events"), caller.count("sessions")) == (0, 0, 0)


def test_named_session_must_be_open(caller: Caller) -> None:
    caller.begin("s")
    caller.post("/v1/sessions/s/end", None)

    assert refused(caller, session_id="s") == (409, "session_ended", "session_id")


@pytest.mark.parametrize("fields", [{"agent_id": "other"}, {"user_id": "other"}])
def test_named_session_must_be_of_the_same_agent_and_user(
    caller: Caller, fields: dict[str, Any]
) -> None:
    caller.begin("s", user_id="u")

    assert refused(caller, session_id="s", **fields) == (409, "conflict", "session_id")
    assert caller.count("memories") == 0


@pytest.mark.parametrize(("whose", "user"), [({}, "u"), ({"user_id": "u"}, None)])
def test_session_of_nobody_in_particular_takes_every_user_of_its_agent(
    caller: Caller, whose: dict[str, Any], user: str | None
) -> None:
    caller.begin("s", **whose)

    assert caller.store(TEXT, session_id="s", user_id=user)["session_id"] == "s"


def test_place_in_a_batch_is_named(caller: Caller) -> None:
    one = {"agent_id": "agent", "content": TEXT}

    answer = caller.post("/v1/memories/batch", {"memories": [one, {**one, "session_id": "s"}]})

    assert (answer.status_code, answer.json()["field"]) == (404, "memories[1].session_id")
    assert caller.count("memories") == 0


def test_mentioned_session_is_opened(caller: Caller) -> None:
    assert mentioned(caller, "s") == "s"
    assert mentioned(caller, "s") == "s"

    found = caller.get("/v1/sessions/s").json()
    assert (found["state"], found["memories"], found["agent_id"]) == ("open", 2, "agent")


def test_memory_goes_without_a_mentioned_session_that_ended(caller: Caller) -> None:
    caller.begin("s")
    caller.post("/v1/sessions/s/end", None)

    assert mentioned(caller, "s") is None


@pytest.mark.parametrize("fields", [{"agent_id": "other"}, {"user_id": "other"}])
def test_memory_goes_without_a_mentioned_session_of_somebody_else(
    caller: Caller, fields: dict[str, Any]
) -> None:
    caller.begin("s", user_id="u")

    assert mentioned(caller, "s", **fields) is None
    assert mentioned(caller, "s", user_id="u") == "s"


def test_working_memory_without_its_session_is_consolidated_all_the_same(caller: Caller) -> None:
    caller.begin("s")
    caller.post("/v1/sessions/s/end", None)

    assert mentioned(caller, "s", memory_type="working") is None

    rows = caller.world.ask(
        "SELECT s.external_id, s.state FROM memories AS m "
        "JOIN sessions AS s ON s.org_id = m.org_id AND s.id = m.session_id "
        "WHERE m.org_id = %(o)s",
        o=caller.org,
    )
    assert [tuple(row) for row in rows] == [(None, "open")]


@pytest.mark.parametrize("value", ["", 7, None, [], {"a": 1}, "x" * 257])
def test_what_is_no_id_is_metadata_and_nothing_else(caller: Caller, value: object) -> None:
    assert mentioned(caller, value) is None
    assert caller.count("sessions") == 0


def test_field_goes_before_metadata(caller: Caller) -> None:
    caller.begin("s")

    stored = caller.store(TEXT, session_id="s", metadata={"session_id": "t"})

    assert stored["session_id"] == "s"
    assert caller.count("sessions") == 1


def test_batch_of_two_users_mentions_one_session(caller: Caller) -> None:
    one = {"agent_id": "agent", "content": TEXT, "metadata": {"session_id": "s"}}

    answer = caller.post(
        "/v1/memories/batch", {"memories": [{**one, "user_id": "u"}, {**one, "user_id": "v"}]}
    )

    assert [found["session_id"] for found in answer.json()["results"]] == ["s", None]
