"""Calls that wait for what the server goes on doing."""

import pytest

from nrem import sdk
from tests.sdk import samples
from tests.sdk.stub import Reply, Stub

ENDED = Reply(body=samples.ENDED)


def _stands(state: str, hand_over: str, reason: str | None = None) -> Reply:
    consolidation = {"state": hand_over, "reason": reason}
    return Reply(body=samples.SESSION | {"state": state, "consolidation": consolidation})


def test_end_waits_until_the_session_is_consolidated(
    client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    done = Reply(body=samples.ENDED | {"run_id": "run_1"})
    waiting, failed = _stands("ended", "waiting"), _stands("ended", "failed", "timeout")
    stub.will(ENDED, waiting, failed, _stands("consolidated", "done"), done)

    ended = client.end_session("ses_1", wait=True)

    assert ended.run_id == "run_1"
    assert len(pauses) == 2


def test_end_does_not_wait_for_what_was_undone(client: sdk.Client, stub: Stub) -> None:
    stub.will(ENDED, _stands("ended", "undone"), ENDED)

    assert client.end_session("ses_1", wait=True).session_id == "ses_1"


def test_hand_over_that_is_given_up_is_an_error(client: sdk.Client, stub: Stub) -> None:
    stub.will(ENDED, _stands("ended", "parked", "too_many_attempts"))

    with pytest.raises(sdk.ServerError) as caught:
        client.end_session("ses_1", wait=True)

    assert caught.value.code == "consolidation_failed"
    assert "too_many_attempts" in caught.value.message


def test_end_does_not_wait_unless_asked(client: sdk.Client, stub: Stub) -> None:
    stub.will(ENDED)

    client.end_session(session_id="ses_1")

    assert len(stub.asked) == 1


def test_end_of_a_session_is_a_dict_with_attributes(client: sdk.Client, stub: Stub) -> None:
    at = {"agent_id": "agent-1", "ended_at": samples.AT}
    stub.answers(samples.ENDED | at)

    ended = client.end_session("ses_1")

    assert ended == samples.ENDED | at
    assert (ended.id, ended.session_id, ended.agent_id) == ("ses_1", "ses_1", "agent-1")
    assert (ended["transitioned_count"], ended.transitioned_count) == (2, 2)
    assert (str(ended.ended_at), ended.run_id) == (samples.AT, None)


def test_forget_all_follows_a_job_to_its_end(
    client: sdk.Client, stub: Stub, pauses: list[float]
) -> None:
    working = Reply(status=202, body={"job_id": "job_1"})
    stub.will(working, working, Reply(body=samples.FORGOTTEN))

    result = client.forget_all(agent_id="agent-1", hard=True)

    assert result.deleted_count == 1
    assert [one.path for one in stub.asked[1:]] == ["/v1/memories/forget_all/job_1"] * 2
    assert len(pauses) == 2


def test_forget_all_that_takes_too_long_says_so(client: sdk.Client, stub: Stub) -> None:
    stub.will(Reply(status=202, body={"job_id": "job_1"}))

    with pytest.raises(sdk.Z3rnoError) as caught:
        client.forget_all(agent_id="agent-1", timeout=0.05)

    assert caught.value.code == "wait_timeout"
