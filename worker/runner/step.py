"""One step of a drain: one claim of one org's work, and what the three shapes share."""

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine

from nrem.store import engine, policy, run, work
from nrem.store.run import Run
from worker.contract import Changes, Pass, Tools, Work

_PROCESS: Final = f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a pass runs: `nudge`, `poll`, `tick:<schedule>@<instant>` or `command`."""

    name: str
    task_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one step did: applied, noop, deferred, failed, parked or fenced."""

    org_id: int
    outcome: str
    changes: Changes = field(default_factory=lambda: Changes(read=0))
    # of its run row; None when nothing was worth one
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and for whom a process drives passes."""

    database: Engine
    tools: Tools
    cause: Cause
    only_org: int | None = None
    # tests and the command line may choose the instant; nothing that HTTP reaches may
    now: datetime | None = None
    # a rehearsal does everything inside this transaction, which its owner rolls back
    rehearsal: Connection | None = None


@dataclass(slots=True, kw_only=True)
class Step:
    """One step of a drain: what the three shapes share."""

    setting: Setting
    duty: Pass
    org_id: int | None = None
    started_at: datetime | None = None
    owner: str = field(default_factory=lambda: f"{_PROCESS}:{uuid.uuid4().hex[:12]}")

    def pick(self, conn: Connection) -> bool:
        """Choose an org and enter it; False when none is due."""
        self.org_id = work.pick(conn, self.duty.name, only_org=self.setting.only_org)
        if self.org_id is None:
            return False
        self.started_at = engine.enter(conn, org_id=self.org_id, now=self.setting.now)
        return True

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction for the chosen org (or, before the choice, for none)."""
        if self.setting.rehearsal is not None:
            return self._rehearse(self.setting.rehearsal)
        return engine.begin(self.setting.database, org_id=self.org_id, now=self.setting.now)

    @contextmanager
    def _rehearse(self, conn: Connection) -> Iterator[Connection]:
        with conn.begin_nested():
            engine.enter(conn, org_id=self.org_id, now=self.setting.now)
            yield conn

    def work(self, conn: Connection) -> Work:
        """What the pass is given for this step."""
        org_id, now = self._chosen(), engine.instant(conn)
        timeline = policy.timeline(conn, org_id)
        return Work(
            org_id=org_id,
            run_id=run.number(conn),
            now=now,
            policy=timeline.at(now),
            timeline=timeline,
            tools=self.setting.tools,
        )

    def record(self, conn: Connection, job: Work, outcome: str, changes: Changes) -> Outcome:
        """Write the run row; the changes' transaction commits both or none."""
        org_id, lease, started_at = self._chosen(), job.lease, self.started_at or job.now
        run.add(
            conn,
            Run(
                org_id=org_id,
                run_id=job.run_id,
                pass_name=self.duty.name,
                cause=self.setting.cause.name,
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
                detail=changes.detail,
            ),
        )
        return Outcome(org_id=org_id, outcome=outcome, changes=changes, run_id=job.run_id)

    def announce(self, conn: Connection, changes: Changes) -> None:
        """Make the org due for the passes that this one gave work to, in one sorted step."""
        if changes.due:
            work.bring_forward(conn, self._chosen(), changes.due)

    def rearm(self, conn: Connection, due_at: datetime | None, *, cost: float = 0.0) -> None:
        """Say when this org is due again for this pass."""
        work.rearm(conn, self._chosen(), self.duty.name, due_at, cost=cost)

    def with_batch(self, batch: int) -> "Step":
        """The same step with smaller claims."""
        return replace(self, duty=replace(self.duty, batch=batch))

    def _chosen(self) -> int:
        if self.org_id is None:
            raise LookupError("no org was chosen yet")
        return self.org_id
