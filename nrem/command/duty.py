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
    urls = stack.urls(settings)
    command = [sys.executable, "-P", "-m", "worker.once", name]
    command += ["--org", str(org)] if org is not None else []
    command += ["--now", now] if now is not None else []
    command += ["--dry-run"] if dry_run else []
    command += ["--json"] if as_json else []
    environment = os.environ | {
        "PYTHONPATH": str(CHECKOUT),
        "NREM_DATABASE_URL": urls.worker,
        "NREM_BROKER_URL": urls.broker or "none",
        "NREM_DATA_DIR": str(settings.data_dir),
    }
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, check=False)
    return done.returncode
