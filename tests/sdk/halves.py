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
            (source / name).write_text(_HEADER + text, encoding="utf-8")
        rule = Rule(
            fromdir=f"{source}/",
            todir=f"{target}/",
            additional_replacements=_NAMES | {name: name.removeprefix("Async") for name in names},
        )
        unasync_files([str(source / name) for name in written], [rule])
        (target / "__init__.py").write_text(_PACKAGE, encoding="utf-8")
        # shorter names sort and wrap in another way
        _ruff("check", "--select=I", "--fix-only", str(target))
        _ruff("format", str(target))
        return {name: (target / name).read_text(encoding="utf-8") for name in written}


def _ruff(*arguments: str) -> None:
    settings = f"--config={ROOT / 'pyproject.toml'}"
    command = [sys.executable, "-m", "ruff", *arguments, settings, "--no-cache", "--quiet"]
    subprocess.run(command, check=True)


def main() -> None:
    """Write the sync half."""
    MADE.mkdir(exist_ok=True)
    for name, text in sync_half().items():
        (MADE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
