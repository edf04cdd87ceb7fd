"""One answer of each kind, with the required fields alone, and a field that nobody knows."""

from typing import Any, Final

AT: Final = "2026-04-19T10:30:00Z"
NEW: Final = {"some_new_field": {"of": "a newer server"}}

MEMORY: Final[dict[str, Any]] = NEW | {
    "id": "mem_1",
    "agent_id": "agent-1",
    "content": "likes tea",
    "memory_type": "episodic",
    "importance_score": 0.5,
    "recall_count": 0,
    "created_at": AT,
}
BATCH: Final = NEW | {"results": [MEMORY], "stored_count": 1}
PAGE: Final = NEW | {"memories": [MEMORY], "next_cursor": None}
RESULT: Final = NEW | {
    "memory_id": "mem_1",
    "content": "likes tea",
    "memory_type": "episodic",
    "similarity_score": 0.9,
    "importance_score": 0.5,
    "relevance_score": 0.7,
    "recall_count": 0,
    "created_at": AT,
}
RECALL: Final = NEW | {"results": [RESULT], "total": 1}
FORGOTTEN: Final = NEW | {
    "deleted_count": 1,
    "hard_deleted": False,
    "cascade_count": 0,
    "memory_ids": ["mem_1"],
}
AUDIT: Final = NEW | {
    "entries": [{"id": 7, "operation": "store", "created_at": AT, "memory_id": "mem_1"}],
    "total": 1,
    "page": 1,
    "page_size": 50,
    "has_next": False,
}
VERSION: Final = {
    "id": "mem_1_v1",
    "version": 1,
    "content": "likes tea",
    "memory_type": "episodic",
    "importance_score": 0.5,
    "valid_from": AT,
}
HISTORY: Final = NEW | {"memory_id": "mem_1", "versions": [VERSION], "total": 1}
DIFF: Final = NEW | {
    "memory_id": "mem_1",
    "from": 1,
    "to": 2,
    "changes": [{"field": "content", "before": "tea", "after": "coffee"}],
}
EDGE: Final = NEW | {
    "id": "rel_1",
    "source_memory_id": "mem_1",
    "target_memory_id": "mem_2",
    "relationship_type": "supports",
    "weight": 1.0,
    "valid_from": AT,
}
EDGES: Final = NEW | {"relationships": [EDGE], "next_cursor": None}
SESSION: Final = NEW | {
    "session_id": "ses_1",
    "agent_id": "agent-1",
    "session_type": "conversation",
    "started_at": AT,
}
ENDED: Final = NEW | {"session_id": "ses_1", "transitioned_count": 2}
BUDGETS: Final = NEW | {"overrides": {"daily_tokens": 5}, "effective": {"daily_tokens": 5}}
CONVERSATION: Final = NEW | {
    "id": "cnv_1",
    "agent_id": "agent-1",
    "summary_cadence": 10,
    "turn_count": 0,
    "last_summary_turn": 0,
    "created_at": AT,
    "updated_at": AT,
}
TURN_ADDED: Final = NEW | {"turn_index": 1, "needs_summary": False}
TURN: Final = {
    "memory_id": "mem_1",
    "turn_index": 1,
    "turn_role": "user",
    "content": "likes tea",
    "created_at": AT,
}
TURNS: Final = NEW | {"turns": [TURN], "total": 1, "conversation_id": "cnv_1"}
INGEST: Final = NEW | {"job_id": "job_1", "kind": "text", "status": "queued", "enqueued_at": AT}
INGEST_STATUS: Final = NEW | {
    "job_id": "job_1",
    "agent_id": "agent-1",
    "kind": "text",
    "status": "completed",
}
DISTILL: Final = NEW | {
    "job_id": "job_2",
    "status": "queued",
    "memory_ids": ["mem_1"],
    "enqueued_at": AT,
}
DISTILL_STATUS: Final = NEW | {
    "job_id": "job_2",
    "agent_id": "agent-1",
    "status": "completed",
    "model": "offline",
    "memory_ids": ["mem_1"],
    "chunk_size": 512,
    "chunk_overlap": 64,
    "max_concurrency": 1,
    "chunks_total": 1,
    "chunks_failed": 0,
    "entities_extracted": 1,
    "relationships_extracted": 0,
    "memos_written": 1,
}
REFINE: Final = NEW | {"job_id": "job_3", "status": "queued", "enqueued_at": AT}
REFINE_STATUS: Final = NEW | {"job_id": "job_3", "status": "completed", "trigger": "api"}
EVENTS: Final = NEW | {"accepted": 1, "event_ids": ["evt_1"]}
EVENT: Final = NEW | {
    "event_id": "evt_1",
    "type": "memory",
    "status": "scored",
    "occurred_at": AT,
    "recorded_at": AT,
}
EXPLANATION: Final = NEW | {
    "memory_id": "mem_1",
    "importance": 0.5,
    "importance_given": True,
    "score": None,
    "curve": {
        "type": "episodic",
        "tier": "long",
        "kind": "exponential",
        "stability_days": 7.0,
        "floor": 0.0,
        "formula": "2^-x",
        "last_access": AT,
        "effective_importance_now": 0.5,
        "points": [{"days": 0.0, "effective_importance": 0.5}],
    },
    "past": [],
    "upcoming": [{"at": AT, "to": "archived", "reason": "idle"}],
}
PROMOTION: Final = NEW | {
    "memory_id": "mem_1",
    "memory_type": "episodic",
    "waiting": True,
    "signals": {
        "alike": [],
        "occurrences": 1,
        "sessions": 1,
        "nearness": 0.0,
        "successes": 0,
        "failures": 0,
    },
    "prospects": [],
    "evidence": [],
    "supports": [],
    "known_as": [],
}
AGENTS: Final = NEW | {"agents": [{"agent_id": "agent-1"}]}
REPORT: Final = NEW | {"status": "ok", "version": "0.1.0"}

POLICY: Final = NEW | {"version": 3, "policy": {"decay": {}}, "in_force_since": AT}
POLICY_CHANGED: Final = POLICY | {"changed": True}
POLICY_VERSIONS: Final = NEW | {
    "versions": [
        {
            "version": 3,
            "in_force_since": AT,
            "rolled_back_to": None,
            "changes": [{"path": "decay.x", "before": 1, "after": 2}],
        }
    ],
    "next_cursor": None,
}
COUNTS: Final = {"archive": 1, "forget": 0, "purge": 0}
POLICY_PREVIEW: Final = NEW | {
    "scanned": 1,
    "is_complete": True,
    "next_cursor": None,
    "now": COUNTS,
    "next_30_days": {"before": COUNTS, "after": COUNTS},
    "unchanged": 0,
    "over_cap": 0,
}
SCHEDULE: Final = NEW | {
    "pass": "decay",
    "cron": "0 * * * *",
    "timezone": "UTC",
    "paused": False,
    "is_default": True,
}
SCHEDULES: Final = NEW | {"schedules": [SCHEDULE], "policy_version": 0}
SCHEDULE_CHANGED: Final = NEW | {"schedule": SCHEDULE, "policy_version": 1}
RUN_REQUESTED: Final = NEW | {"pass": "decay", "cause": "request:1", "status": "due"}
RUN: Final = NEW | {
    "id": "run_1",
    "pass": "decay",
    "cause": "request:1",
    "read": 1,
    "proposed": 1,
    "changed": 1,
    "outcome": "applied",
    "started_at": AT,
    "finished_at": AT,
}
RUNS: Final = NEW | {"runs": [RUN], "next_cursor": None}
RUN_SHOWN: Final = RUN | {
    "changes": [{"memory_id": "mem_1", "what": "created", "version_after": 1}]
}
REVERTED: Final = NEW | {
    "run_id": "run_1",
    "reverted_by": "run_2",
    "reverted": {"created": 1},
    "kept": [{"memory_id": "mem_1", "reason": "edited"}],
    "dependents": [],
    "already": False,
}
PREVIEW: Final = NEW | {
    "preview_id": "prv_1",
    "pass": "promote",
    "state": "ready",
    "read": 1,
    "proposed": 1,
    "changes": [{"kind": "memory", "id": None, "name": "new 1", "after": "likes tea"}],
    "expires_at": AT,
}
HOLD: Final = NEW | {"id": "hld_1", "kind": "org", "reference": "case 7", "placed_at": AT}
HOLDS: Final = NEW | {"holds": [HOLD], "next_cursor": None}
RENAMED: Final = NEW | {"old": "agent-1", "new": "agent-2"}

CARD_SCHEMA: Final = NEW | {
    "agent_id": "agent-1",
    "version": 1,
    "set_at": AT,
    "schema": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 9}}},
}
CARD: Final = NEW | {
    "agent_id": "agent-1",
    "user_id": "u",
    "version": 1,
    "fields": {"name": {"value": "Ana"}, "city": {"value": None}},
}
CARD_HISTORY: Final = NEW | {
    "values": [{"field": "name", "value": "Ana", "version": 1, "valid_from": AT}]
}
CONTEXT: Final = NEW | {
    "text": "## Working memory\n- name: (unknown)\n\n",
    "card": "## Working memory\n- name: (unknown)\n\n",
    "observations": "",
    "injected": "",
    "tokens": 9,
}
OBSERVATION: Final = NEW | {
    "id": "obs_1",
    "ordinal": 1,
    "text": "Ana likes tea.",
    "priority": "low",
    "observation_date": AT,
    "created_at": AT,
}
OBSERVATIONS: Final = NEW | {"observations": [OBSERVATION], "next_cursor": None}

TOOL_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "How to call them", "maxLength": 9},
        "city": {"type": "string", "maxLength": 9},
    },
    "additionalProperties": False,
}
