"""What a hard forget deletes, and what it leaves alone."""

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.errors import ConflictError
from nrem.store import hold, preview
from nrem.store.hold import HoldKind
from tests.store.forgetting import (
    DAY,
    LISBON,
    PEANUTS,
    TEA,
    as_api,
    erase,
    event_row,
    hand_over,
    hits,
    keep,
    named,
    promote,
    talk,
    tell,
)
from tests.store.recalling import recall
from tests.store.reverting import last_run, undo
from tests.world import NOW, Org, memory


def test_row_goes_and_the_event_behind_it_is_emptied(org: Org) -> None:
    org.append(memory("fact", key="k"), memory("other"))
    org.world.settle()
    (first, event), *_ = org.ask(
        "SELECT child_id, event_id FROM derivations WHERE org_id = %(org)s ORDER BY 1"
    )

    deleted = erase(org, first)

    assert [row.id for row in deleted.rows] == [first]
    assert org.memories() == ["other"]
    gone = event_row(org, event)
    assert (gone.body, bytes(gone.body_hash), gone.idem_key is None) == ({}, b"", False)


def test_what_came_from_the_same_turn_alone_goes_too(org: Org) -> None:
    (event,) = hand_over(org, f"{LISBON} {PEANUTS}")
    assert len(org.memories()) == 2

    deleted = erase(org, named(org, "Lisbon"))

    assert len(deleted.rows) == 2
    assert org.memories() == []
    assert event_row(org, event).body == {}


def test_what_came_from_another_turn_stays_as_it_is(org: Org) -> None:
    hand_over(org, LISBON, PEANUTS)
    kept = named(org, "peanuts")
    row = org.memories("*", where=f"id = {kept}")

    erase(org, named(org, "Lisbon"))

    assert org.memories("*", where=f"id = {kept}") == row


def test_erased_turn_is_neither_found_nor_handed_over_again(org: Org) -> None:
    lisbon, _ = hand_over(org, LISBON, PEANUTS)
    erase(org, named(org, "Lisbon"))

    undo(org, last_run(org), again=True)
    org.world.drain("consolidate")

    assert len(org.memories("id", where="state = 'live'")) == 1
    assert not any("Lisbon" in one for one in org.memories())
    assert all("Lisbon" not in one.content for one in recall(org, "Lisbon", limit=50))
    for table in ("lexemes", "embeddings"):
        rows = org.ask(
            f"SELECT item_id FROM {table} WHERE org_id = %(org)s "  # noqa: S608
            "AND item_kind = 'turn' AND item_id = %(id)s",
            id=lisbon,
        )
        assert not rows


@pytest.mark.parametrize("kind", list(HoldKind))
def test_hold_over_anything_in_the_closure_forbids_it(org: Org, kind: HoldKind) -> None:
    talk(org)
    mixed, boat = named(org, "Como"), named(org, "boat")
    ref = {
        HoldKind.ORG: None,
        HoldKind.AGENT: org.memories("agent_id")[0],
        HoldKind.USER: org.memories("user_id")[0],
        HoldKind.MEMORY: mixed,
    }[kind]
    with as_api(org) as conn:
        placed = hold.place(conn, org.number, kind, ref, reference="case 1")
    before = org.memories("*"), org.ask("SELECT * FROM events WHERE org_id = %(org)s ORDER BY id")

    with pytest.raises(ConflictError) as refused:
        erase(org, boat)

    assert refused.value.error_code == "legal_hold"
    after = org.memories("*"), org.ask("SELECT * FROM events WHERE org_id = %(org)s ORDER BY id")
    assert after == before
    with as_api(org) as conn:
        hold.lift(conn, org.number, placed.hold_id)
    assert erase(org, boat).rows


def test_key_of_an_erased_event_stays_used(org: Org) -> None:
    (event,) = org.append(memory("fact", key="k"))
    org.world.settle()
    erase(org, *org.memories("id"))

    (again,) = org.append(memory("fact", key="k"))

    assert (again.event_id, again.is_duplicate) == (event.event_id, True)
    org.world.settle()
    assert org.memories() == []


def test_digest_of_a_body_may_be_emptied_and_never_be_changed(org: Org) -> None:
    org.append(memory("fact"))

    with pytest.raises(IntegrityError, match="immutable"):
        org.world.do("UPDATE events SET body = '{}', body_hash = 'another'")
    with pytest.raises(IntegrityError, match="immutable"):
        org.world.do("UPDATE events SET body_hash = ''")


def test_word_stands_nowhere_after_every_pass_and_a_hard_forget(org: Org) -> None:
    word = "Quorvax"
    hand_over(org, f"My teacher showed me {word} in May 2025.", session="first")
    episodes = keep(org, *(f"{one} from {word}" for one in TEA), sessions="abc")
    promote(org)
    org.do("UPDATE memories SET content = content || ' (often)' WHERE type = 'semantic'")
    for at in range(2):
        tell(org, f"I bought a book about {word} for {at + 2} euros.", session=f"open {at}")
    org.world.drain("score")
    with as_api(org) as conn:
        preview.ask(conn, org.number, "consolidate", subject_id=None, cause="request:x")
    org.world.drain("preview")
    org.do(
        "UPDATE memories SET metadata = jsonb_build_object('tag', %(word)s::text) "
        "WHERE id = %(id)s",
        word=word,
        id=episodes[0],
    )
    places = {place.split(".")[0] for place in hits(org.world, word)}
    assert places >= {
        "events",
        "memories",
        "memory_versions",
        "past_lexemes",
        "lexemes",
        "previews",
    }

    found = org.memories("id", where="content ILIKE '%%quorvax%%'")
    waiting = org.column(
        "SELECT id FROM events WHERE org_id = %(org)s AND body::text ILIKE '%%quorvax%%' "
        "AND session_id IN (SELECT id FROM sessions WHERE external_id LIKE 'open%%')"
    )
    erase(org, *found, events=waiting, now=NOW + DAY)

    assert hits(org.world, word) == {}


def test_run_without_named_rows_changes_nothing(org: Org) -> None:
    talk(org)
    before = org.memories("*")

    assert erase(org, 987_654_321).rows == ()
    assert org.memories("*") == before
