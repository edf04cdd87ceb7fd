"""The shape of an explanation why a memory is promoted or not."""

from pydantic import BaseModel


class GateOut(BaseModel):
    """One condition: what was found, what is needed."""

    name: str
    value: float
    needed: float
    passed: bool


class ProspectOut(BaseModel):
    """How far the memory is from being made into one type of knowledge."""

    memory_type: str
    passed: bool
    gates: list[GateOut]
    # what would have to come
    missing: list[str]


class SignalsOut(BaseModel):
    """What was found near the memory."""

    # other episodes that are instances of the same
    alike: list[str]
    # how often it was said, this memory counted, and in how many sessions
    occurrences: int
    sessions: int
    # mean cosine to the episodes alike, 0 without any
    nearness: float
    # how often its behaviour turned out well and badly
    successes: int
    failures: int


class PromotionOut(BaseModel):
    """Why a memory is promoted or not, by the measures that the pass takes itself."""

    memory_id: str
    memory_type: str
    # the pass has yet to look at it
    waiting: bool
    signals: SignalsOut
    prospects: list[ProspectOut]
    # the episodes that a promoted memory was made from
    evidence: list[str]
    # promoted memories it is evidence for, or was until a run was undone
    supports: list[str]
    # live knowledge that says the same
    known_as: list[str]
    # why it is never promoted, whatever comes
    never: str | None
