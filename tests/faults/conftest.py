"""Fixtures of the tests of this folder: a short path for data, a world with one org, a service."""

from tests.api.conftest import caller, service
from tests.embedded.conftest import data_dir
from tests.world import org, world

__all__ = ["caller", "data_dir", "org", "service", "world"]
