"""Fixtures of the tests of this folder: a path for data that is short enough for sockets."""

from tests.embedded.conftest import data_dir

__all__ = ["data_dir"]
