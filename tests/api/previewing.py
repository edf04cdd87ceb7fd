"""A worker beside the API, for requests that wait until it has answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.testing import capture_logs

from tests.api.serving import Caller


@contextmanager
def at_work(caller: Caller) -> Iterator[None]:
    """The pass `preview` runs for the caller's org whenever it is due, until the block ends."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.02):
            caller.run("preview")

    worker = threading.Thread(target=work, name="worker")
    # What it logs would stand among what a command prints.
    with capture_logs():
        worker.start()
        try:
            yield
        finally:
            is_over.set()
            worker.join()
