"""Fixtures of the tests of this folder: a world with one org in it."""

from tests.world import org, world

__all__ = ["org", "world"]
