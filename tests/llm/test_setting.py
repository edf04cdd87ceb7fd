import pytest

from nrem.errors import ConfigError
from nrem.llm.setting import DUTIES, LlmSettings

KEY = "sk-hush"


def test_without_a_key_no_model_is_asked() -> None:
    assert not LlmSettings().is_on


def test_key_alone_switches_models_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    assert LlmSettings().is_on
    assert set(LlmSettings().model_of_duty) == set(DUTIES)


def test_empty_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")

    assert not LlmSettings().is_on


def test_key_can_be_left_unused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("NREM_LLM", "offline")

    assert not LlmSettings().is_on


def test_replay_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NREM_LLM", "replay")

    assert LlmSettings().is_on


def test_model_of_a_duty_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NREM_LLM_MODELS", '{"observe": "claude-opus-5-5"}')

    models = LlmSettings().model_of_duty

    assert models["observe"] == "claude-opus-5-5"
    assert models["appraise"] == "claude-haiku-5-5"


def test_model_without_a_price_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NREM_LLM_MODELS", '{"observe": "another"}')

    with pytest.raises(ConfigError, match="NREM_LLM_PRICES: give the price of another"):
        LlmSettings()


def test_price_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NREM_LLM_MODELS", '{"observe": "another"}')
    monkeypatch.setenv(
        "NREM_LLM_PRICES",
        '{"another": {"input": 1, "output": 2, "cache_write": 3, "cache_read": 0.5}}',
    )

    assert LlmSettings().price_of_model["another"].cache_read == 0.5


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("NREM_LLM", "sk-hush", "NREM_LLM: "),
        ("NREM_LLM_MODELS", "{sk-hush", "NREM_LLM_MODELS: this is no JSON"),
        ("NREM_LLM_MODELS", '{"sk-hush": "x"}', "NREM_LLM_MODELS: duties are"),
        ("NREM_LLM_PRICES", '{"x": {"sk-hush": 1}}', "NREM_LLM_PRICES: "),
        ("NREM_LLM_TIMEOUT_SECONDS", "sk-hush", "NREM_LLM_TIMEOUT_SECONDS: "),
    ],
)
def test_wrong_variable_is_named_and_its_value_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        LlmSettings()

    assert told in str(caught.value)
    assert "hush" not in str(caught.value)


def test_key_is_not_shown() -> None:
    assert "hush" not in repr(LlmSettings(api_key=KEY))
