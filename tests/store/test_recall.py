"""Recall over a real database: complete in small scopes, exact figures, nobody else's rows."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from nrem.policy.recall import inverse_frequency, telling_lexemes, term_score
from nrem.policy.text import lexemes
from nrem.store import directory, recall_match, recall_rank, recall_word
from nrem.store.search import Text, add_vectors
from tests.store.recalling import contents, keep, recall
from tests.world import EMBEDDER, NOW, Org, World, memory, turn

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LARGE = [False, True]
PAST_THE_FIRST_CUT = recall_rank.LEAST_CANDIDATES + 20


@pytest.fixture(params=LARGE, ids=["small", "large"])
def is_large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether every scope counts as large, and so goes through the bounded statements."""
    if request.param:
        monkeypatch.setattr(recall_match, "SMALL", 0)
    return bool(request.param)


def test_small_org_gets_everything_it_has(org: Org, is_large: bool) -> None:  # noqa: FBT001
    keep(org, *(f"note {n} about the garden" for n in range(7)))

    assert len(recall(org, "quite another matter", limit=7)) == 7
    assert len(recall(org, "quite another matter", limit=8)) == 7
    assert len(recall(org, "quite another matter", limit=6)) == 6


def test_filters_come_before_the_cut_beside_a_large_user(org: Org, is_large: bool) -> None:  # noqa: FBT001
    keep(org, *(f"parrot {n}" for n in range(PAST_THE_FIRST_CUT)), user="many")
    keep(org, "parrot of mine", "a bicycle", "tea at noon", user="few")

    found = recall(org, "parrot", user="few")

    assert contents(found)[0] == "parrot of mine"
    assert len(found) == 3


def test_session_and_type_come_before_the_cut(org: Org, is_large: bool) -> None:  # noqa: FBT001
    keep(org, *(f"parrot {n}" for n in range(PAST_THE_FIRST_CUT)))
    keep(org, "a bicycle", session="s")
    keep(org, "tea at noon", memory_type="semantic")

    assert contents(recall(org, "parrot", session="s")) == ["a bicycle"]
    assert contents(recall(org, "parrot", memory_type="semantic")) == ["tea at noon"]


def test_turns_and_memories_take_part_unless_turns_are_left_out(org: Org) -> None:
    keep(org, "a grey parrot")
    org.append(turn("Good morning, a parrot!", session="s"))
    org.world.settle()

    both = recall(org, "parrot")
    alone = recall(org, "parrot", include_turns=False)

    assert sorted(contents(both)) == ["Good morning, a parrot!", "a grey parrot"]
    assert contents(alone) == ["a grey parrot"]


def test_rows_of_another_org_never_appear(world: World) -> None:
    mine, theirs = world.found("mine"), world.found("theirs")
    keep(mine, "my parrot")
    keep(theirs, "their parrot")

    assert contents(recall(mine, "their parrot")) == ["my parrot"]
    assert contents(recall(mine, "their parrot", agent="nobody")) == []
    assert contents(recall(mine, "")) == ["my parrot"]


def test_user_whom_the_agent_never_met_gets_nothing(org: Org) -> None:
    keep(org, "a parrot", user="known")
    keep(org, "a bicycle", agent="other", user="stranger")

    assert recall(org, "parrot", user="stranger") == []


# Short memories are archived after 7 idle days, inclusive.
@pytest.mark.parametrize(("age", "count"), [(7 * DAY - SECOND, 1), (7 * DAY, 0)])
def test_idle_memory_leaves_recall_before_any_sweep(org: Org, age: timedelta, count: int) -> None:
    keep(org, "a parrot", tier="short", importance=0.9)
    world_now = org.column("SELECT last_access FROM memories WHERE org_id = %(org)s")[0]

    found = recall(org, "parrot", now=world_now + age)

    assert len(found) == count
    assert org.memories("state") == ["live"]


@pytest.mark.parametrize(("age", "count"), [(59 * SECOND, 1), (60 * SECOND, 0)])
def test_expired_memory_leaves_recall_before_any_sweep(
    org: Org, age: timedelta, count: int
) -> None:
    keep(org, "a parrot", ttl_seconds=60)
    expires_at = org.column("SELECT expires_at FROM memories WHERE org_id = %(org)s")[0]

    found = recall(org, "parrot", now=expires_at - 60 * SECOND + age)

    assert len(found) == count
    assert org.memories("state") == ["live"]


@pytest.mark.parametrize("query", ["parrot", ""])
def test_many_due_memories_do_not_crowd_out_the_others(org: Org, query: str) -> None:
    keep(org, "a bicycle", "tea at noon", memory_type="semantic")
    due = [f"parrot {n}" for n in range(PAST_THE_FIRST_CUT)]
    keep(org, *due, tier="short", importance=0.9)

    before = recall(org, query, limit=2, now=NOW + 6 * DAY)
    after = recall(org, query, limit=2, now=NOW + 8 * DAY)

    assert set(contents(before)) <= set(due)
    assert set(contents(after)) == {"a bicycle", "tea at noon"}


def test_every_result_has_both_figures_whichever_way_found_it(
    org: Org,
    is_large: bool,  # noqa: FBT001
) -> None:
    told = [f"zebro zebry zebru {n}" for n in range(PAST_THE_FIRST_CUT)]
    hidden = "zebra " + " ".join(f"word{n}" for n in range(30))
    told += [f"zebra number {n} and {'a long story ' * n}" for n in range(20)]
    keep(org, *told, importance=0.0)
    keep(org, hidden, importance=1.0)
    told.append(hidden)
    query = "zebra zebru"
    nearest = sorted(told, key=lambda one: -_cosine(query, one))

    found = recall(org, query, limit=50)

    assert nearest.index(hidden) >= PAST_THE_FIRST_CUT
    assert hidden in contents(found)
    expected = _lexical(query, told)
    for one in found:
        assert one.ranked.similarity == pytest.approx(_cosine(query, one.content), abs=2e-3)
        assert one.ranked.lexical == pytest.approx(expected[one.content], abs=1e-9)


def _cosine(query: str, content: str) -> float:
    ours, theirs = EMBEDDER.embed([query, content])
    return max(0.0, sum(a * b for a, b in zip(ours, theirs, strict=True)))


def _lexical(query: str, told: Sequence[str]) -> dict[str, float]:
    counts = {content: lexemes(content) for content in told}
    lengths = {content: sum(its.values()) for content, its in counts.items()}
    mean = sum(lengths.values()) / len(told)
    words = telling_lexemes(query)
    weights = {
        word: inverse_frequency(len(told), sum(word in its for its in counts.values()))
        for word in words
    }
    return {
        content: min(
            1.0,
            sum(
                term_score(
                    tf=its[word], length=lengths[content], mean_length=mean, weight=weights[word]
                )
                for word in words
                if word in its
            )
            / sum(weights.values()),
        )
        for content, its in counts.items()
    }


def test_words_that_too_many_hold_choose_nothing_and_still_count(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(org, "a parrot", "a parrot and tea", "tea", "a bicycle")
    monkeypatch.setattr(recall_match, "SMALL", 0)
    whole = recall(org, "parrot")
    monkeypatch.setattr(recall_word, "_CHOOSING", 1)

    bounded = recall(org, "parrot")

    assert [one.ranked for one in bounded] == [one.ranked for one in whole]
    assert whole[0].ranked.lexical > 0


def test_other_users_of_the_agent_change_no_figure(org: Org) -> None:
    keep(org, "a parrot", "tea at noon", user="mine")
    alone = [one.ranked for one in recall(org, "parrot", user="mine")]
    keep(org, *(f"parrot {n}" for n in range(9)), user="theirs")

    assert [one.ranked for one in recall(org, "parrot", user="mine")] == alone


def _placed(org: Org, cosines: dict[str, float], query: str) -> None:
    """Gives memories the vectors that have these cosines to the query."""
    axis = EMBEDDER.embed_query(query)
    aside = [-b if n % 2 else b for n, b in enumerate(axis[n ^ 1] for n in range(len(axis)))]
    rows = {content: (n, key) for n, content, key in org.memories("id, content, content_hash")}
    with org.begin() as conn:
        agent = directory.find_agent(conn, org.number, "agent") or 0
        subject = org.memories("subject_id")[0]
        texts = [
            Text(
                kind="memory",
                item_id=rows[content][0],
                agent_id=agent,
                subject_id=subject,
                content=content,
                content_hash=bytes(rows[content][1]),
            )
            for content in cosines
        ]
        vectors = [
            [c * a + (1 - c * c) ** 0.5 * b for a, b in zip(axis, aside, strict=True)]
            for c in cosines.values()
        ]
        add_vectors(conn, org.number, texts, vectors, model=EMBEDDER.model_id)


def test_threshold_comes_before_the_limit(org: Org) -> None:
    wordy = {f"parrot {n}": 0.3 for n in range(5)}
    near = {"a bird": 0.7, "a pet": 0.6}
    keep(org, *wordy, *near)
    _placed(org, wordy | near, "parrot")

    without = recall(org, "parrot", limit=2)
    found = recall(org, "parrot", limit=2, least_similarity=0.5)

    assert set(contents(without)) <= set(wordy)
    assert contents(found) == ["a bird", "a pet"]


def test_threshold_lets_through_what_reaches_it(org: Org) -> None:
    keep(org, "a bird", "a pet")
    _placed(org, {"a bird": 0.7, "a pet": 0.6}, "parrot")
    lowest = min(one.ranked.similarity for one in recall(org, "parrot"))

    assert len(recall(org, "parrot", least_similarity=lowest)) == 2
    assert contents(recall(org, "parrot", least_similarity=lowest + 1e-6)) == ["a bird"]


def test_without_a_query_the_newest_come_first(org: Org) -> None:
    for minute, content in enumerate(("first", "second", "third")):
        org.append(memory(content))
        org.world.drain("score", now=NOW + timedelta(minutes=minute))

    found = recall(org, "", limit=2, least_similarity=0.5, now=NOW + timedelta(hours=1))

    assert contents(found) == ["third", "second"]
