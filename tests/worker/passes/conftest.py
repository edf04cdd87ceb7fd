"""Fixtures of the tests of passes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm.batching import Night
from tests.llm.batching import night as begun
from tests.world import Org, World


@pytest.fixture
def night(world: World, org: Org, tmp_path: Path) -> Iterator[Night]:
    """Three users of whom promote has something to ask."""
    with begun(world, org, tmp_path / "data") as found:
        yield found
