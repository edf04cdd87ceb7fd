"""The files of this project, as every test of this folder sees them.

What .gitignore names is left out, and so is .git; nothing asks git, so an unpacked archive is
checked like a clone.
"""

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("api", "migrations", "nrem", "scheduler", "worker")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root, in order."""
    return tuple(sorted(_walk()))


def python_files(*folders: str) -> list[Path]:
    """The Python files below `folders`, or all of them."""
    found = [path for path in files() if path.suffix == ".py"]
    return [path for path in found if not folders or path.parts[0] in folders]


def read(path: Path) -> str:
    """The text of a file named relative to the project's root."""
    return (ROOT / path).read_text(encoding="utf-8")


def _walk() -> Iterator[Path]:
    ignored = [".git", *_ignored_names()]
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not _matches(name, ignored)]
        for name in names:
            if not _matches(name, ignored):
                yield (Path(folder) / name).relative_to(ROOT)


def _ignored_names() -> list[str]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    return [line.strip("/") for line in lines if not line.startswith("#")]


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)
