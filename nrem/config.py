"""Every setting of nrem, read from environment variables that begin with NREM_.

Owns what a setting may be, its default, and the one spelling of each URL inside nrem. A fault is a
ConfigError that names every wrong variable with its remedy and never shows a value, since a value
may hold a password.
"""

import os
import pwd
import secrets
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from nrem.errors import ConfigError
from nrem.reach import Hosts, Networks

_POSTGRES_SCHEMES: Final = ("postgres", "postgresql", "postgresql+psycopg")
_DRIVER: Final = "postgresql+psycopg"
_NO_BROKER: Final = "none"
# What a new pepper file holds: 32 random bytes in hexadecimal, as HMAC-SHA-256 uses 32 bytes.
_PEPPER_BYTES: Final = 32
_PEPPER_MIN_LETTERS: Final = 16


def sqlalchemy_url(url: str) -> str:
    """The database URL with the driver nrem uses; postgres:// and postgresql:// are taken too.

    Raises: ConfigError for another scheme; the URL is not repeated in the message.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme not in _POSTGRES_SCHEMES:
        raise ConfigError(
            "a database URL begins with postgresql://, as in postgresql://nrem_api@host:5432/nrem"
        )
    return f"{_DRIVER}://{rest}"


def celery_url(url: str) -> str:
    """The broker URL as Celery spells it.

    A unix socket becomes redis+socket:///path?virtual_host=0; rediss:// checks the server's
    certificate unless the URL says otherwise.

    Raises: ConfigError for another scheme or a socket without a path.
    """
    scheme, query = _broker_parts(url)
    parts = urlsplit(url.strip())
    if scheme == "unix":
        query = {"virtual_host": query.pop("db", "0"), **query}
        return _join("redis+socket", parts.netloc, parts.path, query)
    if scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
    return _join(scheme, parts.netloc, parts.path, query)


def redis_url(url: str) -> str:
    """The broker URL as redis-py spells it: unix:///path?db=0 for a socket, else as given.

    Raises: ConfigError for another scheme or a socket without a path.
    """
    scheme, query = _broker_parts(url)
    parts = urlsplit(url.strip())
    if scheme == "unix":
        query.setdefault("db", "0")
    if scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
    return _join(scheme, parts.netloc, parts.path, query)


def without_password(url: str) -> str:
    """The URL for an operator's eyes: scheme, host, port and path; no user, password or query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _broker_parts(url: str) -> tuple[str, dict[str, str]]:
    """The scheme (redis, rediss or unix) and the query, whichever spelling was given."""
    parts = urlsplit(url.strip())
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    scheme = parts.scheme
    if scheme == "redis+socket":
        scheme = "unix"
        query["db"] = query.pop("virtual_host", query.get("db", "0"))
    if scheme not in ("redis", "rediss", "unix"):
        raise ConfigError("a broker URL begins with redis://, rediss:// or unix:///")
    if scheme == "unix" and not unquote(parts.path).startswith("/"):
        raise ConfigError(
            "the URL of a unix socket needs an absolute path, as in unix:///run/v.sock"
        )
    if scheme != "unix" and not parts.hostname:
        raise ConfigError("a broker URL needs a host, as in redis://localhost:6379/0")
    return scheme, query


def _join(scheme: str, netloc: str, path: str, query: dict[str, str]) -> str:
    text = f"{scheme}://{netloc}{quote(unquote(path), safe='/')}"
    return f"{text}?{urlencode(query)}" if query else text


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
    # Whose pages may be handed in by their address; none: nobody's.
    ingest_hosts: Hosts = ()
    # That are not public, and may be read from all the same.
    ingest_private_networks: Networks = ()
    pepper: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None

    def __init__(self, **values: object) -> None:
        try:
            super().__init__(**values)  # type: ignore[arg-type]  # checked by the fields
        except ValidationError as error:
            raise ConfigError(_explain(error)) from None
        object.__setattr__(self, "data_dir", self.data_dir.expanduser().absolute())
        if self.migrate_database_url is None:
            object.__setattr__(self, "migrate_database_url", self.database_url)

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


def own_directory(path: Path) -> Path:
    """Make `path` if missing, as a directory only its owner may enter (mode 0700), and return it.

    An empty directory is closed to others; one with files in it may be anybody's, so its mode
    stays as it is.

    Raises: ConfigError when it belongs to somebody else, is open to others, or cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
        if status.st_uid != os.geteuid():
            raise ConfigError(
                f"{path} belongs to user {status.st_uid}: run as that user, or choose another "
                "directory with --data or NREM_DATA_DIR"
            )
        if status.st_mode & 0o077:
            if any(path.iterdir()):
                raise ConfigError(
                    f"{path} is open to other users and not empty; choose another directory, or, "
                    f"if it is nrem's, run: chmod 700 {path}"
                )
            path.chmod(0o700)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; choose another directory with --data or NREM_DATA_DIR"
        ) from None
    return path


def _pepper_file(data_dir: Path) -> bytes:
    path = own_directory(data_dir) / "pepper"
    if not path.exists():
        draft = data_dir / f".pepper-{secrets.token_hex(8)}"
        with open(draft, "x", opener=_owner_only, encoding="ascii") as file:
            file.write(secrets.token_hex(_PEPPER_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails when the name is taken: the first of several processes wins.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"{path} can be read by others; run: chmod 600 {path}")
    return path.read_bytes().strip()


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
