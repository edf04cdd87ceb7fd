"""Settings of paid models, read from the environment: the key, the models, what they cost.

ANTHROPIC_API_KEY is the only switch: with it models are asked, without it rules propose. All else
has defaults that fit. A fault is a ConfigError that shows no value.
"""

import json
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from nrem.errors import ConfigError
from nrem.policy.price import Price

DUTIES: Final = ("appraise", "consolidate", "observe", "promote", "reflect")
# What is frequent or long goes to the cheapest model: reflect with one of 20 times the price costs
# more than all other duties together. What is rare and kept for good does not.
MODELS: Final = {
    "appraise": "claude-haiku-5-5",
    "consolidate": "claude-haiku-5-5",
    "observe": "claude-haiku-5-5",
    "promote": "claude-sonnet-5-5",
    "reflect": "claude-haiku-5-5",
}


class PriceIn(BaseModel):
    """Dollars per million tokens."""

    model_config = ConfigDict(extra="forbid")

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    # the cache of five minutes, which is the one that is asked for
    cache_write: float = Field(ge=0)
    cache_read: float = Field(ge=0)


# As platform.claude.com listed them in November 2026, for requests below 100,000 tokens.
PRICES: Final = {
    "claude-haiku-4-5": PriceIn(input=1.0, output=5.0, cache_write=1.25, cache_read=0.1),
    "claude-haiku-5-5": PriceIn(input=0.1, output=0.5, cache_write=0.125, cache_read=0.01),
    "claude-sonnet-5": PriceIn(input=2.0, output=10.0, cache_write=2.5, cache_read=0.2),
    "claude-sonnet-5-5": PriceIn(input=2.0, output=10.0, cache_write=2.5, cache_read=0.1),
    "claude-opus-5": PriceIn(input=5.0, output=25.0, cache_write=6.25, cache_read=0.5),
    "claude-opus-5-5": PriceIn(input=4.0, output=20.0, cache_write=5.0, cache_read=0.2),
}


def _decoded(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("this is no JSON") from None


def _empty_is_unset(value: object) -> object:
    return None if value == "" else value


class LlmSettings(BaseSettings):
    """The settings of paid models; keyword arguments win over the environment.

    Raises: ConfigError naming every variable that is wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix="NREM_LLM_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    api_key: Annotated[SecretStr | None, BeforeValidator(_empty_is_unset)] = Field(
        default=None, validation_alias=AliasChoices("api_key", "ANTHROPIC_API_KEY"), repr=False
    )
    # auto: with a key models are asked; offline: never; replay: only what the ledger holds is told
    mode: Literal["auto", "offline", "replay"] = Field(
        default="auto", validation_alias=AliasChoices("mode", "NREM_LLM")
    )
    base_url: str = "https://api.anthropic.com"
    # of one call, from its first byte to its last
    timeout_seconds: float = Field(default=60.0, gt=0, le=600)
    # of one reply; what a model thinks counts too
    max_tokens: int = Field(default=8_192, ge=256, le=64_000)
    # how hard a model thinks; none: for models that do not know the option
    effort: Literal["none", "low", "medium", "high"] = "low"
    models: Annotated[dict[str, str], NoDecode, BeforeValidator(_decoded)] = Field(
        default_factory=dict
    )
    prices: Annotated[dict[str, PriceIn], NoDecode, BeforeValidator(_decoded)] = Field(
        default_factory=dict
    )

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - fields, checked by pydantic
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigError(_explain(error)) from None
        unknown = sorted(set(self.models) - set(DUTIES))
        if unknown:
            raise ConfigError(f"NREM_LLM_MODELS: duties are {', '.join(DUTIES)}")
        priceless = sorted(set(self.model_of_duty.values()) - set(self.price_of_model))
        if priceless:
            raise ConfigError(
                f"NREM_LLM_PRICES: give the price of {', '.join(priceless)}, as in "
                '{"NAME": {"input": 1, "output": 5, "cache_write": 1.25, "cache_read": 0.1}}, '
                "in dollars per million tokens"
            )

    @property
    def model_of_duty(self) -> dict[str, str]:
        """Which model does which duty."""
        return {**MODELS, **self.models}

    @property
    def price_of_model(self) -> dict[str, Price]:
        """What each known model costs."""
        return {name: Price(**one.model_dump()) for name, one in {**PRICES, **self.prices}.items()}

    @property
    def is_on(self) -> bool:
        """Whether a model, or its record, is to be asked."""
        return self.mode == "replay" or (self.mode == "auto" and self.api_key is not None)


def _explain(error: ValidationError) -> str:
    """One line per wrong variable, without its value."""
    return "\n".join(
        f"{_variable(str(fault['loc'][0]))}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )


def _variable(place: str) -> str:
    own = {"mode": "NREM_LLM", "api_key": "ANTHROPIC_API_KEY"}
    return own.get(place, place if place.isupper() else f"NREM_LLM_{place.upper()}")
