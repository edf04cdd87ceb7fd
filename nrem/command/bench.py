"""`nrem bench`: measurements in the foreground, as a process of their own."""

import os
import subprocess
import sys
from collections.abc import Sequence

from nrem.embedded.children import CHECKOUT
from nrem.errors import ConfigError


def run(name: str, *, is_full: bool, as_json: bool, more: Sequence[str] = ()) -> int:
    """Run one bench on servers of its own; answers 0 when every target is met, else 1.

    Raises: ConfigError when this is no checkout: an installed nrem comes without its benches.
    """
    if not (CHECKOUT / "tests" / "bench" / f"{name}.py").exists():
        raise ConfigError(f"{CHECKOUT} holds no bench of that name: run it from a checkout")
    command = [sys.executable, "-P", "-m", f"tests.bench.{name}", *more]
    command += ["--full"] if is_full else []
    command += ["--json"] if as_json else []
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
