"""Every call about cards, the context of a person, and observations."""

from datetime import UTC, datetime
from typing import Final

from nrem import sdk
from tests.sdk import samples
from tests.sdk.call import call

_AT: Final = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
_CARD: Final = "/v1/cards/agent%2F1/ana%40example.org"
_WHOSE: Final = {"agent_id": "agent/1", "user_id": "ana@example.org"}
_SCHEMA: Final = {"type": "object", "properties": {"name": {"type": "string"}}}

CONTEXT: Final = [
    call(
        "set_card_schema",
        "PUT /v1/agents/agent-1/card-schema",
        samples.CARD_SCHEMA,
        sdk.CardSchema,
        body={"schema": _SCHEMA},
        agent_id="agent-1",
        schema=_SCHEMA,
    ),
    call(
        "get_card_schema",
        "GET /v1/agents/agent-1/card-schema",
        samples.CARD_SCHEMA,
        sdk.CardSchema,
        agent_id="agent-1",
    ),
    call("get_card", f"GET {_CARD}", samples.CARD, sdk.Card, **_WHOSE),
    call(
        "get_card",
        f"GET {_CARD}?as_of=2026-03-01T09%3A30%3A00Z",
        samples.CARD,
        sdk.Card,
        as_of=_AT,
        **_WHOSE,
    ),
    call(
        "update_card",
        f"PATCH {_CARD}",
        samples.CARD,
        sdk.Card,
        body={"fields": {"name": "Ana", "city": "", "zip": None}},
        fields={"name": "Ana", "city": "", "zip": None},
        **_WHOSE,
    ),
    call(
        "update_card",
        f"PATCH {_CARD}",
        samples.CARD,
        sdk.Card,
        body={"fields": {}, "expected_version": 0},
        fields={},
        expected_version=0,
        **_WHOSE,
    ),
    call("clear_card", f"DELETE {_CARD}", samples.CARD, sdk.Card, **_WHOSE),
    call(
        "card_history",
        f"GET {_CARD}/history",
        samples.CARD_HISTORY,
        sdk.CardHistory,
        **_WHOSE,
    ),
    call("get_context", "GET /v1/context?agent_id=a", samples.CONTEXT, sdk.Context, agent_id="a"),
    call(
        "get_context",
        "GET /v1/context?agent_id=a&user_id=u&query=tea+or+cake&budget_tokens=500&as_of=2026-03-01"
        "&markers=tokens&inject_memories=false&inject_turns=true&k=3&distance_threshold=0.5",
        samples.CONTEXT,
        sdk.Context,
        agent_id="a",
        user_id="u",
        query="tea or cake",
        budget_tokens=500,
        as_of=_AT.date(),
        markers="tokens",
        inject_memories=False,
        inject_turns=True,
        k=3,
        distance_threshold=0.5,
    ),
    call(
        "list_observations",
        "GET /v1/observations?agent_id=a&user_id=u&state=all&limit=5&cursor=7",
        samples.OBSERVATIONS,
        sdk.ObservationPage,
        agent_id="a",
        user_id="u",
        state="all",
        limit=5,
        cursor=7,
    ),
    call(
        "restore_observation",
        "POST /v1/observations/obs_1:restore",
        samples.OBSERVATION,
        sdk.Observation,
        "obs_1",
    ),
]
