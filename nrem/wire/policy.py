"""The shapes of requests and answers about an org's policy."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, model_validator

from nrem.wire.field import Tree
from nrem.wire.request import Strict

MAX_PREVIEWED: Final = 200_000
_VersionNumber = Annotated[int, Field(ge=0, lt=2**31, strict=True)]


class PolicyIn(Strict):
    """A whole policy; what is left out of the tree gets its default."""

    policy: Tree
    # refused with 409 when another version is the newest
    expected_version: _VersionNumber | None = None


class PolicyChangesIn(Strict):
    """A part of the tree to merge into the policy in force."""

    changes: Tree
    expected_version: _VersionNumber | None = None


class PolicyRollbackIn(Strict):
    """The version to go back to; 0 stands for the defaults."""

    version: _VersionNumber
    expected_version: _VersionNumber | None = None


class PolicyPreviewIn(Strict):
    """The policy to try: a whole one, or changes of the one in force."""

    policy: Tree | None = None
    changes: Tree | None = None
    # memories to look at; the answer's cursor leads on
    limit: Annotated[int, Field(ge=1, le=MAX_PREVIEWED, strict=True)] = MAX_PREVIEWED
    cursor: Annotated[str, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.policy is None) == (self.changes is None):
            raise ValueError("give either policy or changes")
        return self


class PolicyVersionsQuery(Strict):
    """Which page of the versions to show."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    # `next_cursor` of the page before
    cursor: Annotated[str, Field(max_length=64)] | None = None


class PolicyOut(BaseModel):
    """A version of the policy, with every setting written out."""

    version: int
    # null: the defaults, which are version 0
    in_force_since: datetime | None
    rolled_back_to: int | None
    policy: dict[str, Any]


class PolicyChanged(PolicyOut):
    """The policy in force after a change."""

    # false: it was in force already, so there is no new version
    changed: bool


class SettingChange(BaseModel):
    """A setting and what it was in the version before."""

    path: str
    before: Any
    after: Any


class PolicyVersion(BaseModel):
    """One version in the history."""

    version: int
    in_force_since: datetime
    rolled_back_to: int | None
    changes: list[SettingChange]


class PolicyVersions(BaseModel):
    """A page of versions, the newest first."""

    versions: list[PolicyVersion]
    next_cursor: str | None


class StateCounts(BaseModel):
    """How many memories would enter each state."""

    archive: int
    forget: int
    purge: int


class NextDays(BaseModel):
    """Within 30 days, under the policy in force and under the one that is tried."""

    before: StateCounts
    after: StateCounts


class PolicyPreview(BaseModel):
    """What a policy would do to the memories looked at."""

    scanned: int
    is_complete: bool
    next_cursor: str | None
    now: StateCounts
    next_30_days: NextDays
    # no difference, neither now nor within 30 days
    unchanged: int
    # of all memories: live ones beyond `expire.max_live_memories`, which `expire` would forget
    over_cap: int
