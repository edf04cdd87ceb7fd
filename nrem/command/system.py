"""The system a command works with: the one that serves in the data directory, else its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nrem.command import keys
from nrem.command.keys import Keys
from nrem.command.server import Server
from nrem.config import Settings
from nrem.embedded import stack
from nrem.embedded.stack import Endpoints

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system that serves, and the way to ask it."""

    endpoints: Endpoints
    keys: Keys
    server: Server
    # the admin listener, with the admin key
    admin: Server
    # the stack, when this command started it
    own: stack.RunningStack | None
    are_keys_new: bool = False


@contextmanager
def opened(settings: Settings, progress: Progress) -> Iterator[System]:
    """The system of the data directory; if none serves, one is started and stopped after it.

    Raises: ConfigError, NremError as `stack.start` does.
    """
    endpoints = stack.running(settings.data_dir)
    if endpoints is not None:
        found = keys.read(settings.data_dir)
        with (
            Server(endpoints.api, found.api) as server,
            Server(endpoints.admin, found.admin) as admin,
        ):
            yield System(endpoints=endpoints, keys=found, server=server, admin=admin, own=None)
        return
    with started(settings, progress) as system:
        yield system


@contextmanager
def started(settings: Settings, progress: Progress) -> Iterator[System]:
    """A system of this command's own, stopped when it leaves."""
    with stack.start(settings, progress=progress) as running:
        found, are_new = keys.ensure(running.settings)
        with (
            Server(running.endpoints.api, found.api) as server,
            Server(running.endpoints.admin, found.admin) as admin,
        ):
            yield System(
                endpoints=running.endpoints,
                keys=found,
                server=server,
                admin=admin,
                own=running,
                are_keys_new=are_new,
            )
