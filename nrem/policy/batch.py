"""How long batches of requests gather, when they are looked at, and after what they are given up.

Pure. Times are seconds.
"""

from typing import Final

# A batch is sent when nothing was added to it for so long, and not later than so long after its
# first request.
GATHER_SECONDS: Final = 60.0
GATHER_MOST_SECONDS: Final = 600.0
# Of one batch. The provider takes 100,000 requests and 256 MB.
MOST_REQUESTS: Final = 5_000
MOST_BYTES: Final = 32_000_000
# The provider ends a batch after 24 hours. Whatever waits for one looks again a little later.
LIFE_SECONDS: Final = 26 * 3_600.0
# A reply that nobody came for is destroyed after a day; what nobody asks any more, after an hour.
TIDY_SECONDS: Final = 3_600.0
KEEP_SECONDS: Final = 24 * 3_600.0
# Who finds the money of batches spent on others looks again when some may be back.
MONEY_SECONDS: Final = 1_800.0
# Of a day's money, what batches may hold back from whoever asks now.
MONEY_SHARE: Final = 0.5
# Of the price of a call that is made at once.
PRICE_SHARE: Final = 0.5
# Tries to send a batch, after which its requests go their own ways.
MOST_TRIES: Final = 5
# The provider's clock, against the database's.
SKEW_SECONDS: Final = 900.0

_FIRST_POLL_SECONDS: Final = 60.0
_POLL_GROWTH: Final = 1.5
_LONGEST_POLL_SECONDS: Final = 600.0
_FIRST_RETRY_SECONDS: Final = 60.0


def poll_seconds(polls: int) -> float:
    """The pause after so many looks at a batch that is not done: from a minute to ten."""
    return min(_FIRST_POLL_SECONDS * _POLL_GROWTH ** min(polls, 16), _LONGEST_POLL_SECONDS)


def retry_seconds(tries: int, retry_after_seconds: float | None) -> float:
    """The pause after so many tries to send a batch; never less than the provider said."""
    pause = min(_FIRST_RETRY_SECONDS * 2.0 ** min(tries, 16), _LONGEST_POLL_SECONDS)
    return max(pause, retry_after_seconds or 0.0)
