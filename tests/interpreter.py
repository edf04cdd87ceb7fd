"""What tests tell each Python that they start of compiled modules."""

import os
from typing import Final

_PREFIX: Final = "PYTHONPYCACHEPREFIX"


def compiled() -> dict[str, str]:
    """Variables with which nothing is written into the checkout.

    What this run compiles is compiled once: that takes a process a third of its start.
    """
    prefix = os.environ.get(_PREFIX)
    return {_PREFIX: prefix} if prefix else {"PYTHONDONTWRITEBYTECODE": "1"}
