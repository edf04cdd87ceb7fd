"""The pass erase: what somebody asked to have erased goes, with all that came of it."""

from pathlib import Path

import pytest

from nrem.llm.crypt import FOLDER, SubjectKeys
from nrem.policy.erase import Kind, State
from tests.worker.erased import ALICE, BOB, live, said, shared
from tests.worker.erasing import erased
from tests.world import Org, end, turn


@pytest.mark.parametrize(
    ("kind", "name", "events"), [(Kind.USER, ALICE, 8), (Kind.AGENT, "agent", 8)]
)
def test_all_of_a_target_goes_and_the_others_stay(
    org: Org, tmp_path: Path, kind: Kind, name: str, events: int
) -> None:
    for user, agent in ((ALICE, "agent"), (ALICE, "other"), (BOB, "agent"), (BOB, "other")):
        live(org, user, agent)
    left = {Kind.USER: BOB, Kind.AGENT: "other"}[kind]
    question = f"SELECT to_jsonb(m)::text FROM memories AS m JOIN {kind}s AS u ON u.id = m.{kind}_id WHERE u.external_id = '{left}' ORDER BY m.id"  # noqa: E501, S608
    before = org.world.ask(question)

    its = erased(org, kind, name, data_dir=tmp_path)

    assert its.state is State.CERTIFIED, (its.error, its.scan)
    assert its.deleted_counts == its.manifest
    assert its.manifest["events"] == events
    assert not any(its.measured.values())
    assert before
    assert org.world.ask(question) == before
    names = org.column(f"SELECT external_id FROM {kind}s WHERE org_id = %(org)s")  # noqa: S608
    assert names == [left]


def test_nothing_that_a_user_said_is_left_in_any_table(org: Org) -> None:
    live(org, ALICE)
    live(org, BOB)
    assert said(org, ALICE) > 5

    erased(org, Kind.USER, ALICE)

    assert said(org, ALICE) == 0
    assert said(org, BOB) > 5


def test_org_is_emptied_and_keeps_its_keys(org: Org) -> None:
    live(org, ALICE)

    its = erased(org, Kind.ORG)

    assert its.deleted_counts == its.manifest
    assert said(org, ALICE) == 0
    assert org.column("SELECT count(*) FROM orgs WHERE id = %(org)s") == [1]


def test_session_goes_and_the_person_stays(org: Org) -> None:
    live(org, ALICE)
    org.append(
        turn("I sold the boat in Bergen.", user=ALICE, session="two"), end("two", user=ALICE)
    )
    org.world.settle()

    its = erased(org, Kind.SESSION, "two")

    assert its.deleted_counts == its.manifest
    assert said(org, "Bergen") == 0
    assert said(org, "peanuts") > 0
    assert org.column("SELECT external_id FROM sessions WHERE org_id = %(org)s") == [
        f"{ALICE}-agent"
    ]


def test_memory_goes_with_what_it_came_from(org: Org) -> None:
    live(org, ALICE)
    (number,) = org.memories("id", where="content LIKE '%%peanuts%%'")

    its = erased(org, Kind.MEMORY, number)

    assert its.deleted_counts == its.manifest
    assert (its.manifest["memories"], its.manifest["events_emptied"]) == (1, 1)
    assert said(org, "peanuts") == 0
    assert said(org, "green tea") > 0


def test_what_another_said_in_the_same_session_stays(org: Org) -> None:
    shared(org)

    its = erased(org, Kind.USER, ALICE)

    assert its.state is State.CERTIFIED, (its.error, its.scan)
    assert its.deleted_counts == its.manifest
    assert said(org, "Bergen") == 0
    assert org.column("SELECT body ->> 'content' FROM events WHERE org_id = %(org)s") == [
        "I moved to Lisbon on 3 May 2025."
    ]
    assert said(org, ALICE) == 0
    assert said(org, '"both"') == 0


def test_memory_of_another_is_made_anew_of_what_he_said_himself(org: Org) -> None:
    org.append(
        turn("I moved to Lisbon on 3 May 2025.", user=BOB, session="both"),
        turn("I sold the boat in Bergen last summer.", user=ALICE, session="both"),
        end("both", user=BOB),
    )
    org.world.settle()
    mixed = org.memories("id", where="user_id = 2")
    org.do(
        "INSERT INTO derivations (org_id, child_kind, child_id, event_id, run_id) "
        "SELECT d.org_id, 'memory', d.child_id, e.id, d.run_id FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.kind = 'turn' "
        "WHERE d.child_kind = 'memory' ON CONFLICT DO NOTHING"
    )
    assert mixed

    its = erased(org, Kind.USER, ALICE)

    assert its.preview["mixed"] == len(mixed)
    assert its.preview["remade"] == len(mixed)
    assert said(org, "Bergen") == 0
    assert [one for one in org.memories("id") if one in mixed] == []
    assert any("Lisbon" in one for one in org.memories())


def test_key_of_the_person_is_destroyed_before_anything_is_deleted(
    org: Org, tmp_path: Path
) -> None:
    live(org, ALICE)
    (subject,) = org.column("SELECT id FROM subjects WHERE org_id = %(org)s")
    keys = SubjectKeys(tmp_path / FOLDER)
    sealed = keys.seal(org.number, subject, "place", b"secret")
    other = keys.seal(org.number, subject + 1, "place", b"secret")

    its = erased(org, Kind.USER, ALICE, data_dir=tmp_path)

    assert keys.unseal(org.number, subject, "place", sealed) is None
    assert keys.unseal(org.number, subject + 1, "place", other) == b"secret"
    assert its.instants["keys_destroyed"] <= its.instants["deleted"]
