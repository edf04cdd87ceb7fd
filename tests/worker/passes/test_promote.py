"""The pass promote: repeated episodes become knowledge."""

from datetime import timedelta

import pytest

from tests.worker.promoting import DAY, HOUR, edges, promote, store
from tests.world import NOW, Org, end, memory, turn

TEA = (
    "User drinks green tea in the morning",
    "In the morning the user drinks green tea",
    "This morning the user drinks green tea again",
)


def test_three_like_episodes_from_two_sessions_make_one_semantic_memory(org: Org) -> None:
    episodes = store(org, *TEA, sessions="aab")

    promote(org)

    (made,) = org.memories("id", where="type = 'semantic'")
    assert edges(org) == {
        edge for one in episodes for edge in ((one, "supports", made), (made, "derived_from", one))
    }


def test_two_like_episodes_make_nothing(org: Org) -> None:
    store(org, *TEA[:2], sessions="ab")

    promote(org)

    assert org.memories(where="type <> 'episodic'") == []


def test_three_like_episodes_from_one_session_make_nothing(org: Org) -> None:
    store(org, *TEA, sessions="aaa")

    promote(org)

    assert org.memories(where="type <> 'episodic'") == []


def test_promoting_again_gives_nothing_new(org: Org) -> None:
    store(org, *TEA, sessions="aab")
    promote(org)
    rows = org.memories("id, version")

    org.world.tick("promote")
    outcomes = promote(org)

    assert outcomes == ["noop"]
    assert org.memories("id, version") == rows


def test_what_a_caller_stored_as_a_fact_is_not_promoted_and_the_run_says_so(org: Org) -> None:
    store(org, TEA[0], memory_type="semantic")
    store(org, *TEA, sessions="aab")

    org.world.tick("promote")
    (done,) = org.world.drain("promote", now=NOW + DAY)

    assert (done.outcome, done.changes.reason) == ("noop", "known already")
    assert len(org.memories(where="type = 'semantic'")) == 1


def test_a_fourth_like_episode_supports_what_was_promoted(org: Org) -> None:
    store(org, *TEA, sessions="aab")
    promote(org)
    (made,) = org.memories("id", where="type = 'semantic'")

    (fourth,) = store(org, "In the morning the user drinks his green tea", sessions="c")
    promote(org, now=NOW + 2 * DAY)

    assert org.memories("id", where="type = 'semantic'") == [made]
    assert (fourth, "supports", made) in edges(org)
    (source,) = org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s", id=fourth
    )
    assert source in org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s", id=made
    )


def test_what_is_promoted_names_the_events_of_all_its_evidence(org: Org) -> None:
    episodes = store(org, *TEA, sessions="aab")

    promote(org)

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

    promote(org)

    (content,) = org.memories(where="type = 'procedural'")
    assert content.startswith("When ")
    assert "cleared the cache" in content


def test_a_run_names_what_it_did_to_each_memory(org: Org) -> None:
    store(org, *TEA, sessions="aab")
    older, _ = store(org, "Ada lives in Berlin", "Ada lives in Paris", sessions="ab")

    promote(org)

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
    store(org, *TEA, sessions="aab")

    early = org.world.drain("promote", now=NOW + timedelta(seconds=59))
    late = org.world.drain("promote", now=NOW + timedelta(seconds=60))

    assert [one.outcome for one in early] == []
    assert "applied" in [one.outcome for one in late]


def test_who_asks_does_not_wait(org: Org) -> None:
    store(org, *TEA, sessions="aab")

    org.world.tick("promote")
    outcomes = promote(org, now=NOW)

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
    outcomes = promote(org, now=NOW)

    assert outcomes == ["noop"]


def test_what_two_users_say_is_never_taken_together(org: Org) -> None:
    store(org, *TEA[:2], sessions="ab")
    org.append(memory(TEA[2], user="other", session="c"))
    org.world.settle()

    promote(org)

    assert org.memories(where="type = 'semantic'") == []


def test_turns_of_three_sessions_become_knowledge(org: Org) -> None:
    for name in "abc":
        said = "I always drink green tea before I start working in the morning."
        org.append(turn(said, session=name), end(name))
    org.world.settle()

    promote(org)

    assert len(org.memories(where="type = 'semantic'")) == 1


@pytest.mark.parametrize("state", ["archived", "forgotten"])
def test_episodes_out_of_recall_are_no_evidence(org: Org, state: str) -> None:
    episodes = store(org, *TEA, sessions="aab")
    org.do("UPDATE memories SET state = %(state)s WHERE id = %(id)s", state=state, id=episodes[0])

    promote(org)

    assert org.memories(where="type = 'semantic'") == []


def test_what_sessions_repeat_word_for_word_becomes_knowledge_with_the_last_of_them(
    org: Org,
) -> None:
    for at, name in enumerate("abc"):
        now = NOW + at * DAY
        org.append(turn("I work at Acme.", session=name), end(name), now=now)
        org.world.settle(now=now)
        promote(org, now=now + HOUR)

    assert org.memories("type") == ["episodic", "semantic"]
