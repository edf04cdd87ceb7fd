"""The development org and its keys: made once per data directory, kept in `keys.json` (0600)."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from nrem.config import Settings
from nrem.digest import Digest
from nrem.embedded import postgres, stack
from nrem.errors import ConfigError
from nrem.store import engine, key, org

_FILE: Final = "keys.json"
_ORG: Final = "development"


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
    digest = Digest(settings.load_pepper())
    url = stack.urls(settings).migrate
    if settings.database_url is None:
        url = postgres.url(settings.data_dir, engine.ADMIN)
    database = engine.sync_engine(url, engine.ADMIN, pool_size=1)
    try:
        with engine.begin(database) as conn:
            org_id = org.ensure(conn, _ORG)
            made = Keys(
                api=key.create(conn, org_id, key.API_SCOPES, digest=digest, environment="dev"),
                admin=key.create(conn, org_id, key.ADMIN_SCOPES, digest=digest, environment="dev"),
                purge=key.create(conn, org_id, key.PURGE_SCOPES, digest=digest, environment="dev"),
            )
            # Inside the transaction: a key that nobody can read must not exist.
            _write(path, made)
    finally:
        database.dispose()
    return made, True


def _write(path: Path, keys: Keys) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(keys), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
