"""Fixtures of the tests of this folder: a path for data short enough for sockets, and a world."""

from tests.embedded.conftest import data_dir
from tests.world import org, world

__all__ = ["data_dir", "org", "world"]
