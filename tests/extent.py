"""How far a run of the tests looks: far enough for every change, or as far as is worth a night."""

import os
from typing import Final

import pytest

IS_FULL: Final = os.environ.get("NREM_TESTS") == "full"
# Of a test that costs minutes and tells little more than its neighbours.
full_only: Final = pytest.mark.skipif(not IS_FULL, reason="is worth a night: NREM_TESTS=full")


def rounds(usual: int, full: int) -> int:
    """How many rounds: `usual` ones, or `full` of them with NREM_TESTS=full."""
    return full if IS_FULL else usual
