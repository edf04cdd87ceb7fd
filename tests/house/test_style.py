"""Runs the linters as a developer would; their caches stay outside the checkout."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.project import ROOT

# A type check without a warm cache takes half a minute on two idle cores.
pytestmark = pytest.mark.timeout(400)


def _types_cache() -> Path:
    """A folder of this checkout: two that share one at the same time spoil it for each other."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = os.environ.get("MYPY_CACHE_DIR") or Path(home) / "nrem" / "mypy"
    return Path(folder) / hashlib.sha256(bytes(ROOT)).hexdigest()[:16]


def _check(*command: str) -> None:
    """Fail with what a tool has to say, unless it is content."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    # mypy takes what stands there for somebody else's packages.
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_ruff_finds_nothing() -> None:
    _check("-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_formatter_changes_nothing() -> None:
    _check("-m", "ruff", "format", "--no-cache", "--check", ".")


def test_types_hold() -> None:
    _check("-m", "mypy", "--cache-dir", str(_types_cache()), "--no-color-output")


def test_imports_go_down_the_floors() -> None:
    start = "from importlinter.cli import lint_imports_command as lint; lint()"
    _check("-c", start, "--no-cache", "--no-logo")


def test_dependencies_are_those_declared() -> None:
    _check("-m", "deptry", "--no-ansi", ".")
