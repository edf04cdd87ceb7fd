"""`nrem doctor llm` against the double of the Messages API."""

import pytest
from typer.testing import CliRunner

from nrem.cli import app
from nrem.command.doctor import NO_KEY, ask_models, describe
from nrem.llm.setting import LlmSettings
from tests.llm.messages_api import Answer, serving
from tests.llm.sensible import reply


def _settings(url: str) -> LlmSettings:
    return LlmSettings(api_key="sk-test", base_url=url, timeout_seconds=5)


def test_each_model_is_asked_once_and_its_cost_told() -> None:
    with serving(reply) as api:
        found = ask_models(_settings(api.url), lambda _line: None)

    assert found["ok"]
    assert [call.request["model"] for call in api.calls] == [
        "claude-haiku-5-5",
        "claude-sonnet-5-5",
    ]
    assert [one["status"] for one in found["models"]] == ["ok", "ok"]
    assert all(one["cost_usd"] > 0 and one["tokens_out"] > 0 for one in found["models"])
    assert found["cost_usd"] == pytest.approx(sum(one["cost_usd"] for one in found["models"]))
    assert "claude-haiku-5-5 (appraise, consolidate, observe, reflect): ok" in describe(found)


def test_model_that_does_not_answer_is_told() -> None:
    with serving(reply) as api:
        api.script.append(Answer(status=401, error="authentication_error"))
        found = ask_models(_settings(api.url), lambda _line: None)

    assert not found["ok"]
    assert [one["status"] for one in found["models"]] == ["denied", "ok"]


def test_reply_of_another_shape_is_told() -> None:
    with serving(reply) as api:
        api.script.append(Answer(text="{}"))
        found = ask_models(_settings(api.url), lambda _line: None)

    assert found["models"][0]["status"] == "reply_has_another_shape"


def test_without_a_key_it_says_so_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)

    done = CliRunner().invoke(app, ["doctor", "llm"])

    assert done.exit_code == 1
    assert NO_KEY in done.output
