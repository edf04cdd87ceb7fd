"""Whether a chain of sealed lines is whole: no line changed, dropped, swapped, or put in later.

Each seal covers its line, its place and the seal before it, so the first one that does not fit says
where somebody was at work.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# No transaction of nrem's is open that long, so no line with an earlier number is committed later.
LATEST: Final = timedelta(hours=1)


class Code(StrEnum):
    """What is wrong with a line."""

    # the chain has no seal at this place
    SEAL_MISSING = "seal_missing"
    # a line that was sealed is gone
    LINE_MISSING = "line_missing"
    # the line, its place or the chain before it is not what was sealed
    CHANGED = "changed"
    # its number is older than lines that were sealed long before it
    LATE = "late"
    # the chain ends before the end that is kept outside of the database
    CUT = "cut"
    # the chain is another than the one whose end is kept outside of the database
    REPLACED = "replaced"
    # nrem did not write it: it has no seal and does not wait for one
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A seal, and the line it seals."""

    place: int
    audit_id: int
    sealed_at: datetime
    hash: bytes
    # None: it is gone
    line: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first thing that is wrong with a chain; a number or place is None where none is known."""

    code: Code
    place: int | None
    audit_id: int | None


# What the hash of a link must be after that of the one before it.
Linking = Callable[[bytes, Link], bytes]


class Walk:
    """Goes along one chain from its first link and stops at the first that does not fit."""

    def __init__(self, first: bytes, linking: Linking) -> None:
        self.fault: Fault | None = None
        self.place = 0
        self._hash = first
        self._linking = linking
        self._order = _Order()

    def step(self, link: Link) -> bool:
        """Whether the next link fits; once one did not, none does."""
        if self.fault is None:
            self.fault = self._fault(link)
        if self.fault is None:
            self.place, self._hash = link.place, link.hash
        return self.fault is None

    def _fault(self, link: Link) -> Fault | None:
        code = None
        if link.place != self.place + 1:
            return Fault(code=Code.SEAL_MISSING, place=self.place + 1, audit_id=None)
        if link.line is None:
            code = Code.LINE_MISSING
        elif self._linking(self._hash, link) != link.hash:
            code = Code.CHANGED
        elif self._order.is_late(link):
            code = Code.LATE
        if code is None:
            return None
        return Fault(code=code, place=link.place, audit_id=link.audit_id)


class _Order:
    """Numbers are drawn in order and sealed soon after: one that comes much later was put in."""

    def __init__(self) -> None:
        self._highest = 0
        self._at: datetime | None = None
        # the highest number at the end of each step of the last while, oldest first
        self._steps: deque[tuple[datetime, int]] = deque()
        # lower ones are late
        self._floor = 0

    def is_late(self, link: Link) -> bool:
        if self._at is not None and link.sealed_at != self._at:
            self._steps.append((self._at, self._highest))
            while self._steps and self._steps[0][0] <= self._at - LATEST:
                self._floor = self._steps.popleft()[1]
        self._at = link.sealed_at
        self._highest = max(self._highest, link.audit_id)
        return link.audit_id < self._floor
