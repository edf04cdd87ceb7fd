"""Fixtures of the contract's tests: the service and callers of the tests of routes."""

from tests.api.conftest import caller, service, stranger

__all__ = ["caller", "service", "stranger"]
