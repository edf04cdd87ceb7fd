"""The same cases on Zeno's own SQLite stores and on ours: fixture `side`, by `sides.both`."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from nrem.config import Settings
from nrem.embedded.postgres import EmbeddedPostgres
from nrem.zeno import Link
from tests.postgres import Database, created
from tests.world import Org, World, connected
from tests.zeno.memories import Memories
from tests.zeno.memories import ours as our_memories
from tests.zeno.memories import theirs as theirs_memories
from tests.zeno.sides import Clock, Side, ours, run, theirs

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def zeno_database(cluster: EmbeddedPostgres, template: Database) -> Iterator[Database]:
    """One database for all tests of a process; each has an org of its own."""
    with created(cluster, template.name) as database:
        yield database


@pytest.fixture(scope="session")
def world(zeno_database: Database) -> Iterator[World]:
    with connected(zeno_database) as world:
        yield world


@pytest.fixture
def org(world: World) -> Org:
    return world.found(f"org {next(_numbers)}")


@pytest.fixture
def settings(zeno_database: Database) -> Settings:
    """Of an installation whose vectors cost nothing."""
    return Settings(
        database_url=zeno_database.api_url, embedder="hash", pepper="the pepper of the tests"
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def link(settings: Settings, org: Org, clock: Clock) -> Iterator[Link]:
    """The way to the test's org; its instant is the clock's."""
    link = Link(settings, org=org.number, clock=clock.instant)
    yield link
    link.close()


@pytest.fixture
def side(request: pytest.FixtureRequest, link: Link, tmp_path: Path, clock: Clock) -> Side:
    """The stores that a test was parametrized with."""
    made = ours if request.param == "ours" else theirs
    return made(link, tmp_path / "zeno.db", clock)


@pytest.fixture
def memories(
    request: pytest.FixtureRequest, link: Link, tmp_path: Path, clock: Clock
) -> Iterator[Memories]:
    """A store of user memories, as a test was parametrized with."""
    if request.param == "theirs":
        yield theirs_memories(tmp_path / "zeno.db", clock)
        return
    made = our_memories(link, clock, semantic=request.param == "meaning")
    yield made
    run(made.store.aclose())
