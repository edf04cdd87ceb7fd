"""The pass promote: facts that contradict each other, and which of them gives way."""

from dataclasses import replace
from typing import Any

from tests.worker.promoting import DAY, HOUR, edges, promote, store
from tests.world import NOW, Org, memory
from worker.passes.promote import PROMOTE


def test_a_newer_fact_supersedes_an_older_one(org: Org) -> None:
    older, newer = store(org, "Ada lives in Berlin", "Ada lives in Paris", sessions="ab")

    promote(org)

    assert org.memories("id, true_until, state") == [
        (older, NOW + HOUR, "live"),
        (newer, None, "live"),
    ]
    assert edges(org) == {(newer, "contradicts", older), (newer, "supersedes", older)}


def test_an_older_fact_that_is_told_late_is_superseded_itself(org: Org) -> None:
    (newer,) = store(org, "Ada lives in Paris")
    promote(org)
    org.append(memory("Ada lives in Berlin", occurred_at=NOW - DAY))
    org.world.settle()

    promote(org, now=NOW + 2 * DAY)

    assert org.memories("content, true_until") == [
        ("Ada lives in Paris", None),
        ("Ada lives in Berlin", NOW),
    ]
    assert (newer, "supersedes", newer + 1) in edges(org)


def test_a_pinned_fact_is_contradicted_and_stays(org: Org) -> None:
    (older,) = store(org, "Ada lives in Berlin")
    org.do("UPDATE memories SET pinned = true")
    (newer,) = store(org, "Ada lives in Paris", sessions="b")

    promote(org)

    assert org.memories("true_until") == [None, None]
    assert (newer, "contradicts", older) in edges(org)
    assert not [edge for edge in edges(org) if edge[1] == "supersedes"]


def test_facts_about_different_things_are_left_alone(org: Org) -> None:
    store(org, "Ada lives in Berlin", "Grace lives in Paris", "Ada works in Paris")

    promote(org)

    assert org.memories("true_until") == [None, None, None]
    assert edges(org) == set()


def test_the_policy_may_leave_contradictions_side_by_side(org: Org) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES "
        '(%(org)s, 1, \'{"promote": {"supersedes": false}}\', %(at)s)',
        org=org.number,
        at=NOW - DAY,
    )
    store(org, "Ada lives in Berlin", "Ada lives in Paris")

    promote(org)

    assert org.memories("true_until") == [None, None]


def test_an_edited_fact_is_looked_at_again(org: Org) -> None:
    older, newer = store(org, "Ada lives in Berlin", "Ada likes trains")
    promote(org)
    org.do("UPDATE memories SET content = 'Ada lives in Paris' WHERE id = %(id)s", id=newer)

    org.world.tick("promote")
    promote(org)

    assert (newer, "supersedes", older) in edges(org)


def test_a_memory_that_is_edited_while_it_is_looked_at_is_looked_at_again(org: Org) -> None:
    (number,) = store(org, "Ada likes trains")

    def decide(*its: Any) -> Any:  # noqa: ANN401
        org.do("UPDATE memories SET content = 'Ada lives in Paris'")
        return PROMOTE.decide(*its)

    org.world.step(replace(PROMOTE, decide=decide), now=NOW + DAY)

    assert org.column("SELECT memory_id FROM promote_queue WHERE org_id = %(org)s") == [number]


def test_superseded_episodes_are_no_evidence(org: Org) -> None:
    store(
        org,
        *("I live in Berlin.", "I live in Berlin now.", "Now I live in Berlin."),
        "I live in Paris.",
        sessions="abcd",
    )

    promote(org)

    assert org.memories(where="type = 'semantic'") == []
