"""`nrem audit`: whether the audit trails are whole; read from the database as the worker role."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from nrem.config import Settings
from nrem.digest import Digest
from nrem.embedded import stack
from nrem.errors import ConfigError
from nrem.heads import FILE, Head, Heads
from nrem.store import engine, org, seal
from nrem.store.seal import Verdict

# A trail is looked over as of one instant, while lines are added and sealed.
_SNAPSHOT: Final = "REPEATABLE READ"


def verify(settings: Settings, *, only_org: int | None, heads: Path | None) -> dict[str, Any]:
    """The keys of `nrem audit verify --json`.

    `heads` is a file with the ends of the chains; None: the one of the data directory.

    Raises: ConfigError when it is missing, is none or can be read by others.
    """
    if heads is not None and not heads.exists():
        raise ConfigError(f"{heads} is missing")
    # Before the database is looked at: chains only grow.
    known = Heads(heads or settings.data_dir / FILE).read()
    digest = Digest(settings.load_pepper())
    database = engine.sync_engine(stack.urls(settings).worker, engine.WORKER, pool_size=1)
    try:
        snapshots = database.execution_options(isolation_level=_SNAPSHOT)
        orgs = _orgs(snapshots)
        wanted = [number for number in orgs if only_org in {None, number}]
        found = [_verify(snapshots, number, digest, known) for number in wanted]
    finally:
        database.dispose()
    return {**_answer(found), "orgs_gone": seal.lost(known.values(), orgs)}


def _orgs(database: Engine) -> list[int]:
    with engine.begin(database) as conn:
        return org.find_all(conn)


def _verify(database: Engine, org_id: int, digest: Digest, known: Mapping[int, Head]) -> Verdict:
    with engine.begin(database, org_id=org_id) as conn:
        return seal.verify(conn, org_id, digest=digest, known=known.get(org_id))


def _answer(found: list[Verdict]) -> dict[str, Any]:
    faults = [
        {
            "org_id": one.org_id,
            "code": one.fault.code.value,
            "place": one.fault.place,
            "first_bad": one.fault.audit_id,
        }
        for one in found
        if one.fault is not None
    ]
    return {
        "valid": not faults,
        # the id that GET /v1/audit shows
        "first_bad": faults[0]["first_bad"] if faults else None,
        "rows": sum(one.rows for one in found),
        "waiting": sum(one.waiting for one in found),
        "faults": faults,
    }


def describe(found: Mapping[str, Any]) -> str:
    """The verdict as lines for a person."""
    lines = [
        f"org {one['org_id']}: {one['code']} at place {one['place']}, entry {one['first_bad']}"
        for one in found["faults"]
    ]
    lines += [f"org {number} is gone, with its trail" for number in found["orgs_gone"]]
    whole = "whole" if found["valid"] else "not whole"
    lines.append(f"{whole}: {found['rows']} entries, {found['waiting']} of them not sealed yet")
    return "\n".join(lines)
