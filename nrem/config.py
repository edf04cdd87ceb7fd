"""Every setting of nrem, read from environment variables that begin with NREM_.

Owns what a setting may be and its default. A fault is a ConfigError that names every wrong variable
with its remedy and never shows a value, since a value may hold a password.
"""

import os
import pwd
import secrets
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from nrem.errors import ConfigError
from nrem.own_file import read_or_make
from nrem.reach import Hosts, Networks
from nrem.server_url import redis_url, sqlalchemy_url

_NO_BROKER: Final = "none"
# What a new pepper file holds: 32 random bytes in hexadecimal, as HMAC-SHA-256 uses 32 bytes.
_PEPPER_BYTES: Final = 32
_PEPPER_MIN_LETTERS: Final = 16


def _home() -> Path:
    """The user's home; an empty or missing HOME is answered by the user database."""
    if home := os.environ.get("HOME"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        raise ConfigError("no home directory is known; set --data or NREM_DATA_DIR") from None


def default_data_dir() -> Path:
    """XDG_DATA_HOME/nrem, else ~/.local/share/nrem; XDG asks to ignore a relative path."""
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    base = given if given.is_absolute() else _home() / ".local" / "share"
    return base / "nrem"


def _empty_is_unset(value: object) -> object:
    return None if value == "" else value


def _none_is_no_broker(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() in ("", _NO_BROKER) else value


def _checked_sqlalchemy_url(value: str | None) -> str | None:
    try:
        return None if value is None else sqlalchemy_url(value)
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _checked_broker_url(value: str | None) -> str | None:
    try:
        return None if value is None else redis_url(value)
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _long_enough(value: SecretStr | None) -> SecretStr | None:
    if value is not None and len(value.get_secret_value()) < _PEPPER_MIN_LETTERS:
        raise ValueError(f"a pepper has {_PEPPER_MIN_LETTERS} letters or more")
    return value


DatabaseUrl = Annotated[
    str | None, BeforeValidator(_empty_is_unset), AfterValidator(_checked_sqlalchemy_url)
]
BrokerUrl = Annotated[
    str | None, BeforeValidator(_none_is_no_broker), AfterValidator(_checked_broker_url)
]
Port = Annotated[int, Field(ge=0, le=65535)]
Bound = Annotated[int, Field(ge=0, le=2**53 - 1)]
Rate = Annotated[int, Field(ge=0, le=2**31 - 1)]
Days = Annotated[int, Field(ge=0, le=36_500)]


class Settings(BaseSettings):
    """The settings of one process; keyword arguments win over the environment.

    Raises: ConfigError naming every variable that is wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix="NREM_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    # The login of the running processes; None: the embedded server is meant.
    database_url: DatabaseUrl = Field(default=None, repr=False)
    # The login of migrations, which may create roles and tables; defaults to database_url.
    migrate_database_url: DatabaseUrl = Field(default=None, repr=False)
    # The login of what rewrites files after erasures; defaults to database_url.
    maintain_database_url: DatabaseUrl = Field(default=None, repr=False)
    # None: no broker; see `broker_is_off` for whether somebody said so.
    broker_url: BrokerUrl = Field(default=None, repr=False)
    data_dir: Path = Field(default_factory=default_data_dir)
    embedder: Literal["auto", "minilm", "hash"] = "auto"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    # False only in tests that must see Celery do all the work.
    poll_enabled: bool = True
    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    admin_host: str = "127.0.0.1"
    admin_port: Port = 8001
    # Connections per process; the embedded server takes 60 in all.
    pool_size: Annotated[int, Field(ge=1, le=100)] = 8
    # What an org may spend on models that cost, unless it says otherwise; 0: no bound.
    budget_daily_tokens: Bound = 0
    budget_daily_llm_calls: Bound = 0
    budget_daily_embeddings: Bound = 0
    budget_monthly_tokens: Bound = 0
    budget_monthly_llm_calls: Bound = 0
    budget_monthly_embeddings: Bound = 0
    # Requests per minute of a key and of an org, unless either has a rate of its own; and keys that
    # do not open, of one address and for one process; 0: no bound.
    rate_key_per_minute: Rate = 30_000
    rate_org_per_minute: Rate = 60_000
    rate_failed_per_minute: Rate = 60
    # Whose pages may be handed in by their address; none: nobody's.
    ingest_hosts: Hosts = ()
    # That are not public, and may be read from all the same.
    ingest_private_networks: Networks = ()
    # Which erasures were carried out, outside of the database; None: in the data directory.
    erasure_ledger: Annotated[Path | None, BeforeValidator(_empty_is_unset)] = None
    # For how many days backups of the database are kept, and what a provider of paid models was
    # sent; receipts say so. None: nobody said.
    backup_days: Annotated[Days | None, BeforeValidator(_empty_is_unset)] = None
    llm_retention_days: Annotated[Days | None, BeforeValidator(_empty_is_unset)] = None
    pepper: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)  # type: ignore[arg-type]  # checked by the fields
        except ValidationError as error:
            raise ConfigError(_explain(error)) from None
        object.__setattr__(self, "data_dir", self.data_dir.expanduser().absolute())
        for other in ("migrate_database_url", "maintain_database_url"):
            if getattr(self, other) is None:
                object.__setattr__(self, other, self.database_url)

    @property
    def broker_is_off(self) -> bool:
        """Whether NREM_BROKER_URL=none was given, so that not even an embedded broker starts."""
        return "broker_url" in self.model_fields_set and self.broker_url is None

    def require_database_url(self) -> str:
        """The runtime database URL in SQLAlchemy's spelling.

        Raises: ConfigError when none was given.
        """
        if self.database_url is None:
            raise ConfigError(
                "NREM_DATABASE_URL is not set: give the URL of the database, or start everything "
                "with ./run, which brings its own"
            )
        return self.database_url

    def load_pepper(self) -> bytes:
        """The secret of this installation's HMACs: NREM_PEPPER, else the file `pepper` in data_dir.

        The file is made, owner-only, when missing; processes that start together agree on one.
        Several machines on one database need the same NREM_PEPPER.

        Raises: ConfigError when the file can be read by others, or cannot be read or made.
        """
        if self.pepper is not None:
            return self.pepper.get_secret_value().encode()
        try:
            return _pepper_file(self.data_dir)
        except OSError as error:
            raise ConfigError(
                f"{self.data_dir / 'pepper'}: {error.strerror}; make the directory writable, "
                "choose another with --data or NREM_DATA_DIR, or set NREM_PEPPER"
            ) from None


def _explain(error: ValidationError) -> str:
    """One line per wrong variable, without its value."""
    faults = (
        f"NREM_{'_'.join(str(part) for part in fault['loc'][:1]).upper()}: "
        f"{fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return "\n".join(faults)


def _pepper_file(data_dir: Path) -> bytes:
    def fresh() -> bytes:
        return secrets.token_hex(_PEPPER_BYTES).encode()

    return read_or_make(data_dir / "pepper", fresh).strip()
