import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A place for a data directory, not made yet, with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="nrem-", dir="/tmp") as folder:
        yield Path(folder) / "data"
