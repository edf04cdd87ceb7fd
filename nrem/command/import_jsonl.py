"""Reads memories from files with one JSON object per line.

A line has what `POST /v1/memories` takes, and may have `id` (its name in these files), `pinned`,
`recall_count`, and `relationships` to other lines: `{"target": id, "type": …, "weight": …}`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from nrem.command.import_source import Edge, Statement, Talk
from nrem.errors import ConfigError

_TAKEN: Final = frozenset(
    "agent_id user_id session_id content memory_type tier metadata importance occurred_at".split()
)
_OWN: Final = frozenset("id pinned recall_count last_recalled_at expires_at relationships".split())


class Jsonl:
    """Files of memories."""

    name = "jsonl"

    def __init__(self, files: Sequence[Path]) -> None:
        """Raises: ConfigError naming the first line that is no memory."""
        self._lines = [line for path in files for line in _read(path)]

    def memories(self) -> Iterator[Statement]:
        """One per line, in their order."""
        for line in self._lines:
            yield Statement(
                source_id=line["id"],
                first={name: value for name, value in line.items() if name in _TAKEN},
                expires_at=_instant(line.get("expires_at")),
                is_pinned=bool(line.get("pinned")),
                uses=int(line.get("recall_count") or 0),
                last_used=_instant(line.get("last_recalled_at")),
            )

    def edges(self) -> Iterator[Edge]:
        """Relationships that lines name."""
        for line in self._lines:
            for one in line.get("relationships") or []:
                yield Edge(
                    source=line["id"],
                    target=str(one["target"]),
                    kind=one.get("type", "related_to"),
                    weight=one.get("weight", 1.0),
                    metadata=one.get("metadata") or {},
                )

    def talks(self) -> Iterator[Talk]:
        """None: lines know no conversations."""
        return iter(())

    def total(self) -> int:
        """How many memories and relationships there are."""
        return len(self._lines) + sum(len(line.get("relationships") or []) for line in self._lines)

    def left_out(self) -> Mapping[str, int]:
        """Fields that are not known, by their name."""
        return Counter(
            f"field {name}" for line in self._lines for name in sorted(set(line) - _TAKEN - _OWN)
        )


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from None
    for number, raw in enumerate(text.split("\n"), 1):
        if raw.strip():
            yield _line(path, number, raw)


def _line(path: Path, number: int, raw: str) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError:
        raise ConfigError(f"{path}, line {number}: is not JSON") from None
    if not isinstance(line, dict) or not {"agent_id", "content"} <= set(line):
        raise ConfigError(f"{path}, line {number}: needs at least agent_id and content")
    whole = json.dumps(line, sort_keys=True, separators=(",", ":"))
    # Without an id of its own a line is known by what it says.
    name = line.get("id") or hashlib.sha256(whole.encode()).hexdigest()[:32]
    return {**line, "id": str(name)}


def _instant(given: str | None) -> datetime | None:
    return datetime.fromisoformat(given) if given else None
