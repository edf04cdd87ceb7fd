"""The development org and its keys: made once per data directory, kept in `keys.json` (0600).

And `nrem keys`, which works on the database itself: whoever has its login needs no key.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from nrem import ids
from nrem.config import Settings
from nrem.digest import Digest
from nrem.embedded import postgres, stack
from nrem.errors import ConfigError
from nrem.store import audit, engine, key, org
from nrem.store.audit import Entry, Operation
from nrem.store.key import Kept, Made
from nrem.wire.key import KeyOut

_FILE: Final = "keys.json"
_ENVIRONMENT: Final = "live"
ORG: Final = "development"
KINDS: Final = {"api": key.API_SCOPES, "admin": key.ADMIN_SCOPES, "purge": key.PURGE_SCOPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """One key per kind of caller; `purge` confirms what `admin` requests."""

    api: str
    admin: str
    purge: str


def read(data_dir: Path) -> Keys:
    """The keys of a data directory.

    Raises: ConfigError when there are none yet.
    """
    path = data_dir / _FILE
    try:
        return Keys(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ConfigError(
            f"{path} is missing: start the system once with ./run, which makes its keys"
        ) from None


def ensure(settings: Settings) -> tuple[Keys, bool]:
    """The keys of the data directory and whether they were made just now.

    The database must be up and migrated.
    """
    path = settings.data_dir / _FILE
    if path.exists():
        return read(settings.data_dir), False
    with administrator(settings) as (conn, digest):
        org_id = org.ensure(conn, ORG)
        org.make_operator(conn, org_id)
        engine.enter(conn, org_id=org_id)
        made = Keys(
            **{
                kind: _make(conn, org_id, scopes, digest=digest, environment="dev").key
                for kind, scopes in KINDS.items()
            }
        )
        # Inside the transaction: a key that nobody can read must not exist.
        _write(path, made)
    return made, True


def create(
    settings: Settings,
    name: str,
    scopes: Sequence[str],
    *,
    lives_seconds: float | None = None,
    rate_per_minute: int | None = None,
) -> dict[str, Any]:
    """A new key for the org `name` (made if missing); the only time it can be seen.

    Needs the login of migrations, which may act as nrem_admin.
    """
    with administrator(settings) as (conn, digest):
        org_id = org.ensure(conn, name)
        engine.enter(conn, org_id=org_id)
        given = {"lives_seconds": lives_seconds, "rate_per_minute": rate_per_minute}
        made = _make(conn, org_id, scopes, digest=digest, environment=_ENVIRONMENT, **given)
        return _shown(conn, org_id, made)


def chosen(kind: str, scopes: Sequence[str] | None) -> Sequence[str]:
    """The scopes named, else those of a kind.

    Raises: ConfigError when one is unknown.
    """
    unknown = set(scopes or ()) - set(key.SCOPES)
    if unknown:
        raise ConfigError(f"there is no scope {min(unknown)}: choose from {', '.join(key.SCOPES)}")
    return scopes or KINDS[kind]


def find(settings: Settings, name: str) -> dict[str, Any]:
    """Every key of an org, without secrets.

    Raises: ConfigError when there is no such org.
    """
    with administrator(settings) as (conn, _):
        return {"keys": [_out(one) for one in key.listed(conn, org_of(conn, name))]}


def rotate(settings: Settings, name: str, key_id: str, *, overlap_seconds: float) -> dict[str, Any]:
    """A key in the place of another, which opens for `overlap_seconds` more at most.

    Raises: ConfigError when there is no such org or key; ConflictError when the key has ended.
    """
    with administrator(settings) as (conn, digest):
        org_id = org_of(conn, name)
        old = _key_of(conn, org_id, key_id)
        made = key.rotate(
            conn,
            org_id,
            old.key_row_id,
            digest=digest,
            environment=_ENVIRONMENT,
            overlap_seconds=overlap_seconds,
        )
        audit.add(conn, org_id, [of_key(Operation.KEY_ROTATE, made.key_row_id, replaces=key_id)])
        return _shown(conn, org_id, made)


def revoke(settings: Settings, name: str, key_id: str) -> dict[str, Any]:
    """End a key at once.

    Raises: ConfigError when there is no such org or key.
    """
    with administrator(settings) as (conn, _):
        org_id = org_of(conn, name)
        old = _key_of(conn, org_id, key_id)
        if key.revoke(conn, org_id, old.key_row_id):
            audit.add(conn, org_id, [of_key(Operation.KEY_REVOKE, old.key_row_id)])
        return _out(_key_of(conn, org_id, key_id))


def of_key(operation: Operation, key_row_id: int, **details: str) -> Entry:
    """What the trail says of a key."""
    return Entry(
        operation=operation, details={"about_key": ids.encode(ids.KEY, key_row_id), **details}
    )


def describe_made(made: Mapping[str, Any]) -> str:
    """The new key alone, so that a script can take it."""
    return str(made["key"])


def describe(one: Mapping[str, Any]) -> str:
    """A key as a line."""
    state = "open" if one["is_valid"] else "revoked" if one["revoked_at"] else "expired"
    until = f" until {one['expires_at']}" if one["is_valid"] and one["expires_at"] else ""
    return f"{one['id']}  {one['prefix']}  {state}{until}  {' '.join(one['scopes'])}"


def describe_all(found: Mapping[str, Any]) -> str:
    """Keys as lines."""
    return "\n".join(describe(one) for one in found["keys"]) or "there is no key"


def org_of(conn: Connection, name: str) -> int:
    """The org of a name, which the transaction then works for.

    Raises: ConfigError when there is none.
    """
    found = org.find(conn, name)
    if found is None:
        raise ConfigError(f"there is no org {name}; `nrem orgs list` shows all of them")
    engine.enter(conn, org_id=found)
    return found


def _key_of(conn: Connection, org_id: int, key_id: str) -> Kept:
    number = ids.decode(ids.KEY, key_id)
    found = key.read(conn, org_id, number) if number else None
    if found is None:
        raise ConfigError(f"the org has no key {key_id}; `nrem keys list` shows all of them")
    return found


def _make(
    conn: Connection,
    org_id: int,
    scopes: Sequence[str],
    *,
    digest: Digest,
    environment: str,
    **given: Any,  # noqa: ANN401 - as key.create takes it
) -> Made:
    made = key.create(conn, org_id, scopes, digest=digest, environment=environment, **given)
    audit.add(conn, org_id, [of_key(Operation.KEY_CREATE, made.key_row_id)])
    return made


def _shown(conn: Connection, org_id: int, made: Made) -> dict[str, Any]:
    kept = key.read(conn, org_id, made.key_row_id)
    assert kept is not None  # noqa: S101 - made in this transaction
    return {"key": made.key, **_out(kept)}


def _out(one: Kept) -> dict[str, Any]:
    return KeyOut.of(asdict(one)).model_dump(mode="json")


@contextmanager
def administrator(settings: Settings) -> Iterator[tuple[Connection, Digest]]:
    """A transaction of the role that makes orgs and keys, and the digest of secrets."""
    digest = Digest(settings.load_pepper())
    url = stack.urls(settings).migrate
    if settings.migrate_database_url is None:
        url = postgres.url(settings.data_dir, engine.ADMIN)
    database = engine.sync_engine(url, engine.ADMIN, pool_size=1)
    try:
        with engine.begin(database) as conn:
            yield conn, digest
    finally:
        database.dispose()


def _write(path: Path, keys: Keys) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(keys), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
