"""What a caller's change makes of a memory: pure, on a memory that is settled already.

A change has an instant of its own. Whatever decides the future (type, importance, tier, pin, TTL,
state, last access) is then as it is since that instant. What may not be is refused with a remedy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from nrem.errors import ConflictError
from nrem.policy.model import MemoryFacts, MemoryType, Reason, Role, State, Tier
from nrem.policy.params import ScorePolicy
from nrem.policy.score import Score, score
from nrem.policy.state import higher


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A memory as it stands: what decides its future, and what it says."""

    facts: MemoryFacts
    content: str
    metadata: Mapping[str, Any]
    is_importance_given: bool
    occurred_at: datetime
    true_until: datetime | None = None
    # what the score of the content was made of, where that is known
    features: Mapping[str, Any] | None = None
    # of a new content: the largest share that one other memory of the subject holds, 0 to 1
    overlap: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a version of a memory said."""

    memory_type: MemoryType
    content: str
    metadata: Mapping[str, Any]
    importance: float
    is_pinned: bool
    occurred_at: datetime
    true_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ttl:
    """A time to live from the change on; None: for ever."""

    seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to be different; None: as it is."""

    content: str | None = None
    metadata: Mapping[str, Any] | None = None
    importance: float | None = None
    tier: Tier | None = None
    ttl: Ttl | None = None
    is_pinned: bool | None = None


def edited(standing: Standing, edit: Edit, at: datetime, *, weights: ScorePolicy) -> Standing:
    """The memory with an edit; an archived one stays archived.

    A new content is scored as a stored one is, unless an importance was ever given.

    Raises: ConflictError when it is forgotten, or when the tier would go down.
    """
    _require_kept(standing)
    facts = standing.facts
    is_given = standing.is_importance_given or edit.importance is not None
    scored = _scored(standing, edit, weights)
    importance = facts.importance if scored is None or is_given else scored.importance
    changed = replace(
        facts,
        importance=importance if edit.importance is None else edit.importance,
        tier=facts.tier if edit.tier is None else _raised(facts.tier, edit.tier),
        is_pinned=facts.is_pinned if edit.is_pinned is None else edit.is_pinned,
        expires_at=_expiry(edit.ttl, at) if edit.ttl else facts.expires_at,
    )
    return replace(
        standing,
        facts=_since(changed, facts, at),
        content=standing.content if edit.content is None else edit.content,
        metadata=standing.metadata if edit.metadata is None else edit.metadata,
        is_importance_given=is_given,
        features=scored.record(is_given=is_given) if scored else standing.features,
    )


def _scored(standing: Standing, edit: Edit, weights: ScorePolicy) -> Score | None:
    """The score of a new content; None when it stays as it is."""
    if edit.content is None or edit.content == standing.content:
        return None
    return score(
        edit.content,
        memory_type=standing.facts.memory_type,
        role=Role.USER,
        overlap=standing.overlap,
        weights=weights,
    )


def archived(standing: Standing, at: datetime) -> Standing:
    """The memory taken out of recall, also a pinned one; one that is archived stays as it is.

    Raises: ConflictError when it is forgotten.
    """
    _require_kept(standing)
    return _moved(standing, State.ARCHIVED, at)


def forgotten(standing: Standing, at: datetime) -> Standing:
    """The memory forgotten; one that is forgotten already stays as it is."""
    return _moved(standing, State.FORGOTTEN, at)


def restored(standing: Standing, ttl: Ttl | None, at: datetime) -> Standing:
    """The memory live again, as if just used, but for the count; with a new time to live if given.

    Raises: ConflictError when its time to live is over and none is given.
    """
    facts = standing.facts
    expires_at = _expiry(ttl, at) if ttl else facts.expires_at
    if expires_at is not None and expires_at <= at:
        raise ConflictError(
            "its time to live is over, so it would be forgotten again at once",
            field="ttl_seconds",
            remedy="send ttl_seconds with a new time to live, or null for none",
            code="expired",
        )
    changed = replace(facts, expires_at=expires_at)
    if facts.state is not State.LIVE:
        changed = replace(changed, state=State.LIVE, state_since=at, reason=None, last_access=at)
    return replace(standing, facts=_since(changed, facts, at))


def rolled_back(standing: Standing, version: Version, at: datetime) -> Standing:
    """The memory as a version of it was; tier, state and time to live stay.

    Raises: ConflictError when it is forgotten.
    """
    _require_kept(standing)
    facts = standing.facts
    changed = replace(
        facts,
        memory_type=version.memory_type,
        importance=version.importance,
        is_pinned=version.is_pinned,
    )
    return replace(
        standing,
        facts=_since(changed, facts, at),
        content=version.content,
        metadata=version.metadata,
        # what the score of an earlier text was made of is not kept
        features=standing.features if version.content == standing.content else None,
        occurred_at=version.occurred_at,
        true_until=version.true_until,
    )


def earliest(facts: MemoryFacts, now: datetime) -> datetime:
    """The instant of a change at `now`: never before what was written down while it waited."""
    known = (facts.state_since, facts.last_access, facts.facts_since or facts.state_since)
    return max(now, *known)


def _moved(standing: Standing, state: State, at: datetime) -> Standing:
    facts = standing.facts
    if facts.state is state:
        return standing
    changed = replace(facts, state=state, state_since=at, reason=Reason.REQUESTED)
    return replace(standing, facts=_since(changed, facts, at))


def _since(changed: MemoryFacts, before: MemoryFacts, at: datetime) -> MemoryFacts:
    return changed if changed == before else replace(changed, facts_since=at)


def _expiry(ttl: Ttl, at: datetime) -> datetime | None:
    if ttl.seconds is None:
        return None
    return at + timedelta(seconds=ttl.seconds)


def _raised(tier: Tier, wanted: Tier) -> Tier:
    if higher(tier, wanted) is not wanted:
        raise ConflictError(
            f"the tier is {tier} and never goes down",
            field="tier",
            remedy=f"leave tier out, or send {tier} or a higher one",
            code="tier_lower",
        )
    return wanted


def _require_kept(standing: Standing) -> None:
    if standing.facts.state is State.FORGOTTEN:
        raise ConflictError(
            "the memory is forgotten, so it can only be restored",
            remedy="restore it first",
            code="memory_forgotten",
        )
