"""An org's audit trail, budgets, usage, limits; and how the server is."""

from collections.abc import Sequence
from typing import Any

from pydantic import AliasChoices, ConfigDict, Field

from nrem.sdk.instant import Timestamp
from nrem.sdk.models.shape import Items, Model


class AuditEntry(Model):
    """One operation, without content."""

    id: int
    operation: str = Field(validation_alias=AliasChoices("operation", "event_type"))
    created_at: Timestamp = Field(validation_alias=AliasChoices("created_at", "timestamp"))
    agent_id: str | None = None
    user_id: str | None = None
    memory_id: str | None = None
    memory_type: str | None = None
    ip_address: str | None = None
    details: dict[str, Any] = Field(default_factory=dict)

    @property
    def event_type(self) -> str:
        """The operation, by its documented name."""
        return self.operation

    @property
    def timestamp(self) -> Timestamp:
        """When it happened, by its documented name."""
        return self.created_at


class AuditPage(Items[AuditEntry]):
    """A page of the audit trail, newest first."""

    entries: list[AuditEntry]
    total: int
    page: int
    page_size: int
    has_next: bool

    @property
    def total_count(self) -> int:
        """How many entries there are on all pages."""
        return self.total

    def _items(self) -> Sequence[AuditEntry]:
        return self.entries


class TenantBudgets(Model):
    """Upper bounds; 0 leaves one to the server."""

    daily_tokens: int = 0
    daily_llm_calls: int = 0
    daily_embeddings: int = 0
    monthly_tokens: int = 0
    monthly_llm_calls: int = 0
    monthly_embeddings: int = 0


class TenantBudgetsView(Model):
    """What the org has set, and what applies."""

    overrides: TenantBudgets
    effective: TenantBudgets


class Report(Model):
    """Figures of the server, each an attribute by the name that it has on the wire."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Agent(Model):
    """One agent."""

    agent_id: str


class Agents(Items[Agent]):
    """All agents of the org."""

    agents: list[Agent]

    def _items(self) -> Sequence[Agent]:
        return self.agents
