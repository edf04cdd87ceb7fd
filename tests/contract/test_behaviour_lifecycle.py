"""Behaviour to beat, lines 1 to 10: what becomes of memories. The names carry the numbers."""

from datetime import timedelta

import pytest

from scheduler.plan import plan
from tests.api.serving import Caller
from tests.contract.looking import column
from tests.world import NOW, Org, memory
from worker.contract import Shape
from worker.passes import PASSES

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LIFECYCLE = {"decay", "expire", "reinforce", "promote", "consolidate", "score", "embed"}


@pytest.mark.parametrize(
    "change", [{"content": "Ann has two cats."}, {"metadata": {"k": 1}}, {"importance": 0.25}]
)
def test_line_01_each_change_makes_one_new_version(
    caller: Caller, change: dict[str, object]
) -> None:
    made = caller.store("Ann has a cat.", importance=0.5)

    changed = caller.patch(f"/v1/memories/{made['id']}", change)
    told = caller.get(f"/v1/memories/{made['id']}/history").json()

    assert changed.status_code == 200
    assert [one["version"] for one in told["versions"]] == [1, 2]


def test_line_02_decay_does_not_compound(org: Org) -> None:
    org.append(memory("told once", importance=0.9, user="one"))
    org.world.drain("score")
    hours = [NOW + n * HOUR for n in range(1, 24 * 9, 7)]
    for hour in hours:
        org.world.drain("decay", now=hour)
    often = org.memories("importance, state, due_at::text")

    other = org.world.found("other")
    other.append(memory("told once", importance=0.9, user="one"))
    org.world.drain("score")
    org.world.drain("decay", now=hours[-1])

    assert other.memories("importance, state, due_at::text") == often


def test_line_03_every_lifecycle_pass_is_scheduled_by_the_product() -> None:
    planned = {entry.duty for entry in plan(PASSES, []).entries}

    assert planned >= LIFECYCLE


def test_line_04_a_sweep_is_bounded_and_touches_only_what_crosses(org: Org) -> None:
    told = [memory(f"fact {n}", importance=0.9, tier="long") for n in range(40)]
    org.append(*told, memory("passing", importance=0.9, tier="short"))
    org.world.drain("score")
    before = dict(org.memories("id, xmin::text"))

    org.world.drain("decay", now=NOW + 8 * DAY)
    again = org.world.drain("decay", now=NOW + 8 * DAY)

    after = dict(org.memories("id, xmin::text"))
    assert len([number for number in after if after[number] != before[number]]) == 1
    assert {done.changes.changed for done in again} <= {0}
    sweeps = [duty for duty in PASSES if duty.shape is Shape.SWEEP and duty.sweep is None]
    assert all(duty.batch > 0 for duty in sweeps)


def test_line_05_decay_makes_no_versions(org: Org) -> None:
    org.append(memory("fact", importance=0.9, tier="short"))
    org.world.drain("score")

    org.world.drain("decay", now=NOW + 8 * DAY)

    assert org.memories("state, version") == [("archived", 1)]
    assert org.column("SELECT count(*) FROM memory_versions WHERE org_id = %(org)s") == [0]


@pytest.mark.parametrize("kind", ["exponential", "logarithmic", "step"])
def test_line_06_every_curve_is_chosen_through_the_api(admin: Caller, kind: str) -> None:
    steps = [[0.0, 1.0], [2.0, 0.25]] if kind == "step" else []
    curve = {"kind": kind, "stability_days": 2.0, "steps": steps}

    answer = admin.patch("/v1/admin/policy", {"changes": {"decay": {"episodic": curve}}})

    assert answer.status_code == 200, answer.text
    assert answer.json()["policy"]["decay"]["episodic"]["kind"] == kind


def test_line_07_a_time_to_live_holds_without_any_sweep(caller: Caller) -> None:
    made = caller.store("The code is blue.", ttl_seconds=3600)
    caller.world.do(
        "UPDATE memories SET expires_at = clock_timestamp() - interval '1 second' "
        "WHERE org_id = %(org)s",
        org=caller.org,
    )

    assert caller.get(f"/v1/memories/{made['id']}").status_code == 404
    assert caller.recall("code blue") == []
    indexes = column(caller, "SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'memories%%'")
    assert any("expires_at" in definition for definition in indexes)


def test_line_08_the_end_of_a_session_really_consolidates(caller: Caller) -> None:
    session = caller.post("/v1/sessions", {"agent_id": "agent"}).json()["session_id"]
    caller.store("Ann flies to Oslo.", memory_type="working", session_id=session)

    ended = caller.client.post(f"/v1/sessions/{session}/end").json()
    caller.run("score", "consolidate")

    told = caller.get(f"/v1/sessions/{session}").json()
    assert ended["transitioned_count"] == 1
    assert (told["state"], told["transitioned_count"]) == ("consolidated", 1)
    assert "episodic" in {one["memory_type"] for one in caller.recall("Oslo")}


def test_line_09_a_stored_memory_has_a_vector_at_once(caller: Caller) -> None:
    assert caller.store("Ann has a cat.")["embedding_model"]


def test_line_10_derived_memories_name_their_sources(caller: Caller) -> None:
    session = caller.post("/v1/sessions", {"agent_id": "agent"}).json()["session_id"]
    caller.store("Ann flies to Oslo.", memory_type="working", session_id=session)
    caller.client.post(f"/v1/sessions/{session}/end")

    caller.run("score", "consolidate")

    (derived,) = [one for one in caller.recall("Oslo") if one["memory_type"] == "episodic"]
    assert derived["sources"]
    made = caller.get(f"/v1/memories/{derived['memory_id']}").json()
    assert (made["derived_by"], bool(made["run_id"])) == ("consolidate", True)
