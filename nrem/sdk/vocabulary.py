"""The words of the wire: which values a field takes. Wherever one is asked, its text does, too."""

from enum import Enum, StrEnum
from typing import Final


class MemoryType(StrEnum):
    """What kind of thing is remembered."""

    WORKING = "working"
    EPISODIC = "episodic"
    SEMANTIC = "semantic"
    PROCEDURAL = "procedural"


class Tier(StrEnum):
    """How long an unused memory is kept."""

    SHORT = "short"
    LONG = "long"
    PERMANENT = "permanent"


class RelationshipType(StrEnum):
    """What one memory says about another; RELATES_TO and RELATED_TO are the same."""

    RELATES_TO = "relates_to"
    RELATED_TO = "related_to"
    CAUSED_BY = "caused_by"
    FOLLOWS = "follows"
    CONTRADICTS = "contradicts"
    SUPPORTS = "supports"
    DERIVED_FROM = "derived_from"
    SUPERSEDES = "supersedes"


class Strategy(StrEnum):
    """By which means to recall; what nrem lacks falls back to the nearest and says so."""

    AUTO = "AUTO"
    VECTOR = "VECTOR"
    LEXICAL = "LEXICAL"
    GRAPH = "GRAPH"
    TRIPLET = "TRIPLET"
    TRACE = "TRACE"
    TEMPORAL = "TEMPORAL"
    ASK = "ASK"
    CYPHER = "CYPHER"


class TurnRole(StrEnum):
    """Who speaks in a turn; a summary stands for the turns before it."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"
    SUMMARY = "summary"


class SummaryStyle(StrEnum):
    """How a distilled summary is written."""

    CONCISE = "concise"
    BULLET = "bullet"
    ABSTRACTIVE = "abstractive"


class EventType(StrEnum):
    """The four operations that every audit trail knows; nrem's own are plain text."""

    STORE = "store"
    RECALL = "recall"
    UPDATE = "update"
    FORGET = "forget"


class JobStatus(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Keep(Enum):
    """Says "leave it as it is" where None means something else."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
