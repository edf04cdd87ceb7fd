"""What the database answers to a runtime role that tries something; nothing is committed."""

from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from nrem.store.schema import CONTROL_TABLES, TENANT_TABLES
from tests.world import World

ROLES = ("nrem_api", "nrem_worker")
TENANT = [table.name for table in TENANT_TABLES]
# Workers look over all orgs here, to choose one; the api does not.
BY_ORG = [table.name for table in CONTROL_TABLES if "org_id" in table.columns]
VISIBLE = {"nrem_api": TENANT + BY_ORG, "nrem_worker": TENANT}
DENIED = "42501"
GARBAGE = "22P02"


def pool_of(world: World, role: str) -> Engine:
    return {"nrem_api": world.api, "nrem_worker": world.worker}[role]


def attempt(
    world: World,
    role: str,
    setting: str | None,
    order: str,
    /,
    **parameters: object,
) -> Any:  # noqa: ANN401
    """What a statement of a role answers: its rows or their number, or the code of the refusal."""
    with pool_of(world, role).connect() as conn:
        if setting is not None:
            _set(conn, setting)
        try:
            answer = conn.exec_driver_sql(order, parameters)
        except DBAPIError as error:
            return getattr(error.orig, "sqlstate", None)
        return [tuple(row) for row in answer] if answer.returns_rows else answer.rowcount


def _set(conn: Connection, org: str) -> None:
    conn.exec_driver_sql("SELECT set_config('app.org_id', %(org)s, true)", {"org": org})
