"""The shapes of requests and answers about budgets, usage and limits."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from nrem.wire.request import Lax


def _none_is_unset(value: object) -> object:
    return 0 if value is None else value


# more than anybody spends, and still exact as a number of JSON
_Bound = Annotated[int, Field(ge=0, le=2**53 - 1), BeforeValidator(_none_is_unset)]


class BudgetsIn(Lax):
    """All budgets of an org; 0, null or left out: the server's default."""

    daily_tokens: _Bound = 0
    daily_llm_calls: _Bound = 0
    daily_embeddings: _Bound = 0
    monthly_tokens: _Bound = 0
    monthly_llm_calls: _Bound = 0
    monthly_embeddings: _Bound = 0


class BudgetsOut(BaseModel):
    """Bounds per UTC day and month."""

    daily_tokens: int
    daily_llm_calls: int
    daily_embeddings: int
    monthly_tokens: int
    monthly_llm_calls: int
    monthly_embeddings: int


class BudgetsView(BaseModel):
    """What the org set (0: nothing), and what applies (0: no bound)."""

    org_id: str
    overrides: BudgetsOut
    effective: BudgetsOut


class SpentOut(BaseModel):
    """What was spent on models outside nrem."""

    tokens: int
    llm_calls: int
    embeddings: int


class StoredOut(BaseModel):
    """What the org keeps; `events` and their `tokens` of all that it ever sent."""

    events: int
    tokens: int
    memories: int
    agents: int
    users: int
    conversations: int


class UsageOut(BaseModel):
    """What the org uses."""

    org_id: str
    # in UTC
    today: date
    daily: SpentOut
    monthly: SpentOut
    stored: StoredOut


class LimitsOut(BaseModel):
    """The largest that a request may bring or ask for."""

    body_bytes: int
    event_bytes: int
    events_per_batch: int
    memories_per_batch: int
    content_characters: int
    json_depth: int
    recall_top_k: int
    page_size: int
    turns_per_page: int
    rate_limit_enabled: bool
    # requests of this key, as far as its org's other keys leave them; 0: no bound
    rate_limit_per_minute: int
    rate_limit_key_per_minute: int
    # of all keys of the org together
    rate_limit_org_per_minute: int
