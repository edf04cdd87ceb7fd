"""One step of a drain: one claim of one org's work, and what the three shapes share."""

import os
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from nrem.clock import monotonic
from nrem.errors import LostLease, ReplyError
from nrem.policy.params import Policy
from nrem.store import audit, engine, policy, run, work
from nrem.store.audit import RunTrace
from nrem.store.batch import Waiter
from nrem.store.lease import Lease
from nrem.store.run import Run
from nrem.store.work import Pick
from worker.changes import Changes
from worker.contract import Pass, Stage, Tools, Work, no_proposal
from worker.gathering import Patience
from worker.ledger import Errand
from worker.runner.outcome import Cause, Outcome
from worker.runner.rehearsal import NotProposed, Rehearsal

# What the causes of schedules begin with.
_TICK: Final = "tick:"
# Lines of a diff whose ids are those of memories, and that tell more than a use.
_OF_MEMORIES: Final = frozenset(("memory", "tier"))
_PROCESS: Final = f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and for whom a process drives passes."""

    database: Engine
    tools: Tools
    cause: Cause
    only_org: int | None = None
    # `only_org` has the pass done now, due or not, and also when it rests
    is_summoned: bool = False
    # what somebody asked for so recently is left to others
    grace_seconds: float = 0.0
    # tests and the command line may choose the instant; nothing that HTTP reaches may
    now: datetime | None = None
    # do everything inside its transaction, for `only_org`, due or not
    rehearsal: Rehearsal | None = None


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of a drain: what the three shapes share."""

    setting: Setting
    duty: Pass
    stage: Stage
    org_id: int | None = None
    # of the work that was picked
    picked: Pick | None = None
    started_at: datetime | None = None
    begun: float = 0.0
    owner: str = field(default_factory=lambda: f"{_PROCESS}:{uuid.uuid4().hex[:12]}")

    def pick(self, conn: Connection) -> bool:
        """Choose an org and enter it; False when none is due."""
        self.begun = monotonic()
        if self.setting.rehearsal is not None:
            self.org_id = self.setting.only_org
            self.picked = work.draw(conn, self._chosen())
            self.started_at = self.picked.instant
            return True
        if self.setting.is_summoned and self.setting.only_org is not None:
            # In the same transaction as the pick: nobody else can take it in between.
            causes = {self.setting.only_org: self.setting.cause.name}
            work.mark(conn, self.duty.name, causes)
        self.picked = work.pick(
            conn,
            self.duty.name,
            only_org=self.setting.only_org,
            grace_seconds=self.setting.grace_seconds,
        )
        if self.picked is None:
            return False
        self.org_id, self.started_at = self.picked.org_id, self.picked.instant
        return True

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction for the chosen org (or, before the choice, for none)."""
        if self.setting.rehearsal is not None:
            return self._rehearse(self.setting.rehearsal.conn)
        return engine.begin(self.setting.database, org_id=self.org_id, now=self.setting.now)

    @contextmanager
    def _rehearse(self, conn: Connection) -> Iterator[Connection]:
        with conn.begin_nested():
            engine.enter(conn, org_id=self.setting.only_org, now=self.setting.now)
            yield conn

    def work(self, conn: Connection) -> Work:
        """What the pass is given for this step; right after the pick, at its instant."""
        org_id, now = self._chosen(), self.started_at or engine.instant(conn)
        timeline = policy.timeline(conn, org_id)
        current = timeline.at(now)
        return Work(
            org_id=org_id,
            run_id=self._chosen_work().run_id,
            now=now,
            policy=current,
            timeline=timeline,
            tools=self._tools(current, stream_id=0),
            stage=self.stage,
        )

    def hold(self, job: Work, held: Lease) -> Work:
        """The same for a pass that holds a stream: what it asks of models is asked for that."""
        tools = self._tools(job.policy, stream_id=held.stream_id)
        return replace(job, lease=held, tools=tools)

    def _tools(self, current: Policy, *, stream_id: int) -> Tools:
        patience = None
        # A rehearsal leaves no trace, so nobody waits on its behalf.
        if self.duty.gathers and self.setting.rehearsal is None:
            patience = Patience(
                waiter=Waiter(pass_name=self.duty.name, stream_id=stream_id),
                is_scheduled=(self._asked_by() or "").startswith(_TICK),
            )
        errand = Errand(
            org_id=self._chosen(),
            run_id=self._chosen_work().run_id,
            pass_name=self.duty.name,
            policy=current.llm,
            patience=patience,
        )
        lent = self.setting.tools.lent(self.setting.database, errand, self.setting.now)
        is_real = self.setting.rehearsal is None
        return replace(lent, database=self.setting.database if is_real else None)

    def propose(self, job: Work, found: Any) -> Any:  # noqa: ANN401 - each pass's own
        """What the pass proposes; no transaction is open, or the proposal is known already."""
        rehearsal = self.setting.rehearsal
        if rehearsal is None or self.duty.propose is no_proposal:
            return self.duty.propose(job, found)
        return rehearsal.memo.recall(self.duty, job, found)

    @property
    def beyond(self) -> tuple[type[Exception], ...]:
        """Errors that are nobody's poison: they go to whoever drives the step."""
        if self.setting.rehearsal is None:
            return (LostLease,)
        return (LostLease, NotProposed, OperationalError)

    def record(self, conn: Connection, job: Work, outcome: str, changes: Changes) -> Outcome:
        """Write the run row; the changes' transaction commits both or none."""
        org_id, lease, started_at = self._chosen(), job.lease, self.started_at or job.now
        if changes.changed and self.duty.is_audited:
            audit.add_run(conn, org_id, job.run_id, _trace(self.duty, changes))
        cause = self._asked_by() or self.setting.cause.name
        run.add(
            conn,
            Run(
                org_id=org_id,
                run_id=job.run_id,
                pass_name=self.duty.name,
                cause=cause,
                task_id=self.setting.cause.task_id,
                owner=self.owner,
                started_at=started_at,
                outcome=outcome,
                reason=changes.reason,
                read=changes.read,
                proposed=changes.proposed,
                changed=changes.changed,
                stream_id=lease.stream_id if lease else None,
                fence=lease.fence if lease else None,
                engine=changes.engine,
                detail=_with_cost(changes),
                duration_ms=(monotonic() - self.begun) * 1000,
            ),
        )
        return Outcome(
            org_id=org_id,
            outcome=outcome,
            changes=changes,
            run_id=job.run_id,
            cause=cause,
            ref_id=lease.ref_id if lease else None,
            stream_id=lease.stream_id if lease else None,
        )

    @property
    def is_asked(self) -> bool:
        """Whether a tick, a request or the command made the org due."""
        return self._asked_by() is not None

    def find_nothing(self, conn: Connection, job: Work) -> Outcome:
        """Nothing is due: worth a run row when somebody asked, and none after an early wake."""
        nothing = Changes(read=0, reason="nothing_due")
        if not self.is_asked:
            is_last = self.setting.rehearsal is not None
            return Outcome(org_id=self._chosen(), outcome="noop", changes=nothing, is_last=is_last)
        return self.record(conn, job, "noop", nothing)

    def is_last(self, job: Work, due_at: datetime | None) -> bool:
        """Whether another look would find nothing: this org is due later, and no other is due."""
        return (due_at is None or due_at > job.now) and not self._chosen_work().is_more

    def announce(self, conn: Connection, changes: Changes) -> None:
        """Make the org due for the passes that this one gave work to, in one sorted step."""
        rehearsal = self.setting.rehearsal
        if rehearsal is not None:
            now = engine.instant(conn)
            for name, delay in changes.due.items():
                rehearsal.announce(name, now + timedelta(seconds=delay))
        elif changes.due:
            work.bring_forward(conn, self._chosen(), changes.due)

    def rearm(self, conn: Connection, due_at: datetime | None, *, cost: float = 0.0) -> None:
        """Say when this org is due again for this pass; what is due still keeps its cause."""
        if self.setting.rehearsal is not None:
            if due_at is not None:
                self.setting.rehearsal.announce(self.duty.name, due_at)
            return
        cause = None
        if due_at is not None and self.started_at is not None and due_at <= self.started_at:
            cause = self._asked_by()
            since = self.picked.due_at if self.picked else None
            # As old as it is, so that no grace holds up the rest of what was asked for.
            due_at = min(due_at, since) if cause and since else due_at
        if due_at is None and not cost:
            return  # as the pick left it
        work.rearm(conn, self._chosen(), self.duty.name, due_at, cost=cost, cause=cause)

    def put_off(self, conn: Connection, seconds: float) -> datetime:
        """Leave all of the pass's work of this org until then, and say when that is.

        What one piece of it waits for, the others would wait for too.
        """
        due_at = engine.instant(conn) + timedelta(seconds=seconds)
        if self.setting.rehearsal is None:
            work.put_off(conn, self._chosen(), self.duty.name, due_at, cause=self._asked_by())
        return due_at

    def wait(self, conn: Connection, seconds: float) -> datetime:
        """Leave one piece of the work until then, and say when that is; the others go on."""
        due_at = engine.instant(conn) + timedelta(seconds=seconds)
        self.rearm(conn, due_at)
        return due_at

    def with_batch(self, batch: int) -> "Step":
        """The same step with smaller claims."""
        return replace(self, duty=replace(self.duty, batch=batch))

    def _asked_by(self) -> str | None:
        """The tick, request or command that made the org due; None when its work did."""
        return self.picked.cause if self.picked else None

    def _chosen_work(self) -> Pick:
        if self.picked is None:
            raise LookupError("no work was picked yet")
        return self.picked

    def _chosen(self) -> int:
        if self.org_id is None:
            raise LookupError("no org was chosen yet")
        return self.org_id


def _trace(duty: Pass, changes: Changes) -> RunTrace:
    """What the trail says of the run, beside the memories of which it wrote down what it did."""
    made = changes.detail.get("memories", ())
    told = {line.id for line in changes.diff if line.kind in _OF_MEMORIES and line.id}
    return RunTrace(pass_name=duty.name, changed=changes.changed, memory_ids={*made, *told})


def _with_cost(changes: Changes) -> Mapping[str, Any]:
    """What the run row holds: also what asking models cost, where it cost anything."""
    cost = {"cost_usd": changes.cost_usd} if changes.cost_usd else {}
    return {**changes.detail, **cost}


def fault(error: Exception) -> str:
    """The code of an error, for the run row: never its words, which may repeat what is in a row."""
    return error.reason if isinstance(error, ReplyError) else type(error).__name__
