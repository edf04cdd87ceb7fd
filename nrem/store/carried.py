"""What an import has carried over, as keyed digests: a repeat writes nothing twice.

A mark is made in the transaction that writes the thing, so one is there exactly when the other is.
It outlives an erasure: what was erased does not come back by a repeat.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from nrem.store.statement import statement


def mark(conn: Connection, org_id: int, keys: Sequence[bytes]) -> set[bytes]:
    """Mark things as carried; answers those that are to be written now.

    Another transaction that marks the same is waited for.
    """
    asked = {"org_id": org_id, "keys": list(keys)}
    return {bytes(key) for key in conn.execute(statement("carried_mark"), asked).scalars()}
