"""What came from erased words and from others: made anew, kept, or left to promote."""

import pytest

from nrem.policy.recall import Kind
from tests.store.forgetting import (
    DAY,
    LISBON,
    PEANUTS,
    TEA,
    erase,
    event_row,
    hand_over,
    keep,
    named,
    promote,
    sources,
    talk,
)
from tests.store.recalling import recall
from tests.world import NOW, Org, end, memory, turn


def test_mixed_episode_is_made_anew_from_the_turn_that_survives(org: Org) -> None:
    asked, answered = talk(org)
    mixed = named(org, "Como")
    assert sources(org, mixed) == [asked, answered]
    org.world.do("UPDATE memories SET tier = 'long' WHERE id = %(id)s", id=mixed)

    deleted = erase(org, named(org, "boat"))

    (new,) = deleted.remade
    assert mixed in {row.id for row in deleted.rows}
    assert org.memories("id, version, state, tier, derived_by") == [
        (new, 1, "live", "long", "consolidate")
    ]
    assert org.memories() == ["Melanie: I spent them with Ada at the lake of Como in July."]
    assert sources(org, new) == [answered]


def test_what_is_made_anew_is_found_by_its_words_at_once_and_gets_its_vector(org: Org) -> None:
    talk(org)

    (new,) = erase(org, named(org, "boat")).remade

    assert (Kind.MEMORY, new) in {
        one.ranked.key for one in recall(org, "lake Como", include_turns=False)
    }
    org.world.drain("embed")
    assert org.column(
        "SELECT item_id FROM embeddings WHERE org_id = %(org)s AND item_kind = 'memory'"
    ) == [new]


def test_nothing_is_made_anew_where_another_memory_says_it(org: Org) -> None:
    _, answered = talk(org)
    org.append(memory("Melanie: I spent them with Ada at the lake of Como in July."))
    org.world.drain("score")
    other = org.memories("id")[-1]
    org.world.do(
        "INSERT INTO derivations (org_id, child_kind, child_id, event_id, run_id) "
        "VALUES (%(org)s, 'memory', %(id)s, %(event)s, 99)",
        org=org.number,
        id=other,
        event=answered,
    )

    assert not erase(org, named(org, "boat")).remade
    assert org.memories("id") == [other]


@pytest.mark.parametrize("state", ["archived", "forgotten"])
def test_episode_that_recall_did_not_answer_with_is_not_made_anew(org: Org, state: str) -> None:
    talk(org)
    org.world.do(
        "UPDATE memories SET state = %(state)s WHERE id = %(id)s",
        state=state,
        id=named(org, "Como"),
    )

    assert not erase(org, named(org, "boat")).remade
    assert org.memories() == []


def test_episode_that_is_true_no_more_is_not_made_anew(org: Org) -> None:
    talk(org)
    org.do("UPDATE memories SET true_until = app_now() WHERE content LIKE '%%Como%%'")

    assert not erase(org, named(org, "boat")).remade


def test_source_that_only_repeated_a_memory_goes_without_it(org: Org) -> None:
    (first,) = hand_over(org, PEANUTS, session="a")
    (again,) = hand_over(org, f"{PEANUTS} {LISBON}", session="b")
    kept = named(org, "peanuts")
    assert sources(org, kept) == [first, again]

    erase(org, named(org, "Lisbon"))

    assert org.memories("id") == [kept]
    assert sources(org, kept) == [first]


def test_statement_that_a_caller_stored_stays_when_what_repeated_it_goes(org: Org) -> None:
    org.append(memory("User: I'm allergic to peanuts."))
    org.world.settle()
    (stored,) = org.memories("id")
    hand_over(org, f"{PEANUTS} {LISBON}")
    assert len(sources(org, stored)) == 2

    erase(org, named(org, "Lisbon"))

    assert org.memories("id") == [stored]
    assert len(sources(org, stored)) == 1


def test_memory_is_made_anew_from_what_repeated_it(org: Org) -> None:
    hand_over(org, f"{PEANUTS} {LISBON}", session="a")
    (again,) = hand_over(org, "Yes. I'm allergic to peanuts.", session="b")
    old = named(org, "peanuts")

    (new,) = erase(org, named(org, "Lisbon")).remade

    assert new != old
    assert org.memories() == ["User: I'm allergic to peanuts."]
    assert sources(org, new) == [again]


def test_naming_a_memory_erases_all_its_sources(org: Org) -> None:
    events = hand_over(org, PEANUTS, session="a")
    events += hand_over(org, PEANUTS, session="b")

    erase(org, named(org, "peanuts"))

    assert [event_row(org, one).body for one in events] == [{}, {}]


def test_statement_stands_for_a_turn_that_was_erased(org: Org) -> None:
    org.append(
        turn("Call the bank about the mortgage.", session="s"),
        memory("Call the bank about the mortgage.", memory_type="working", session="s"),
        end("s"),
    )
    org.world.settle()
    turn_id, stored, *_ = org.column("SELECT id FROM events WHERE org_id = %(org)s ORDER BY id")
    (episode,) = org.memories("id", where="type = 'episodic'")
    assert sources(org, episode) == [turn_id, stored]

    (new,) = erase(org, events=[turn_id]).remade

    assert sources(org, new) == [stored]
    assert len(org.memories("id", where="type = 'working'")) == 1


def test_knowledge_goes_with_a_piece_of_evidence_and_promote_decides_again(org: Org) -> None:
    episodes = keep(org, *TEA, "Each morning the user drinks green tea", sessions="abcd")
    promote(org)
    (known,) = org.memories("id", where="type = 'semantic'")

    deleted = erase(org, episodes[0], now=NOW + DAY)

    assert {row.id for row in deleted.rows} == {episodes[0], known}
    assert not org.memories("id", where="type = 'semantic'")
    promote(org, now=NOW + 2 * DAY)
    (again,) = org.memories("id", where="type = 'semantic'")
    assert sources(org, again) == sorted(one for its in episodes[1:] for one in sources(org, its))


def test_knowledge_whose_evidence_is_too_little_now_stays_away(org: Org) -> None:
    episodes = keep(org, *TEA, sessions="aab")
    promote(org)

    erase(org, episodes[0], now=NOW + DAY)
    promote(org, now=NOW + 2 * DAY)

    assert org.memories("id") == episodes[1:]


def test_naming_knowledge_takes_its_evidence(org: Org) -> None:
    keep(org, *TEA, sessions="aab")
    promote(org)
    (known,) = org.memories("id", where="type = 'semantic'")

    deleted = erase(org, known, now=NOW + DAY)

    assert len(deleted.rows) == len(TEA) + 1
    assert org.memories() == []
