"""The search index: postings and vectors of memories and turns.

Vectors travel as text (`[0.1,…]`), which Postgres casts; the index keeps half precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.policy.text import lexemes
from nrem.store.statement import statement

# Stands for the item itself in the postings; its tf and length are the item's length.
_WHOLE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A memory or turn to index, as the words that stand for it."""

    kind: str
    item_id: int
    agent_id: int
    subject_id: int
    content: str
    content_hash: bytes


def turn_text(content: str, speaker: str | None) -> str:
    """A turn as recall reads it: with the speaker's name, where there is one."""
    return f"{speaker}: {content}" if speaker else content


def add_texts(conn: Connection, org_id: int, texts: Sequence[Text]) -> None:
    """Index the words of items; an item that is indexed already is replaced."""
    rows = [row for text in texts for row in _postings(text)]
    if not rows:
        return
    agents, words, kinds, ids, tfs, lengths = zip(*rows, strict=True)
    conn.execute(
        statement("search_add_lexemes"),
        {
            "org_id": org_id,
            "agent_ids": list(agents),
            "lexemes": list(words),
            "item_kinds": list(kinds),
            "item_ids": list(ids),
            "tfs": list(tfs),
            "lengths": list(lengths),
        },
    )


def _postings(text: Text) -> list[tuple[int, str, str, int, int, int]]:
    counts = lexemes(text.content)
    length = sum(counts.values())
    everything = {_WHOLE: length, **counts}
    return [
        (text.agent_id, lexeme, text.kind, text.item_id, tf, length)
        for lexeme, tf in everything.items()
    ]


def add_vectors(
    conn: Connection,
    org_id: int,
    texts: Sequence[Text],
    vectors: Sequence[Sequence[float] | str],
    *,
    model: str,
) -> None:
    """Store one vector per item, replacing an older one."""
    if not texts:
        return
    conn.execute(
        statement("search_add_vectors"),
        {
            "org_id": org_id,
            "model": model,
            "item_kinds": [t.kind for t in texts],
            "item_ids": [t.item_id for t in texts],
            "agent_ids": [t.agent_id for t in texts],
            "subject_ids": [t.subject_id for t in texts],
            "content_hashes": [t.content_hash for t in texts],
            "vectors": [v if isinstance(v, str) else vector_text(v) for v in vectors],
        },
    )


def vector_text(vector: Sequence[float]) -> str:
    """A vector as Postgres reads it."""
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
