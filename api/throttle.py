"""Holds back addresses that keep sending keys that do not open; each process counts its own.

Keys that opened lately are let through whatever else comes from their address: behind a proxy or a
router many callers share one, and none of them can lock the others out.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final, TypeVar

from nrem import clock

Name = TypeVar("Name", str, bytes)
_MINUTE_SECONDS: Final = 60.0
_REMEMBERED_SECONDS: Final = 600.0
# Of each kind; beyond that the longest unused is forgotten.
_MOST: Final = 10_000
# What one caller is given of the newer kind of addresses.
_NETWORK_BITS: Final = 64


class Throttle:
    """Counts failures per address; one address may fail `per_minute` times, 0 is no bound."""

    def __init__(self, per_minute: int) -> None:
        self._step = _MINUTE_SECONDS / per_minute if per_minute else 0.0
        # when all failures of an address are forgotten, and when a key opened last
        self._forgotten_at: OrderedDict[str, float] = OrderedDict()
        self._opened_at: OrderedDict[bytes, float] = OrderedDict()

    def wait_seconds(self, address: str | None, its_key: bytes) -> float:
        """For how long a key from this address is not even looked at; 0: it is."""
        now = clock.monotonic()
        if now - self._opened_at.get(its_key, now - _REMEMBERED_SECONDS) < _REMEMBERED_SECONDS:
            return 0.0
        until = self._forgotten_at.get(_network(address), now)
        return max(0.0, until - now - (_MINUTE_SECONDS - self._step))

    def failed(self, address: str | None) -> None:
        """Count a key that did not open."""
        if not self._step:
            return
        name, now = _network(address), clock.monotonic()
        until = max(self._forgotten_at.get(name, now), now) + self._step
        _keep(self._forgotten_at, name, until)

    def opened(self, its_key: bytes) -> None:
        """Remember a key that opened, by a digest of it."""
        _keep(self._opened_at, its_key, clock.monotonic())


def _keep(kept: OrderedDict[Name, float], name: Name, at: float) -> None:
    kept[name] = at
    kept.move_to_end(name)
    if len(kept) > _MOST:
        kept.popitem(last=False)


def _network(address: str | None) -> str:
    """The address, or of the newer kind the network that one caller is given."""
    if address is None:
        return ""
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        return str(int(found) >> _NETWORK_BITS)
    return address
