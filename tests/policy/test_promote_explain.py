from dataclasses import replace

import pytest

from nrem.policy.promote import explain
from nrem.policy.promote_explain import IS_KNOWLEDGE, IS_TRIAL, NO_STATEMENT, SPOKEN_FOR
from nrem.policy.promote_model import Explanation
from tests.policy.episodes import DEPLOY, POLICY, TEA, episode, episodes, knowledge


def semantic(found: Explanation) -> tuple[bool, tuple[str, ...]]:
    return found.prospects[0].is_passed, found.prospects[0].missing


def procedural(found: Explanation) -> tuple[bool, tuple[str, ...]]:
    return found.prospects[1].is_passed, found.prospects[1].missing


def test_what_is_said_often_enough_lacks_nothing() -> None:
    said = episodes(*TEA)

    found = explain(said[0], said, [], POLICY)

    assert semantic(found) == (True, ())
    assert found.alike == (2, 3)
    assert (found.occurrences, found.sessions) == (3, 3)
    assert 0.5 < found.nearness < 1.0


@pytest.mark.parametrize(
    ("said", "sessions", "missing"),
    [
        (2, "ab", "1 more episode like it"),
        (2, "aa", "1 more episode like it from another session"),
        (1, "a", "2 more episodes like it, 1 of them from another session"),
        (3, "aaa", "1 more episode like it from another session"),
    ],
)
def test_what_is_missing_is_told_in_words(said: int, sessions: str, missing: str) -> None:
    pool = [
        replace(one, sessions=(key,))
        for one, key in zip(episodes(*TEA[:said]), sessions, strict=True)
    ]

    assert semantic(explain(pool[0], pool, [], POLICY)) == (False, (missing,))


def test_more_than_one_session_may_be_missing() -> None:
    policy = replace(POLICY, min_sessions=4)
    said = [replace(one, sessions=("a",)) for one in episodes(*TEA)]

    found = explain(said[0], said, [], policy)

    assert semantic(found) == (False, ("3 more episodes like it from 3 other sessions",))


def test_an_episode_is_explained_whether_or_not_it_is_around_itself() -> None:
    said = episodes(*TEA)

    assert explain(said[0], said, [], POLICY) == explain(said[0], said[1:], [], POLICY)


def test_a_question_is_never_promoted() -> None:
    found = explain(episode("Who likes tea?"), [], [], POLICY)

    assert found.never == NO_STATEMENT


def test_knowledge_is_knowledge_already() -> None:
    found = explain(episode(TEA[0], 900), [], [knowledge(TEA[0], 900)], POLICY)

    assert found.never == IS_KNOWLEDGE
    assert found.known_as == ()


def test_evidence_tells_what_it_supports() -> None:
    said = [replace(one, supports=(900,)) for one in episodes(*TEA)]

    found = explain(said[0], said, [knowledge(TEA[0], 900)], POLICY)

    assert found.supports == (900,)
    assert found.never == SPOKEN_FOR
    assert found.alike == (2, 3)
    assert found.known_as == (900,)


def test_evidence_of_something_else_does_not_count() -> None:
    said = episodes(*TEA)
    said[1] = replace(said[1], supports=(900,))

    assert explain(said[0], said, [], POLICY).alike == (3,)


def test_a_behaviour_tells_its_outcomes() -> None:
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*DEPLOY[:2], bad)

    found = explain(said[2], said, [], POLICY)

    assert (found.successes, found.failures) == (2, 1)
    assert procedural(found) == (False, ("1 more good outcome of the same behaviour",))
    assert found.prospects[0].missing == (IS_TRIAL,)


def test_a_behaviour_that_worked_often_enough_lacks_nothing() -> None:
    said = episodes(*DEPLOY)

    assert procedural(explain(said[0], said, [], POLICY)) == (True, ())


@pytest.mark.parametrize(("failures", "more"), [(1, 0), (2, 3)])
def test_failures_ask_for_more_good_outcomes(failures: int, more: int) -> None:
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*DEPLOY, *[bad] * failures)
    expected = (f"{more} more good outcomes of the same behaviour",) if more else ()

    assert procedural(explain(said[0], said, [], POLICY)) == (not more, expected)


def test_a_failure_cannot_be_made_good_where_none_is_allowed() -> None:
    policy = replace(POLICY, min_success_rate=1.0)
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*DEPLOY, bad)

    passed, missing = procedural(explain(said[0], said, [], policy))

    assert not passed
    assert missing == ("a policy that allows failures",)


def test_what_is_no_behaviour_is_told_what_makes_one() -> None:
    found = explain(episode(TEA[0]), [], [], POLICY)

    assert procedural(found) == (
        False,
        ("a situation, an action in it and how that turned out",),
    )
