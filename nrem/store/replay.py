"""What was done under idempotency keys in the last 24 hours: digests and the row that was made."""

from typing import Any

from sqlalchemy import Connection

from nrem.store.statement import statement


def find(conn: Connection, org_id: int, key: bytes) -> Any | None:  # noqa: ANN401 - a row
    """The mark of a key, if it is one of the last 24 hours."""
    return conn.execute(statement("replay_find"), {"org_id": org_id, "key": key}).one_or_none()


def add(conn: Connection, org_id: int, key: bytes, body: bytes) -> bool:
    """Mark what this transaction wrote; False when it wrote nothing, or the key is marked already.

    Another transaction that marks the same key is waited for.
    """
    asked = {"org_id": org_id, "key": key, "body": body}
    return conn.execute(statement("replay_add"), asked).first() is not None


def name(conn: Connection, org_id: int, key: bytes, made: int) -> None:
    """Note the row that was made under a key."""
    conn.execute(statement("replay_name"), {"org_id": org_id, "key": key, "made": made})


def prune(conn: Connection, org_id: int) -> None:
    """Delete some marks that are older than 24 hours."""
    conn.execute(statement("replay_prune"), {"org_id": org_id})
