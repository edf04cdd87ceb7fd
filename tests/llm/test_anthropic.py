"""The adapter of the Messages API, through the official client, against a server on localhost."""

from contextlib import closing
from typing import Any

import pytest
from pydantic import BaseModel

from nrem.llm.anthropic import AnthropicModel, schema_of
from nrem.llm.order import Order, Reply
from nrem.policy.price import Usage
from tests.llm.messages_api import Answer, MessagesApi, broke, limited, overloaded, serving

KEY = "sk-test"


class Shape(BaseModel):
    words: list[str]


ORDER = Order(
    duty="consolidate",
    model="claude-haiku-5-5",
    system="Name the words. " * 10,
    content='{"text": "green tea"}',
    shape=Shape,
    schema=schema_of(Shape),
    max_tokens=300,
    effort="low",
    prompt_hash=b"0" * 16,
)


def _send(api: MessagesApi, *answers: Answer, timeout_seconds: float = 5.0) -> Reply:
    api.script += answers
    with closing(AnthropicModel(KEY, api.url, timeout_seconds)) as model:
        return model.send(ORDER)


def _model(_request: Any) -> str:  # noqa: ANN401
    return '{"words": ["green", "tea"]}'


def test_reply_holds_words_tokens_and_the_providers_id() -> None:
    with serving(_model) as api:
        reply = _send(api)

    assert (reply.status, reply.text) == ("ok", '{"words": ["green", "tea"]}')
    assert reply.usage == Usage(tokens_in=5, tokens_out=6, cache_write=40)
    assert reply.request_id == "req_1"
    assert reply.duration_ms > 0


def test_prefix_that_the_cache_holds_is_counted_apart() -> None:
    with serving(_model) as api:
        _send(api)
        again = _send(api)

    assert (again.usage.cache_write, again.usage.cache_read) == (0, 40)


def test_request_marks_its_fixed_part_and_asks_for_the_shape() -> None:
    with serving(_model) as api:
        _send(api)

    (call,) = api.calls
    (prefix,) = call.request["system"]
    assert prefix == {
        "type": "text",
        "text": ORDER.system,
        "cache_control": {"type": "ephemeral"},
    }
    assert call.request["output_config"]["effort"] == "low"
    schema = call.request["output_config"]["format"]["schema"]
    assert schema["properties"]["words"]["type"] == "array"
    assert schema["additionalProperties"] is False
    assert call.headers["authorization"] == f"Bearer {KEY}"


def test_nothing_is_asked_twice() -> None:
    with serving(_model) as api:
        _send(api, overloaded())

    assert len(api.calls) == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (limited("7"), "limited"),
        (overloaded(), "overloaded"),
        (Answer(status=500), "overloaded"),
        (Answer(status=503), "overloaded"),
        (Answer(status=408, error="timeout_error"), "overloaded"),
        (broke(), "spend_limit"),
        (Answer(status=402, error="billing_error"), "spend_limit"),
        (
            Answer(
                status=400,
                error="invalid_request_error",
                message="Your credit balance is too low to access the API.",
            ),
            "spend_limit",
        ),
        (Answer(status=400, error="invalid_request_error"), "rejected"),
        (Answer(status=413, error="request_too_large"), "rejected"),
        (Answer(status=401, error="authentication_error"), "denied"),
        (Answer(status=403, error="permission_error"), "denied"),
        (Answer(status=404, error="not_found_error"), "denied"),
        (Answer(stop_reason="max_tokens"), "truncated"),
        (Answer(stop_reason="refusal"), "refused"),
        (Answer(stop_reason="tool_use"), "invalid"),
        (Answer(hang_seconds=2.0), "timeout"),
        (Answer(raw=b"<html>a proxy's page</html>"), "unreachable"),
    ],
    ids=lambda one: (
        one
        if isinstance(one, str)
        else f"{one.status}-{one.error}-{one.stop_reason}"
        f"-{one.hang_seconds:g}-{len(one.message)}-{bool(one.raw)}"
    ),
)
def test_every_ending_has_its_own_status(answer: Answer, status: str) -> None:
    with serving(_model) as api:
        reply = _send(api, answer, timeout_seconds=0.5)

    assert reply.status == status


def test_spend_limit_that_is_told_as_a_rate_limit_is_one() -> None:
    raw = (
        b'{"type": "error", "error": {"type": "rate_limit_error", "message": "no",'
        b' "details": {"error_code": "enforced_spend_limit_reached"}}}'
    )

    with serving(_model) as api:
        reply = _send(api, Answer(status=429, raw=raw, headers={"retry-after": "5"}))

    assert reply.status == "spend_limit"


def test_nobody_there_is_unreachable() -> None:
    reply = AnthropicModel(KEY, "http://127.0.0.1:9", 1.0).send(ORDER)

    assert (reply.status, reply.usage) == ("unreachable", Usage())


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), (None, None)])
def test_wait_is_as_the_provider_said(header: str | None, seconds: float | None) -> None:
    with serving(_model) as api:
        assert _send(api, limited(header)).retry_after_seconds == seconds


@pytest.mark.parametrize("said", ["soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_wait_that_is_no_number_counts_as_nothing_said(said: str) -> None:
    with serving(_model) as api:
        assert _send(api, limited(said)).retry_after_seconds is None


def test_truncated_and_refused_replies_still_say_what_they_cost() -> None:
    with serving(_model) as api:
        cut = _send(api, Answer(stop_reason="max_tokens"))

    assert cut.usage.tokens > 0


def test_call_ends_at_its_time_limit_though_bytes_keep_coming() -> None:
    with serving(_model) as api:
        api.script.append(Answer(drip_seconds=0.02))
        with closing(AnthropicModel(KEY, api.url, 0.5)) as model:
            slow, after = model.send(ORDER), model.send(ORDER)

    assert (slow.status, slow.usage) == ("timeout", Usage())
    assert after.status == "ok"
