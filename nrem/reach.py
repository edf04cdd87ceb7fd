"""Which addresses of the web may be read: those of hosts that an operator named, and none within.

Nothing may be read unless a host is named. A name stands for ports 80 and 443 unless it comes with
a port; `*.example.org` stands for every name below that one. What a name leads to must be a public
address, unless the operator named its network too.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Final
from urllib.parse import SplitResult, quote, urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from nrem.errors import PageError

Network = IPv4Network | IPv6Network

_PORTS: Final = {"http": 80, "https": 443}
_MAX_URL: Final = 4_096
# Addresses that stand for others, which a packet may leave for: 6to4, Teredo, NAT64.
_STAND_INS: Final = tuple(
    ip_network(one) for one in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")
)
# What a URL's path and query may hold as it is; everything else is sent in its escaped form.
_SAFE: Final = "!#$%&'()*+,/:;=?@[]~"


def _split(value: object) -> object:
    """A list with commas between."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_is_host(one.removeprefix("*.")) for one in value):
        raise ValueError("list host names with commas between, as in example.org,*.example.com")
    return value


def _is_host(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        is_bare = parts.netloc == text and not set(text) & set("@*")
        return is_bare and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


Hosts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_hosts)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a URL leads: a host that is named, and what is asked of it."""

    scheme: str
    # in ASCII and lower case; an address stands without brackets
    host: str
    port: int
    # with the query
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be read."""

    hosts: tuple[str, ...] = ()
    # that are not public, and may be read all the same
    networks: tuple[Network, ...] = ()

    def target(self, url: str) -> Target:
        """Where a URL leads, if it may be read at all.

        Raises: PageError `invalid_url` when it is no http or https URL, or holds a password;
        `host_not_allowed` when its host is not named; `address_not_allowed` when it names an
        address itself that is not admitted.
        """
        parts = _parts(url)
        host, port = _host(parts), parts.port or _PORTS[parts.scheme]
        if not any(_names(one, host, port) for one in self.hosts):
            raise PageError("host_not_allowed")
        if _is_address(host) and not self.admits(host):
            raise PageError("address_not_allowed")
        path = quote(parts.path or "/", safe=_SAFE)
        query = quote(parts.query, safe=_SAFE)
        return Target(
            scheme=parts.scheme, host=host, port=port, path=f"{path}?{query}" if query else path
        )

    def admits(self, address: str) -> bool:
        """Whether a connection may go to an address."""
        found = ip_address(address.partition("%")[0])
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(_holds(one, found) for one in self.networks) or _is_public(found)


def _parts(url: str) -> SplitResult:
    """The parts of an http or https URL."""
    is_clean = url.isprintable() and " " not in url and "\\" not in url
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise PageError("invalid_url") from None
    if len(url) > _MAX_URL or not is_clean or not is_whole or "@" in parts.netloc:
        raise PageError("invalid_url")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    try:
        return host if _is_address(host) else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise PageError("invalid_url") from None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _names(named: str, host: str, port: int) -> bool:
    parts = urlsplit(f"//{named.removeprefix('*.')}")
    own = (parts.hostname or "").rstrip(".")
    if port not in ({parts.port} if parts.port else set(_PORTS.values())):
        return False
    return host.endswith(f".{own}") if named.startswith("*.") else host == own


def _holds(network: Network, address: IPv4Address | IPv6Address) -> bool:
    return network.version == address.version and address in network


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    is_within = address.is_private or address.is_loopback or address.is_link_local
    is_none = address.is_multicast or address.is_reserved or address.is_unspecified
    stands_in = any(_holds(one, address) for one in _STAND_INS)
    return address.is_global and not (is_within or is_none or stands_in)
