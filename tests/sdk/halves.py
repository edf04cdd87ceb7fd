"""Makes the sync half of the client from the async one.

    python -m tests.sdk.halves

A test makes it again and compares byte for byte, so the halves cannot differ.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from unasync import Rule, unasync_files

from tests.house.project import ROOT

WRITTEN: Final = ROOT / "nrem" / "sdk" / "_async"
MADE: Final = ROOT / "nrem" / "sdk" / "_sync"
_HEADER: Final = "# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.\n"
_PACKAGE: Final = '"""The sync half of the client, made from the async one; do not edit."""\n'
_NAMES: Final = {
    "_async": "_sync",
    "aclose": "close",
    "aread": "read",
    "async_pause": "pause",
    "asynccontextmanager": "contextmanager",
}


def sync_half() -> dict[str, str]:
    """The text of each module of the sync half by its file name."""
    written = {path.name: path.read_text(encoding="utf-8") for path in WRITTEN.glob("*.py")}
    names = set(re.findall(r"\bAsync[A-Z]\w+", "".join(written.values())))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "_async"), Path(folder, "_sync")
        source.mkdir()
        for name, text in written.items():
            (source / name).write_text(text, encoding="utf-8")
        rule = Rule(
            fromdir=f"{source}/",
            todir=f"{target}/",
            additional_replacements=_NAMES | {name: name.removeprefix("Async") for name in names},
        )
        unasync_files([str(source / name) for name in written], [rule])
        made = {name: _HEADER + (target / name).read_text(encoding="utf-8") for name in written}
    return {name: _formatted(text) for name, text in (made | {"__init__.py": _PACKAGE}).items()}


def _formatted(text: str) -> str:
    """As the house has it: shorter names sort and wrap in another way."""
    return _ruff(_ruff(text, "check", "--select=I", "--fix-only"), "format")


def _ruff(text: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--quiet"]
    done = subprocess.run(
        [*command, "--stdin-filename=nrem/sdk/_sync/made.py", "-"],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def main() -> None:
    """Write the sync half."""
    MADE.mkdir(exist_ok=True)
    for name, text in sync_half().items():
        (MADE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
