import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nrem.embedded import launch
from nrem.embedded.process import Identity
from tests.embedded.watching import has_ended, python, python_as

_ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

_PARENT = """
import subprocess, sys, os
launcher, death_signal = sys.argv[1:]
order = [launcher, death_signal, str(os.getpid()), "same", "/bin/sleep", "600"]
child = subprocess.Popen([sys.executable, "-I", "-S", *order])
# Once its name has changed, the launcher has become the program.
while b"sleep" not in open(f"/proc/{child.pid}/comm", "rb").read(): pass
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_child_dies_when_its_parent_is_killed() -> None:
    with python(_PARENT, launch.__file__, str(int(signal.SIGKILL))) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())

        parent.kill()

        assert has_ended(child)


def test_child_of_a_parent_that_is_gone_is_not_started(tmp_path: Path) -> None:
    made = tmp_path / "made"
    order = [launch.__file__, "9", "1", "same", "/bin/touch", str(made)]

    status = subprocess.run([sys.executable, "-I", "-S", *order], check=False).returncode

    assert status != 0
    assert not made.exists()


@_ROOT_ONLY
@pytest.mark.parametrize(
    ("identity", "uid"),
    [(Identity.MAPPED, launch.INSIDE_UID), (Identity.DROPPED, launch.DROPPED_UID)],
)
def test_root_becomes_another_user_that_still_passes_roots_directories(
    identity: Identity, uid: int, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "inside").touch()
    # access() asks for the real user, as initdb does when it looks for its server.
    code = f"import os, sys; sys.exit(not os.access(sys.argv[1], 0) or os.geteuid() != {uid})"

    status = python_as(identity, code, tmp_path / "inside", tmp_path / "log")

    assert status == 0
