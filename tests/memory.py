"""Has tests write into memory where there is room: they copy a database a thousand times.

A copy is four hundred small files, which cost a busy disk more time than the test that wants them.
`--basetemp=DIR` keeps what tests wrote.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

_MEMORY: Final = Path("/dev/shm")
# Three processes with a cluster each, and the systems that some tests start.
_NEEDED_BYTES: Final = 4 << 30
_NAME: Final = f"nrem-tests-{os.getuid()}-"
_HERE: Final = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Say where temporary directories of this run lie; its processes follow."""
    if hasattr(config, "workerinput") or config.option.basetemp or not _has_room():
        return
    for left in _left_over():
        shutil.rmtree(left, ignore_errors=True)
    here = _MEMORY / f"{_NAME}{os.getpid()}"
    config.option.basetemp = str(here)
    config.stash[_HERE] = here


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    here = config.stash.get(_HERE, None)
    if here is not None:
        shutil.rmtree(here, ignore_errors=True)


def _has_room() -> bool:
    with suppress(OSError):
        return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _NEEDED_BYTES
    return False


def _left_over() -> Iterator[Path]:
    """Of runs that were killed."""
    for one in _MEMORY.glob(f"{_NAME}*"):
        pid = one.name.removeprefix(_NAME)
        if pid.isdecimal() and not Path("/proc", pid).exists():
            yield one
