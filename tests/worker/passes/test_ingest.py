"""The pass ingest: every passage becomes one memory, in steps that a kill cannot double."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nrem.policy.ingest import passages
from tests.worker.jobbing import Asked, ask, audited
from tests.worker.trouble import Killed, frozen, killed
from tests.world import NOW, Org
from worker.contract import Changes, Work
from worker.passes.ingest import INGEST, Next


def told(count: int) -> str:
    """A text of so many passages."""
    return "\n\n".join(f"# Part {n}\n\nThe number of this part is {n}." for n in range(count))


def hand_in(org: Org, text: str, **fields: Any) -> Asked:  # noqa: ANN401
    return ask(org, "ingest", {"kind": "text", "text": text}, **fields)


def test_every_passage_becomes_a_memory_in_its_order(org: Org) -> None:
    text = told(205)
    asked = hand_in(org, text)

    outcomes = org.world.drain(INGEST)

    contents = [one.content for one in passages(text, 0, 1_000)]
    assert org.memories() == contents
    assert [its.outcome for its in outcomes] == ["applied"] * 3
    done = asked.read()
    assert done.state == "completed"
    assert done.result["memory_ids"] == org.memories("id")


def test_passages_are_semantic_and_name_their_events(org: Org) -> None:
    hand_in(org, told(2))

    org.world.drain(INGEST)

    assert org.memories("type, tier, trust") == [("semantic", "permanent", "user")] * 2
    bodies = (
        "SELECT e.body->>'content' FROM derivations AS d JOIN events AS e "
        "ON e.org_id = d.org_id AND e.id = d.event_id WHERE d.org_id = %(org)s ORDER BY d.child_id"
    )
    assert org.column(bodies) == org.memories()


def test_job_runs_since_it_was_taken_up(org: Org) -> None:
    asked = hand_in(org, told(101))
    later = NOW + timedelta(minutes=5)

    org.world.step(INGEST, now=later)

    midway = asked.read()
    assert (midway.state, midway.created_at, midway.started_at) == ("running", NOW, later)
    assert midway.completed_at is None
    assert len(midway.result["memory_ids"]) == 100


def test_text_is_taken_out_when_the_job_is_over(org: Org) -> None:
    asked = hand_in(org, told(1))
    assert "text" in asked.read().request

    org.world.drain(INGEST)

    assert asked.read().request == {"kind": "text"}


def test_text_without_a_word_makes_nothing_and_says_so(org: Org) -> None:
    asked = hand_in(org, "\n --- \n")

    org.world.drain(INGEST)

    done = asked.read()
    assert (done.state, done.result["memory_ids"]) == ("completed", [])
    assert [one["code"] for one in done.result["warnings"]] == ["no_text"]


def test_passages_go_into_the_dataset(org: Org) -> None:
    asked = hand_in(org, told(3), named="handbook")

    org.world.drain(INGEST)

    inside = "SELECT memory_id FROM dataset_memories WHERE org_id = %(org)s ORDER BY memory_id"
    assert org.column(inside) == asked.read().result["memory_ids"]


def test_trail_tells_of_the_job_and_of_each_memory(org: Org) -> None:
    hand_in(org, told(2))

    org.world.drain(INGEST)

    assert audited(org) == [
        ("ingest", "queued"),
        ("store", None),
        ("store", None),
        ("ingest", "completed"),
    ]


def test_killed_worker_doubles_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))
    with pytest.raises(Killed):
        org.world.step(killed(INGEST))
    assert asked.read().state == "running"

    org.world.lapse()
    org.world.drain(INGEST)

    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_late_holder_writes_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))

    def meanwhile() -> None:
        org.world.lapse()
        org.world.drain(INGEST)

    late = org.world.step(frozen(INGEST, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_step_that_failed_half_way_leaves_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))

    def broken(conn: Any, work: Work, step: Next) -> Changes:  # noqa: ANN401
        INGEST.apply(conn, work, step)
        raise ValueError("what a person said must not be repeated here")

    org.world.step(replace(INGEST, apply=broken))

    assert org.memories() == []
    org.world.drain(INGEST, now=NOW + timedelta(minutes=1))
    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_job_whose_step_never_succeeds_has_failed(org: Org) -> None:
    asked = hand_in(org, told(1))

    def broken(found: Any, proposal: Any, work: Work) -> None:  # noqa: ANN401
        raise ValueError("what a person said must not be repeated here")

    duty, states = replace(INGEST, decide=broken), []
    for minute in range(INGEST.max_attempts):
        org.world.step(duty, now=NOW + timedelta(minutes=minute))
        states.append(asked.read().state)

    failed = asked.read()
    assert states == ["running"] * (INGEST.max_attempts - 1) + ["failed"]
    assert (failed.error, failed.request) == ("ValueError", {"kind": "text"})
    assert audited(org)[-1] == ("ingest", "failed")


def test_replay_of_a_job_that_is_over_changes_nothing(org: Org) -> None:
    asked = hand_in(org, told(1))
    org.world.drain(INGEST)
    org.do(
        "INSERT INTO inbox (org_id, pass, item_kind, item_id, due_at) "
        "VALUES (%(org)s, 'ingest', 'job', %(job)s, app_now())",
        org=org.number,
        job=asked.number,
    )
    org.world.wake("ingest")

    (again,) = org.world.drain(INGEST)

    assert (again.outcome, again.changes.reason) == ("noop", "job_is_over")
    assert len(org.memories()) == 1
