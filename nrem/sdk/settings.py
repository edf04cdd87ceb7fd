"""Where a client asks, with which key and how often; arguments first, then the environment."""

import os
from dataclasses import dataclass, field
from typing import Final

from nrem.sdk.errors import ValidationError
from nrem.sdk.request import positive_seconds

TIMEOUT_SECONDS: Final = 30.0
MAX_RETRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A listener, and the key that opens it."""

    url: str
    # in no log and no message
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a client was made with."""

    public: Door
    admin_url: str
    admin_key: str = field(repr=False)
    # seconds that each wait for the network may take
    timeout: float
    # further attempts after the first
    max_retries: int
    proxy: str | None
    is_logging: bool

    def admin(self) -> Door:
        """The admin listener.

        Raises: ValidationError when its address or key is not known.
        """
        return Door(
            url=_required("admin_url", self.admin_url, "NREM_ADMIN_URL"),
            key=_required("admin_key", self.admin_key, "NREM_ADMIN_KEY"),
        )

    def operator(self) -> Door:
        """The public listener, with the operator's key where there is one."""
        return Door(url=self.public.url, key=self.admin_key or self.public.key)


def settings(
    base_url: str | None,
    api_key: str | None,
    timeout: float,
    max_retries: int,
    *,
    proxy: str | None,
    enable_logging: bool,
    admin_url: str | None,
    admin_key: str | None,
) -> Settings:
    """What a client is made with.

    Raises: ValidationError naming the argument and the variable that may stand for it.
    """
    url = _url("base_url", base_url, "NREM_BASE_URL", "Z3RNO_BASE_URL")
    key = _key("api_key", api_key, "NREM_API_KEY", "Z3RNO_API_KEY")
    return Settings(
        public=Door(
            url=_required("base_url", url, "NREM_BASE_URL"),
            key=_required("api_key", key, "NREM_API_KEY"),
        ),
        admin_url=_url("admin_url", admin_url, "NREM_ADMIN_URL"),
        admin_key=_key("admin_key", admin_key, "NREM_ADMIN_KEY"),
        timeout=positive_seconds(timeout),
        max_retries=_whole(max_retries),
        proxy=proxy,
        is_logging=enable_logging,
    )


def _whole(retries: object) -> int:
    if isinstance(retries, int) and not isinstance(retries, bool) and retries >= 0:
        return retries
    raise ValidationError(
        "max_retries is no whole number, 0 or more",
        field="max_retries",
        remedy="give 0 to send everything once",
    )


def _found(value: str | None, variables: tuple[str, ...]) -> str:
    texts = (value, *(os.environ.get(name) for name in variables))
    return next((text for text in texts if text), "")


def _url(name: str, value: str | None, *variables: str) -> str:
    found = _found(value, variables).rstrip("/")
    if found and not found.startswith(("http://", "https://")):
        raise ValidationError(
            f"{name} is no address of HTTP",
            field=name,
            remedy="begin it with http:// or https://",
        )
    return found


def _key(name: str, value: str | None, *variables: str) -> str:
    found = _found(value, variables).strip()
    if not (found.isascii() and found.isprintable()):
        raise ValidationError(
            f"{name} holds letters that no key has", field=name, remedy="give the key as it came"
        )
    return found


def _required(name: str, value: str, variable: str) -> str:
    if value:
        return value
    raise ValidationError(
        f"{name} is missing",
        code="config_error",
        field=name,
        remedy=f"give {name}=…, or set {variable}",
    )
