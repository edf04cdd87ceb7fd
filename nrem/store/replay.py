"""What was done under idempotency keys in the last 24 hours, as digests."""

from sqlalchemy import Connection

from nrem.store.statement import statement


def find(conn: Connection, org_id: int, key: bytes) -> bytes | None:
    """The body that came with a key, if that was in the last 24 hours."""
    asked = {"org_id": org_id, "key": key}
    found = conn.execute(statement("replay_find"), asked).scalar_one_or_none()
    return None if found is None else bytes(found)


def add(conn: Connection, org_id: int, key: bytes, body: bytes) -> bool:
    """Mark what this transaction wrote; False when it wrote nothing, or the key is marked already.

    Another transaction that marks the same key is waited for.
    """
    asked = {"org_id": org_id, "key": key, "body": body}
    return conn.execute(statement("replay_add"), asked).first() is not None


def prune(conn: Connection, org_id: int) -> None:
    """Delete some marks that are older than 24 hours."""
    conn.execute(statement("replay_prune"), {"org_id": org_id})
