"""The client of nrem, sync and async: everything that a program imports stands here.

    from nrem.sdk import Client

The documented names of Z3rno's client (Z3rnoClient, AsyncZ3rnoClient, Z3rnoError and its
children) are other names of the same classes.
"""

from nrem.sdk._async.admin import AsyncAdmin
from nrem.sdk._async.client import AsyncClient
from nrem.sdk._async.tools import AsyncTools
from nrem.sdk._sync.admin import Admin
from nrem.sdk._sync.client import Client
from nrem.sdk._sync.tools import Tools
from nrem.sdk.errors import (
    AuthenticationError,
    AuthorisationError,
    AuthorizationError,
    ConflictError,
    ConnectionError,  # noqa: A004 - its documented name
    NotFoundError,
    NremError,
    RateLimitError,
    ServerError,
    ValidationError,
    Z3rnoConnectionError,
    Z3rnoError,
)
from nrem.sdk.instant import Instant
from nrem.sdk.models.account import (
    Agent,
    Agents,
    AuditEntry,
    AuditPage,
    Report,
    TenantBudgets,
    TenantBudgetsView,
)
from nrem.sdk.models.card import (
    Card,
    CardField,
    CardHistory,
    CardSchema,
    PastValue,
    RenamedAgent,
)
from nrem.sdk.models.context import Context, Observation, ObservationPage
from nrem.sdk.models.event import EventsAccepted, EventStatus, Explanation, PromotionExplanation
from nrem.sdk.models.job import (
    DistillJob,
    DistillJobStatus,
    IngestJob,
    IngestJobStatus,
    RefineJob,
    RefineJobStatus,
)
from nrem.sdk.models.memory import (
    BatchStoreResponse,
    Diff,
    Difference,
    Edge,
    EdgePage,
    ForgetResult,
    Memory,
    MemoryHistoryResponse,
    MemoryPage,
    MemoryVersion,
    Relationship,
)
from nrem.sdk.models.policy import (
    Policy,
    PolicyChanged,
    PolicyPreview,
    PolicyVersion,
    PolicyVersions,
    Schedule,
    ScheduleChanged,
    Schedules,
)
from nrem.sdk.models.recall import RecallResponse, RecallResult, Via
from nrem.sdk.models.run import (
    ChangeLine,
    Hold,
    HoldPage,
    Preview,
    Reverted,
    Run,
    RunChange,
    RunPage,
    RunRequested,
    RunShown,
)
from nrem.sdk.models.session import (
    Conversation,
    Session,
    SessionEnd,
    Turn,
    TurnAddResponse,
    TurnListResponse,
)
from nrem.sdk.vocabulary import (
    KEEP,
    EventType,
    JobStatus,
    MemoryType,
    RelationshipType,
    Strategy,
    SummaryStyle,
    Tier,
    TurnRole,
)

AsyncZ3rnoClient = AsyncClient
RetrievalStrategy = Strategy
Z3rnoClient = Client

__all__ = [
    "KEEP",
    "Admin",
    "Agent",
    "Agents",
    "AsyncAdmin",
    "AsyncClient",
    "AsyncTools",
    "AsyncZ3rnoClient",
    "AuditEntry",
    "AuditPage",
    "AuthenticationError",
    "AuthorisationError",
    "AuthorizationError",
    "BatchStoreResponse",
    "Card",
    "CardField",
    "CardHistory",
    "CardSchema",
    "ChangeLine",
    "Client",
    "ConflictError",
    "ConnectionError",
    "Context",
    "Conversation",
    "Diff",
    "Difference",
    "DistillJob",
    "DistillJobStatus",
    "Edge",
    "EdgePage",
    "EventStatus",
    "EventType",
    "EventsAccepted",
    "Explanation",
    "ForgetResult",
    "Hold",
    "HoldPage",
    "IngestJob",
    "IngestJobStatus",
    "Instant",
    "JobStatus",
    "Memory",
    "MemoryHistoryResponse",
    "MemoryPage",
    "MemoryType",
    "MemoryVersion",
    "NotFoundError",
    "NremError",
    "Observation",
    "ObservationPage",
    "PastValue",
    "Policy",
    "PolicyChanged",
    "PolicyPreview",
    "PolicyVersion",
    "PolicyVersions",
    "Preview",
    "PromotionExplanation",
    "RateLimitError",
    "RecallResponse",
    "RecallResult",
    "RefineJob",
    "RefineJobStatus",
    "Relationship",
    "RelationshipType",
    "RenamedAgent",
    "Report",
    "RetrievalStrategy",
    "Reverted",
    "Run",
    "RunChange",
    "RunPage",
    "RunRequested",
    "RunShown",
    "Schedule",
    "ScheduleChanged",
    "Schedules",
    "ServerError",
    "Session",
    "SessionEnd",
    "Strategy",
    "SummaryStyle",
    "TenantBudgets",
    "TenantBudgetsView",
    "Tier",
    "Tools",
    "Turn",
    "TurnAddResponse",
    "TurnListResponse",
    "TurnRole",
    "ValidationError",
    "Via",
    "Z3rnoClient",
    "Z3rnoConnectionError",
    "Z3rnoError",
]
