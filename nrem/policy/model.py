"""The words of the policy modules: what a memory is, where it stands, and what can be wrong.

Values only. Instants are aware; naive ones are refused where a record is built.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from nrem.errors import InvalidError


class MemoryType(StrEnum):
    """What kind of thing is remembered."""

    WORKING = "working"
    EPISODIC = "episodic"
    SEMANTIC = "semantic"
    PROCEDURAL = "procedural"


class Tier(StrEnum):
    """How long a memory may lie idle; tiers only go up, in the order given here."""

    SHORT = "short"
    LONG = "long"
    PERMANENT = "permanent"


class State(StrEnum):
    """Who may see a memory; `nrem.policy.state` says which state follows which."""

    LIVE = "live"
    ARCHIVED = "archived"
    FORGOTTEN = "forgotten"
    PURGED = "purged"


class Reason(StrEnum):
    """Why a memory changed its state or its tier."""

    # by the passing of time alone
    IDLE = "idle"
    FADED = "faded"
    EXPIRED = "expired"
    RETENTION_ENDED = "retention_ended"
    # by use
    USED = "used"
    # by a pass
    CONSOLIDATED = "consolidated"
    OVER_CAP = "over_cap"
    MERGED = "merged"
    # by undoing a run
    REVERTED = "reverted"
    # by a caller
    REQUESTED = "requested"
    RESTORED = "restored"


class Role(StrEnum):
    """Who wrote a turn."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryFacts:
    """All that decides the future of a memory, as of its last write."""

    memory_type: MemoryType
    tier: Tier
    importance: float
    # Starts at the instant of recording, not at the instant remembered: see docs/policies.md.
    last_access: datetime
    # A memory enters its first state when it is recorded.
    state_since: datetime
    # Since when importance, tier, pin and expiry are as they are; None: since its state began.
    facts_since: datetime | None = None
    state: State = State.LIVE
    reason: str | None = None
    access_count: int = 0
    is_pinned: bool = False
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse naive instants and numbers out of range, all in one ValueError."""
        instants = (self.last_access, self.state_since, self.facts_since, self.expires_at)
        # A sweep makes thousands of these: the check that nearly always holds comes first.
        if (
            all(one is None or one.tzinfo is not None for one in instants)
            and 0.0 <= self.importance <= 1.0
            and self.access_count >= 0
        ):
            return
        names = ("last_access", "state_since", "facts_since", "expires_at")
        faults = [
            f"{name} must be an aware datetime"
            for name, one in zip(names, instants, strict=True)
            if one is not None and one.tzinfo is None
        ]
        if not 0.0 <= self.importance <= 1.0:
            faults.append(f"importance must be 0 to 1, not {self.importance}")
        if self.access_count < 0:
            faults.append(f"access_count must be 0 or more, not {self.access_count}")
        raise ValueError("; ".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a policy: where, what was found, and what would be right."""

    path: str
    found: str
    allowed: str

    def __str__(self) -> str:
        """Path, finding and remedy in one line."""
        return f"{self.path}: {self.found}; must be {self.allowed}"


class PolicyError(InvalidError):
    """The policy is not valid; `faults` lists everything that is wrong with it."""

    code = "invalid_policy"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "\n".join(str(fault) for fault in faults),
            field=faults[0].path,
            remedy="correct every field listed; leave a field out to get its default",
        )
        self.faults = tuple(faults)


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC, where a day has 24 hours; in a local zone it may have 23 or 25.

    Raises: ValueError when it is naive.
    """
    if instant.tzinfo is UTC:
        return instant
    if instant.utcoffset() is None:
        raise ValueError("instants must be aware datetimes")
    return instant.astimezone(UTC)
