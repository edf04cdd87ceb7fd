"""The pass redue: after a change of policy, the due times of the org's memories follow it."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from nrem.policy.params import ExpirePolicy, Policy
from nrem.policy.params_fade import DecayPolicy, TierPolicy
from nrem.store import engine, life, policy
from nrem.store.redue import Met
from tests.worker.trouble import Killed, poisoned
from tests.world import NOW, Org, memory
from worker.changes import Changes
from worker.contract import Work
from worker.passes.redue import REDUE

DAY = timedelta(days=1)
STANDING = "content, state, state_since, state_reason, due_at::text"
STRICT = Policy(tiers=TierPolicy(short_idle_days=2, long_idle_days=10))
LAX = Policy(tiers=TierPolicy(short_idle_days=20, long_idle_days=100))


def _remember(org: Org, count: int = 1, **given: Any) -> None:  # noqa: ANN401
    facts = (
        memory(f"fact {n}", **{"importance": 0.9, "tier": "short", **given}) for n in range(count)
    )
    org.append(*facts)
    org.world.drain("score")


def _set(org: Org, wanted: Policy, *, now: datetime = NOW) -> None:
    with engine.begin(org.world.api, org_id=org.number, now=now) as conn:
        policy.add(conn, org.number, wanted, now=now)


def _due(org: Org) -> list[datetime]:
    return list(org.memories("due_at"))


def test_shorter_limit_brings_every_due_time_forward(org: Org) -> None:
    _remember(org, 5)
    assert set(_due(org)) == {NOW + 7 * DAY}
    _set(org, STRICT, now=NOW + DAY)

    org.world.drain(replace(REDUE, batch=2), now=NOW + DAY)

    assert set(_due(org)) == {NOW + 2 * DAY}
    assert org.column("SELECT after_id FROM redues") == []


def test_longer_limit_leaves_due_times_as_lower_bounds(org: Org) -> None:
    _remember(org)
    _set(org, LAX, now=NOW + DAY)

    outcomes = org.world.drain("redue", now=NOW + DAY)

    assert _due(org) == [NOW + 7 * DAY]
    assert [its.changes.changed for its in outcomes if its.changes.read] == [0]
    org.world.drain("decay", now=NOW + 8 * DAY)
    assert org.memories("state, due_at") == [("live", NOW + 20 * DAY)]


def test_memory_that_outlived_a_shorter_limit_crosses_at_the_change_not_before(org: Org) -> None:
    _remember(org)
    _set(org, STRICT, now=NOW + 5 * DAY)

    org.world.drain("redue", now=NOW + 6 * DAY)

    assert org.memories("state, state_since, state_reason") == [("archived", NOW + 5 * DAY, "idle")]


def test_crossing_that_came_under_the_old_policy_keeps_its_instant(org: Org) -> None:
    _remember(org)
    _set(org, LAX, now=NOW + 9 * DAY)

    org.world.drain("redue", now=NOW + 10 * DAY)

    assert org.memories("state, state_since") == [("archived", NOW + 7 * DAY)]
    assert org.column("SELECT at FROM crossings") == [NOW + 7 * DAY]


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("archived", Policy(decay=DecayPolicy(archived_retention_days=5))),
        ("forgotten", Policy(expire=ExpirePolicy(forgotten_retention_days=5))),
    ],
)
def test_retention_of_what_is_out_of_recall_follows_too(
    org: Org, state: str, wanted: Policy
) -> None:
    _remember(org, **({"ttl_seconds": 7 * 86_400} if state == "forgotten" else {}))
    org.world.drain("decay", now=NOW + 7 * DAY)
    assert org.memories("state") == [state]
    _set(org, wanted, now=NOW + 8 * DAY)

    org.world.drain("redue", now=NOW + 8 * DAY)

    assert org.memories("state, due_at") == [(state, NOW + 12 * DAY)]


def test_purged_memory_is_not_looked_at(org: Org) -> None:
    _remember(org)
    org.world.do("UPDATE memories SET state = 'purged', due_at = 'infinity'")
    _set(org, STRICT)

    outcomes = org.world.drain("redue")

    assert [its.changes.read for its in outcomes] == [0]


def test_waiting_uses_are_counted_on_the_way(org: Org) -> None:
    _remember(org)
    org.world.do(
        "INSERT INTO accesses (org_id, memory_id, at) SELECT org_id, id, %(at)s FROM memories",
        at=NOW + DAY,
    )
    _set(org, STRICT, now=NOW + DAY)

    org.world.drain("redue", now=NOW + 2 * DAY)

    assert org.memories("access_count, last_access, due_at") == [(1, NOW + DAY, NOW + 3 * DAY)]
    assert org.column("SELECT count(*) FROM accesses WHERE folded_at IS NULL") == [0]


def test_walk_that_was_killed_goes_on_where_it_was(org: Org) -> None:
    _remember(org, 5)
    _set(org, STRICT)
    duty, ids = replace(REDUE, batch=2), org.memories("id")
    org.world.step(duty)

    def die(*_: object) -> Changes:
        raise Killed

    with pytest.raises(Killed):
        org.world.step(replace(duty, apply=die))
    assert org.column("SELECT after_id FROM redues") == [ids[1]]
    assert [due == NOW + 2 * DAY for due in _due(org)] == [True, True, False, False, False]

    outcomes = org.world.drain(duty)

    assert [its.changes.read for its in outcomes] == [2, 1, 0]
    assert set(_due(org)) == {NOW + 2 * DAY}


def test_another_change_in_the_middle_begins_anew(org: Org) -> None:
    _remember(org, 4)
    duty = replace(REDUE, batch=2)
    _set(org, STRICT)
    org.world.step(duty)
    nearer = Policy(tiers=TierPolicy(short_idle_days=1, long_idle_days=10))
    _set(org, nearer, now=NOW + timedelta(hours=1))
    assert org.column("SELECT after_id FROM redues") == [0]

    org.world.drain(duty, now=NOW + timedelta(hours=1))

    assert set(_due(org)) == {NOW + DAY}


def test_change_within_the_same_microsecond_is_followed_too(org: Org) -> None:
    _remember(org)
    _set(org, LAX)
    _set(org, STRICT)

    org.world.drain("redue", now=NOW)
    org.world.drain("redue", now=NOW + timedelta(microseconds=1))

    assert _due(org) == [NOW + 2 * DAY]


def test_walking_again_changes_nothing(org: Org) -> None:
    _remember(org, 3)
    _set(org, STRICT)
    org.world.drain("redue")
    before = org.memories(f"xmin::text, {STANDING}")
    org.world.do("INSERT INTO redues (org_id) VALUES (%(org)s)", org=org.number)
    org.world.do("UPDATE org_work SET due_at = '-infinity' WHERE pass = 'redue'")

    outcomes = org.world.drain("redue")

    done = [(its.outcome, its.changes.read, its.changes.changed) for its in outcomes]
    assert done == [("noop", 3, 0), ("noop", 0, 0)]
    assert org.memories(f"xmin::text, {STANDING}") == before


def test_other_orgs_are_left_alone(org: Org) -> None:
    other = org.world.found("other")
    _remember(other, 2)
    _remember(org, 2)
    before = other.memories(f"xmin::text, {STANDING}")
    _set(org, STRICT)

    org.world.drain("redue")

    assert other.memories(f"xmin::text, {STANDING}") == before
    assert set(_due(org)) == {NOW + 2 * DAY}


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_memory_that_cannot_be_judged_is_parked_and_the_walk_goes_on(org: Org, batch: int) -> None:
    _remember(org, 5)
    ids = org.memories("id")
    _set(org, STRICT)

    def is_poison(met: Met) -> bool:
        return bool(met.held.memory_id == ids[2])

    org.world.drain(replace(poisoned(REDUE, is_poison), batch=batch))

    assert [due == NOW + 2 * DAY for due in _due(org)] == [True, True, False, True, True]
    parked = org.ask("SELECT pass, item_kind, item_id FROM parked")
    assert [tuple(row) for row in parked] == [("redue", "memory", ids[2])]
    assert org.column("SELECT after_id FROM redues") == []


def test_policy_does_not_change_while_a_run_is_under_way(org: Org) -> None:
    _remember(org, 2)
    _set(org, STRICT)
    seen: list[str | None] = []

    def change(job: Work) -> None:
        with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
            conn.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
            policy.add(conn, job.org_id, LAX, now=NOW)

    def decide(found: list[Met], proposal: None, job: Work) -> Any:  # noqa: ANN401
        try:
            change(job)
        except OperationalError as error:
            seen.append(getattr(error.orig, "sqlstate", None))
        return REDUE.decide(found, proposal, job)

    org.world.step(replace(REDUE, decide=decide))

    assert seen == ["55P03"]


def test_memory_that_somebody_holds_is_waited_for_not_skipped(org: Org) -> None:
    _remember(org, 3)
    _set(org, STRICT)
    first, *_ = org.memories("id")
    walking = threading.Thread(target=org.world.drain, args=("redue",))

    with org.begin() as conn:
        life.lock(conn, org.number, [first])
        walking.start()
        walking.join(0.3)
        is_waiting = walking.is_alive()
    walking.join(20)

    assert is_waiting
    assert set(_due(org)) == {NOW + 2 * DAY}
