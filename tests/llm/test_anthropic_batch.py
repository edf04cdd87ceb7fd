"""Message Batches through the official client, against a server that speaks their wire format."""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from nrem.llm.anthropic import AnthropicModel
from nrem.llm.anthropic_batch import AnthropicBatches
from nrem.llm.batch import Accepted, NotAccepted, Progress
from nrem.policy.price import Usage
from tests.llm.batches_api import Fate
from tests.llm.messages_api import Answer, MessagesApi, broke, limited, overloaded, serving
from tests.llm.shape import order
from tests.world import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def api() -> Iterator[MessagesApi]:
    """The provider."""
    with serving(lambda its: json.dumps({"words": [its["messages"][0]["content"]]})) as found:
        found.batches.clock = lambda: NOW
        yield found


@pytest.fixture
def batches(api: MessagesApi) -> Iterator[AnthropicBatches]:
    """The adapter, over a client of its own."""
    model = AnthropicModel("sk-test", api.url, 20.0)
    yield AnthropicBatches(model)
    model.close()


def _requests(*contents: str) -> dict[str, dict[str, Any]]:
    return {f"its-{one}": order(one).body() for one in contents}


def test_batch_is_the_requests_under_their_names(
    api: MessagesApi, batches: AnthropicBatches
) -> None:
    assert batches.create(_requests("a", "b")) == Accepted(provider_id="msgbatch_1")

    (held,) = api.batches.held
    assert [one["custom_id"] for one in held.requests] == ["its-a", "its-b"]
    assert held.requests[0]["params"] == order("a").body()


def test_results_are_told_apart_by_name(api: MessagesApi, batches: AnthropicBatches) -> None:
    api.batches.fates = {
        "b": Fate(type="expired"),
        "c": Fate(type="canceled"),
        "d": Fate(type="errored", error="rate_limit_error"),
        "e": Fate(text="half", stop_reason="max_tokens"),
        "f": Fate(text="", stop_reason="refusal"),
    }
    batches.create(_requests(*"abcdef"))
    api.batches.finish()

    results = batches.results("msgbatch_1")

    assert results is not None
    assert {name: one.status for name, one in results.items()} == {
        "its-a": "ok",
        "its-b": "expired",
        "its-c": "canceled",
        "its-d": "limited",
        "its-e": "truncated",
        "its-f": "refused",
    }
    assert results["its-a"].text == '{"words": ["a"]}'
    assert results["its-a"].usage.tokens_out > 0
    assert results["its-d"].request_id == "req_batched"
    assert results["its-b"].usage == Usage()


def test_progress_goes_from_under_way_to_ended(api: MessagesApi, batches: AnthropicBatches) -> None:
    batches.create(_requests("a"))
    assert batches.progress("msgbatch_1") == Progress(is_ended=False)

    api.batches.finish()

    assert batches.progress("msgbatch_1") == Progress(is_ended=True)
    assert batches.progress("msgbatch_9") == Progress(is_ended=False, is_gone=True)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (limited("7"), NotAccepted(status="limited", is_certain=True, retry_after_seconds=7.0)),
        (broke(), NotAccepted(status="spend_limit", is_certain=True)),
        (Answer(status=401), NotAccepted(status="denied", is_certain=True)),
        (Answer(status=413), NotAccepted(status="rejected", is_certain=True)),
        (overloaded(), NotAccepted(status="overloaded", is_certain=False)),
        (Answer(is_unheard=True), NotAccepted(status="unreachable", is_certain=False)),
        (Answer(raw=b"<html>"), NotAccepted(status="unreachable", is_certain=False)),
    ],
    ids=["limited", "no-money", "denied", "too-large", "overloaded", "unheard", "no-json"],
)
def test_refusal_is_certain_only_when_the_provider_said_so(
    api: MessagesApi, batches: AnthropicBatches, answer: Answer, said: NotAccepted
) -> None:
    api.batch_script.append(answer)

    assert batches.create(_requests("a")) == said


def test_batches_since_an_instant_are_listed_oldest_first_over_all_pages(
    api: MessagesApi, batches: AnthropicBatches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nrem.llm.anthropic_batch._PAGE", 2)
    for at in range(7):
        api.batches.clock = partial(NOW.__add__, at * MINUTE)
        batches.create(_requests(*"abcdefg"[: at + 1]))

    listed = batches.created_since(NOW + 2 * MINUTE)

    assert listed is not None
    assert [(one.provider_id, one.size) for one in listed] == [
        (f"msgbatch_{at + 1}", at + 1) for at in range(2, 7)
    ]


def test_size_of_a_batch_is_the_same_before_and_after_its_end(
    api: MessagesApi, batches: AnthropicBatches
) -> None:
    api.batches.fates = {"b": Fate(type="expired")}
    batches.create(_requests("a", "b"))
    before = batches.created_since(NOW)
    api.batches.finish()

    assert before is not None
    assert batches.created_since(NOW) == before
    assert before[0].size == 2


@pytest.mark.parametrize("raw", [b"<html>", b'{"custom_id": "its-a", "result": {"type": "succ'])
def test_results_that_cannot_be_read_to_the_end_are_none(
    api: MessagesApi, batches: AnthropicBatches, raw: bytes
) -> None:
    batches.create(_requests("a"))
    api.batches.finish()
    api.batch_script += [Answer(), Answer(raw=raw)]

    assert batches.results("msgbatch_1") is None


def test_provider_that_cannot_be_asked_is_not_taken_for_an_empty_one(
    api: MessagesApi, batches: AnthropicBatches
) -> None:
    api.batch_script += [overloaded(), Answer(raw=b"<html>"), overloaded()]

    assert batches.created_since(NOW) is None
    assert batches.created_since(NOW) is None
    assert batches.progress("msgbatch_1") == Progress(is_ended=False, is_unknown=True)


def test_canceled_batch_ends(api: MessagesApi, batches: AnthropicBatches) -> None:
    batches.create(_requests("a"))

    batches.cancel("msgbatch_1")

    results = batches.results("msgbatch_1")
    assert results is not None
    assert results["its-a"].status == "canceled"
