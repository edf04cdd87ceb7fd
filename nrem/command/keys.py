"""The development org and its keys: made once per data directory, kept in `keys.json` (0600)."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from nrem.config import Settings
from nrem.digest import Digest
from nrem.embedded import postgres, stack
from nrem.errors import ConfigError
from nrem.store import engine, key, org

_FILE: Final = "keys.json"
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
    with _administrator(settings) as (conn, digest):
        org_id = org.ensure(conn, ORG)
        made = Keys(
            **{
                kind: key.create(conn, org_id, scopes, digest=digest, environment="dev")
                for kind, scopes in KINDS.items()
            }
        )
        # Inside the transaction: a key that nobody can read must not exist.
        _write(path, made)
    return made, True


def create(settings: Settings, name: str, kind: str) -> str:
    """A new key for the org `name` (made if missing); the only time it can be seen.

    `kind` is one of KINDS. Needs the login of migrations, which may act as nrem_admin.
    """
    with _administrator(settings) as (conn, digest):
        org_id = org.ensure(conn, name)
        return key.create(conn, org_id, KINDS[kind], digest=digest, environment="live")


@contextmanager
def _administrator(settings: Settings) -> Iterator[tuple[Connection, Digest]]:
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
