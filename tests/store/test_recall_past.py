"""Recall as of an instant: the texts, states and importances of then, and nothing from later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from nrem import ids
from nrem.policy.change import archived, forgotten, rolled_back
from nrem.policy.recall import Kind
from nrem.store import directory, history, recall_rank
from nrem.store.change import Change
from nrem.store.search import Text, add_vectors
from tests.store.past import HOUR, LATER, alter, edit, restore, then
from tests.store.recalling import contents, keep, recall
from tests.world import EMBEDDER, NOW, Org, access, turn

TICK = timedelta(microseconds=1)
OLD, NEW = "a grey parrot", "the red bicycle"


@pytest.fixture
def number(org: Org) -> int:
    """A memory that said OLD until an hour had passed, and NEW since then."""
    keep(org, OLD, importance=0.5)
    (number,) = org.memories("id")
    edit(org, number, NOW + HOUR, content=NEW)
    return int(number)


@pytest.mark.parametrize("with_vector", [False, True], ids=["words", "meaning"])
def test_old_text_is_found_as_of_then_and_not_now(
    org: Org,
    number: int,
    with_vector: bool,  # noqa: FBT001
) -> None:
    (found,) = then(org, OLD, NOW, with_vector=with_vector)
    (today,) = recall(org, OLD, now=LATER)

    assert (found.ranked.key[1], found.content, found.version) == (number, OLD, 1)
    assert found.ranked.lexical > 0.9
    assert (found.ranked.similarity > 0.99) is with_vector
    assert (today.content, today.version, today.ranked.lexical) == (NEW, 2, 0)
    assert today.ranked.similarity < 0.5


@pytest.mark.parametrize(
    ("at", "said"),
    [(NOW, OLD), (NOW + HOUR - TICK, OLD), (NOW + HOUR, NEW), (NOW + 2 * HOUR, NEW)],
)
def test_version_holds_from_its_first_instant_to_the_next(
    org: Org,
    number: int,
    at: datetime,
    said: str,
) -> None:
    other = NEW if said == OLD else OLD

    (found,) = then(org, said, at, least_similarity=0.99)
    (by_other,) = then(org, other, at)

    assert found.content == by_other.content == said
    assert by_other.ranked.lexical == 0
    assert then(org, other, at, least_similarity=0.99) == []


@pytest.mark.parametrize("query", [OLD, ""])
@pytest.mark.parametrize(("at", "count"), [(NOW - TICK, 0), (NOW, 1)])
def test_memory_is_found_from_its_recording_on(
    org: Org, query: str, at: datetime, count: int
) -> None:
    keep(org, OLD)

    assert len(then(org, query, at)) == count


@pytest.mark.parametrize("how", [archived, forgotten], ids=["archived", "forgotten"])
@pytest.mark.parametrize("query", [OLD, ""])
def test_memory_that_left_recall_later_is_found_as_of_before(
    org: Org, how: Change, query: str
) -> None:
    keep(org, OLD)
    (number,) = org.memories("id")
    alter(org, number, how, NOW + HOUR)

    assert contents(then(org, query, NOW + HOUR - TICK)) == [OLD]
    assert then(org, query, NOW + HOUR) == []
    assert recall(org, query, now=LATER) == []


@pytest.mark.parametrize("query", [OLD, ""])
def test_memory_restored_later_is_not_found_in_between(org: Org, query: str) -> None:
    keep(org, OLD)
    (number,) = org.memories("id")
    alter(org, number, archived, NOW + HOUR)
    restore(org, number, NOW + 2 * HOUR)

    instants = (NOW, NOW + HOUR, NOW + 2 * HOUR - TICK, NOW + 2 * HOUR)
    found = [len(then(org, query, at)) for at in instants]

    assert found == [1, 0, 0, 1]


@pytest.mark.parametrize("query", [OLD, ""])
@pytest.mark.parametrize("back", [False, True])
def test_what_had_left_recall_by_then_crowds_nobody_out(
    org: Org,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    back: bool,  # noqa: FBT001
) -> None:
    keep(org, NEW)
    keep(org, *(f"{OLD} {n}" for n in range(4)))
    gone = org.memories("id", where=f"content <> '{NEW}'")
    for one in gone:
        alter(org, one, forgotten, NOW + HOUR)
    for one in gone if back else ():
        restore(org, one, NOW + 3 * HOUR)
    monkeypatch.setattr(recall_rank, "LEAST_CANDIDATES", 1)
    monkeypatch.setattr(recall_rank, "SMALL", 1)

    assert contents(then(org, query, NOW + 2 * HOUR, limit=1)) == [NEW]


@pytest.mark.parametrize("written", [False, True])
def test_crossing_counts_whether_or_not_it_is_written_down(org: Org, written: bool) -> None:  # noqa: FBT001
    keep(org, OLD, tier="short", importance=0.9)
    end, now = NOW + timedelta(days=7), NOW + timedelta(days=8)
    if written:
        org.world.drain("decay", now=now)

    assert org.memories("state") == ["archived" if written else "live"]
    assert len(then(org, OLD, end - TICK, now=now)) == 1
    assert then(org, OLD, end, now=now) == []


@pytest.mark.parametrize("written", [False, True])
def test_purged_memory_is_never_found(org: Org, written: bool) -> None:  # noqa: FBT001
    keep(org, OLD)
    (number,) = org.memories("id")
    edit(org, number, NOW + HOUR, content=NEW)
    alter(org, number, forgotten, NOW + 2 * HOUR)
    now = NOW + 2 * HOUR + timedelta(days=30)
    before = then(org, OLD, NOW, now=now - TICK)
    if written:
        org.world.do(
            "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(o)s, 'expire', '-infinity')",
            o=org.number,
        )
        org.world.drain("expire", now=now)

    assert org.memories("state") == ["purged" if written else "forgotten"]
    assert len(before) == 1
    assert [then(org, query, NOW, now=now) for query in (OLD, "")] == [[], []]


def test_importance_is_what_was_left_of_the_one_of_then(org: Org) -> None:
    keep(org, OLD, importance=0.5)
    (number,) = org.memories("id")
    edit(org, number, NOW + HOUR, importance=1.0)
    half_life = NOW + timedelta(days=14)
    now = half_life + HOUR

    def left(at: datetime) -> float:
        (found,) = then(org, OLD, at, now=now)
        return found.ranked.importance

    assert left(NOW) == pytest.approx(0.5)
    assert left(NOW + HOUR) == pytest.approx(1, abs=0.01)
    assert left(half_life) == pytest.approx(0.02 + 0.98 / 2)


def test_uses_and_tiers_of_later_are_not_known_then(org: Org) -> None:
    keep(org, OLD, tier="short", importance=1.0)
    (number,) = org.memories("id")
    before = recall(org, OLD, now=NOW + 3 * HOUR)
    for hours in (4, 5):
        org.append(access(ids.encode(ids.MEMORY, number)), now=NOW + hours * HOUR)
    org.world.drain("reinforce", now=NOW + 6 * HOUR)

    found = [then(org, OLD, NOW + hours * HOUR)[0] for hours in (3, 4, 5)]

    stood = [(one.access_count, one.tier) for one in found]
    assert stood == [(0, "short"), (1, "short"), (2, "long")]
    assert found[0] == before[0]
    assert found[1].ranked.importance == found[2].ranked.importance == 1.0


def test_pin_of_later_is_not_known_then(org: Org) -> None:
    keep(org, OLD, tier="short")
    (number,) = org.memories("id")
    edit(org, number, NOW + HOUR, is_pinned=True)

    tiers = [then(org, OLD, at)[0].tier for at in (NOW, NOW + HOUR)]

    assert tiers == ["short", "permanent"]


def test_metadata_are_those_of_the_version(org: Org) -> None:
    keep(org, OLD)
    (number,) = org.memories("id")
    edit(org, number, NOW + HOUR, metadata={"k": 1})

    found = [then(org, OLD, at)[0] for at in (NOW, NOW + HOUR)]

    assert [(one.version, one.metadata) for one in found] == [(1, {}), (2, {"k": 1})]


def test_text_before_the_last_but_one_is_forgotten_by_its_words_too(org: Org, number: int) -> None:
    edit(org, number, NOW + 2 * HOUR, content="tea at noon")

    by_words = [then(org, OLD, NOW + hours * HOUR)[0].ranked.lexical for hours in range(3)]

    assert [share > 0 for share in by_words] == [True, False, False]


def test_text_that_came_back_is_found_in_both_of_its_times(org: Org, number: int) -> None:
    with org.begin() as conn:
        first = history.read(conn, org.number, number, [1])[0].version
    alter(org, number, lambda its, at: rolled_back(its, first, at), NOW + 2 * HOUR, content=OLD)

    found = [bool(then(org, OLD, NOW + hours * HOUR, least_similarity=0.99)) for hours in range(4)]

    assert found == [True, False, True, True]
    assert contents(recall(org, OLD, now=LATER, least_similarity=0.99)) == [OLD]


@pytest.mark.parametrize(("at", "count"), [(NOW + HOUR - TICK, 0), (NOW + HOUR, 1)])
def test_turns_are_found_from_their_recording_on(org: Org, at: datetime, count: int) -> None:
    keep(org, OLD)
    org.append(turn("a parrot said it", session="s", occurred_at=NOW), now=NOW + HOUR)
    for name in ("score", "embed"):
        org.world.drain(name, now=NOW + HOUR)

    found = then(org, "parrot", at)

    assert [one.ranked.key[0] for one in found].count(Kind.TURN) == count
    assert len(found) == 1 + count


@pytest.mark.parametrize("query", [OLD, "", "parrot bicycle"])
def test_as_of_now_is_the_present(org: Org, number: int, query: str) -> None:
    keep(org, OLD, "tea at noon")

    assert then(org, query, LATER) == recall(org, query, now=LATER)


@pytest.mark.parametrize("query", [OLD, "", "parrot bicycle"])
def test_an_instant_ago_is_as_the_present_was(org: Org, number: int, query: str) -> None:
    keep(org, OLD, "tea at noon", "a parrot at noon")
    org.append(turn("a parrot said it", session="s"), now=NOW)
    for name in ("score", "embed"):
        org.world.drain(name)
    at = NOW + 2 * HOUR
    before = recall(org, query, now=at)

    found = then(org, query, at)

    assert found == before
    assert len(found) > 2


def test_filters_are_those_of_then(org: Org) -> None:
    keep(org, OLD, memory_type="semantic", session="s")
    keep(org, "another parrot", agent="other")
    (number,) = org.memories("id", where="content = 'a grey parrot'")
    org.do("UPDATE memories SET type = 'procedural' WHERE type = 'semantic'", now=NOW + HOUR)

    def found(at: datetime, **scope: Any) -> Sequence[int]:  # noqa: ANN401
        return [one.ranked.key[1] for one in then(org, "parrot", at, **scope)]

    with org.begin() as conn:
        session = directory.find_session(conn, org.number, "s")
    assert found(NOW, memory_type="semantic") == [number]
    assert found(NOW, memory_type="procedural") == []
    assert found(NOW + HOUR, memory_type="procedural") == [number]
    assert found(NOW, session_id=session) == [number]
    assert then(org, "parrot", NOW, memory_type="semantic")[0].memory_type == "semantic"


def test_vector_of_a_replaced_text_is_not_stored_late(org: Org) -> None:
    keep(org, OLD)
    ((number, agent, subject, key),) = org.memories("id, agent_id, subject_id, content_hash")
    edit(org, number, NOW + HOUR, content=NEW)
    late = Text(
        kind="memory",
        item_id=number,
        agent_id=agent,
        subject_id=subject,
        content=OLD,
        content_hash=bytes(key),
    )

    with org.begin(now=NOW + 2 * HOUR) as conn:
        add_vectors(conn, org.number, [late], EMBEDDER.embed([OLD]), model=EMBEDDER.model_id)

    assert recall(org, OLD, now=LATER, least_similarity=0.99) == []
    assert contents(recall(org, NEW, now=LATER, least_similarity=0.99)) == [NEW]
