from dataclasses import replace

import pytest

from nrem.policy.promote_cluster import MAX_EVIDENCE
from nrem.policy.promote_decide import (
    REPEATED,
    SPOKEN_FOR,
    SUPPORTS,
    TOO_LITTLE,
)
from nrem.policy.promote_model import Promotions
from tests.policy.episodes import (
    DEPLOY,
    FACT,
    TEA,
    decided,
    drafted,
    episode,
    episodes,
    gained,
    knowledge,
)


def test_a_proposal_on_too_little_is_refused() -> None:
    said = episodes(*TEA)
    ((draft, at),) = drafted(said)
    thin = replace(draft, episodes=draft.episodes[:2])

    found = decided(said, proposed=[(thin, at)])

    assert found == Promotions(refused=((FACT, TOO_LITTLE),))


def test_a_proposal_on_what_was_not_shown_is_refused() -> None:
    said = episodes(*TEA)

    found = decided([episode("User plays chess", 9)], proposed=drafted(said))

    assert found == Promotions(refused=((FACT, SPOKEN_FOR),))


def test_what_turned_out_badly_is_no_evidence_of_a_procedure() -> None:
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*DEPLOY, bad)
    ((draft, at),) = drafted(said)
    more = replace(draft, episodes=tuple(said))

    found = decided(said, proposed=[(more, at)])

    assert [one.memory_id for one in found.promote[0].draft.episodes] == [1, 2, 3]


@pytest.mark.parametrize(("failures", "makes"), [(8, 1), (9, 0)])
def test_successes_beyond_the_evidence_named_count_too(failures: int, makes: int) -> None:
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*[DEPLOY[0]] * (MAX_EVIDENCE + 4), *[bad] * failures)

    found = decided(said)

    assert len(found.promote) == makes


def test_the_same_proposed_twice_is_promoted_once() -> None:
    said = episodes(*TEA)
    twice = drafted(said) * 2

    found = decided(said, proposed=twice)

    assert len(found.promote) == 1
    assert [reason for _, reason in found.refused] == [REPEATED]


def test_a_draft_stands_on_the_evidence_that_is_left() -> None:
    said = episodes(*TEA, FACT)
    proposed = drafted(said)
    said[1] = replace(said[1], supports=(7,))

    found = decided(said, proposed=proposed)

    (one,) = found.promote
    assert [it.memory_id for it in one.draft.episodes] == [1, 3, 4]
    assert one.draft.metadata["occurrences"] == 3


def test_a_draft_whose_words_are_of_evidence_that_is_gone_is_refused() -> None:
    said = episodes(*TEA, *TEA[1:])
    proposed = drafted(said)
    said[0] = replace(said[0], supports=(7,))

    found = decided(said, proposed=proposed)

    assert [content for content, _ in found.refused] == [FACT]
    assert found.refused[0][1] == SPOKEN_FOR


def test_who_gains_evidence_is_told_with_the_refusal() -> None:
    old = [replace(one, supports=(900,)) for one in episodes(*TEA, first=11)]
    said = episodes(*TEA)
    proposed = drafted(said)

    found = decided(said, [knowledge(FACT, supporters=(11, 12, 13))], old, proposed)

    assert gained(found) == {900: [1, 2, 3]}
    assert found.refused == ((FACT, SUPPORTS),)
