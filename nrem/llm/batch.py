"""Requests that a provider may answer within a day, for half the price: the values of the seam.

Whoever carries them makes each call once and tells every ending apart; nothing here waits.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from nrem.llm.order import Reply

# The requests by the names that they go by at the provider.
Requests = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The provider has the batch, under this name."""

    provider_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAccepted:
    """The provider did not say that it has the batch; `is_certain`: it said that it has not."""

    status: str
    is_certain: bool
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the provider is with a batch."""

    is_ended: bool
    # it knows no such batch, or has dropped its results
    is_gone: bool = False
    # it could not be asked
    is_unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A batch at the provider."""

    provider_id: str
    size: int
    created_at: datetime


class Batches(Protocol):
    """Whoever carries batches to a provider."""

    def create(self, requests: Requests) -> Accepted | NotAccepted:
        """Hand the requests over, once."""

    def created_since(self, since: datetime) -> Sequence[Listed] | None:
        """The batches that were made since then, the oldest first; None: it could not be asked."""

    def progress(self, provider_id: str) -> Progress:
        """How far it is."""

    def results(self, provider_id: str) -> Mapping[str, Reply] | None:
        """What came of each request, by its name; None: they could not be read to the end."""

    def cancel(self, provider_id: str) -> None:
        """Ask for no more answers; those that are made already come nevertheless."""


def lost(listed: Sequence[Listed], size: int, known: Collection[str]) -> str | None:
    """Which of the provider's batches may be one of ours whose name was never written down."""
    alike = (one.provider_id for one in listed if one.size == size)
    return next((one for one in alike if one not in known), None)
