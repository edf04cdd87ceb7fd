"""Ways to see processes end, without sleeping."""

import os
import select
import subprocess
import sys
from pathlib import Path

from nrem.embedded.children import CHECKOUT
from nrem.embedded.process import Command, Identity, Process

_PATIENCE_SECONDS = 30.0


def has_ended(pid: int) -> bool:
    """Whether the process ends within a generous time; the kernel says when."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], _PATIENCE_SECONDS)[0])
    finally:
        os.close(descriptor)


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another interpreter running `code` from the checkout; its stdout can be read line by line."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def python_as(identity: Identity, code: str, argument: Path, log: Path) -> int | None:
    """The exit status of an interpreter that runs `code` under another user id."""
    process = Process.start(
        Command(
            name="test",
            argv=(sys.executable, "-P", "-c", code, str(argument)),
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=CHECKOUT,
            log=log,
            identity=identity,
        )
    )
    status = process.wait(_PATIENCE_SECONDS)
    process.kill_group()
    return status
