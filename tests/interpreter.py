"""What tests tell each Python that they start."""

import os
from typing import Final

_PREFIX: Final = "PYTHONPYCACHEPREFIX"


def for_python() -> dict[str, str]:
    """Variables with which nothing is written into the checkout, or where nrem keeps its data.

    What this run compiles is compiled once: that takes a process a third of its start. A test that
    needs a data directory names its own; `tests/conftest.py` takes away the usual one.
    """
    prefix = os.environ.get(_PREFIX)
    given = {_PREFIX: prefix} if prefix else {"PYTHONDONTWRITEBYTECODE": "1"}
    return {**given, "XDG_DATA_HOME": os.devnull}
