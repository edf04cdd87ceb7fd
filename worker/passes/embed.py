"""embed: a memory or turn gets its vector.

Reads: queued items, and vectors the org has for equal content. Writes: embeddings. Safe to repeat
because a second vector of the same item replaces the first with the same value.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.store import embed, inbox, search
from nrem.store.search import Text
from worker.changes import Changes
from worker.contract import Pass, Shape, Work

NAME: Final = "embed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Texts to embed, and the vectors known for some of them."""

    texts: tuple[Text, ...]
    cached: dict[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A vector, as text, for each text."""

    texts: tuple[Text, ...]
    vectors: tuple[str, ...]
    computed: int


def claim(conn: Connection, job: Work, _limit: int) -> Waiting:
    """The words of the claimed items; an item that is gone is left out."""
    ids = {kind: [i.item_id for i in job.items if i.kind == kind] for kind in ("memory", "turn")}
    texts = embed.read_memories(conn, job.org_id, ids["memory"])
    texts += embed.read_turns(conn, job.org_id, ids["turn"], digest=job.tools.digest)
    hashes = [text.content_hash for text in texts]
    cached = embed.find_cached(conn, job.org_id, hashes, model=job.tools.embedder.model_id)
    return Waiting(texts=tuple(texts), cached=cached)


def propose(job: Work, waiting: Waiting) -> dict[bytes, str]:
    """Vectors of the texts that are new to the org; equal ones are computed once."""
    fresh = {
        t.content_hash: t.content for t in waiting.texts if t.content_hash not in waiting.cached
    }
    vectors = job.tools.embedder.embed(list(fresh.values()))
    return {key: search.vector_text(vector) for key, vector in zip(fresh, vectors, strict=True)}


def decide(waiting: Waiting, computed: dict[bytes, str], _job: Work) -> Embedded:
    """Every text with its vector."""
    known = waiting.cached | computed
    return Embedded(
        texts=waiting.texts,
        vectors=tuple(known[text.content_hash] for text in waiting.texts),
        computed=len(computed),
    )


def apply(conn: Connection, job: Work, embedded: Embedded) -> Changes:
    """Store the vectors."""
    model = job.tools.embedder.model_id
    search.add_vectors(conn, job.org_id, embedded.texts, embedded.vectors, model=model)
    return Changes(
        read=len(job.items),
        proposed=embedded.computed,
        changed=len(embedded.texts),
        engine=model,
    )


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When the next queued item is due."""
    return inbox.next_due(conn, job.org_id, NAME)


EMBED: Final = Pass(
    name=NAME,
    is_audited=False,
    shape=Shape.BATCH,
    # about one second of one core: an interrupted batch loses no more than that
    batch=64,
    claim=claim,
    propose=propose,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
