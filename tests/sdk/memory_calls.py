"""Every call about memories."""

from datetime import UTC, date, datetime
from typing import Final

from nrem import sdk
from tests.sdk import samples
from tests.sdk.call import call, plain

_AT: Final = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
_AT_TEXT: Final = "2026-03-01T09:30:00Z"
_EDGES: Final = "/v1/memories/mem_1/relationships"

MEMORY: Final = [
    call("get_memory", "GET /v1/memories/mem_1", samples.MEMORY, sdk.Memory, "mem_1"),
    call(
        "store",
        "POST /v1/memories",
        samples.MEMORY,
        sdk.Memory,
        body={
            "agent_id": "agent-1",
            "content": "likes tea",
            "memory_type": "semantic",
            "metadata": {"a": [1, {"b": None}]},
            "relationships": [
                {
                    "target_memory_id": "mem_2",
                    "relationship_type": "SUPPORTS",
                    "weight": 1.0,
                    "metadata": {},
                },
                {"target_memory_id": "mem_3", "relationship_type": "follows"},
            ],
            "occurred_at": _AT_TEXT,
        },
        agent_id="agent-1",
        content="likes tea",
        memory_type=sdk.MemoryType.SEMANTIC,
        metadata={"a": [1, {"b": None}]},
        relationships=[
            sdk.Relationship(target_memory_id="mem_2", relationship_type="SUPPORTS"),
            {"target_memory_id": "mem_3", "relationship_type": sdk.RelationshipType.FOLLOWS},
        ],
        occurred_at=_AT,
    ),
    plain(
        "store",
        "POST /v1/memories",
        samples.MEMORY,
        sdk.Memory,
        agent_id="agent-1",
        content="likes tea",
        memory_type="episodic",
        user_id="alice@example.org",
        session_id="ses_1",
        ttl_seconds=60,
        importance=0.85,
        tier="long",
    ),
    call(
        "store_batch",
        "POST /v1/memories/batch",
        samples.BATCH,
        sdk.BatchStoreResponse,
        body={
            "memories": [
                {"agent_id": "agent-1", "content": "one", "ttl_seconds": 9},
                {"agent_id": "agent-2", "content": "two", "occurred_at": _AT_TEXT},
            ]
        },
        agent_id="agent-1",
        memories=[
            {"content": "one", "ttl_seconds": 9, "user_id": None},
            {"agent_id": "agent-2", "content": "two", "occurred_at": _AT},
        ],
    ),
    call(
        "recall",
        "POST /v1/memories/recall",
        samples.RECALL,
        sdk.RecallResponse,
        body={"agent_id": "agent-1", "top_k": 10},
        agent_id="agent-1",
    ),
    call(
        "recall",
        "POST /v1/memories/recall",
        samples.RECALL,
        sdk.RecallResponse,
        body={
            "agent_id": "agent-1",
            "top_k": 10,
            "time_range": {"start": "2026-03-01", "end": _AT_TEXT},
            "as_of": "2026-03-15",
            "true_at": "2026-03-16",
            "strategy": "VECTOR",
        },
        agent_id="agent-1",
        time_range=(date(2026, 3, 1), _AT),
        as_of=date(2026, 3, 15),
        true_at="2026-03-16",
        strategy=sdk.Strategy.VECTOR,
    ),
    plain(
        "recall",
        "POST /v1/memories/recall",
        samples.RECALL,
        sdk.RecallResponse,
        agent_id="agent-1",
        query="tea?",
        memory_type="semantic",
        metadata_filter={"k": 1},
        user_id="u",
        session_id="s",
        conversation_id="cnv_1",
        top_k=5,
        similarity_threshold=0.2,
        graph_depth=2,
        rerank=True,
        include_turns=False,
        include_deleted=True,
        turn_id="t1",
    ),
    call(
        "forget",
        "POST /v1/memories/forget",
        samples.FORGOTTEN,
        sdk.ForgetResult,
        body={"agent_id": "agent-1", "memory_ids": ["mem_2"], "hard_delete": True},
        agent_id="agent-1",
        memory_ids=("mem_2",),
        hard=True,
    ),
    plain(
        "forget",
        "POST /v1/memories/forget",
        samples.FORGOTTEN,
        sdk.ForgetResult,
        agent_id="agent-1",
        memory_id="mem_1",
        hard_delete=True,
        cascade=True,
        reason="asked to",
    ),
    plain(
        "forget_all",
        "POST /v1/memories/forget_all",
        samples.FORGOTTEN,
        sdk.ForgetResult,
        agent_id="agent-1",
        user_id="u",
        hard=True,
        reason="r",
    ),
    *(
        call(
            name, "GET /v1/memories/mem_1/history", samples.HISTORY, sdk.MemoryHistoryResponse, id_
        )
        for name, id_ in (("history", "mem_1"), ("get_memory_history", "mem_1"))
    ),
    plain(
        "update_memory",
        "PATCH /v1/memories/mem_1",
        samples.MEMORY,
        sdk.Memory,
        "mem_1",
        content="new",
        metadata={},
        importance=0.0,
        tier="long",
        ttl_seconds=None,
        expected_version=3,
    ),
    plain("update_memory", "PATCH /v1/memories/mem_1", samples.MEMORY, sdk.Memory, "mem_1"),
    *(
        plain(
            name,
            f"POST /v1/memories/mem_1:{verb}",
            samples.MEMORY,
            sdk.Memory,
            "mem_1",
            expected_version=3,
        )
        for name, verb in (
            *(("pin", "pin"), ("unpin", "unpin"), ("archive", "archive")),
            *(("forget_memory", "forget"), ("restore", "restore")),
        )
    ),
    plain(
        "rollback",
        "POST /v1/memories/mem_1/rollback",
        samples.MEMORY,
        sdk.Memory,
        "mem_1",
        version=1,
    ),
    call(
        "list_memories",
        "GET /v1/memories?agent_id=agent-1&type=semantic&state=archived&limit=2&cursor=mem_9",
        samples.PAGE,
        sdk.MemoryPage,
        agent_id="agent-1",
        memory_type="semantic",
        state="archived",
        limit=2,
        cursor="mem_9",
    ),
    call(
        "diff",
        "GET /v1/memories/mem_1/diff?from=1&to=2",
        samples.DIFF,
        sdk.Diff,
        "mem_1",
        before=1,
        after=2,
    ),
    call(
        "explain",
        "GET /v1/memories/mem_1/explain",
        samples.EXPLANATION,
        sdk.Explanation,
        "mem_1",
    ),
    call(
        "promote_explain",
        "GET /v1/memories/mem_1/promote-explain",
        samples.PROMOTION,
        sdk.PromotionExplanation,
        "mem_1",
    ),
    call(
        "list_relationships",
        f"GET {_EDGES}?direction=out&type=supports&as_of=2026-03-01&limit=5",
        samples.EDGES,
        sdk.EdgePage,
        "mem_1",
        direction="out",
        relationship_type="supports",
        as_of=date(2026, 3, 1),
        limit=5,
    ),
    plain(
        "add_relationship",
        f"POST {_EDGES}",
        samples.EDGE,
        sdk.Edge,
        "mem_1",
        target_memory_id="mem_2",
        relationship_type="supports",
        weight=0.5,
    ),
    call("remove_relationship", f"DELETE {_EDGES}/rel_1", None, None, "mem_1", "rel_1"),
    call(
        "remove_relationship_to",
        f"DELETE {_EDGES}?target_memory_id=mem_2&relationship_type=supports",
        None,
        None,
        "mem_1",
        target_memory_id="mem_2",
        relationship_type="supports",
    ),
]
