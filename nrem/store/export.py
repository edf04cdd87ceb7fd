"""Everything that is kept about a person, page by page.

Each page is a statement of its own, so that nobody who reads slowly holds a transaction open. What
is written meanwhile may be part of it or not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store.statement import statement

PAGE: Final = 200

# The statements that go through rows by their numbers, in the order in which they are exported.
WALKS: Final = (
    "export_sessions",
    "export_events",
    "export_memories",
    "export_observations",
    "export_calls",
    "export_audit",
)

EXPORTED: Final = frozenset(
    (
        *("users", "agents", "subjects", "threads", "sessions"),
        *("events", "effects", "memories", "memory_versions", "derivations"),
        *("accesses", "crossings", "edges", "holds", "runs", "run_changes", "previews"),
        *("observation_logs", "observations", "observation_parents", "cards", "card_values"),
        *("conversations", "conversation_turns", "dataset_memories", "llm_calls", "audit"),
        *("zeno_sessions", "zeno_threads", "zeno_watermarks", "vectors"),
    )
)

_COMPUTED: Final = "computed from content that is part of the export"
_WORK: Final = "numbers and times of work that waits, no content"
_OF_ORG: Final = "a matter of the org, not of a person"
_DIGESTS: Final = "keyed digests, from which nothing can be read"
# Each table that is not part of an export, and why.
LEFT_OUT: Final[Mapping[str, str]] = {
    "embeddings": _COMPUTED,
    "lexemes": _COMPUTED,
    "past_embeddings": _COMPUTED,
    "past_lexemes": _COMPUTED,
    "attributes": _DIGESTS,
    "replays": _DIGESTS,
    "carried": _DIGESTS,
    "seals": "hashes over the audit trail",
    "promote_queue": _WORK,
    "policies": _OF_ORG,
    "budgets": _OF_ORG,
    "datasets": "names by which the org sorts documents; told with each memory that is in one",
    "card_schemas": "the fields of an agent's cards, the same for everybody",
    "jobs": "documents of an agent that name nobody; their text goes when the job is over",
    "orgs": _OF_ORG,
    "rates": _OF_ORG,
    "api_keys": _OF_ORG,
    "schedules": _OF_ORG,
    "run_totals": _OF_ORG,
    "llm_spend": _OF_ORG,
    "llm_gates": _OF_ORG,
    "ticks": _OF_ORG,
    "heartbeats": _OF_ORG,
    "streams": _WORK,
    "leases": _WORK,
    "inbox": _WORK,
    "org_work": _WORK,
    "parked": _WORK,
    "redues": _WORK,
    "llm_batches": _WORK,
    "llm_batch_waits": _WORK,
    "seal_queue": _WORK,
    "seal_heads": "hashes over the audit trail",
    "erasures": "digests, counts and instants of erasures",
    "erasure_lines": _OF_ORG,
    "erasure_items": _WORK,
    "erasure_remakes": _WORK,
    "erasure_fences": _WORK,
    "rewrites": "names of tables and times",
    "rewrite_marks": _WORK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose rows are exported."""

    user_id: int
    user: str
    # one for each agent that knows the person
    subject_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, by the names of its columns."""

    table: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Rows, and the number to go on after; None at the end."""

    rows: tuple[Row, ...]
    last: int | None


def find(conn: Connection, org_id: int, user_id: int) -> Person | None:
    """The person of this number, or None."""
    asked = {"org_id": org_id, "user_id": user_id}
    row = conn.execute(statement("export_subjects"), asked).one_or_none()
    if row is None:
        return None
    return Person(user_id=user_id, user=row.user, subject_ids=tuple(row.subject_ids))


def about(conn: Connection, org_id: int, person: Person) -> tuple[Row, ...]:
    """What is kept of the person as a whole."""
    return _page(conn.execute(statement("export_person"), _asked(org_id, person))).rows


def walk(conn: Connection, org_id: int, person: Person, name: str, *, after: int) -> Page:
    """The next rows of one of `WALKS`."""
    asked = {**_asked(org_id, person), "after": after, "limit": PAGE}
    return _page(conn.execute(statement(name), asked))


def runs(conn: Connection, org_id: int, run_ids: Sequence[int]) -> tuple[Row, ...]:
    """The runs of these numbers that are still kept."""
    asked = {"org_id": org_id, "run_ids": list(run_ids)}
    return _page(conn.execute(statement("export_runs"), asked)).rows


def _asked(org_id: int, person: Person) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "user_id": person.user_id,
        "subject_ids": list(person.subject_ids),
    }


def _page(found: Iterable[Any]) -> Page:
    rows, last = [], None
    for row in found:
        if row.table is None:
            last = row.row
        else:
            rows.append(Row(table=row.table, values=row.row))
    return Page(rows=tuple(rows), last=last)
