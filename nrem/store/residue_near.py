"""Vectors that are close to those of the erased: 0.9 or more of cosine similarity."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR: Final = 0.9
# Rows that are compared at once with as many of the erased.
_ROWS: Final = 1_000
Row = TypeVar("Row")


class Near:
    """The vectors of the erased, by their length; those of other lengths are close to none."""

    def __init__(self, vectors: Iterable[str | None]) -> None:
        import numpy as np  # noqa: PLC0415 - heavy and optional

        found: dict[int, list[list[float]]] = {}
        for one in vectors:
            if one is None:
                continue
            numbers = json.loads(one)
            found.setdefault(len(numbers), []).append(numbers)
        self._erased = {
            size: _unit(np.asarray(rows, dtype=np.float32)) for size, rows in found.items()
        }

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(rows) for rows in self._erased.values())

    def among(self, rows: Iterable[tuple[str | None, Row]]) -> list[Row]:
        """What of these comes with a vector that is close to one of the erased; reads all."""
        found: list[Row] = []
        some: list[tuple[str, Row]] = []
        for vector, row in rows:
            if vector is not None and self._erased:
                some.append((vector, row))
            if len(some) == _ROWS:
                found += self._close(some)
                some = []
        return found + self._close(some)

    def _close(self, rows: Sequence[tuple[str, Row]]) -> list[Row]:
        sizes: dict[int, list[tuple[list[float], Row]]] = {}
        for vector, row in rows:
            numbers = json.loads(vector)
            sizes.setdefault(len(numbers), []).append((numbers, row))
        return [row for size, its in sizes.items() for row in self._of_size(size, its)]

    def _of_size(self, size: int, its: Sequence[tuple[list[float], Row]]) -> Iterator[Row]:
        flags = self._are_near(size, [numbers for numbers, _ in its])
        return (row for (_, row), flag in zip(its, flags, strict=True) if flag)

    def _are_near(self, size: int, vectors: Sequence[Sequence[float]]) -> list[bool]:
        import numpy as np  # noqa: PLC0415

        erased = self._erased.get(size)
        if erased is None:
            return [False] * len(vectors)
        asked = _unit(np.asarray(vectors, dtype=np.float32))
        best = np.full(len(asked), -1.0, dtype=np.float32)
        for start in range(0, len(erased), _ROWS):
            some = asked @ erased[start : start + _ROWS].T
            best = np.maximum(best, some.max(axis=1))
        return [bool(one >= NEAR) for one in best]

    def as_json(self) -> dict[str, str]:
        """As they are kept."""
        return {
            str(size): base64.b64encode(rows.tobytes()).decode()
            for size, rows in self._erased.items()
        }

    @classmethod
    def of_json(cls, value: Mapping[str, str]) -> "Near":
        """What `as_json` made."""
        import numpy as np  # noqa: PLC0415

        found = cls(())
        for size, rows in value.items():
            numbers = np.frombuffer(base64.b64decode(rows), dtype=np.float32)
            found._erased[int(size)] = numbers.reshape(-1, int(size))
        return found


def _unit(rows: "NDArray[np.float32]") -> "NDArray[np.float32]":
    import numpy as np  # noqa: PLC0415

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
