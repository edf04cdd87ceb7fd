"""Fixtures of the tests of this folder: a world with one org, and a process with a key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm.asking import Asking
from tests.llm.asking import asking as started
from tests.world import World, org, world

__all__ = ["org", "world"]


@pytest.fixture
def asking(world: World, tmp_path: Path) -> Iterator[Asking]:
    """A process with a key, and the server that it asks."""
    with started(world, tmp_path / "data") as found:
        yield found
