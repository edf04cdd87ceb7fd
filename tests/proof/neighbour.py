"""Whether those who were not erased have every row as it was."""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any, Final

# Rows that an export, or a pass over nothing of theirs, adds; none may change or go.
_MAY_GROW: Final = frozenset(("audit",))
# What an export says of itself.
_OF_ITSELF: Final = frozenset(("export", "end"))


def changed(
    before: Iterable[dict[str, Any]],
    after: Iterable[dict[str, Any]],
    erased: Collection[str],
) -> list[str]:
    """What became otherwise between two exports of a person, save what names something erased.

    Tables and how many rows, never what they say.
    """
    had, has = _rows(before), _rows(after)
    gone = Counter(
        table
        for (table, row), times in (had - has).items()
        for _ in range(times)
        if not any(one in row for one in erased)
    )
    new = Counter(
        table
        for (table, _), times in (has - had).items()
        for _ in range(times)
        if table not in _MAY_GROW
    )
    faults = [f"{table}: {times} rows are not as they were" for table, times in gone.items()]
    return faults + [f"{table}: {times} rows are new" for table, times in new.items()]


def _rows(lines: Iterable[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter(
        (str(line["table"]), json.dumps(line["row"], sort_keys=True))
        for line in lines
        if not _OF_ITSELF & line.keys()
    )
