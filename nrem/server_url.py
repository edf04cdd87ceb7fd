"""The one spelling of each server's URL inside nrem, whichever spelling was given.

A fault is a ConfigError that never repeats the URL, since it may hold a password.
"""

from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from nrem.errors import ConfigError

_POSTGRES_SCHEMES: Final = ("postgres", "postgresql", "postgresql+psycopg")
_DRIVER: Final = "postgresql+psycopg"


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
