import pytest

from nrem.errors import OverloadedError


@pytest.mark.parametrize(
    ("asked", "told"), [(0, 1), (0.2, 1), (1.2, 2), (60, 60), (61, 60), (3600.0, 60)]
)
def test_time_to_wait_is_1_to_60_whole_seconds(asked: float, told: int) -> None:
    found = OverloadedError(retry_after_seconds=asked).retry_after_seconds

    assert (found, type(found)) == (told, int)
