"""The Celery application: one task for each pass, under the name that messages carry."""

import json
import os
import subprocess
import sys
from pathlib import Path

from nrem.queue import task_name
from tests.house.project import ROOT
from tests.interpreter import for_python
from worker.passes import PASSES

# In a process of its own, since the application takes over logging where it is imported.
_TASKS = """
import json
from worker.app import app
print(json.dumps(sorted(name for name in app.tasks if not name.startswith("celery."))))
"""


def _list_tasks(data_dir: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(ROOT),
        **for_python(),
        "NREM_DATA_DIR": str(data_dir),
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-P", "-c", _TASKS],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_pass_has_its_task_and_there_are_no_others(tmp_path: Path) -> None:
    done = _list_tasks(tmp_path, NREM_BROKER_URL="redis://127.0.0.1:1/0")

    assert json.loads(done.stdout) == sorted(task_name(duty.name) for duty in PASSES)


def test_worker_without_a_broker_is_refused_with_the_remedy(tmp_path: Path) -> None:
    done = _list_tasks(tmp_path)

    assert done.returncode != 0
    assert "NREM_BROKER_URL" in done.stderr
    assert "worker.poll" in done.stderr
