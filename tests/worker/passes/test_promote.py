"""The pass promote: repeated episodes become knowledge, and contradicted facts give way."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.world import NOW, Org, end, memory, turn
from worker.passes.promote import PROMOTE

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEA = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)


def _store(org: Org, *contents: str, sessions: str = "", **given: Any) -> list[int]:  # noqa: ANN401
    """Episodes an hour apart, each in the session of its letter; answers their numbers."""
    before = set(org.memories("id"))
    for at, content in enumerate(contents):
        given["session"] = sessions[at] if sessions else None
        org.append(memory(content, occurred_at=NOW + at * HOUR, **given))
    org.world.drain("score")
    org.world.drain("embed")
    return [one for one in org.memories("id") if one not in before]


def _promote(org: Org, *, now: datetime = NOW + DAY) -> list[str]:
    return [one.outcome for one in org.world.drain("promote", now=now)]


def _edges(org: Org) -> set[tuple[int, str, int]]:
    rows = org.ask(
        "SELECT source_id, kind, target_id FROM edges WHERE org_id = %(org)s AND valid_to IS NULL"
    )
    return {tuple(row) for row in rows}


def test_three_like_episodes_from_two_sessions_make_one_semantic_memory(org: Org) -> None:
    episodes = _store(org, *TEA, sessions="aab")

    _promote(org)

    (made,) = org.memories("id", where="type = 'semantic'")
    assert _edges(org) == {
        edge for one in episodes for edge in ((one, "supports", made), (made, "derived_from", one))
    }


def test_two_like_episodes_make_nothing(org: Org) -> None:
    _store(org, *TEA[:2], sessions="ab")

    _promote(org)

    assert org.memories(where="type <> 'episodic'") == []


def test_three_like_episodes_from_one_session_make_nothing(org: Org) -> None:
    _store(org, *TEA, sessions="aaa")

    _promote(org)

    assert org.memories(where="type <> 'episodic'") == []


def test_promoting_again_gives_nothing_new(org: Org) -> None:
    _store(org, *TEA, sessions="aab")
    _promote(org)
    rows = org.memories("id, version")

    org.world.tick("promote")
    outcomes = _promote(org)

    assert outcomes == ["noop"]
    assert org.memories("id, version") == rows


def test_what_a_caller_stored_as_a_fact_is_not_promoted_and_the_run_says_so(org: Org) -> None:
    _store(org, TEA[0], memory_type="semantic")
    _store(org, *TEA, sessions="aab")

    org.world.tick("promote")
    (done,) = org.world.drain("promote", now=NOW + DAY)

    assert (done.outcome, done.changes.reason) == ("noop", "known already")
    assert len(org.memories(where="type = 'semantic'")) == 1


def test_a_fourth_like_episode_supports_what_was_promoted(org: Org) -> None:
    _store(org, *TEA, sessions="aab")
    _promote(org)
    (made,) = org.memories("id", where="type = 'semantic'")

    (fourth,) = _store(org, "In the morning the user drinks his green tea", sessions="c")
    _promote(org, now=NOW + 2 * DAY)

    assert org.memories("id", where="type = 'semantic'") == [made]
    assert (fourth, "supports", made) in _edges(org)
    (source,) = org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s", id=fourth
    )
    assert source in org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s", id=made
    )


def test_what_is_promoted_names_the_events_of_all_its_evidence(org: Org) -> None:
    episodes = _store(org, *TEA, sessions="aab")

    _promote(org)

    (made,) = org.memories("id", where="type = 'semantic'")
    sources = "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = ANY(%(ids)s)"
    assert set(org.column(sources, ids=[made])) == set(org.column(sources, ids=episodes))


def test_what_worked_three_times_becomes_a_procedure(org: Org) -> None:
    for at in range(3):
        org.append(
            memory(
                f"The build failed on host {at}, we cleared the cache and it worked.",
                session="ab"[at % 2],
            )
        )
    org.world.settle()

    _promote(org)

    (content,) = org.memories(where="type = 'procedural'")
    assert content.startswith("When ")
    assert "cleared the cache" in content


def test_a_newer_fact_supersedes_an_older_one(org: Org) -> None:
    older, newer = _store(org, "Ada lives in Berlin", "Ada lives in Paris", sessions="ab")

    _promote(org)

    assert org.memories("id, true_until, state") == [
        (older, NOW + HOUR, "live"),
        (newer, None, "live"),
    ]
    assert _edges(org) == {(newer, "contradicts", older), (newer, "supersedes", older)}


def test_an_older_fact_that_is_told_late_is_superseded_itself(org: Org) -> None:
    (newer,) = _store(org, "Ada lives in Paris")
    _promote(org)
    org.append(memory("Ada lives in Berlin", occurred_at=NOW - DAY))
    org.world.settle()

    _promote(org, now=NOW + 2 * DAY)

    assert org.memories("content, true_until") == [
        ("Ada lives in Paris", None),
        ("Ada lives in Berlin", NOW),
    ]
    assert (newer, "supersedes", newer + 1) in _edges(org)


def test_a_pinned_fact_is_contradicted_and_stays(org: Org) -> None:
    (older,) = _store(org, "Ada lives in Berlin")
    org.do("UPDATE memories SET pinned = true")
    (newer,) = _store(org, "Ada lives in Paris", sessions="b")

    _promote(org)

    assert org.memories("true_until") == [None, None]
    assert (newer, "contradicts", older) in _edges(org)
    assert not [edge for edge in _edges(org) if edge[1] == "supersedes"]


def test_facts_about_different_things_are_left_alone(org: Org) -> None:
    _store(org, "Ada lives in Berlin", "Grace lives in Paris", "Ada works in Paris")

    _promote(org)

    assert org.memories("true_until") == [None, None, None]
    assert _edges(org) == set()


def test_the_policy_may_leave_contradictions_side_by_side(org: Org) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES "
        '(%(org)s, 1, \'{"promote": {"supersedes": false}}\', %(at)s)',
        org=org.number,
        at=NOW - DAY,
    )
    _store(org, "Ada lives in Berlin", "Ada lives in Paris")

    _promote(org)

    assert org.memories("true_until") == [None, None]


def test_an_edited_fact_is_looked_at_again(org: Org) -> None:
    older, newer = _store(org, "Ada lives in Berlin", "Ada likes trains")
    _promote(org)
    org.do("UPDATE memories SET content = 'Ada lives in Paris' WHERE id = %(id)s", id=newer)

    org.world.tick("promote")
    _promote(org)

    assert (newer, "supersedes", older) in _edges(org)


def test_a_memory_that_is_edited_while_it_is_looked_at_is_looked_at_again(org: Org) -> None:
    (number,) = _store(org, "Ada likes trains")

    def decide(*its: Any) -> Any:  # noqa: ANN401
        org.do("UPDATE memories SET content = 'Ada lives in Paris'")
        return PROMOTE.decide(*its)

    org.world.step(replace(PROMOTE, decide=decide), now=NOW + DAY)

    assert org.column("SELECT memory_id FROM promote_queue WHERE org_id = %(org)s") == [number]


def test_superseded_episodes_are_no_evidence(org: Org) -> None:
    _store(
        org,
        *("I live in Berlin.", "I live in Berlin now.", "Now I live in Berlin."),
        "I live in Paris.",
        sessions="abcd",
    )

    _promote(org)

    assert org.memories(where="type = 'semantic'") == []


def test_a_run_names_what_it_did_to_each_memory(org: Org) -> None:
    _store(org, *TEA, sessions="aab")
    older, _ = _store(org, "Ada lives in Berlin", "Ada lives in Paris", sessions="ab")

    _promote(org)

    (made,) = org.memories("id", where="type = 'semantic'")
    rows = org.ask(
        "SELECT what, memory_id, version_before, version_after FROM run_changes "
        "WHERE org_id = %(org)s ORDER BY what"
    )
    assert [tuple(row) for row in rows] == [
        ("created", made, None, 1),
        ("superseded", older, 1, 2),
    ]


def test_new_memories_wait_for_company(org: Org) -> None:
    _store(org, *TEA, sessions="aab")

    early = org.world.drain("promote", now=NOW + timedelta(seconds=59))
    late = org.world.drain("promote", now=NOW + timedelta(seconds=60))

    assert [one.outcome for one in early] == []
    assert "applied" in [one.outcome for one in late]


def test_who_asks_does_not_wait(org: Org) -> None:
    _store(org, *TEA, sessions="aab")

    org.world.tick("promote")
    outcomes = _promote(org, now=NOW)

    assert "applied" in outcomes


def test_a_memory_without_its_vector_waits_for_it(org: Org) -> None:
    for at, content in enumerate(TEA):
        org.append(memory(content, session="aab"[at]))
    org.world.drain("score")

    org.world.drain("promote", now=NOW + DAY)
    org.world.drain("embed", now=NOW + DAY)
    org.world.drain("promote", now=NOW + DAY + HOUR)

    assert len(org.memories(where="type = 'semantic'")) == 1


def test_who_asks_does_not_wait_for_vectors(org: Org) -> None:
    org.append(memory(TEA[0], user="ada"), memory(TEA[1], user="ben"))
    org.world.drain("score")

    org.world.tick("promote")
    outcomes = _promote(org, now=NOW)

    assert outcomes == ["noop"]


def test_what_two_users_say_is_never_taken_together(org: Org) -> None:
    _store(org, *TEA[:2], sessions="ab")
    org.append(memory(TEA[2], user="other", session="c"))
    org.world.settle()

    _promote(org)

    assert org.memories(where="type = 'semantic'") == []


def test_turns_of_three_sessions_become_knowledge(org: Org) -> None:
    for name in "abc":
        said = "I always drink green tea before I start working in the morning."
        org.append(turn(said, session=name), end(name))
    org.world.settle()

    _promote(org)

    assert len(org.memories(where="type = 'semantic'")) == 1


@pytest.mark.parametrize("state", ["archived", "forgotten"])
def test_episodes_out_of_recall_are_no_evidence(org: Org, state: str) -> None:
    episodes = _store(org, *TEA, sessions="aab")
    org.do("UPDATE memories SET state = %(state)s WHERE id = %(id)s", state=state, id=episodes[0])

    _promote(org)

    assert org.memories(where="type = 'semantic'") == []


def test_what_sessions_repeat_word_for_word_becomes_knowledge_with_the_last_of_them(
    org: Org,
) -> None:
    for at, name in enumerate("abc"):
        now = NOW + at * DAY
        org.append(turn("I work at Acme.", session=name), end(name), now=now)
        org.world.settle(now=now)
        _promote(org, now=now + HOUR)

    assert org.memories("type") == ["episodic", "semantic"]
