"""Datasets: names that callers give to what belongs together."""

from collections.abc import Sequence

from sqlalchemy import Connection

from nrem.store.statement import statement


def find(conn: Connection, org_id: int, name: str) -> int | None:
    """The dataset's row number, or None when nothing was ever put into it."""
    return conn.execute(
        statement("dataset_find"), {"org_id": org_id, "name": name}
    ).scalar_one_or_none()


def ensure(conn: Connection, org_id: int, name: str) -> int:
    """The dataset's row number, entering it if it is new."""
    found = find(conn, org_id, name)
    if found is None:
        conn.execute(statement("dataset_add"), {"org_id": org_id, "name": name})
        found = find(conn, org_id, name)
    if found is None:
        raise LookupError("a dataset was entered and is not there")
    return found


def fill(conn: Connection, org_id: int, dataset_id: int, memory_ids: Sequence[int]) -> None:
    """Say that memories belong to a dataset."""
    if memory_ids:
        given = {"org_id": org_id, "dataset_id": dataset_id, "memory_ids": list(memory_ids)}
        conn.execute(statement("dataset_fill"), given)
