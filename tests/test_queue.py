"""Nudges: they name a pass and nothing else, and a broker that is away harms nobody."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from nrem.clock import monotonic, sleep
from nrem.embedded import valkey
from nrem.embedded.valkey import EmbeddedValkey
from nrem.queue import QUEUE, Nudger, make_app, task_name
from worker.passes import PASSES

_PATIENCE_SECONDS = 60.0
# Nobody listens on the port that is reserved for this.
_PATIENCE_SECONDS = 60.0
NO_BROKER = "redis://127.0.0.1:1/0"

needs_valkey = pytest.mark.skipif(not valkey.is_installed(), reason="no Valkey for this platform")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    with EmbeddedValkey(tmp_path / "broker") as running:
        yield running.url()


def _messages(broker: str, count: int = 1) -> list[dict[str, Any]]:
    """What the broker holds, once it is so many: whoever publishes may be slow."""
    with redis.Redis.from_url(broker) as client:
        deadline = monotonic() + _PATIENCE_SECONDS
        while client.llen(f"nrem:{QUEUE}") < count and monotonic() < deadline:
            sleep(0.02)
        raw = client.lrange(f"nrem:{QUEUE}", 0, -1)
    assert isinstance(raw, list)
    return [json.loads(one) for one in reversed(raw)]


def _payload(message: dict[str, Any]) -> Any:  # noqa: ANN401
    return json.loads(base64.b64decode(message["body"]))


@needs_valkey
def test_nudge_holds_version_and_pass_only(broker: str) -> None:
    nudger = Nudger(broker)

    nudger.nudge(["score"])
    nudger.close()

    (message,) = _messages(broker)
    args, kwargs, _embedded = _payload(message)
    assert args == []
    assert kwargs == {"v": 1, "pass": "score"}
    assert message["headers"]["task"] == "nrem.score"


@needs_valkey
def test_nudge_expires(broker: str) -> None:
    nudger = Nudger(broker)

    nudger.nudge(["score"])
    nudger.close()

    (message,) = _messages(broker)
    assert message["headers"]["expires"] is not None
    assert message["headers"]["eta"] is None


@needs_valkey
def test_each_pass_is_nudged_by_its_own_message(broker: str) -> None:
    nudger = Nudger(broker)

    nudger.nudge(["score", "embed"])
    nudger.close()

    assert sorted(_payload(message)[1]["pass"] for message in _messages(broker, 2)) == [
        "embed",
        "score",
    ]
    assert nudger.failures == 0


@needs_valkey
def test_every_key_of_the_broker_has_our_prefix(broker: str) -> None:
    nudger = Nudger(broker)

    nudger.nudge(["score"])
    nudger.close()

    with redis.Redis.from_url(broker) as client:
        keys = list(client.scan_iter())
    assert keys
    assert all(key.startswith(b"nrem:") for key in keys)


def test_dead_broker_fails_nobody_and_is_counted() -> None:
    nudger = Nudger(NO_BROKER)

    nudger.nudge(["score"])
    nudger.close()

    assert nudger.failures == 1


def test_nudge_returns_before_the_broker_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        nudger = Nudger(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")

        nudger.nudge(["score"])

        # Only now is the publisher's connection taken up, and then cut without an answer.
        connection, _ = silent.accept()
        connection.close()
    nudger.close()
    assert nudger.failures == 1


def test_nudge_of_a_dead_broker_may_be_repeated() -> None:
    nudger = Nudger(NO_BROKER)

    for _ in range(1000):
        nudger.nudge(["score", "embed"])
    nudger.close()

    assert nudger.failures >= 1


def test_without_a_broker_nothing_is_sent_and_nothing_fails() -> None:
    nudger = Nudger(None)

    nudger.nudge(["score"])
    nudger.close()

    assert nudger.failures == 0


def test_nudge_after_close_is_dropped() -> None:
    nudger = Nudger(NO_BROKER)
    nudger.close()

    nudger.nudge(["score"])

    assert nudger.failures == 0


@pytest.mark.parametrize("duty", [its.name for its in PASSES])
def test_task_names_are_stable(duty: str) -> None:
    assert task_name(duty) == f"nrem.{duty}"


def test_broker_keeps_no_results_retries_or_late_acknowledgements() -> None:
    settings = make_app(None).conf

    assert settings.task_ignore_result
    assert settings.result_backend is None
    assert not settings.task_acks_late
    assert settings.worker_prefetch_multiplier == 1
    assert settings.accept_content == ["json"]


def test_task_ends_before_its_message_would_be_delivered_again() -> None:
    settings = make_app(None).conf

    visible_after = settings.broker_transport_options["visibility_timeout"]

    assert settings.task_soft_time_limit < settings.task_time_limit < visible_after
