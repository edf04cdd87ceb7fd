"""What a pass is: a declaration and four verbs, claim -> propose -> decide -> apply.

Only `claim` and `apply` know SQL, only `propose` may take long or ask a model, only `decide` knows
policy. A pass never commits, leases, retries or measures: `worker.runner` does, for all of them.
The items, proposals and decisions are each pass's own types, so they are `Any` here, and ANN401
is silenced for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from nrem.digest import Digest
from nrem.erasure_ledger import Notary
from nrem.heads import Heads
from nrem.llm.embed import Embedder
from nrem.llm.offline import OfflineProvider
from nrem.llm.provider import Provider
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.reach import Reach
from nrem.store.inbox import Item
from nrem.store.lease import Lease
from nrem.store.work import Waits
from worker.changes import Change, Changes, Guarded
from worker.desk import Desk
from worker.ledger import Errand


class Shape(StrEnum):
    """How a pass finds its work and what guards its writes."""

    # set-based, one transaction per batch, rows locked from claim to apply
    SWEEP = "sweep"
    # items of the inbox; computes outside any transaction, applies what it still owns
    BATCH = "batch"
    # one stream at a time, in order, behind a fence
    LEASED = "leased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a process lends to every pass; built once per process."""

    embedder: Embedder
    provider: Provider
    digest: Digest
    # what of the web may be read; nothing, unless an operator says so
    reach: Reach = field(default_factory=Reach)
    # whose role rewrites files and reads no table; None: this process erases nothing
    maintenance: Engine | None = None
    # where the ends of the audit trails are kept; None: nowhere
    heads: Heads | None = None
    # asks paid models; None: `provider` is all there is
    desk: Desk | None = None
    # what erasures are certified with; None: none is
    notary: Notary | None = None
    # where keys, probes and the like lie; None: nowhere
    data_dir: Path | None = None
    # for what must not run inside the step's own transactions; None: in a rehearsal, and at rest
    database: Engine | None = None

    def lent(self, database: Engine, errand: Errand, now: datetime | None) -> "Tools":
        """The tools for one step, on whose account paid models are asked."""
        if self.desk is None:
            return self
        return replace(self, provider=self.desk.provider(database, errand, now))

    def by_rules(self, reason: str) -> "Tools":
        """The tools with rules in place of any model; what they propose names the reason."""
        return replace(self, provider=OfflineProvider(self.embedder, reason=reason), desk=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One execution for one org: its instant, its policy, its run number."""

    org_id: int
    run_id: int
    now: datetime
    policy: Policy
    # which policy was in force when, for what happened before `now`
    timeline: Timeline
    tools: Tools
    # where other passes are rehearsed
    stage: "Stage"
    # what the runner claimed for it; a sweep claims for itself
    items: Sequence[Item] = ()
    lease: Lease | None = None

    @property
    def stream(self) -> Lease:
        """What a leased pass holds.

        Raises: LookupError in a pass of another shape.
        """
        if self.lease is None:
            raise LookupError("a leased pass runs under a lease")
        return self.lease

    @property
    def waits(self) -> Waits:
        """How long passes wait for more."""
        return Waits.of(self.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A claim that found nothing to do yet, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A pass to be rehearsed, and perhaps done, for the org at hand."""

    pass_name: str
    # why, for the rows of its runs
    cause: str
    only_subject: int | None = None
    # as many steps that change something, and no more; None: as many as a rehearsal takes
    steps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step that changes something."""

    # the subject, session or thread, where it is about one
    ref_id: int | None
    read: int
    proposed: int
    # New memories are numbered through the whole rehearsal.
    diff: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a pass would do, step by step; or did."""

    scenes: tuple[Scene, ...]
    # of all steps, also of those that change nothing
    read: int
    proposed: int
    # as that of a run
    outcome: str
    reason: str | None = None
    run_ids: tuple[int, ...] = ()
    due: Mapping[str, float] = field(default_factory=dict)
    # what a second performance needs to be the same; the runner's own
    script: Any = None


class Stage(Protocol):
    """Where a pass has another one rehearsed, and done exactly so."""

    def rehearse(self, job: Work, plan: Plan) -> Rehearsed:
        """What the pass would do; nothing of it is done.

        No transaction may be open. Raises: PassError when it cannot be told.
        """

    def perform(self, conn: Connection, rehearsed: Rehearsed) -> Rehearsed | None:
        """Do in this transaction what was rehearsed; None, and nothing, if it differs by now."""


def _no_claim(_conn: Connection, _work: Work, _limit: int) -> Any:  # noqa: ANN401
    return ()


def no_proposal(_work: Work, _found: Any) -> Any:  # noqa: ANN401
    """Of a pass that needs none."""
    return None


def no_comparison(_conn: Connection, _work: Work, _found: Any, proposals: Any) -> Any:  # noqa: ANN401
    """Of a pass that holds its proposals against nothing."""
    return proposals


def _no_decision(_found: Any, _proposals: Any, _work: Work) -> Any:  # noqa: ANN401
    return ()


def _guards_nothing(_decisions: Any, _work: Work) -> Guarded | None:  # noqa: ANN401
    """What most passes decide takes nothing away that somebody could ask for."""
    return None


def _no_change(_conn: Connection, _work: Work, _decisions: Any) -> Changes:  # noqa: ANN401
    return Changes(read=0)


def _one_step(_decisions: Any) -> int:  # noqa: ANN401
    return 1


def _never_due(_conn: Connection, _work: Work) -> datetime | None:
    return None


def _rouses_nobody(_conn: Connection, _work: Work, _only_subject: int | None) -> None:
    """What is due is due, whoever asked."""


def _tells_nobody(_conn: Connection, _work: Work, _items: Sequence[Item], _reason: str) -> None:
    """Nobody waits for the items of most passes."""


def _tells_of_no_failure(_conn: Connection, _work: Work) -> None:
    """Nobody outside reads how far most passes have come."""


def _tells_of_no_wait(_conn: Connection, _work: Work, _reason: str) -> None:
    """Likewise."""


def _cannot_park(_conn: Connection, _work: Work, _found: Any) -> None:  # noqa: ANN401
    """Batch and leased passes are parked by the runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """The declaration of a pass; the Celery task and the command come from it.

    When it ticks is a matter of the orgs' policies.
    """

    name: str
    shape: Shape
    # items per claim; a leased pass takes one stream at a time
    batch: int = 500
    # how long a killed holder keeps its work from others; a living one of a leased pass renews it
    lease_seconds: float = 30.0
    # whether what it asks of models may wait for a batch, when a schedule started it
    gathers: bool = False
    # whether it can be shown before it is done: it tells all of what it would write in its diff
    previews: bool = False
    # the try after which poison work is set aside
    max_attempts: int = 5
    # whether a run has a line in the audit trail; no: it changes nothing of what is remembered, or
    # writes lines of its own
    is_audited: bool = True
    # a duty of the whole system, which no org plans: a tick every so many seconds
    every_seconds: int | None = None
    # of a leased pass: makes due what waits for more, of one subject or of all, as somebody asked
    rouse: Callable[[Connection, Work, int | None], None] = _rouses_nobody
    claim: Callable[[Connection, Work, int], Any] = _no_claim
    propose: Callable[[Work, Any], Any] = no_proposal
    # a short read after a long proposal: what it must be held against
    compare: Callable[[Connection, Work, Any, Any], Any] = no_comparison
    decide: Callable[[Any, Any, Work], Any] = _no_decision
    # of a leased pass: whether what could be answered of its sources still can be, once applied
    guard: Callable[[Any, Work], Guarded | None] = _guards_nothing
    apply: Callable[[Connection, Work, Any], Changes] = _no_change
    # of a leased pass: by how much its decisions move the cursor of the stream
    steps: Callable[[Any], int] = _one_step
    # when this org (or, for a leased pass, this stream) has work again; never: only ticks wake it
    next_due: Callable[[Connection, Work], datetime | None] = _never_due
    # of a leased pass: tells whoever reads how far it has come that a try failed
    failed: Callable[[Connection, Work], None] = _tells_of_no_failure
    # of a leased pass: tells the same that it waits, with the code of for what
    deferred: Callable[[Connection, Work, str], None] = _tells_of_no_wait
    # of a batch pass: tells whoever waits for items that they are set aside, with the code of why
    give_up: Callable[[Connection, Work, Sequence[Item], str], None] = _tells_nobody
    # a sweep's way to take one poisonous row out of its claims
    park: Callable[[Connection, Work, Any], None] = _cannot_park
    # instead of the verbs: over all orgs at once
    sweep: Callable[[Connection, Tools], Changes] | None = None
