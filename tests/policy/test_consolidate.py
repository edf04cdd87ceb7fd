from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.consolidate import (
    OVER_CAP,
    REPEATS_FULL,
    REPEATS_PINNED,
    REPEATS_SESSION,
    UNIMPORTANT,
    decide,
)
from nrem.policy.consolidate_model import (
    MAX_SOURCES,
    Candidate,
    Decisions,
    Known,
    Trust,
    least_trust,
)
from nrem.policy.params import ConsolidatePolicy

SAID = datetime(2023, 5, 8, tzinfo=UTC)
POLICY = ConsolidatePolicy(
    duplicate_similarity=0.8, duplicate_overlap=0.6, keep_above=0.15, max_memories_per_session=200
)
ALIKE = (1.0, 0.0)
NUTS, NUTS_AGAIN = "Mira: I'm allergic to walnuts.", "Mira: Remember, I'm allergic to walnuts!"


def candidate(content: str, *events: int, importance: float = 0.5) -> Candidate:
    return Candidate(
        content=content,
        source_event_ids=events,
        occurred_at=SAID + timedelta(minutes=events[0]),
        importance=importance,
    )


def known(
    content: str, *, memory_id: int = 1, pinned: bool = False, source_count: int = 1
) -> Known:
    return Known(
        memory_id=memory_id,
        version=3,
        content=content,
        vector=ALIKE,
        pinned=pinned,
        importance=0.4,
        occurred_at=SAID,
        source_count=source_count,
    )


def judged(
    *candidates: Candidate, of: tuple[Known, ...] = (), policy: ConsolidatePolicy = POLICY
) -> Decisions:
    return decide([(one, ALIKE) for one in candidates], of, policy)


def test_a_new_statement_is_created_with_its_vector() -> None:
    one = candidate(NUTS, 4)

    (created,) = judged(one).create

    assert (created.candidate, created.vector) == (one, ALIKE)


def test_a_repeat_in_the_session_adds_its_source_to_the_first() -> None:
    decisions = judged(candidate(NUTS, 4, importance=0.3), candidate(NUTS_AGAIN, 9, importance=0.7))

    (created,) = decisions.create
    assert created.candidate.content == NUTS
    assert created.candidate.source_event_ids == (4, 9)
    assert created.candidate.importance == 0.7


def test_a_repeat_of_a_known_memory_merges_into_it() -> None:
    decisions = judged(candidate(NUTS_AGAIN, 9, importance=0.7), of=(known(NUTS),))

    (merge,) = decisions.merge
    assert decisions.create == ()
    assert (merge.memory_id, merge.version, merge.source_event_ids) == (1, 3, (9,))
    assert merge.importance == 0.7


def test_of_two_equal_memories_the_older_gains_the_source() -> None:
    twins = (known(NUTS, memory_id=2), known(NUTS, memory_id=1))

    (merge,) = judged(candidate(NUTS, 9), of=twins).merge

    assert merge.memory_id == 1


def test_what_differs_stays_apart() -> None:
    decisions = judged(candidate("Mira: I'm no longer allergic to walnuts.", 9), of=(known(NUTS),))

    assert len(decisions.create) == 1
    assert decisions.merge == ()


def test_a_pinned_memory_is_never_touched() -> None:
    decisions = judged(candidate(NUTS_AGAIN, 9), of=(known(NUTS, pinned=True),))

    assert (decisions.create, decisions.merge) == ((), ())
    assert [(one.event_id, one.reason) for one in decisions.dropped] == [(9, REPEATS_PINNED)]


@pytest.mark.parametrize(("count", "merges"), [(MAX_SOURCES - 1, 1), (MAX_SOURCES, 0)])
def test_a_memory_names_no_more_than_five_sources(count: int, merges: int) -> None:
    decisions = judged(candidate(NUTS_AGAIN, 9), of=(known(NUTS, source_count=count),))

    assert len(decisions.merge) == merges
    assert [one.reason for one in decisions.dropped] == [REPEATS_FULL] * (1 - merges)


def test_a_sixth_repeat_in_a_session_is_dropped_with_its_reason() -> None:
    decisions = judged(*(candidate(NUTS, at) for at in range(1, 7)))

    assert [one.candidate.source_event_ids for one in decisions.create] == [(1, 2, 3, 4, 5)]
    assert [(one.event_id, one.reason) for one in decisions.dropped] == [(6, REPEATS_SESSION)]


@pytest.mark.parametrize(("importance", "kept"), [(0.15, True), (0.149, False)])
def test_the_unimportant_is_dropped_with_its_reason(importance: float, *, kept: bool) -> None:
    decisions = judged(candidate(NUTS, 4, importance=importance))

    assert bool(decisions.create) is kept
    assert [one.reason for one in decisions.dropped] == ([] if kept else [UNIMPORTANT])


def test_a_working_memory_is_kept_however_unimportant() -> None:
    note = replace(candidate(NUTS, 4, importance=0.0), working=((8, 1),))

    assert len(judged(note).create) == 1


def test_a_working_memory_that_repeats_is_closed_by_the_merge() -> None:
    note = replace(candidate(NUTS, 4), working=((8, 1),))

    (merge,) = judged(note, of=(known(NUTS),)).merge

    assert merge.working == ((8, 1),)


def test_over_the_cap_the_most_important_stay() -> None:
    weak, strong = candidate(NUTS, 4, importance=0.3), candidate("Mira: I own a boat.", 5)

    decisions = judged(weak, strong, policy=replace(POLICY, max_memories_per_session=1))

    assert [one.candidate for one in decisions.create] == [strong]
    assert [(one.event_id, one.reason) for one in decisions.dropped] == [(4, OVER_CAP)]


def test_an_event_cited_elsewhere_is_not_dropped() -> None:
    decisions = judged(candidate(NUTS, 4), candidate("Mira: Fine.", 4, 5, importance=0.0))

    assert [one.event_id for one in decisions.dropped] == [5]


def test_trust_is_that_of_the_weakest_source() -> None:
    assert least_trust([Trust.USER, Trust.TOOL, Trust.ASSISTANT]) is Trust.TOOL
    assert least_trust([]) is Trust.DERIVED


def test_order_never_matters_even_between_twins_with_a_broken_vector() -> None:
    twins = [(candidate(NUTS, 1), (1.0, 0.0)), (candidate(NUTS, 1), (float("nan"), 0.0))]

    assert repr(decide(twins, (), POLICY)) == repr(decide(twins[::-1], (), POLICY))


CONTENTS = [
    NUTS,
    NUTS_AGAIN,
    "Mira: I own a boat.",
    "Jon: I own a boat.",
    "Mira: I own 2 boats.",
    "",
    "?",
]
CANDIDATES = st.builds(
    lambda content, events, importance, working: replace(
        candidate(content, *sorted(events), importance=importance), working=working
    ),
    st.sampled_from(CONTENTS),
    st.sets(st.integers(1, 12), min_size=1, max_size=MAX_SOURCES),
    st.floats(0, 1),
    st.sampled_from([(), ((1, 1),), ((2, 1),)]),
)
VECTORS = st.sampled_from([ALIKE, (0.0, 1.0), (), (float("nan"), 0.0)])
KNOWN = st.lists(
    st.builds(
        lambda content, memory_id, pinned, count: known(
            content, memory_id=memory_id, pinned=pinned, source_count=count
        ),
        st.sampled_from(CONTENTS),
        st.integers(1, 50),
        st.booleans(),
        st.integers(1, 6),
    ),
    max_size=4,
    unique_by=lambda one: one.memory_id,
)


@given(
    st.lists(st.tuples(CANDIDATES, VECTORS), max_size=8), KNOWN, st.randoms(use_true_random=False)
)
def test_every_source_ends_in_one_place_in_any_order(
    candidates: list[tuple[Candidate, tuple[float, ...]]], old: list[Known], random: object
) -> None:
    decisions = decide(candidates, old, POLICY)

    kept = {e for one in decisions.create for e in one.candidate.source_event_ids}
    kept |= {e for one in decisions.merge for e in one.source_event_ids}
    dropped = {one.event_id for one in decisions.dropped if one.event_id is not None}
    assert kept | dropped == {e for one, _ in candidates for e in one.source_event_ids}
    assert kept.isdisjoint(dropped)
    closed = {m for one in decisions.create for m, _ in one.candidate.working}
    closed |= {m for one in decisions.merge for m, _ in one.working}
    closed |= {one.memory_id for one in decisions.dropped if one.memory_id is not None}
    assert closed == {m for one, _ in candidates for m, _ in one.working}
    pinned = {one.memory_id for one in old if one.pinned}
    assert pinned.isdisjoint(one.memory_id for one in decisions.merge)
    mixed, others = list(candidates), list(old)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    random.shuffle(others)  # type: ignore[attr-defined]
    assert repr(decide(mixed, others, POLICY)) == repr(decisions)
