"""batch: what the provider refuses, cannot answer or does not know."""

from datetime import timedelta

import pytest

from nrem.policy.batch import LIFE_SECONDS
from tests.llm.batches_api import Fate
from tests.llm.batching import HOUR, KNOWN, MINUTE, NIGHT, READY, SENT, Night
from tests.llm.messages_api import Answer, broke, limited, overloaded

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fate", "status"),
    [
        (Fate(type="expired"), "expired"),
        (Fate(type="canceled"), "canceled"),
        (Fate(type="errored", error="overloaded_error"), "overloaded"),
        (Fate(type="errored", error="rate_limit_error"), "limited"),
        (Fate(type="errored", error="invalid_request_error"), "rejected"),
    ],
    ids=lambda its: its if isinstance(its, str) else "",
)
def test_request_without_an_answer_is_made_at_once(night: Night, fate: Fate, status: str) -> None:
    night.asking.api.batches.fates["green tea"] = fate
    night.gather()
    night.send()

    night.deliver()
    night.drain("promote", READY)

    assert night.known() == KNOWN
    assert night.calls() == [status, "ok", "ok", "ok"]
    assert len(night.asking.api.calls) == 1
    assert ("applied", "batch_gave_no_answer") in night.runs()


@pytest.mark.parametrize(
    ("fate", "status"),
    [
        (Fate(text="this is no JSON"), "invalid"),
        (Fate(text='{"kn', stop_reason="max_tokens"), "truncated"),
        (Fate(text="", stop_reason="refusal"), "refused"),
    ],
    ids=lambda its: its if isinstance(its, str) else "",
)
def test_reply_of_no_use_is_paid_for_and_asked_again_at_once(
    night: Night, fate: Fate, status: str
) -> None:
    night.asking.api.batches.fates["green tea"] = fate
    night.gather()
    night.send()

    night.deliver()
    night.drain("promote", READY)
    night.drain("promote", READY + MINUTE)

    assert night.known() == KNOWN
    assert night.calls() == [status, "ok", "ok", "ok"]
    assert all(night.org.column("SELECT cost_micros FROM llm_calls WHERE org_id = %(org)s"))


def test_batch_that_never_ends_is_given_up(night: Night) -> None:
    night.gather()
    night.send()

    night.drain("batch", SENT + timedelta(seconds=LIFE_SECONDS))
    assert night.batch() == ["sent"]
    late = SENT + timedelta(seconds=LIFE_SECONDS) + HOUR
    night.drain("batch", late)
    night.drain("promote", late)

    assert night.batch() == ["done"]
    assert night.known() == KNOWN
    assert night.calls() == ["expired", "ok"] * 3


def test_batch_that_the_provider_does_not_know_is_given_up(night: Night) -> None:
    night.gather()
    night.send()
    night.asking.api.batches.held.clear()

    night.deliver()
    night.drain("promote", READY)

    assert night.runs("batch")[-1] == ("applied", "batch_expired")
    assert night.known() == KNOWN


def test_batch_that_the_provider_limits_is_sent_again_after_the_pause(night: Night) -> None:
    night.asking.api.batch_script.append(limited("300"))
    night.gather()

    night.send()
    night.send(SENT + 299 * SECOND)
    assert night.asking.api.batches.held == []
    night.send(SENT + 300 * SECOND)

    (held,) = night.asking.api.batches.held
    assert len(held.requests) == 3


@pytest.mark.parametrize(
    "answer", [broke(), Answer(status=401), Answer(status=400), Answer(status=413)]
)
def test_batch_that_the_provider_refuses_goes_out_one_by_one(night: Night, answer: Answer) -> None:
    night.asking.api.batch_script.append(answer)
    night.gather()

    night.send()
    night.drain("promote", SENT)

    assert len(night.asking.api.calls) == 3
    assert night.known() == KNOWN


def test_overloaded_provider_is_tried_five_times(night: Night) -> None:
    asked = night.asking.api.batches.asked
    night.gather()
    for hour in range(8):
        # What fails is the making of it; that it is not there can be seen.
        night.asking.api.batch_script[:] = [Answer(), overloaded()] if hour else [overloaded()]
        night.send(NIGHT + (hour + 1) * HOUR)
    night.asking.api.batch_script.clear()

    night.drain("promote", NIGHT + 9 * HOUR)

    assert asked == ["GET /v1/messages/batches"] * 5
    assert night.known() == KNOWN


def test_opting_out_cancels_what_is_under_way(night: Night) -> None:
    night.gather()
    night.send()
    night.policy(batch="never")

    night.drain("batch", SENT + 10 * MINUTE)
    night.drain("batch", SENT + 20 * MINUTE)
    night.drain("promote", SENT + 20 * MINUTE)

    assert night.calls() == ["canceled", "ok"] * 3
    assert len(night.asking.api.calls) == 3
    assert night.asking.api.batches.paid == 0
