"""What the passes share that make memories out of others: writing them, and telling what was made.

A memory that does not exist yet has no number; a diff calls it `new 1`, `new 2` …
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Vector
from nrem.policy.relate import Link
from nrem.policy.run_change import RunChange, What
from nrem.store import edge, memory, search
from nrem.store.edge import NewEdge
from nrem.store.memory import NewMemory
from worker.changes import Change
from worker.contract import Work

FIRST_VERSION: Final = 1


def write(
    conn: Connection, job: Work, new: Sequence[NewMemory], vectors: Sequence[Vector], *, model: str
) -> list[int]:
    """Store memories with sources, postings and vectors; answers their numbers."""
    added = memory.add(conn, job.org_id, new, policy=job.policy, now=job.now)
    texts = [one.text(number) for number, one in zip(added.ids, new, strict=True)]
    search.add_vectors(conn, job.org_id, texts, vectors, model=model)
    return list(added.ids)


def created(ids: Sequence[int]) -> list[RunChange]:
    """What a run did that made these memories."""
    return [
        RunChange(
            memory_id=number,
            what=What.CREATED,
            version_before=None,
            version_after=FIRST_VERSION,
        )
        for number in ids
    ]


def draw(
    conn: Connection, job: Work, links: Sequence[Link], ids: Sequence[int], *, drawn_by: str
) -> None:
    """Draw the edges of new memories; `ids` are their numbers."""
    edges = [
        NewEdge(
            source_id=ids[one.source],
            target_id=ids[one.target] if one.target is not None else one.known_id or 0,
            kind=one.kind,
            weight=one.weight,
        )
        for one in links
    ]
    edge.draw(conn, job.org_id, edges, drawn_by=drawn_by, run_id=job.run_id)


def lines(new: Sequence[NewMemory], reason: str, *, first: int = 1) -> Iterator[Change]:
    """One line per new memory: its words, what it is, and the events that are its evidence."""
    for at, one in enumerate(new, start=first):
        yield Change(
            kind="memory",
            id=None,
            name=f"new {at}",
            before=None,
            after=one.content,
            reason=f"{reason}; {one.memory_type}, importance {one.importance:.3g}",
            evidence=tuple(f"event {event}" for event in one.source_event_ids),
        )


def edge_lines(links: Sequence[Link], *, first: int = 1) -> Iterator[Change]:
    """One line per edge of a new memory."""
    for one in links:
        target = f"new {one.target + first}" if one.target is not None else f"{one.known_id}"
        yield Change(
            kind="edge",
            id=None,
            name=f"new {one.source + first}",
            before=None,
            after=f"{one.kind} {target}",
            reason=f"weight {one.weight:g}",
        )
