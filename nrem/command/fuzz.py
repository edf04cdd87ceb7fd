"""`nrem fuzz`: asks every operation of a running system, as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from nrem.embedded.children import CHECKOUT
from nrem.errors import ConfigError


def run(*, requests: int, seed: int, only: str | None, data_dir: Path | None, as_json: bool) -> int:
    """Answers 0 when no answer was a 5xx, else 1; 2 when `only` names no operation.

    Raises: ConfigError when this is no checkout: an installed nrem comes without its generators.
    """
    if not (CHECKOUT / "tests" / "contract" / "fuzz.py").exists():
        raise ConfigError(f"{CHECKOUT} holds no request generators: run it from a checkout")
    command = [sys.executable, "-P", "-m", "tests.contract.fuzz"]
    command += ["--requests", str(requests), "--seed", str(seed)]
    command += ["--only", only] if only else []
    command += ["--data", str(data_dir.absolute())] if data_dir else []
    command += ["--json"] if as_json else []
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
