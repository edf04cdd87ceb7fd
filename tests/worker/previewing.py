"""Previews in a small world: told, asked for, approved; the rows of an org."""

from typing import Any

from nrem.llm.provider import (
    AppraisalInput,
    AppraisalProposal,
    PromotionInput,
    PromotionProposal,
    SessionInput,
    SessionProposal,
)
from nrem.policy.observe_model import ObserveInput, ObserveProposal
from nrem.policy.reflect_model import ReflectInput, ReflectProposal
from nrem.store import preview
from nrem.store.preview import Preview
from nrem.store.schema import TENANT_TABLES
from tests.world import TOOLS, Org, end, turn
from worker.passes.preview import PREVIEW
from worker.runner import Setting, drain

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."
# What a preview itself leaves behind: its row, its item's place in the queue, and its own run.
OWN = {"previews", "runs"}


class Asked:
    """A provider that does something whenever it is asked."""

    engine = TOOLS.provider.engine
    has_model = False

    def __init__(self, meanwhile: Any) -> None:  # noqa: ANN401
        self.times = 0
        self._meanwhile = meanwhile

    def propose_session(self, session: SessionInput) -> SessionProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_session(session)

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_promotions(promotion)

    def propose_observations(self, window: ObserveInput) -> ObserveProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_observations(window)

    def propose_importances(self, appraisal: AppraisalInput) -> AppraisalProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_importances(appraisal)

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        self.times += 1
        self._meanwhile()
        return TOOLS.provider.propose_edits(batch)


def tell(org: Org, *said: str, session: str = "s", user: str = "user") -> None:
    """An ended, scored session."""
    org.append(*(turn(one, session=session, user=user) for one in said), end(session, user=user))
    settle(org)


def settle(org: Org) -> None:
    for name in ("score", "embed"):
        org.world.drain(name)


def ask(
    org: Org,
    name: str = "consolidate",
    *,
    user: str | None = None,
    **changes: Any,  # noqa: ANN401
) -> Preview:
    """A preview of a pass, answered."""
    subject_id = None
    if user:
        subject_id = org.column(
            "SELECT s.id FROM subjects AS s JOIN users AS u ON u.org_id = s.org_id "
            "AND u.id = s.user_id WHERE s.org_id = %(org)s AND u.external_id = %(user)s",
            user=user,
        )[0]
    with org.begin() as conn:
        number = preview.ask(conn, org.number, name, subject_id=subject_id, cause="request:x")
    drain(setting_of(org, **changes), PREVIEW)
    return read(org, number)


def setting_of(org: Org, **changes: Any) -> Setting:  # noqa: ANN401
    return org.world.setting(only_org=org.number, **changes)


def read(org: Org, number: int) -> Preview:
    with org.begin() as conn:
        found = preview.read(conn, org.number, number)
    assert found
    return found


def approve(org: Org, shown: Preview) -> Preview:
    with org.begin() as conn:
        assert preview.approve(conn, org.number, shown.preview_id, cause="request:y")
    drain(setting_of(org), PREVIEW)
    return read(org, shown.preview_id)


def after(shown: Preview, kind: str = "memory") -> list[str]:
    return [one["after"] for one in shown.changes if one["kind"] == kind]


def rows(org: Org, *, besides: set[str]) -> dict[str, list[str]]:
    """Every row of the org in the tenant tables."""
    return {
        table.name: sorted(
            org.column(f"SELECT t::text FROM {table.name} AS t WHERE org_id = %(org)s")  # noqa: S608
        )
        for table in TENANT_TABLES
        if table.name not in besides
    }
