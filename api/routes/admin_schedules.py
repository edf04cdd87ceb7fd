"""Schedules of the caller's org: read them, set one, pause and resume a pass, run one now.

Schedules are a part of the org's policy, so each change is a new version of it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, AdminWriter, Nrem, actor, record, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.cron import next_instant
from nrem.errors import ConflictError, NotFoundError
from nrem.policy.model import PolicyError
from nrem.policy.params import Policy
from nrem.policy.schedule import PASSES, Schedule
from nrem.store import audit, engine, policy, run, work
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.key import Caller
from nrem.store.run import RunRow
from nrem.wire.admin import (
    PauseIn,
    RunRequested,
    ScheduleChanged,
    ScheduleIn,
    ScheduleOut,
    SchedulesOut,
)

router = APIRouter(tags=["schedules"])

_SET: Final = TypeAdapter(ScheduleIn)
_PAUSE: Final = TypeAdapter(PauseIn)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What to do to one pass's schedule."""

    name: str
    # from the schedule to the JSON that it is to be
    of: Callable[[Schedule], dict[str, object]]
    expected_version: int | None
    # who asks for it, and what for: set, pause, resume
    actor: Actor
    action: str


@router.get("/v1/admin/schedules")
async def list_schedules(state: Nrem, caller: AdminReader) -> SchedulesOut:
    """Every pass that can be planned: its schedule, its next instant, its last run."""
    async with transaction(state, caller) as run_in:
        found: SchedulesOut = await run_in(_list, caller.org_id)
    return found


def _list(conn: Connection, org_id: int) -> SchedulesOut:
    last = policy.newest(conn, org_id)
    shown = _shown(conn, org_id, last.policy, PASSES)
    return SchedulesOut(schedules=shown, policy_version=last.number)


def _shown(conn: Connection, org_id: int, its: Policy, names: tuple[str, ...]) -> list[ScheduleOut]:
    now, last = engine.instant(conn), run.find_last(conn, org_id, names)
    usual, planned = Policy.default().schedules.by_pass(), its.schedules.by_pass()
    return [
        ScheduleOut(
            pass_name=name,
            cron=planned[name].cron,
            timezone=planned[name].timezone,
            paused=planned[name].paused,
            is_default=planned[name] == usual[name],
            next_at=None if planned[name].paused else next_instant(planned[name], now),
            **_last_run(last.get(name)),
        )
        for name in names
    ]


def _last_run(row: RunRow | None) -> dict[str, Any]:
    return {
        "last_at": row.started_at if row else None,
        "last_outcome": row.outcome if row else None,
        "last_reason": row.reason if row else None,
        "last_run_id": ids.encode(ids.RUN, row.id) if row else None,
    }


@router.put("/v1/admin/schedules/{name}", openapi_extra=takes(ScheduleIn))
async def set_schedule(
    name: str, request: Request, state: Nrem, caller: AdminWriter
) -> ScheduleChanged:
    """Plan a pass: from its next instant on, within seconds, without a restart."""
    given = body.validate(_SET, body.parse(await body.read(request)))
    times = {"cron": given.cron}
    times |= {"timezone": given.timezone} if given.timezone is not None else {}
    return await _change(
        state,
        caller,
        _Change(
            name=name,
            of=lambda its: {"timezone": its.timezone, "paused": its.paused, **times},
            expected_version=given.expected_policy_version,
            actor=actor(request, caller),
            action="set",
        ),
    )


@router.post("/v1/admin/schedules/{name}:pause", openapi_extra=takes(PauseIn))
async def pause_schedule(
    name: str, request: Request, state: Nrem, caller: AdminWriter
) -> ScheduleChanged:
    """Let a pass rest: events are accepted, its work stays due."""
    return await _rest(name, request, state, caller, paused=True)


@router.post("/v1/admin/schedules/{name}:resume", openapi_extra=takes(PauseIn))
async def resume_schedule(
    name: str, request: Request, state: Nrem, caller: AdminWriter
) -> ScheduleChanged:
    """End the rest of a pass: what became due meanwhile is done now."""
    changed = await _rest(name, request, state, caller, paused=False)
    state.nudger.nudge((name,))
    return changed


async def _rest(
    name: str, request: Request, state: State, caller: Caller, *, paused: bool
) -> ScheduleChanged:
    raw = await body.read(request)
    # No body is as good as an empty one.
    given = body.validate(_PAUSE, body.parse(raw) if raw.strip() else {})
    return await _change(
        state,
        caller,
        _Change(
            name=name,
            of=lambda its: {"cron": its.cron, "timezone": its.timezone, "paused": paused},
            expected_version=given.expected_policy_version,
            actor=actor(request, caller),
            action="pause" if paused else "resume",
        ),
    )


async def _change(state: State, caller: Caller, change: _Change) -> ScheduleChanged:
    _require_known(change.name)
    async with transaction(state, caller) as run_in:
        changed: ScheduleChanged = await run_in(_write, caller.org_id, change)
    return changed


def _write(conn: Connection, org_id: int, change: _Change) -> ScheduleChanged:
    # Under the lock of the org's policy: two changes at once are made one after the other.
    last = policy.lock(conn, org_id)
    version, its = last.number, last.policy
    if change.expected_version not in (None, version):
        raise ConflictError(
            f"the policy in force is version {version}",
            field="expected_policy_version",
            remedy="read the schedules again, and repeat the change if it still holds",
            code="version_conflict",
        )
    planned = its.schedules.by_pass()[change.name]
    schedule = _read(change.name, change.of(planned))
    if schedule != planned:
        its = replace(its, schedules=replace(its.schedules, **{change.name: schedule}))
        version = policy.add(conn, org_id, its, now=engine.instant(conn))
        audit.add(conn, org_id, [_entry(change, version)])
    (shown,) = _shown(conn, org_id, its, (change.name,))
    return ScheduleChanged(schedule=shown, policy_version=version)


def _entry(change: _Change, version: int) -> Entry:
    details = {"pass": change.name, "action": change.action, "policy_version": version}
    return Entry(operation=Operation.SCHEDULE_CHANGE, actor=change.actor, details=details)


def _read(name: str, given: dict[str, object]) -> Schedule:
    """Read like any part of a policy, so that faults are told in the same words."""
    try:
        found = Policy.from_json({"schedules": {name: given}})
    except PolicyError as error:
        prefix = f"schedules.{name}."
        raise PolicyError(
            [replace(one, path=one.path.removeprefix(prefix)) for one in error.faults]
        ) from None
    return found.schedules.by_pass()[name]


@router.post("/v1/admin/passes/{name}:run", status_code=202)
async def run_pass(name: str, request: Request, state: Nrem, caller: AdminWriter) -> RunRequested:
    """Run a pass for the org now, also while it rests; its run row has the cause answered here."""
    _require_known(name)
    asked = f"request:{secrets.token_hex(8)}"
    async with transaction(state, caller) as run_in:
        cause: str = await run_in(work.request, caller.org_id, name, asked)
        entry = Entry(operation=Operation.RUN_REQUEST, details={"pass": name, "cause": cause})
        await record(run_in, request, caller, entry)
    state.nudger.nudge((name,))
    return RunRequested(pass_name=name, cause=cause)


def _require_known(name: str) -> None:
    if name not in PASSES:
        raise NotFoundError(
            "there is no such pass", field="pass", remedy="name one of " + ", ".join(PASSES)
        )
