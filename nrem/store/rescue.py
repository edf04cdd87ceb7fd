"""What the pass `rescue` does: make due again what a crash left behind, over all orgs."""

from sqlalchemy import Connection

from nrem.store.statement import statement


def rearm(conn: Connection) -> int:
    """Make orgs due whose work nobody announced; answers how many (org, pass) pairs that were."""
    return len(conn.execute(statement("rescue_rearm")).all())
