from typing import Any

import pytest

from nrem.policy.promote_behaviour import Behaviour, behaviour, procedure, same_behaviour
from tests.policy.episodes import vector


def told(content: str, **metadata: Any) -> tuple[str, str, bool | None] | None:  # noqa: ANN401 - JSON
    found = behaviour(content, metadata)
    return (found.situation, found.action, found.is_good) if found else None


@pytest.mark.parametrize(
    ("content", "situation", "action"),
    [
        (
            "When the deploy failed, the agent rolled back and it worked",
            "the deploy failed",
            "the agent rolled back",
        ),
        (
            "After the deployment failed I rolled back, which fixed it.",
            "the deployment failed",
            "I rolled back",
        ),
        (
            "Because the API timed out, we retried with backoff. It helped.",
            "the API timed out",
            "we retried with backoff",
        ),
        (
            "When the queue was stuck, restarting the worker solved it.",
            "the queue was stuck",
            "restarting the worker",
        ),
        (
            "Whenever the user asks for a summary, the agent sends bullets and the user is happy.",
            "the user asks for a summary",
            "the agent sends bullets",
        ),
        (
            "The login page crashed, so I restarted the auth service and that fixed it.",
            "the login page crashed",
            "I restarted the auth service",
        ),
        (
            "The build failed, we cleared the cache and it worked.",
            "the build failed",
            "we cleared the cache",
        ),
        (
            "The build failed; cleared the cache, and it worked.",
            "the build failed",
            "cleared the cache",
        ),
        ("Deploy failed: rolled back. Outcome: success", "deploy failed", "rolled back"),
        ("Timeout: raised the limit. Result: ok", "timeout", "raised the limit"),
        (
            "Clearing the cache fixed the stale page.",
            "there is the stale page",
            "clearing the cache",
        ),
        (
            "When the tests timed out (8 May 2025), we raised the limit, and they passed.",
            "the tests timed out",
            "we raised the limit",
        ),
    ],
)
def test_what_worked_is_read_from_the_words(content: str, situation: str, action: str) -> None:
    assert told(content) == (situation, action, True)


@pytest.mark.parametrize(
    "content",
    [
        "When the deploy failed, the agent rolled back but it did not help.",
        "When the deploy failed, the agent rolled back but it failed again.",
        "When the deploy failed, the agent rolled back, but it made it worse.",
        "When the deploy failed, the agent rolled back, to no avail.",
        "Deploy failed: the agent rolled back. Outcome: failure",
        "When the deploy failed, the agent rolled back. The user was not happy.",
    ],
)
def test_what_did_not_work_is_read_from_the_words(content: str) -> None:
    found = told(content)

    assert found is not None
    assert found[1:] == ("the agent rolled back", False)


@pytest.mark.parametrize(
    "content",
    ["When it rains, I take the bus.", "When I was young, I worked at a bakery."],
)
def test_without_a_sign_the_outcome_is_not_known(content: str) -> None:
    found = told(content)

    assert found is not None
    assert found[2] is None


@pytest.mark.parametrize(
    "content",
    [
        "I finished the race, tired but happy.",
        "User prefers tea",
        "It worked!",
        "When?",
        "",
        "The agent helped.",
        "a" * 5000,
    ],
)
def test_without_situation_and_action_there_is_no_behaviour(content: str) -> None:
    assert told(content) is None


@pytest.mark.parametrize(
    ("metadata", "is_good"),
    [
        ({"situation": "deploy fails", "action": "roll back", "outcome": "success"}, True),
        ({"trigger": "deploy fails", "response": "roll back", "result": "It did not help."}, False),
        ({"when": "deploy fails", "then": "roll back", "outcome": True}, True),
        ({"when": "deploy fails", "then": "roll back", "outcome": False}, False),
        ({"when": "deploy fails", "then": "roll back", "outcome": "FAILED"}, False),
        ({"when": "deploy fails", "then": "roll back", "outcome": "unclear"}, None),
        ({"when": "deploy fails", "then": "roll back"}, None),
    ],
)
def test_metadata_says_it_best(metadata: dict[str, Any], *, is_good: bool | None) -> None:
    assert told("Ticket 5 closed", **metadata) == ("deploy fails", "roll back", is_good)


def test_metadata_wins_over_the_words() -> None:
    content = "When the deploy failed, the agent rolled back and it worked"

    assert told(content, outcome="failure") == (
        "the deploy failed",
        "the agent rolled back",
        False,
    )
    assert told(content, action="roll back") == ("the deploy failed", "roll back", True)


@pytest.mark.parametrize("value", [None, 5, [], {}, ""])
def test_metadata_of_another_shape_is_passed_over(value: object) -> None:
    assert told("Ticket 5 closed", situation=value, action="roll back") is None


def same(one: str, other: str, similarity: float = 0.5) -> bool:
    first, second = (behaviour(content, {}) for content in (one, other))
    assert first is not None
    assert second is not None
    return same_behaviour((first, vector(one)), (second, vector(other)), similarity)


def test_the_same_done_in_the_same_situation_is_one_behaviour_however_it_turned_out() -> None:
    assert same(
        "When the deploy failed, the agent rolled back and it worked.",
        "After the deployment failed, I rolled back but it did not help.",
    )


@pytest.mark.parametrize(
    "other",
    [
        "When the deploy failed, the agent called Tom and it worked.",
        "When the login failed, the agent rolled back and it worked.",
        "When the deploy failed, the agent never rolled back and it worked.",
        "Mia: When the deploy failed, I rolled back and it worked.",
    ],
)
def test_another_action_situation_or_person_is_another_behaviour(other: str) -> None:
    assert not same("When the deploy failed, the agent rolled back and it worked.", other)


def test_a_procedure_prefers_a_clause_to_a_heading() -> None:
    heading = Behaviour(situation="timeout", action="retry", is_good=True, is_clause=False)
    clause = Behaviour(situation="the call timed out", action="I retried", is_good=True)

    assert procedure([heading, clause]) == "When the call timed out, I retried."
    assert procedure([heading]) == "When timeout, retry."


def test_a_procedure_keeps_the_numbers_in_which_all_agree() -> None:
    def one(code: int, seconds: int) -> Behaviour:
        situation = f"the API returns {code}"
        return Behaviour(situation=situation, action=f"wait for {seconds} seconds", is_good=True)

    assert procedure([one(429, 5), one(429, 9)]) == "When the API returns 429, wait."


def test_a_procedure_of_somebody_says_whose_it_is() -> None:
    content = "Mia: When I'm stressed, I go for a run and it helps."
    found = behaviour(content, {})

    assert found is not None
    assert procedure([found]) == "Mia: When I'm stressed, I go for a run."
