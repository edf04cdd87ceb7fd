"""Every table there is, and what an erasure does about it."""

from collections.abc import Mapping
from typing import Final

# Rows of the target go, and are counted before and after; of an org, all of them.
ERASED: Final = frozenset(
    (
        *("users", "agents", "subjects", "threads", "sessions", "events", "effects"),
        *("memories", "memory_versions", "derivations", "accesses", "crossings", "edges"),
        *("run_changes", "promote_queue", "attributes", "previews", "holds"),
        *("embeddings", "lexemes", "past_embeddings", "past_lexemes", "vectors"),
        *("observations", "observation_parents", "observation_logs"),
        *("cards", "card_values", "card_schemas", "conversations", "conversation_turns"),
        *("datasets", "dataset_memories", "jobs"),
        *("zeno_sessions", "zeno_threads", "zeno_watermarks", "streams"),
    )
)

# What models were shown and said of the target goes; what it cost stays.
EMPTIED: Final = frozenset(("llm_calls",))

# Numbers of waiting work, which go with what waited: not counted, as passes come and go.
UNQUEUED: Final = frozenset(("leases", "inbox", "parked"))

_OF_ORG: Final = "a matter of the org, not of a person"
_DIGESTS: Final = "keyed digests, from which nothing can be read; those of an org go with it"
_OWN: Final = "numbers of the erasure itself, until it is certified"
# Each table that stays as it is, and why.
KEPT: Final[Mapping[str, str]] = {
    "audit": "keys, numbers, counts and codes; never names or words. It proves what was done",
    "seals": "hashes over the audit trail",
    "seal_queue": "numbers of lines of the audit trail",
    "seal_heads": "hashes over the audit trail",
    "runs": "numbers, counts and codes of what passes did",
    "run_totals": "counts of runs",
    "replays": _DIGESTS,
    "carried": _DIGESTS,
    "erasures": "a keyed digest, counts and instants: what the receipt says",
    "erasure_lines": "digests and instants of erasures, as the ledger outside has them",
    "rewrites": "names of tables and instants",
    "rewrite_marks": "numbers of rewritten files",
    "erasure_items": _OWN,
    "erasure_remakes": _OWN,
    "erasure_fences": _OWN,
    "orgs": _OF_ORG,
    "api_keys": _OF_ORG,
    "rates": _OF_ORG,
    "policies": _OF_ORG,
    "budgets": _OF_ORG,
    "schedules": _OF_ORG,
    "org_work": _OF_ORG,
    "redues": _OF_ORG,
    "llm_spend": _OF_ORG,
    "llm_gates": _OF_ORG,
    "llm_batches": "numbers of calls that were sent together; no words",
    "llm_batch_waits": "numbers of calls and of who waits for them",
    "ticks": "instants of schedules",
    "heartbeats": "processes",
}
