"""`GET /v1/context`: what an agent is given about a person."""

from typing import Any

import pytest

from tests.api.serving import Caller

WALNUTS = "Please remember that I am allergic to walnuts."
LISBON = "I moved to Lisbon in May with the dog Pepper."
SAID = "2026-03-01T09:30:00Z"


def observe(caller: Caller, *said: str, session: str = "s", user: str = "user") -> None:
    place = {"agent_id": "agent", "user_id": user, "session_id": session}
    caller.send(
        *(
            {"type": "turn", "role": "user", "content": one, "occurred_at": SAID, **place}
            for one in said
        ),
        {"type": "session.end", **place},
    )
    caller.run("observe")


def context(caller: Caller, **given: str) -> dict[str, Any]:
    answer = caller.get("/v1/context", **{"agent_id": "agent", "user_id": "user", **given})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_observations_are_shown_under_the_day_they_were_said(caller: Caller) -> None:
    observe(caller, WALNUTS)

    found = context(caller)

    first, day, line, *_ = found["text"].splitlines()
    assert (first, day) == ("## Observations", "### 2026-03-01")
    assert line.startswith(f"🔴 09:30 User: {WALNUTS} (")
    assert found["shown"] == [1]


def test_same_question_is_answered_by_the_same_bytes(caller: Caller) -> None:
    observe(caller, WALNUTS, LISBON)

    assert context(caller)["text"] == context(caller)["text"]


def test_nobody_of_whom_nothing_is_known_has_an_empty_context(caller: Caller) -> None:
    found = context(caller, agent_id="nobody")

    assert (found["text"], found["tokens"]) == ("", 0)


def test_each_person_has_a_context_of_their_own(caller: Caller) -> None:
    observe(caller, WALNUTS, user="ana")
    observe(caller, LISBON, user="ben", session="t")

    assert "walnuts" not in context(caller, user_id="ben")["text"]
    assert context(caller, user_id="eve")["text"] == ""


def test_another_org_sees_nothing(caller: Caller, stranger: Caller) -> None:
    observe(caller, WALNUTS)

    assert context(stranger)["text"] == ""


def test_card_stands_before_observations(caller: Caller) -> None:
    observe(caller, WALNUTS)
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    caller.client.put("/v1/agents/agent/card-schema", json={"schema": schema})
    caller.patch("/v1/cards/agent/user", {"fields": {"name": "Ana"}})

    lines = context(caller)["text"].splitlines()

    assert lines[0] == "## Working memory"
    assert lines[1].startswith("- name: Ana (updated ")
    assert lines[3] == "## Observations"


def test_as_of_an_instant_before_it_is_what_was_known_then(caller: Caller) -> None:
    observe(caller, WALNUTS)

    assert context(caller, as_of="2020-01-01")["text"] == ""


def test_as_of_an_instant_ahead_is_refused(caller: Caller) -> None:
    answer = caller.get("/v1/context", agent_id="agent", as_of="2999-01-01T00:00:00Z")

    assert (answer.status_code, answer.json()["field"]) == (422, "as_of")


def test_budget_keeps_what_matters_most(caller: Caller) -> None:
    observe(caller, "No, we came too late for dinner.", WALNUTS)

    found = context(caller, budget_tokens="40")

    assert "walnuts" in found["text"]
    assert found["tokens"] <= 40
    assert found["omitted"] == 1


def test_query_recalls_only_where_nothing_was_observed(caller: Caller) -> None:
    caller.store("Ana likes green tea.", user_id="user")
    before = context(caller, query="Ana likes green tea.")
    observe(caller, WALNUTS)

    found = context(caller, query="Ana likes green tea.")

    assert before["injected"] == (
        "[CONTEXT — from user memory]\n- Ana likes green tea.\n[END CONTEXT]\n\n"
    )
    assert found["injected"] == ""


def test_toggle_wins_over_what_was_observed(caller: Caller) -> None:
    observe(caller, WALNUTS)
    caller.store("Ana likes green tea.", user_id="user")

    on = context(caller, query="Ana likes green tea.", inject_memories="true")
    off = context(caller, query="Ana likes green tea.", inject_memories="false")

    assert "- Ana likes green tea." in on["injected"]
    assert off["injected"] == ""


def test_what_is_too_far_from_the_query_is_not_shown(caller: Caller) -> None:
    caller.store("Ana likes green tea.", user_id="user")

    found = context(caller, query="How tall is the Eiffel tower?")

    assert found["injected"] == ""


def test_row_that_cannot_be_shown_is_left_out_and_counted(caller: Caller) -> None:
    observe(caller, WALNUTS, LISBON)
    caller.world.do("UPDATE observations SET observation_date = 'infinity' WHERE ordinal = 1")

    found = context(caller)

    assert (found["skipped"], found["shown"]) == ([1], [2])


@pytest.mark.parametrize(
    "wrong", [{"budget_tokens": "0"}, {"k": "0"}, {"markers": "stars"}, {"color": "red"}]
)
def test_what_makes_no_sense_is_refused(caller: Caller, wrong: dict[str, str]) -> None:
    assert caller.get("/v1/context", agent_id="agent", **wrong).status_code == 422
