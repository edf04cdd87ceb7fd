"""What tests of observing and reflecting share: rows to look at, providers that misbehave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nrem.errors import PassError
from nrem.llm.provider import (
    AppraisalInput,
    AppraisalProposal,
    PromotionInput,
    PromotionProposal,
    SessionInput,
    SessionProposal,
)
from nrem.policy.observe_model import ObserveDraft, ObserveInput, ObserveProposal
from nrem.policy.reflect_model import Edit, ReflectInput, ReflectProposal
from tests.world import TOOLS, Org
from worker.passes import BY_NAME
from worker.runner import Outcome, drain

LISBON = "I moved to Lisbon in May with my dog Pepper."
WALNUTS = "Please remember that I am allergic to walnuts."
SISTER = "My sister Jana lives in Graz and works as a nurse."


@dataclass(slots=True)
class Told:
    """A provider that says what a test tells it to, and offline what it was not told."""

    engine: str = "told@1"
    has_model: bool = False
    note: Callable[[ObserveInput], Sequence[ObserveDraft]] | None = None
    edit: Callable[[ReflectInput], Sequence[Edit]] | None = None
    windows: list[ObserveInput] = field(default_factory=list)
    batches: list[ReflectInput] = field(default_factory=list)

    def propose_session(self, session: SessionInput) -> SessionProposal:
        return TOOLS.provider.propose_session(session)

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        return TOOLS.provider.propose_promotions(promotion)

    def propose_observations(self, window: ObserveInput) -> ObserveProposal:
        self.windows.append(window)
        if self.note is None:
            return TOOLS.provider.propose_observations(window)
        return ObserveProposal(drafts=tuple(self.note(window)), engine=self.engine)

    def propose_importances(self, appraisal: AppraisalInput) -> AppraisalProposal:
        return TOOLS.provider.propose_importances(appraisal)

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        self.batches.append(batch)
        if self.edit is None:
            return TOOLS.provider.propose_edits(batch)
        return ReflectProposal(edits=tuple(self.edit(batch)), engine=self.engine)


def unreadable(_given: object) -> Sequence[Any]:
    """A reply that nobody can read."""
    raise PassError("unparsable_reply")


def drive(org: Org, name: str, told: Told, **setting: Any) -> list[Outcome]:  # noqa: ANN401
    """Run a pass with a provider until nothing is due for it."""
    tools = replace(TOOLS, provider=told)
    return drain(org.world.setting(tools=tools, **setting), BY_NAME[name])


def noted(org: Org, columns: str = "text", *, where: str = "true") -> list[Any]:
    """Observations in the order they were made; with one column, its values."""
    rows = org.ask(
        f"SELECT {columns} FROM observations "  # noqa: S608
        f"WHERE org_id = %(org)s AND {where} ORDER BY subject_id, ordinal"
    )
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]


def long_turn(tokens: int) -> str:
    return f"{LISBON} ".ljust(tokens, "x")


def cursor(org: Org) -> list[tuple[int, int]]:
    return [
        tuple(row)
        for row in org.ask(
            "SELECT cursor_seq, cursor_tokens FROM leases "
            "WHERE org_id = %(org)s AND pass = 'observe' ORDER BY stream_id"
        )
    ]


def cursors(org: Org) -> list[int]:
    """How far each thread is observed."""
    return [
        int(one)
        for one in org.column(
            "SELECT cursor_seq FROM leases WHERE org_id = %(org)s AND pass = 'observe' "
            "ORDER BY stream_id"
        )
    ]
