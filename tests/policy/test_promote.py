from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrem.llm.embed import load_embedder, minilm_is_installed
from nrem.policy.model import MemoryType
from nrem.policy.promote import MAX_DRAFTS, drafts
from nrem.policy.promote_cluster import MAX_EVIDENCE
from nrem.policy.promote_gate import are_passed
from nrem.policy.promote_model import Draft, Episode
from nrem.policy.text import lexemes
from tests.policy.episodes import DEPLOY, POLICY, ROLL_BACK, SAID, TEA, episode, episodes

SUBJECTS = ("User", "Mia: I", "Jon: We", "The agent")
PHRASES = (
    "drinks green tea in the garden",
    "drinks black coffee in the kitchen again",
    "ran 5 km through the forest before work",
    "ran 8 km through the forest before work today",
    "does not eat peanuts at parties",
    "eats peanuts at parties on Monday",
    "rolled back when the deploy failed and it worked",
    "asked for the weather?",
    "thanks a lot!",
)
SITUATIONS = (
    "When the deploy failed, the agent rolled back and it worked.",
    "When the deploy failed, the agent rolled back but it did not help.",
    "When the queue was stuck, we restarted the worker, which fixed it.",
)
contents = st.one_of(
    st.builds("{} {}".format, st.sampled_from(SUBJECTS), st.sampled_from(PHRASES)),
    st.sampled_from(SITUATIONS),
)


@st.composite
def pools(draw: st.DrawFn) -> list[Episode]:
    said = draw(st.lists(contents, max_size=10))
    return [
        episode(
            content,
            number,
            sessions=sorted(draw(st.sets(st.sampled_from("abc"), min_size=1))),
            importance=draw(st.sampled_from([0.0, 0.3, 1.0])),
            supports=draw(st.sampled_from([(), (), (), (900,)])),
        )
        for number, content in enumerate(said, start=1)
    ]


def told(found: Sequence[Draft]) -> list[tuple[str, list[int]]]:
    return [(one.content, [it.memory_id for it in one.episodes]) for one in found]


def test_three_alike_from_two_sessions_make_one_fact_on_all_three() -> None:
    said = episodes(*TEA)
    said[2] = replace(said[2], sessions=("s1",))

    found = drafts(said, [], POLICY)

    assert told(found) == [("User prefers tea in the morning", [1, 2, 3])]
    assert found[0].memory_type is MemoryType.SEMANTIC


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_two_alike_make_nothing(missing: int) -> None:
    said = episodes(*TEA)
    del said[missing]

    assert drafts(said, [], POLICY) == ()


def test_three_alike_from_one_session_make_nothing() -> None:
    said = [replace(one, sessions=("s1",)) for one in episodes(*TEA)]

    assert drafts(said, [], POLICY) == ()


@pytest.mark.skipif(not minilm_is_installed(), reason="asks for the model's vectors")
def test_paraphrases_make_a_fact_with_the_vectors_of_the_model() -> None:
    vectors = load_embedder("minilm").embed(TEA)
    said = [replace(one, vector=at) for one, at in zip(episodes(*TEA), vectors, strict=True)]

    assert told(drafts(said, [], POLICY)) == [("User prefers tea in the morning", [1, 2, 3])]


APART = [
    ("User likes tea", "User likes trains", "User likes theatre"),
    ("User drinks tea", "User drinks coffee", "User drinks beer"),
    ("User likes tea", "User bought tea for a friend", "User spilled tea on the laptop"),
    ("Mia: I love mornings", "Mia: I hate mornings", "Mia: I am no morning person"),
    ("Mia: I work at Acme", "Mia: I work at Globex", "Mia: I work in Berlin"),
    ("Mia: I drink green tea", "Jon: I drink green tea", "Ada: I drink green tea"),
    ("My sister lives in Paris", "I live in Paris", "My boss lives in Paris"),
    ("What is the weather in Paris?", "How is the weather in Paris?", "The weather in Paris?"),
    ("Thanks a lot!", "Thanks so much!", "Thank you so much!"),
    ("Mia: You should see the Alps", "Mia: See the Alps!", "Mia: You must see the Alps"),
    ("Tea instead of coffee for Tom", "Coffee instead of tea for Tom", "Neither for Tom"),
]


@pytest.mark.parametrize("said", APART, ids=" | ".join)
def test_what_only_sounds_alike_makes_nothing(said: Sequence[str]) -> None:
    assert drafts(episodes(*said), [], POLICY) == ()


@pytest.mark.skipif(not minilm_is_installed(), reason="asks for the model's vectors")
@pytest.mark.parametrize("said", APART, ids=" | ".join)
def test_what_the_model_takes_for_alike_makes_nothing(said: Sequence[str]) -> None:
    vectors = load_embedder("minilm").embed(said)
    like = [replace(one, vector=at) for one, at in zip(episodes(*said), vectors, strict=True)]

    assert drafts(like, [], POLICY) == ()


@pytest.mark.parametrize(("sessions", "makes"), [("abc", 1), ("ab", 0)])
def test_an_episode_merged_from_three_sessions_counts_three_times(
    sessions: str, makes: int
) -> None:
    said = episode("User prefers tea in the morning", sessions=sessions)

    assert len(drafts([said], [], POLICY)) == makes


def test_nothing_is_made_round_episodes_that_were_looked_at() -> None:
    fresh = episode("User plays chess with Ada", 9)

    assert drafts([fresh], episodes(*TEA), POLICY) == ()
    assert drafts(episodes(*TEA)[:1], episodes(*TEA)[1:], POLICY)


def test_evidence_that_is_spoken_for_counts_no_more() -> None:
    said = episodes(*TEA)
    said[0] = replace(said[0], supports=(900,))

    assert drafts(said, [], POLICY) == ()


def test_a_group_of_one_session_does_not_hide_one_of_two() -> None:
    said = [replace(one, sessions=("a",)) for one in episodes(*["User drinks green tea"] * 5)]
    said[4] = replace(said[4], sessions=("b",))

    assert len(drafts(said, [], POLICY)) == 1


def test_a_chain_of_likes_is_not_one_thing() -> None:
    said = episodes(
        "User paints red boats",
        "User paints boats and birds",
        "User paints birds and barns",
        "User paints barns and bridges",
    )

    assert drafts(said, [], POLICY) == ()


def test_a_behaviour_that_worked_three_times_makes_a_procedure() -> None:
    found = drafts(episodes(*DEPLOY), [], POLICY)

    assert told(found) == [(ROLL_BACK, [1, 2, 3])]
    assert found[0].memory_type is MemoryType.PROCEDURAL
    assert found[0].metadata["successes"] == 3


@pytest.mark.parametrize(("failures", "makes"), [(1, 1), (2, 0)])
def test_failures_count_against_a_procedure(failures: int, makes: int) -> None:
    bad = "When the deploy failed, the agent rolled back but it did not help."
    said = episodes(*DEPLOY, *[bad] * failures)

    found = drafts(said, [], POLICY)

    assert len(found) == makes
    assert all(one.memory_id <= 3 for draft in found for one in draft.episodes)


def test_two_successes_make_nothing_not_even_a_fact() -> None:
    assert drafts(episodes(*DEPLOY[:2], DEPLOY[0] + " Outcome: unclear"), [], POLICY) == ()


def test_a_behaviour_named_in_metadata_makes_a_procedure() -> None:
    named = {"situation": "deploy fails", "action": "roll back", "outcome": "success"}
    said = [episode(f"Ticket {number} closed", number, metadata=named) for number in (1, 2, 3)]

    assert told(drafts(said, [], POLICY)) == [("When deploy fails, roll back.", [1, 2, 3])]


def test_what_was_said_once_in_a_day_is_left_out_of_the_words() -> None:
    said = episodes(
        "Mia: I ran 5 km in the forest on Monday (12 May 2025).",
        "Mia: I ran 8 km in the forest again yesterday (14 May 2025).",
        "Mia: I ran 12 km in the forest this time.",
    )

    assert [one.content for one in drafts(said, [], POLICY)] == ["Mia: I ran in the forest."]


def test_a_draft_tells_how_often_and_when_it_was_said() -> None:
    (draft,) = drafts(episodes(*TEA), [], POLICY)

    assert draft.metadata == {
        "occurrences": 3,
        "sessions": 3,
        "first": (SAID + timedelta(days=1)).isoformat(),
        "last": (SAID + timedelta(days=3)).isoformat(),
    }


def test_importance_rises_with_the_number_of_occurrences() -> None:
    few, many = (
        drafts(episodes(*["User prefers green tea"] * count), [], POLICY)[0] for count in (3, 6)
    )

    assert 0.4 < few.importance < many.importance < 1.0


@pytest.mark.parametrize("count", [MAX_EVIDENCE, MAX_EVIDENCE + 1])
def test_evidence_is_bounded_and_keeps_every_session(count: int) -> None:
    said = episodes(*["User prefers green tea"] * count)
    said = [replace(one, sessions=("b",) if one.memory_id == count else ("a",)) for one in said]

    (draft,) = drafts(said, [], POLICY)

    assert len(draft.episodes) == MAX_EVIDENCE
    assert draft.episodes[-1].memory_id == count
    assert draft.metadata["occurrences"] == count


def test_drafts_of_one_call_are_bounded() -> None:
    things = [f"thing{chr(97 + at)}{chr(98 + at)}" for at in range(MAX_DRAFTS + 1)]
    said = [f"User collects {thing} figures{thing}" for thing in things for _ in range(3)]

    assert len(drafts(episodes(*said), [], POLICY)) == MAX_DRAFTS


@given(pools(), st.randoms(use_true_random=False), st.integers(0, 10))
@settings(deadline=None, max_examples=50)
def test_order_never_matters(pool: list[Episode], random: Random, cut: int) -> None:
    fresh, known = pool[:cut], pool[cut:]
    expected = drafts(fresh, known, POLICY)
    random.shuffle(fresh)
    random.shuffle(known)

    assert drafts(fresh, known, POLICY) == expected


@given(pools())
@settings(deadline=None, max_examples=50)
def test_drafts_are_founded_disjoint_and_bounded(pool: list[Episode]) -> None:
    found = drafts(pool, [], POLICY)

    named = [one.memory_id for draft in found for one in draft.episodes]
    assert len(named) == len(set(named))
    for draft in found:
        assert are_passed(draft.gates)
        assert not any(one.supports for one in draft.episodes)
        assert max(one.importance for one in draft.episodes) <= draft.importance <= 1.0


@given(pools())
@settings(deadline=None, max_examples=50)
def test_no_word_is_invented(pool: list[Episode]) -> None:
    for draft in drafts(pool, [], POLICY):
        said = {word for one in draft.episodes for word in lexemes(one.content)}
        frame = {"when"} if draft.memory_type is MemoryType.PROCEDURAL else set()
        assert set(lexemes(draft.content)) <= said | frame
