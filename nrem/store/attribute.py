"""Which memories state a value of which attribute, by keyed digest."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.store.statement import statement

# Memories that state an attribute; what is beyond was superseded long ago.
_MOST_STATED: Final = 200


def keys_of(digest: Digest, org_id: int, names: Iterable[str]) -> list[bytes]:
    """The keyed digests by which attributes are found again."""
    return [digest.of("attribute", org_id, name) for name in sorted(set(names))]


def stating(conn: Connection, org_id: int, subject_id: int, keys: Sequence[bytes]) -> list[int]:
    """The memories of the subject that state one of the attributes."""
    if not keys:
        return []
    given = {
        "org_id": org_id,
        "subject_id": subject_id,
        "attribute_keys": list(keys),
        "limit": _MOST_STATED,
    }
    return list(conn.execute(statement("attribute_stating"), given).scalars())


def write(
    conn: Connection, org_id: int, subject_id: int, keys: Mapping[int, Sequence[bytes]]
) -> None:
    """Write down which attributes memories state, in place of what was known of them."""
    if not keys:
        return
    conn.execute(statement("attribute_forget"), {"org_id": org_id, "memory_ids": sorted(keys)})
    rows = [(key, memory_id) for memory_id, its in keys.items() for key in its]
    if rows:
        conn.execute(
            statement("attribute_add"),
            {
                "org_id": org_id,
                "subject_id": subject_id,
                "attribute_keys": [key for key, _ in rows],
                "memory_ids": [memory_id for _, memory_id in rows],
            },
        )
