"""How long batches wait."""

import pytest

from nrem.policy.batch import poll_seconds, retry_seconds


def test_looks_come_ever_later_from_a_minute_to_ten() -> None:
    pauses = [poll_seconds(polls) for polls in range(10)]

    assert pauses[:3] == [60.0, 90.0, 135.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == poll_seconds(10_000) == 600.0


@pytest.mark.parametrize(
    ("tries", "said", "pause"),
    [(0, None, 60.0), (2, None, 240.0), (9, None, 600.0), (0, 1_000.0, 1_000.0), (2, 5.0, 240.0)],
)
def test_next_try_is_never_before_the_provider_said(
    tries: int, said: float | None, pause: float
) -> None:
    assert retry_seconds(tries, said) == pause
