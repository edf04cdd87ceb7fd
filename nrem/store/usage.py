"""How much an org keeps."""

from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Counts of what is stored now; `events` and `tokens` of all that was ever accepted."""

    events: int
    # of the events' texts, as nrem estimates them
    tokens: int
    agents: int
    users: int
    conversations: int
    memories: int


def read(conn: Connection, org_id: int) -> Usage:
    """What the org keeps."""
    row = conn.execute(statement("usage_read"), {"org_id": org_id}).one()
    return Usage(**{name: int(value) for name, value in row._mapping.items()})  # noqa: SLF001
