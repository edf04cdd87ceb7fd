"""What a call of a paid model costs: pure sums in millionths of a dollar, always rounded up.

A price in dollars per million tokens is the same number in millionths of a dollar per token.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final

# Bytes of UTF-8 per token, at least: English has about four, Chinese about two. Twice as many
# would reserve half of what some texts cost.
_BYTES_PER_TOKEN: Final = 2
# What a request holds besides its words: roles, the frame of the schema.
_FRAME_TOKENS: Final = 200
_USD_MICROS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars per million tokens of one model."""

    input: float
    output: float
    # of what is put into the provider's cache, and of what is taken from there
    cache_write: float
    cache_read: float

    def times(self, share: float) -> "Price":
        """A part of the price."""
        return Price(
            input=self.input * share,
            output=self.output * share,
            cache_write=self.cache_write * share,
            cache_read=self.cache_read * share,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, as the provider counted them; no token is in two of the numbers."""

    tokens_in: int = 0
    tokens_out: int = 0
    cache_write: int = 0
    cache_read: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.tokens_in + self.tokens_out + self.cache_write + self.cache_read


def cost_micros(usage: Usage, price: Price) -> int:
    """Millionths of a dollar that the call costs."""
    exact = (
        usage.tokens_in * price.input
        + usage.tokens_out * price.output
        + usage.cache_write * price.cache_write
        + usage.cache_read * price.cache_read
    )
    # A tenth has no exact float: what is a whole number but for that stays one.
    return ceil(round(exact, 6))


def worst_usage(request_bytes: int, max_tokens: int) -> Usage:
    """The most that a request of this size may use: all of it new to the cache, a full answer."""
    tokens = ceil(request_bytes / _BYTES_PER_TOKEN) + _FRAME_TOKENS
    return Usage(cache_write=tokens, tokens_out=max_tokens)


def usd(micros: int) -> float:
    """Dollars."""
    return micros / _USD_MICROS


def micros(dollars: float) -> int:
    """Millionths of a dollar, rounded up."""
    return ceil(dollars * _USD_MICROS)
