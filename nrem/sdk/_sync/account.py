# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls about events, agents, budgets, and how the server is."""

from collections.abc import Iterable, Mapping
from typing import Any

from nrem.sdk._sync.calls import Calls
from nrem.sdk.body import budgets_body, event_body, listed
from nrem.sdk.models.account import Agents, Report, TenantBudgets, TenantBudgetsView
from nrem.sdk.models.event import EventsAccepted, EventStatus
from nrem.sdk.request import read, write

_MINE = "/v1/tenants/me/budgets"


class AccountCalls(Calls):
    """Events of the org, its agents and budgets."""

    def send_event(
        self,
        event: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> EventsAccepted:
        """Hand one event over; it is stored when this returns, and worked on behind it.

        `type` is memory, turn, access, session.start or session.end.

        Raises: Z3rnoError.
        """
        body = event_body(event)
        request = write("POST", "/v1/events", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, EventsAccepted)

    def send_events(
        self,
        events: Iterable[Mapping[str, Any]],
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> EventsAccepted:
        """Hand 1 to 1,000 events over, all or none, in their order.

        Raises: Z3rnoError.
        """
        body = {"events": [event_body(one) for one in listed("events", events)]}
        request = write("POST", "/v1/events", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, EventsAccepted)

    def get_event(self, event_id: str, *, timeout: float | None = None) -> EventStatus:
        """What became of an event, and which memories it led to.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/events/{}", event_id, timeout=timeout), EventStatus)

    def list_agents(self, *, timeout: float | None = None) -> Agents:
        """The org's agents: those that anything was ever stored for.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/agents", timeout=timeout), Agents)

    def get_my_budgets(self, *, timeout: float | None = None) -> TenantBudgetsView:
        """What the org has set as its budgets, and what applies.

        Raises: Z3rnoError.
        """
        return self._call(read(_MINE, timeout=timeout), TenantBudgetsView)

    def set_my_budgets(
        self, budgets: TenantBudgets | Mapping[str, int], *, timeout: float | None = None
    ) -> TenantBudgetsView:
        """Replace all budgets of the org; what is left out falls back to the server's.

        Raises: Z3rnoError.
        """
        request = write("PUT", _MINE, body=budgets_body(budgets), timeout=timeout)
        return self._call(request, TenantBudgetsView)

    def usage(self, *, timeout: float | None = None) -> Report:
        """What the org has used.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/usage", timeout=timeout), Report)

    def limits(self, *, timeout: float | None = None) -> Report:
        """What bounds the org's requests.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/limits", timeout=timeout), Report)

    def health(self, *, timeout: float | None = None) -> Report:
        """How the server is, and its version.

        Raises: Z3rnoError.
        """
        return self._call(read("/v1/health", timeout=timeout), Report)

    def ready(self, *, timeout: float | None = None) -> Report:
        """Whether the server can do its work.

        Raises: Z3rnoError; ServerError when it cannot.
        """
        return self._call(read("/v1/ready", timeout=timeout), Report)
