"""The memories of a run that is undone: judged under lock as time has left them, then written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from nrem.policy import revert as policy
from nrem.policy.change import earliest
from nrem.policy.life import Life, Passed, Settled, settle
from nrem.policy.model import MemoryFacts, Reason, State
from nrem.policy.revert import Found, Other, Undo
from nrem.policy.run_change import RunChange, What
from nrem.policy.timeline import Timeline
from nrem.store import life, run_change
from nrem.store.life import Write
from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The run to undo, and the number of the one that undoes it."""

    org_id: int
    run_id: int
    started_at: datetime
    undone_by: int
    timeline: Timeline
    now: datetime

    @property
    def key(self) -> dict[str, int]:
        """The parameters that name the run."""
        return {"org_id": self.org_id, "run_id": self.run_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Undone:
    """A memory before and after."""

    undo: Undo
    found: Found
    after: Settled
    at: datetime

    @property
    def is_change(self) -> bool:
        return self.after.facts != self.found.facts or self.undo.true_until != self.found.true_until

    @property
    def crossing(self) -> Passed | None:
        """The change of belief, if how it stands is another, or since when."""
        was, becomes = self.found.facts, self.after.facts
        if (was.state, was.state_since) == (becomes.state, becomes.state_since):
            return None
        return Passed(self.at, was.state, becomes.state, Reason.REVERTED)


def undo(conn: Connection, target: Target, changes: Sequence[RunChange]) -> list[Undo]:
    """Lock the memories that a run changed and undo that; answers what became of each.

    One that is purged has nothing left to undo.
    """
    undone = _judge(conn, target, changes)
    _write(conn, target, undone)
    return [one.undo for one in undone]


def _judge(conn: Connection, target: Target, changes: Sequence[RunChange]) -> list[_Undone]:
    """Write down what time has made of them before anything is undone: that was believed."""
    org_id, now = target.org_id, target.now
    by_memory = {
        number: list(group) for number, group in groupby(changes, lambda one: one.memory_id)
    }
    writes = [
        life.settled(held, target.timeline, now) for held in life.lock(conn, org_id, by_memory)
    ]
    life.write(conn, org_id, writes)
    standing = {
        one.held.memory_id: one for one in writes if one.settled.facts.state is not State.PURGED
    }
    found = _find(conn, target, by_memory, standing)
    return [_undone(target, by_memory[one.memory_id], one) for one in found]


def _undone(target: Target, changes: Sequence[RunChange], found: Found) -> _Undone:
    at = earliest(found.facts, target.now)
    undo = policy.undo(target.run_id, changes, found, since=target.started_at, at=at)
    after = settle(Life(undo.facts), target.timeline, max(at, target.now), purges=False)
    return _Undone(undo=undo, found=found, after=after, at=at)


def _find(
    conn: Connection,
    target: Target,
    by_memory: Mapping[int, Sequence[RunChange]],
    standing: Mapping[int, Write],
) -> list[Found]:
    asked = {**target.key, "memory_ids": list(standing)}
    others: dict[int, list[Other]] = {}
    for row in conn.execute(statement("revert_others"), asked):
        others.setdefault(row.memory_id, []).append(
            Other(run_id=row.run_id, is_reverted=row.is_reverted, change=run_change.of_row(row))
        )
    versions = [max(its.version_after for its in by_memory[number]) for number in standing]
    rows = conn.execute(
        statement("revert_read"),
        {**asked, "versions": versions, "since": target.started_at},
    )
    return [
        Found(
            memory_id=row.id,
            version=row.version,
            facts=standing[row.id].settled.facts,
            true_until=row.true_until,
            recorded_at=row.recorded_at,
            is_edited=row.is_edited,
            evidence=tuple(row.evidence or ()),
            is_orphan=row.is_orphan,
            others=tuple(others.get(row.id, ())),
        )
        for row in rows
    ]


def _write(conn: Connection, target: Target, undone: Sequence[_Undone]) -> None:
    org_id, number = target.org_id, target.undone_by
    numbers = [one.undo.memory_id for one in undone]
    conn.execute(statement("revert_take_sources"), {**target.key, "memory_ids": numbers})
    told = [(one.undo.memory_id, one.crossing) for one in undone]
    life.tell(conn, org_id, [(its, passed) for its, passed in told if passed], run_id=number)
    changed = [one for one in undone if one.is_change]
    if not changed:
        return
    rows = conn.execute(statement("revert_write"), _columns(org_id, changed))
    versions = {row.id: row.version for row in rows}
    run_change.add(
        conn, org_id, number, [_change(one, versions[one.undo.memory_id]) for one in changed]
    )


def _columns(org_id: int, changed: Sequence[_Undone]) -> dict[str, Any]:
    facts = [one.after.facts for one in changed]
    coming = [one.after.upcoming for one in changed]
    return {
        "org_id": org_id,
        "memory_ids": [one.undo.memory_id for one in changed],
        "states": [str(its.state) for its in facts],
        "state_since": [its.state_since for its in facts],
        "reasons": [str(its.reason) if its.reason else None for its in facts],
        "importances": [its.importance for its in facts],
        "last_accesses": [its.last_access for its in facts],
        "facts_since": [its.facts_since for its in facts],
        "true_until": [one.undo.true_until for one in changed],
        "due_at": [crossing.at if crossing else None for crossing in coming],
    }


def _change(one: _Undone, version: int) -> RunChange:
    """What the reverting run did to the memory: the facts that are different now."""
    was, becomes = (
        _facts(one.found.facts, one.found.true_until),
        _facts(one.after.facts, one.undo.true_until),
    )
    names = [name for name in was if was[name] != becomes[name]]
    return RunChange(
        memory_id=one.undo.memory_id,
        what=What.REVERTED,
        version_before=one.found.version,
        version_after=version,
        before={name: run_change.as_json(was[name]) for name in names},
        after={name: run_change.as_json(becomes[name]) for name in names},
    )


def _facts(facts: MemoryFacts, true_until: datetime | None) -> dict[str, object]:
    return {
        "importance": facts.importance,
        "last_access": facts.last_access,
        "facts_since": facts.facts_since,
        "state": str(facts.state),
        "state_since": facts.state_since,
        "state_reason": str(facts.reason) if facts.reason else None,
        "true_until": true_until,
    }
