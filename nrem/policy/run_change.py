"""What runs did to memories: the facts they changed, before and after.

Numbers, times and states only; words stand in the versions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """What a run did to a memory."""

    CREATED = "created"
    # it gained sources, because a session repeated it
    MERGED = "merged"
    # a working memory that a session handed over
    CLOSED = "closed"
    # another one holds instead of it
    SUPERSEDED = "superseded"
    # it gained sources, because more episodes are like it
    SUPPORTED = "supported"
    # a model thought that it matters more, or less
    APPRAISED = "appraised"
    # what another run had done to it was undone
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """One memory that a run changed.

    `before` and `after` have the same keys: columns of `memories` that the run wrote, as JSON
    (instants in ISO 8601).
    """

    memory_id: int
    what: What
    # None: the run made the memory
    version_before: int | None
    version_after: int
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
