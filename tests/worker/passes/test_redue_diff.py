"""A dry run of redue tells what the run then changes, row by row."""

from datetime import timedelta
from typing import Any

from nrem.policy.params import Policy
from nrem.policy.params_fade import TierPolicy
from nrem.store import engine, policy
from tests.world import NOW, Org, memory
from worker.passes.redue import REDUE
from worker.runner import drain, rehearse

DAY = timedelta(days=1)
STRICT = Policy(tiers=TierPolicy(short_idle_days=2, long_idle_days=10))


def _varied(org: Org) -> None:
    org.append(
        *(
            memory(
                f"{memory_type} {tier} {importance}",
                memory_type=memory_type,
                tier=tier,
                importance=importance,
            )
            for memory_type in ("working", "episodic", "semantic")
            for tier in ("short", "long", "permanent")
            for importance in (0.03, 0.06, 0.3, 0.95)
        )
    )
    org.world.drain("score")
    org.world.do(
        "INSERT INTO accesses (org_id, memory_id, at) "
        "SELECT org_id, id, %(at)s FROM memories WHERE id %% 3 = 0",
        at=NOW + 4 * DAY,
    )


def test_dry_run_writes_nothing_and_its_diff_is_what_the_run_changes(org: Org) -> None:
    _varied(org)
    since = NOW + 5 * DAY
    with engine.begin(org.world.api, org_id=org.number, now=since) as conn:
        policy.add(conn, org.number, STRICT, now=since)
    columns = "id, state, tier, access_count, last_access, nullif(due_at, 'infinity')"
    before = org.memories(f"xmin::text, {columns}")
    setting = org.world.setting(now=NOW + 6 * DAY)

    shown = [line for its in rehearse(setting, REDUE) for line in its.changes.diff]

    assert org.memories(f"xmin::text, {columns}") == before
    assert org.column("SELECT after_id FROM redues") == [0]
    done = [line for its in drain(setting, REDUE) for line in its.changes.diff]
    assert shown == done
    assert {line.kind for line in done} == {"memory", "access_count", "last_access", "due_at"}
    assert _written(before, org.memories(columns)) == {
        (line.id, line.kind, line.before, line.after) for line in done
    }


def _written(before: list[Any], after: list[Any]) -> set[tuple[int, str, str, str]]:
    """What differs between the rows, in the words of a diff."""
    kinds = ("memory", "tier", "access_count", "last_access", "due_at")
    return {
        (new[0], kind, _said(kind, was), _said(kind, becomes))
        for old, new in zip(before, after, strict=True)
        for kind, was, becomes in zip(kinds, old[2:], new[1:], strict=True)
        if was != becomes and not (kind == "last_access" and new[1] != "live")
    }


def _said(kind: str, value: Any) -> str:  # noqa: ANN401
    if kind in {"last_access", "due_at"}:
        return value.isoformat() if value else "never"
    return str(value)
