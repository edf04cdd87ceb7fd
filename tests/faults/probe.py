"""Waiting for what must come true, without a blind sleep."""

from collections.abc import Callable
from typing import Final

from nrem.clock import monotonic, sleep

_PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.02


def until(is_so: Callable[[], object], what: str, *, seconds: float = _PATIENCE_SECONDS) -> None:
    """Return as soon as `is_so` answers with something true; fail when it does not in time."""
    ends = monotonic() + seconds
    while not is_so():
        assert monotonic() < ends, f"still not so after {seconds:.0f} s: {what}"
        sleep(_LOOK_SECONDS)
