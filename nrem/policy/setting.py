"""One setting of a policy: a dataclass field with its default, its range and its reading from JSON.

A tree of frozen dataclasses made of these fields can be read with `read_part`, which never raises
and lists every fault, and written with `write_part`; reading what was written gives an equal tree.
"""

from collections.abc import Callable, Mapping
from dataclasses import field, fields, is_dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard, TypeVar

from nrem.policy.model import Fault

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# 100 years: the longest time a policy can name, and the time beyond which nothing is due.
MAX_DAYS: Final = 36_500.0
_MAX_STEPS: Final = 32
_STEPS_ALLOWED: Final = (
    f"at most {_MAX_STEPS} pairs [days, factor]: days rising, 0 to {MAX_DAYS:g}; "
    "factors never rising, 1 to 0"
)
_SHOWN: Final = 60
_READ: Final = "read"
Steps: TypeAlias = tuple[tuple[float, float], ...]
_Reader: TypeAlias = Callable[[object, str, list[Fault]], object]
_Choice = TypeVar("_Choice", bound=StrEnum)
_Part = TypeVar("_Part", bound="DataclassInstance")


def number(default: float, low: float, high: float) -> float:
    """A field for a finite number, `low` to `high`."""

    def read(value: object, path: str, faults: list[Fault]) -> object:
        if _is_number(value) and low <= value <= high:
            return float(value)
        faults.append(fault(path, value, f"a number, {low:g} to {high:g}"))
        return default

    return field(default=default, metadata={_READ: read})


def integer(default: int, low: int, high: int) -> int:
    """A field for a whole number, `low` to `high`."""

    def read(value: object, path: str, faults: list[Fault]) -> object:
        if isinstance(value, int) and _is_number(value) and low <= value <= high:
            return value
        faults.append(fault(path, value, f"a whole number, {low} to {high}"))
        return default

    return field(default=default, metadata={_READ: read})


def flag(*, default: bool) -> bool:
    """A field for true or false."""

    def read(value: object, path: str, faults: list[Fault]) -> object:
        if isinstance(value, bool):
            return value
        faults.append(fault(path, value, "true or false"))
        return default

    return field(default=default, metadata={_READ: read})


def choice(default: _Choice) -> _Choice:
    """A field for one of the values of the default's enumeration."""
    values = type(default)

    def read(value: object, path: str, faults: list[Fault]) -> object:
        if isinstance(value, str) and value in set(values):
            return values(value)
        faults.append(fault(path, value, "one of " + ", ".join(values)))
        return default

    return field(default=default, metadata={_READ: read})


def steps() -> Steps:
    """A field for a table of (days, factor), empty by default."""

    def read(value: object, path: str, faults: list[Fault]) -> object:
        pairs = _step_pairs(value)
        if pairs is not None and all(a[0] < b[0] and a[1] >= b[1] for a, b in pairwise(pairs)):
            return pairs
        faults.append(fault(path, value, _STEPS_ALLOWED))
        return ()

    return field(default=(), metadata={_READ: read})


def optional(kind: type[_Part]) -> _Part | None:
    """A field for a part of the tree that may be left out (null), as it is by default."""

    def read(value: object, path: str, faults: list[Fault]) -> object:
        return None if value is None else read_part(kind(), value, path, faults)

    return field(default=None, metadata={_READ: read})


def read_part(default: _Part, obj: object, path: str, faults: list[Fault]) -> _Part:
    """`default` with the fields that the JSON value names; what is wrong is added to `faults`."""
    if not isinstance(obj, Mapping):
        faults.append(fault(path or "policy", obj, "an object"))
        return default
    known = {item.name: item for item in fields(default)}
    # Any: each reader gives its own field's type, which mypy cannot see.
    changes: dict[str, Any] = {}
    for name, value in obj.items():
        shown = name if isinstance(name, str) and name.isidentifier() else repr(name)
        where = f"{path}.{shown}" if path else shown
        if name not in known:
            allowed = "left out; known here: " + ", ".join(known)
            faults.append(Fault(path=_shown(where), found="unknown field", allowed=allowed))
            continue
        reader: _Reader | None = known[name].metadata.get(_READ)
        reader = reader or partial(read_part, getattr(default, name))
        changes[name] = reader(value, where, faults)
    return replace(default, **changes)


def write_part(part: "DataclassInstance") -> dict[str, object]:
    """The tree as plain JSON values."""
    return {item.name: _plain(getattr(part, item.name)) for item in fields(part)}


def fault(path: str, found: object, allowed: str) -> Fault:
    """A fault that shows the value found, cut to a short line."""
    return Fault(path=path, found=_shown(repr(found)), allowed=allowed)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return write_part(value)
    if isinstance(value, tuple):
        return [list(step) for step in value]
    return str(value) if isinstance(value, StrEnum) else value


def _step_pairs(value: object) -> Steps | None:
    if not isinstance(value, list | tuple) or len(value) > _MAX_STEPS:
        return None
    pairs = [_step(pair) for pair in value]
    return None if None in pairs else tuple(pair for pair in pairs if pair)


def _step(pair: object) -> tuple[float, float] | None:
    match pair:
        case [days, factor] if _is_number(days) and _is_number(factor):
            in_range = 0.0 <= days <= MAX_DAYS and 0.0 <= factor <= 1.0
            return (float(days), float(factor)) if in_range else None
        case _:
            return None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(text: str) -> str:
    """A short line without broken or invisible characters, safe in any message."""
    line = text if text.isprintable() else ascii(text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."
