"""What undoing a run makes of one memory it changed: pure, three-way, field by field.

A fact that is still as the run left it becomes what it was before; one that was changed since stays
and is told. What was believed between stays in the history: only how the memory stands is undone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from nrem.policy.model import MemoryFacts, Reason, State
from nrem.policy.run_change import RunChange, What

# The passes whose runs can be undone.
REVERTIBLE: Final = ("appraise", "consolidate", "promote", "reflect", "shelf")

# What a run may have written, besides versions: facts of the memory by the names of their columns.
_INSTANTS: Final = frozenset({"last_access", "facts_since", "state_since", "true_until"})
_STATE: Final = ("state", "state_since", "state_reason")
# What time alone did since follows from the facts, so it is worked out anew.
_BY_TIME: Final = frozenset({Reason.IDLE, Reason.FADED, Reason.EXPIRED, Reason.RETENTION_ENDED})

EDITED: Final = "edited since"
USED: Final = "used since"
CHANGED: Final = "changed since"
BY_RUN: Final = "changed by a later run"
EVIDENCE: Final = "evidence of another run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What another run did to the memory."""

    run_id: int
    is_reverted: bool
    change: RunChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A memory as it stands, settled, and who else had to do with it."""

    memory_id: int
    version: int
    facts: MemoryFacts
    true_until: datetime | None
    recorded_at: datetime
    # a version that no run made, or a change of state or tier that a caller asked for
    is_edited: bool
    # runs whose sources it has, without the one to undo; 0: no run gave them
    evidence: tuple[int, ...] = ()
    # the run that made it was undone, and it was kept
    is_orphan: bool = False
    # by number
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that is not undone, and why; `field` None: the memory itself, or its words."""

    memory_id: int
    field: str | None
    reason: str
    # the run because of which it is kept
    run_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What becomes of a memory; whoever writes it down settles it first."""

    memory_id: int
    facts: MemoryFacts
    true_until: datetime | None
    # what the run had done and is not done any more
    undone: frozenset[What]
    kept: tuple[Kept, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A memory while it is undone."""

    run_id: int
    since: datetime
    at: datetime
    found: Found
    values: dict[str, Any]
    undone: set[What] = field(default_factory=set)
    kept: list[Kept] = field(default_factory=list)

    def keep(self, name: str | None, reason: str, run_id: int | None = None) -> None:
        if (name, reason) not in {(one.field, one.reason) for one in self.kept}:
            self.kept.append(
                Kept(memory_id=self.found.memory_id, field=name, reason=reason, run_id=run_id)
            )


def undo(
    run_id: int, changes: Sequence[RunChange], found: Found, *, since: datetime, at: datetime
) -> Undo:
    """What undoing a run at `at`, which began at `since`, makes of one memory it changed."""
    draft = _Draft(run_id=run_id, since=since, at=at, found=found, values=_values(found))
    is_edited = found.is_edited or _is_altered(draft, changes)
    if is_edited:
        draft.keep(None, EDITED)
    whats = {one.what for one in changes}
    is_made_by_it = What.CREATED in whats or found.is_orphan
    if is_made_by_it and not is_edited and not found.evidence:
        _withdraw(draft, whats)
    else:
        _undo_facts(draft, changes, is_edited=is_edited)
        if What.CREATED in whats and found.evidence:
            draft.keep(None, EVIDENCE, found.evidence[-1] or None)
    facts, true_until = _facts(found.facts, draft.values), draft.values["true_until"]
    return Undo(
        memory_id=found.memory_id,
        facts=facts,
        true_until=true_until,
        undone=frozenset(draft.undone),
        kept=tuple(draft.kept),
    )


def _values(found: Found) -> dict[str, Any]:
    facts = found.facts
    return {
        "importance": facts.importance,
        "last_access": facts.last_access,
        "facts_since": facts.facts_since,
        "state": facts.state,
        "state_since": facts.state_since,
        "state_reason": facts.reason,
        "true_until": found.true_until,
    }


def _facts(facts: MemoryFacts, values: Mapping[str, Any]) -> MemoryFacts:
    return replace(
        facts,
        importance=values["importance"],
        last_access=values["last_access"],
        facts_since=values["facts_since"],
        state=values["state"],
        state_since=values["state_since"],
        reason=values["state_reason"],
    )


def _is_altered(draft: _Draft, changes: Sequence[RunChange]) -> bool:
    """Whether what decides its future was changed since, and by no run."""
    found = draft.found
    since = found.facts.facts_since or found.facts.state_since
    known = {found.recorded_at}
    for change in (*changes, *(one.change for one in found.others)):
        named = (change.before.get("facts_since"), change.after.get("facts_since"))
        known.update(datetime.fromisoformat(one) for one in named if one)
    return since >= draft.since and since not in known


def _withdraw(draft: _Draft, whats: set[What]) -> None:
    """Nobody else has to do with it: it is forgotten, and its sources stay to explain it."""
    draft.undone |= whats
    if draft.values["state"] in {State.FORGOTTEN, State.PURGED}:
        return
    draft.values |= {
        "state": State.FORGOTTEN,
        "state_since": draft.at,
        "state_reason": Reason.REVERTED,
        "facts_since": draft.at,
    }


def _undo_facts(draft: _Draft, changes: Sequence[RunChange], *, is_edited: bool) -> None:
    for change in changes:
        if change.what is What.CREATED:
            continue
        done = [_undo_fact(draft, change, name) for name in _alone(change)]
        if "state" in change.after:
            done.append(_undo_state(draft, change, is_edited=is_edited))
        if change.what in {What.MERGED, What.SUPPORTED} or any(done):
            draft.undone.add(change.what)
    if draft.values["last_access"] != draft.found.facts.last_access and not is_edited:
        _revive(draft)


def _alone(change: RunChange) -> Iterator[str]:
    """The facts that are judged each by itself."""
    unknown = change.after.keys() - {*_INSTANTS, *_STATE, "importance"}
    if unknown:
        raise ValueError(f"a run cannot be undone that wrote {sorted(unknown)}")
    return (name for name in change.after if name not in _STATE)


def _undo_fact(draft: _Draft, change: RunChange, name: str) -> bool:
    """Set one fact back, if it is still as the run left it and no later run stands by it."""
    after, now = _read(name, change.after[name]), draft.values[name]
    later = _later(draft, name)
    if now == after and later is None:
        before = _read(name, _base(draft, name, change.before[name]))
        draft.values[name] = before
        return bool(before != after)
    if name != "facts_since" and after != _read(name, change.before[name]):
        _keep_fact(draft, name, now, later)
    return False


def _keep_fact(draft: _Draft, name: str, now: object, later: Other | None) -> None:
    if later is not None and _read(name, later.change.after[name]) == now:
        draft.keep(name, BY_RUN, later.run_id)
    elif name == "last_access":
        draft.keep(name, USED)
    else:
        draft.keep(name, EDITED)


def _later(draft: _Draft, name: str) -> Other | None:
    """The last run after this one that wrote the fact, and was not undone."""
    return next(
        (
            one
            for one in reversed(draft.found.others)
            if one.run_id > draft.run_id and _stands(one) and name in one.change.after
        ),
        None,
    )


def _stands(one: Other) -> bool:
    return not one.is_reverted and one.change.what is not What.REVERTED


def _base(draft: _Draft, name: str, before: object) -> object:
    """What the fact would have been: where an undone run had set that, what was before it."""
    for one in reversed(draft.found.others):
        change = one.change
        if one.run_id < draft.run_id and one.is_reverted and name in change.after:
            before = change.before[name] if change.after[name] == before else before
    return before


def _undo_state(draft: _Draft, change: RunChange, *, is_edited: bool) -> bool:
    """Set the state back as if it had never been left; time goes on from there."""
    values = draft.values
    is_as_left = all(values[name] == _read(name, change.after[name]) for name in _STATE)
    if is_as_left or (values["state_reason"] in _BY_TIME and not is_edited):
        values |= {name: _read(name, change.before[name]) for name in _STATE}
        return True
    is_asked = values["state_reason"] == Reason.REQUESTED or values["state"] is State.LIVE
    draft.keep("state", EDITED if is_asked else CHANGED)
    return False


def _revive(draft: _Draft) -> None:
    """What time did to it since the run, it did to another last use: it is worked out anew."""
    values = draft.values
    if values["state_reason"] in _BY_TIME and values["state_since"] > draft.since:
        began = max(values["last_access"], values["facts_since"] or values["last_access"])
        values |= {"state": State.LIVE, "state_since": began, "state_reason": None}


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    if value is None or not isinstance(value, str):
        return value
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return State(value) if name == "state" else value
