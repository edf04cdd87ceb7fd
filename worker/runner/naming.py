"""Names of memories that do not exist yet, through all steps of a rehearsal.

A step calls the memories it makes `new 1`, `new 2` …; a later one may meet them by the numbers they
were given for the length of the rehearsal. Both become one name per memory, so that a diff says the
same each time, whatever the numbers were.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from worker.changes import Change

_NEW: Final = re.compile(r"new (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How one step's lines are named: how many were given before it, and all until its end."""

    before: int
    given: Sequence[int]

    def renamed(self, line: Change) -> Change:
        """The line, with the names that hold for the whole rehearsal."""
        made = self._made(line.id)
        return replace(
            line,
            id=None if made else line.id,
            name=made or (self._own(line.name) if line.name else None),
            after=self._edge(line.after) if line.kind == "edge" else line.after,
            evidence=tuple(self._evidence(one) for one in line.evidence),
        )

    def _made(self, number: int | None) -> str | None:
        """The name of a memory that this rehearsal made."""
        return f"new {self.given.index(number) + 1}" if number in self.given else None

    def _own(self, text: str) -> str:
        found = _NEW.fullmatch(text)
        return f"new {self.before + int(found[1])}" if found else text

    def _edge(self, text: str) -> str:
        """An edge's line ends with its other end: a name, or a number."""
        kind, _, target = text.partition(" ")
        made = self._made(int(target)) if target.isdigit() else self._own(target)
        return f"{kind} {made or target}"

    def _evidence(self, text: str) -> str:
        kind, _, number = text.partition(" ")
        made = self._made(int(number)) if kind == "memory" and number.isdigit() else None
        return made or self._own(text)
