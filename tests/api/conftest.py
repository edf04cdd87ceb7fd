"""Fixtures of the tests of routes: one service for all of them, an org of its own for each."""

from collections.abc import Iterator

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from tests.api.serving import Caller, Service, serve
from tests.postgres import Database, created


@pytest.fixture(scope="session")
def service(cluster: EmbeddedPostgres, template: Database) -> Iterator[Service]:
    """The application, served for the whole test process."""
    with created(cluster, template.name) as database, serve(database) as running:
        yield running


@pytest.fixture
def caller(service: Service) -> Iterator[Caller]:
    """Somebody with a key of a new org."""
    with service.caller() as made:
        yield made


@pytest.fixture
def stranger(service: Service) -> Iterator[Caller]:
    """Somebody with a key of another org."""
    with service.caller() as made:
        yield made
