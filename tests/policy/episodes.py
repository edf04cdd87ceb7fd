"""Episodes for tests of promotion: real vectors without a model, a day and a session each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from nrem.llm.embed_hash import HashEmbedder
from nrem.policy.consolidate_model import Trust, Vector
from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote import decide, drafts
from nrem.policy.promote_model import Draft, Episode, Knowledge, Promotions

SAID = datetime(2025, 5, 8, 9, 0, tzinfo=UTC)
POLICY = PromotePolicy(
    similarity=0.5, min_episodes=3, min_sessions=2, min_successes=3, min_success_rate=0.75
)
TEA = (
    "User prefers tea in the morning",
    "The user had tea again this morning instead of coffee",
    "In the mornings the user drinks tea",
)
DEPLOY = (
    "When the deploy failed, the agent rolled back and it worked.",
    "When the deploy failed, the agent rolled back, which fixed it.",
    "When the deploy failed again, the agent rolled back and the site recovered.",
)
ROLL_BACK = "When the deploy failed, the agent rolled back."


@cache
def vector(content: str) -> Vector:
    return HashEmbedder().embed([content])[0]


def episode(
    content: str,
    number: int = 1,
    *,
    sessions: Sequence[str] = (),
    supports: tuple[int, ...] = (),
    importance: float = 0.4,
    trust: Trust = Trust.USER,
    metadata: Mapping[str, Any] | None = None,
) -> Episode:
    """An episode said in a session of its own, unless `sessions` names others."""
    return Episode(
        memory_id=number,
        version=1,
        content=content,
        vector=vector(content),
        sessions=tuple(sessions) or (f"s{number}",),
        source_event_ids=(100 + number,),
        occurred_at=SAID + timedelta(days=number),
        importance=importance,
        trust=trust,
        metadata=metadata or {},
        supports=supports,
    )


def episodes(*contents: str, first: int = 1) -> list[Episode]:
    return [episode(content, at) for at, content in enumerate(contents, start=first)]


def knowledge(
    content: str,
    number: int = 900,
    *,
    memory_type: MemoryType = MemoryType.SEMANTIC,
    is_pinned: bool = False,
    is_promoted: bool = True,
    supporters: tuple[int, ...] = (),
) -> Knowledge:
    return Knowledge(
        memory_id=number,
        version=2,
        memory_type=memory_type,
        content=content,
        vector=vector(content),
        is_pinned=is_pinned,
        is_promoted=is_promoted,
        supporters=supporters,
    )


FACT = "User prefers tea in the morning"
AGAIN = "The user drinks tea in the morning"


def drafted(said: Sequence[Episode]) -> list[tuple[Draft, Vector]]:
    return [(one, vector(one.content)) for one in drafts(said, [], POLICY)]


def decided(
    said: Sequence[Episode],
    known: Sequence[Knowledge] = (),
    around: Sequence[Episode] = (),
    proposed: Sequence[tuple[Draft, Vector]] | None = None,
) -> Promotions:
    return decide(drafted(said) if proposed is None else proposed, known, said, around, POLICY)


def gained(found: Promotions) -> dict[int, list[int]]:
    return {one.memory_id: [it.memory_id for it in one.episodes] for one in found.support}
