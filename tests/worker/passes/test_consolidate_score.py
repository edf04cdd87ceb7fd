"""What consolidation makes of importance: less where it is known; a given one is carried on."""

import pytest

from nrem.policy.score import Score
from tests.world import Org, end, memory, turn

KAYAK = "We bought a kayak in Porto."
NOVELTY = "(features -> 'features' ->> 'novelty')::float8"


def _tell(org: Org, content: str, *, session: str, user: str = "user") -> None:
    org.append(turn(content, session=session, user=user), end(session, user=user))
    org.world.settle()


def test_memory_keeps_what_its_score_was_made_of(org: Org) -> None:
    _tell(org, KAYAK, session="s")

    ((importance, is_given, kept),) = org.memories("importance, importance_given, features")
    assert (is_given, kept["given"]) == (False, False)
    assert Score.of_record(kept).importance == importance


@pytest.mark.parametrize(("user", "share"), [("user", 1 / 3), ("other", 1.0)])
def test_what_the_subject_knows_already_is_less_new(org: Org, user: str, share: float) -> None:
    _tell(org, KAYAK, session="s")

    _tell(org, "I painted our kayak from Porto.", session="t", user=user)

    first, second = org.memories(NOVELTY)
    assert first == 1.0
    assert second == pytest.approx(share)


@pytest.mark.parametrize("given", [None, 0.02])
def test_importance_of_a_working_memory_is_carried_on(org: Org, given: float | None) -> None:
    org.append(
        memory(KAYAK, memory_type="working", importance=given, session="s"),
        end("s"),
    )

    org.world.settle()

    columns = "importance, importance_given, features"
    (working,) = org.memories(columns, where="type = 'working'")
    (episodic,) = org.memories(columns, where="type = 'episodic'")
    assert episodic == working
    assert episodic[1] is (given is not None)


def test_given_importance_is_not_lifted_by_a_repeat(org: Org) -> None:
    org.append(memory(f"user: {KAYAK}", importance=0.01))
    org.world.settle()

    _tell(org, KAYAK, session="s")

    assert org.memories("importance, version") == [(0.01, 1)]
    assert len(org.column("SELECT event_id FROM derivations WHERE org_id = %(org)s")) == 2
