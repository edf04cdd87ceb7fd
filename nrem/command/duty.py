"""`nrem pass`: one pass in the foreground, as a process of its own."""

import os
import subprocess
import sys

from nrem.config import Settings
from nrem.embedded import stack
from nrem.embedded.children import CHECKOUT


def run(
    settings: Settings,
    name: str,
    *,
    org: int | None,
    now: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Run the pass until nothing is due; answers 0 done, 1 failed or 2 wrong usage."""
    options = ["--org", str(org)] if org is not None else []
    options += ["--now", now] if now is not None else []
    options += ["--dry-run"] if dry_run else []
    options += ["--json"] if as_json else []
    return _run(settings, name, options).returncode


def repeat_erasures(settings: Settings) -> int:
    """Run the pass `erase` on a database that nothing else may work on; answers as `run` does."""
    done = _run(settings, "erase", ["--repeat-erasures"], stdout=subprocess.DEVNULL)
    return done.returncode


def _run(
    settings: Settings, name: str, options: list[str], *, stdout: int | None = None
) -> "subprocess.CompletedProcess[bytes]":
    urls = stack.urls(settings)
    command = [sys.executable, "-P", "-m", "worker.once", name, *options]
    environment = os.environ | {
        "PYTHONPATH": str(CHECKOUT),
        "NREM_DATABASE_URL": urls.worker,
        "NREM_MAINTAIN_DATABASE_URL": urls.maintain,
        "NREM_BROKER_URL": urls.broker or "none",
        "NREM_DATA_DIR": str(settings.data_dir),
    }
    return subprocess.run(command, env=environment, cwd=CHECKOUT, stdout=stdout, check=False)
