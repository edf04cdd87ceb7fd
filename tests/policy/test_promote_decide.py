from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrem.policy.consolidate_model import Trust
from nrem.policy.model import MemoryType
from nrem.policy.promote import decide, drafts
from nrem.policy.promote_cluster import MAX_EVIDENCE
from nrem.policy.promote_decide import (
    FULL,
    KNOWN_ALREADY,
    PINNED,
    SUPPORTS,
)
from nrem.policy.promote_model import Promotions
from tests.policy.episodes import (
    AGAIN,
    DEPLOY,
    FACT,
    POLICY,
    ROLL_BACK,
    TEA,
    decided,
    drafted,
    episode,
    episodes,
    gained,
    knowledge,
    vector,
)


def test_a_draft_becomes_a_memory_with_the_sources_of_its_evidence() -> None:
    said = episodes(*TEA)
    said[1] = replace(said[1], trust=Trust.ASSISTANT, source_event_ids=(7, 300))

    found = decided(said)

    (one,) = found.promote
    assert one.draft.content == FACT
    assert one.source_event_ids == (7, 101, 103, 300)
    assert one.trust is Trust.ASSISTANT
    assert one.occurred_at == said[2].occurred_at
    assert one.vector == vector(FACT)
    assert (len(found.support), len(found.refused)) == (0, 0)


def test_running_again_on_what_was_promoted_makes_nothing() -> None:
    said = [replace(one, supports=(900,)) for one in episodes(*TEA)]

    found = decided(said, [knowledge(FACT, supporters=(1, 2, 3))])

    assert found == Promotions()


def test_what_a_caller_stored_is_not_promoted_again() -> None:
    found = decided(episodes(*TEA), [knowledge(FACT, is_promoted=False)])

    assert found == Promotions(refused=((FACT, KNOWN_ALREADY),))


def test_what_was_promoted_gains_the_new_evidence() -> None:
    found = decided(episodes(*TEA), [knowledge(FACT, supporters=(11, 12, 13))])

    assert found.promote == ()
    assert gained(found) == {900: [1, 2, 3]}
    assert found.support[0].version == 2


def test_a_pinned_memory_gains_nothing() -> None:
    found = decided(episodes(*TEA), [knowledge(FACT, is_pinned=True)])

    assert found == Promotions(refused=((FACT, PINNED),))


@pytest.mark.parametrize(
    "content",
    [
        "User does not drink tea in the morning",
        "User prefers coffee in the morning",
        "Ada prefers tea in the morning",
        "User drinks 3 cups of tea in the morning at Jon's",
    ],
)
def test_what_says_something_else_does_not_stand_in_the_way(content: str) -> None:
    found = decided(episodes(*TEA), [knowledge(content, is_promoted=False)])

    assert len(found.promote) == 1


@pytest.mark.parametrize(("kilometres", "makes"), [(5, 0), (8, 1)])
def test_another_number_is_another_fact(kilometres: int, makes: int) -> None:
    said = episodes(*["Mia: I ran 5 km in the forest."] * 3)
    known = knowledge(f"Mia: I ran {kilometres} km in the forest.", is_promoted=False)

    assert len(decided(said, [known]).promote) == makes


def test_one_more_episode_like_the_evidence_supports_the_memory() -> None:
    old = [replace(one, supports=(900,)) for one in episodes(*TEA)]

    found = decided([episode(AGAIN, 4)], [knowledge(FACT, supporters=(1, 2, 3))], old)

    assert gained(found) == {900: [4]}


def test_one_more_episode_supports_a_memory_whose_evidence_is_not_at_hand() -> None:
    found = decided([episode(AGAIN, 4)], [knowledge(FACT, supporters=(1, 2, 3))])

    assert gained(found) == {900: [4]}


def test_an_episode_about_something_else_supports_nothing() -> None:
    old = [replace(one, supports=(900,)) for one in episodes(*TEA)]

    found = decided([episode("User plays chess", 4)], [knowledge(FACT, supporters=(1, 2, 3))], old)

    assert found == Promotions()


@pytest.mark.parametrize(("more", "makes"), [(2, 0), (3, 1)])
def test_after_an_undone_run_new_evidence_alone_must_pass_the_gates(more: int, makes: int) -> None:
    old = [replace(one, supports=(900,)) for one in episodes(*TEA)]
    fresh = episodes(*TEA[:more], first=11)
    proposed = [(one, vector(one.content)) for one in drafts(fresh, old, POLICY)]

    found = decided(fresh, [], old, proposed)

    assert len(found.promote) == makes
    assert found.support == ()
    assert all(one.memory_id > 10 for it in found.promote for one in it.draft.episodes)


@pytest.mark.parametrize(("free", "reason"), [(1, SUPPORTS), (0, FULL)])
def test_a_memory_never_names_more_evidence_than_the_bound(free: int, reason: str) -> None:
    known = knowledge(FACT, supporters=tuple(range(200, 200 + MAX_EVIDENCE - free)))

    found = decided(episodes(*TEA), [known])

    assert gained(found) == ({900: [1]} if free else {})
    assert found.refused == ((FACT, reason),)


def test_an_episode_supports_one_memory_only() -> None:
    known = [knowledge(FACT, 900), knowledge("User prefers green tea in the morning", 901)]

    found = decided([episode(AGAIN, 4)], known)

    assert sum(len(one.episodes) for one in found.support) == 1


def test_a_good_outcome_supports_a_promoted_procedure_and_a_bad_one_does_not() -> None:
    known = knowledge(ROLL_BACK, memory_type=MemoryType.PROCEDURAL)
    bad = "When the deploy failed, the agent rolled back but it did not help."

    found = decided([episode(DEPLOY[0], 4), episode(bad, 5)], [known])

    assert gained(found) == {900: [4]}


def test_a_procedure_that_is_known_is_not_promoted_again() -> None:
    known = knowledge(ROLL_BACK, memory_type=MemoryType.PROCEDURAL, is_promoted=False)

    found = decided(episodes(*DEPLOY), [known])

    assert found == Promotions(refused=((ROLL_BACK, KNOWN_ALREADY),))


SAID = [*TEA, AGAIN, *DEPLOY, "User plays chess", "When the deploy failed, nobody cared."]
EPISODES = st.lists(
    st.tuples(st.sampled_from(SAID), st.sampled_from([(), (), (900,), (950,)])), max_size=10
)
KNOWN = st.lists(
    st.tuples(st.sampled_from([FACT, AGAIN, ROLL_BACK]), st.booleans(), st.booleans()), max_size=3
)


@given(EPISODES, KNOWN, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=50)
def test_order_never_matters_and_each_episode_ends_in_one_place(
    said: list[tuple[str, tuple[int, ...]]], known: list[tuple[str, bool, bool]], random: Random
) -> None:
    pool = [
        episode(content, number, supports=supports)
        for number, (content, supports) in enumerate(said, start=1)
    ]
    held = [
        knowledge(content, number, is_pinned=pinned, is_promoted=promoted)
        for number, (content, pinned, promoted) in enumerate(known, start=900)
    ]
    proposed = drafted(pool)
    expected = decide(proposed, held, pool, pool, POLICY)
    for several in (pool, held, proposed):
        random.shuffle(several)

    found = decide(proposed, held, pool, [], POLICY)

    assert found == expected
    named = [
        it.memory_id
        for several in (
            *(one.draft.episodes for one in found.promote),
            *(one.episodes for one in found.support),
        )
        for it in several
    ]
    assert len(named) == len(set(named))
    pinned_ones = {one.memory_id for one in held if one.is_pinned or not one.is_promoted}
    assert not pinned_ones & {one.memory_id for one in found.support}
