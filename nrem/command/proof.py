"""`nrem proof`: plants canaries in a system of its own, erases half of it and looks."""

import os
import subprocess
import sys

from nrem.embedded.children import CHECKOUT
from nrem.errors import ConfigError


def run(*, users: int, seed: int, sabotage: str | None, as_json: bool) -> int:
    """Answers 0 when nothing is left of who was erased and everything of the others, else 1.

    Raises: ConfigError when this is no checkout: an installed nrem comes without what plants.
    """
    if not (CHECKOUT / "tests" / "proof" / "proof.py").exists():
        raise ConfigError(f"{CHECKOUT} holds nothing to plant: run it from a checkout")
    command = [sys.executable, "-P", "-m", "tests.proof.proof"]
    command += ["--users", str(users), "--seed", str(seed)]
    command += ["--sabotage", sabotage] if sabotage else []
    command += ["--json"] if as_json else []
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
