# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""What operators do, through the admin listener and with its key."""

from collections.abc import Mapping

from nrem.sdk._sync.policies import PolicyCalls
from nrem.sdk._sync.runs import RunCalls
from nrem.sdk.body import budgets_body
from nrem.sdk.models.account import TenantBudgets, TenantBudgetsView
from nrem.sdk.models.card import RenamedAgent
from nrem.sdk.request import read, write
from nrem.sdk.settings import Door

_BUDGETS = "/v1/tenants/{}/budgets"


class Admin(PolicyCalls, RunCalls):
    """Calls of operators; each says so when `admin_url` or `admin_key` is missing."""

    def _door(self) -> Door:
        return self._transport.settings.admin()

    def get_budgets(self, org_id: str, *, timeout: float | None = None) -> TenantBudgetsView:
        """The budgets of an org; asked on the public listener, with the admin key if there is one.

        Raises: Z3rnoError.
        """
        request = read(_BUDGETS, org_id, timeout=timeout)
        door = self._transport.settings.operator()
        return self._transport.call(request, TenantBudgetsView, door)

    def set_budgets(
        self,
        org_id: str,
        budgets: TenantBudgets | Mapping[str, int],
        *,
        timeout: float | None = None,
    ) -> TenantBudgetsView:
        """Replace all budgets of an org; what is left out falls back to the server's.

        Raises: Z3rnoError.
        """
        request = write("PUT", _BUDGETS, org_id, body=budgets_body(budgets), timeout=timeout)
        door = self._transport.settings.operator()
        return self._transport.call(request, TenantBudgetsView, door)

    def rename_agent(self, old: str, new: str, *, timeout: float | None = None) -> RenamedAgent:
        """Give an agent another id; cards, observations and memories stay its own.

        Raises: Z3rnoError; ConflictError when there is one of that id.
        """
        body = {"old": old, "new": new}
        request = write("POST", "/v1/admin/agents:rename", body=body, timeout=timeout)
        return self._call(request, RenamedAgent)
