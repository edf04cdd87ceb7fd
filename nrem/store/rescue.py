"""What the pass `rescue` does: make due again what a crash left behind, over all orgs."""

from sqlalchemy import Connection

from nrem.store.statement import statement


def rearm(conn: Connection) -> list[tuple[int, str]]:
    """Make orgs due whose work nobody announced; answers the (org, pass) pairs that were."""
    rows = conn.execute(statement("rescue_rearm"))
    return [(row.org_id, row.pass_name) for row in rows]
