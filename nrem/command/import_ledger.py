"""What an import has done so far: one line per thing, with its id there and its id here.

The file lies in DATA/imports, owner-only, and holds ids alone. A line that a crash cut short is
left out: what it stood for is sent again, which changes nothing.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Final, Self

from nrem.own_file import own_directory, owner_only

_FOLDER: Final = "imports"


class Ledger:
    """The ledger of one source and one place it is carried to."""

    def __init__(self, data_dir: Path, *named: str) -> None:
        folder = own_directory(data_dir / _FOLDER)
        which = hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
        self.path = folder / f"{which}.jsonl"
        self._done: dict[tuple[str, str], str] = {}

    def __enter__(self) -> Self:
        if self.path.exists():
            self._read()
        self._file = open(self.path, "a", encoding="utf-8", opener=owner_only)
        return self

    def __exit__(self, *_given: object) -> None:
        self._file.close()

    def find(self, kind: str, source_id: str) -> str | None:
        """The id here of what is done already."""
        return self._done.get((kind, source_id))

    def add(self, kind: str, source_id: str, made: str) -> None:
        """Write down what was done."""
        self._done[kind, source_id] = made
        self._file.write(json.dumps([kind, source_id, made]) + "\n")
        self._file.flush()

    def _read(self) -> None:
        text = self.path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        for line in whole.splitlines():
            kind, source_id, made = json.loads(line)
            self._done[kind, source_id] = made
        if whole != text:
            # The next line must not be glued to half of another.
            os.truncate(self.path, len(whole.encode()))
