"""The settings of observing and reflecting; part of the tree of `nrem.policy.params`."""

from dataclasses import dataclass

from nrem.policy.schedule import zone
from nrem.policy.setting import flag, integer, number


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservePolicy:
    """When turns are observed, and how much is noted of them."""

    # Unobserved tokens of a thread at which it is observed before it rests.
    tokens: int = integer(8_192, 256, 1_000_000)
    # Tokens of the turns that are looked at together.
    window_tokens: int = integer(8_192, 256, 100_000)
    # Observations of one window; the least important beyond that are left out.
    max_per_window: int = integer(50, 1, 1_000)
    # Where nothing says where a person lives: the zone in which "tomorrow" is meant.
    timezone: str = zone("UTC")
    # False: what tools answered is not looked at.
    tool_turns: bool = flag(default=True)
    # True: instructions to the agent are looked at, too.
    system_turns: bool = flag(default=False)
    # Cosine at or above which an observation may repeat one that is there.
    duplicate_similarity: float = number(0.6, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectPolicy:
    """When the observations of a person are shortened, and by how much at most."""

    # Tokens of active observations at which reflect looks at them before its next tick.
    tokens: int = integer(16_384, 256, 10_000_000)
    # Tokens of the observations that are looked at together.
    batch_tokens: int = integer(24_576, 256, 200_000)
    # Share of the active observations that one run may archive; two in any case.
    max_share: float = number(0.3, 0.0, 1.0)
    # Cosine at or above which one observation may cover another.
    similarity: float = number(0.6, 0.0, 1.0)
    # Share of the words of each observation that the text which takes its place must keep.
    keep_words: float = number(0.5, 0.0, 1.0)
