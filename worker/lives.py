"""What several passes tell of the memories they wrote down: counts, numbers, and the diff."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nrem.policy.decay import next_crossing
from nrem.policy.life import Passed, Settled
from nrem.policy.model import Reason, State
from nrem.store.life import Write
from worker.changes import Change, Changes
from worker.contract import Work


def changes(writes: Sequence[Write], *, nothing: str) -> Changes:
    """The changes of these writes; `nothing` is the reason when there are none."""
    changed = [one for one in writes if one.is_change]
    return Changes(
        read=len(writes),
        proposed=len(writes),
        changed=len(changed),
        reason=None if changed else nothing,
        detail=_detail(changed),
        diff=tuple(line for one in changed for line in _lines(one)),
    )


def forgotten(settled: Settled, job: Work, reason: Reason) -> Settled:
    """A memory that is live, forgotten now."""
    facts = replace(settled.facts, state=State.FORGOTTEN, state_since=job.now, reason=reason)
    passed = Passed(job.now, State.LIVE, State.FORGOTTEN, reason)
    return Settled(facts, (*settled.passed, passed), next_crossing(facts, job.policy))


def _detail(changed: Sequence[Write]) -> dict[str, list[int]]:
    """The numbers of the memories by the state they entered, and of those that were used."""
    found: dict[str, list[int]] = {}
    for one in changed:
        before, after = one.held.life.facts, one.settled.facts
        if after.state is not before.state:
            found.setdefault(str(after.state), []).append(one.held.memory_id)
        if after.access_count > before.access_count:
            found.setdefault("used", []).append(one.held.memory_id)
    return found


def _lines(one: Write) -> Iterator[Change]:
    """One line per field that changes, as a dry run prints it and the real run writes it."""
    before, after, number = one.held.life.facts, one.settled.facts, one.held.memory_id

    def line(kind: str, was: object, becomes: object, reason: str | None) -> Change:
        return Change(kind=kind, id=number, before=str(was), after=str(becomes), reason=reason)

    if after.state is not before.state:
        yield line("memory", before.state, after.state, after.reason)
    if after.tier is not before.tier:
        yield line("tier", before.tier, after.tier, "used")
    if after.access_count != before.access_count:
        yield line("access_count", before.access_count, after.access_count, "used")
    if after.state is before.state is State.LIVE and after.last_access != before.last_access:
        was, becomes = before.last_access.isoformat(), after.last_access.isoformat()
        yield line("last_access", was, becomes, "used")
