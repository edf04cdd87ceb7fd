"""Fixtures of the tests of this folder: a short path for data, and a world with one org in it."""

from tests.embedded.conftest import data_dir
from tests.world import org, world

__all__ = ["data_dir", "org", "world"]
