"""The pass erase: what somebody asked to have erased goes, with all that came of it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.errors import ConflictError, ForbiddenError
from nrem.llm.crypt import FOLDER, SubjectKeys
from nrem.policy.erase import Kind, State
from nrem.store import engine, erase_ask, hold
from nrem.store.event import NewEvent
from nrem.store.hold import HoldKind
from tests.worker.erasing import ASKER, ask, confirm, erased, read, run, until
from tests.world import NOW, Org, end, memory, start, turn

ALICE = "alice"
BOB = "bob"
TABLES = """SELECT relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attname = 'user_id'"""


def live(org: Org, user: str, agent: str = "agent") -> None:
    """Leave rows of a user in many tables."""
    place: dict[str, Any] = {"user": user, "agent": agent}
    session = f"{user}-{agent}"
    org.append(
        turn(
            f"I am {user}'s friend and moved to Lisbon.", session=session, thread=session, **place
        ),
        turn(f"{user} likes green tea in the morning.", session=session, thread=session, **place),
        end(session, **place),
        memory(f"{user} is allergic to peanuts", importance=0.9, **place),
    )
    org.world.settle()
    org.world.drain("observe")


def shared(org: Org) -> None:
    """Two people in a session that one of them began."""
    org.append(
        turn("I sold the boat in Bergen last summer.", user=ALICE, session="both"),
        turn("I moved to Lisbon on 3 May 2025.", user=BOB, session="both"),
        end("both", user=ALICE),
    )
    org.world.settle()


def of(org: Org, user: str) -> dict[str, list[str]]:
    """All that is kept of a user, by table."""
    found = {}
    for (table,) in org.world.ask(TABLES):
        found[table] = org.column(
            f"""SELECT to_jsonb(x)::text FROM {table} AS x WHERE x.org_id = %(org)s AND user_id = (
            SELECT id FROM users WHERE org_id = %(org)s AND external_id = %(name)s)
            ORDER BY 1""",  # noqa: S608
            name=user,
        )
    return found


def said(org: Org, words: str) -> int:
    """How many rows hold these words, in any column of any table."""
    tables = [
        row[0]
        for row in org.world.ask(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace"
        )
    ]
    return sum(
        org.world.ask(
            f"SELECT count(*) FROM {table} AS x WHERE strpos(to_jsonb(x)::text, %(words)s) > 0",  # noqa: S608
            words=words,
        )[0][0]
        for table in tables
    )


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


def test_key_that_asked_cannot_confirm(org: Org) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)

    with pytest.raises(ForbiddenError):
        confirm(org, number, by=ASKER)

    assert read(org, number).state is State.PREVIEWED


@pytest.mark.parametrize("shown", [b"0" * 16])
def test_other_preview_than_the_one_that_stands_confirms_nothing(org: Org, shown: bytes) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)

    with pytest.raises(ConflictError):
        confirm(org, number, shown=shown)

    assert read(org, number).state is State.PREVIEWED


@pytest.mark.parametrize(("more", "state"), [(1, State.CERTIFIED), (20, State.PREVIEWED)])
def test_growth_of_over_a_tenth_asks_again(org: Org, more: int, state: State) -> None:
    for user in (ALICE, BOB):
        live(org, user)
    number = ask(org, Kind.USER, ALICE)
    run(org)
    first = read(org, number).preview_hash
    confirm(org, number)
    for _ in range(more):
        org.append(start("one more", user=ALICE))

    run(org)

    its = read(org, number)
    assert its.reached is state, its
    assert (its.preview_hash == first) is (state is State.CERTIFIED)
    if state is State.PREVIEWED:
        org.append(memory("she may be told again", user=ALICE))
        confirm(org, number)
        run(org)
        assert read(org, number).state is State.CERTIFIED


def test_hold_keeps_a_confirmed_erasure_waiting(org: Org) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)
    confirm(org, number)
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        hold.place(conn, org.number, HoldKind.AGENT, 1, reference="case 1")

    (outcome,) = [one for one in run(org) if one.outcome != "noop"]

    assert (outcome.outcome, outcome.changes.reason) == ("deferred", "legal_hold")
    assert read(org, number).state is State.CONFIRMED


def test_hold_refuses_the_request(org: Org) -> None:
    live(org, ALICE)
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        hold.place(conn, org.number, HoldKind.ORG, None, reference="case 1")

    with pytest.raises(ConflictError):
        ask(org, Kind.USER, ALICE)


def test_name_comes_back_only_when_the_erasure_is_certified(org: Org) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)
    confirm(org, number)
    until(org, number, State.DERIVED)

    with pytest.raises(IntegrityError, match="is being erased"):
        org.append(turn("I am back.", user=ALICE))

    run(org)
    assert read(org, number).state is State.CERTIFIED
    org.append(turn("I am back.", user=ALICE))
    assert org.column("SELECT count(*) FROM erasure_items WHERE org_id = %(org)s") == [0]


@pytest.mark.parametrize(
    "event",
    [
        turn("I moved again.", user=ALICE),
        turn("I moved again.", user=ALICE, agent="a new agent"),
        turn("I came along.", user=BOB, session="open"),
        memory("She moved again.", user=ALICE),
    ],
    ids=["turn", "other agent", "session", "memory"],
)
@pytest.mark.parametrize("state", [State.FENCED, State.KEYS_DESTROYED])
def test_nothing_is_written_for_whom_is_being_erased(
    org: Org, event: NewEvent, state: State
) -> None:
    live(org, ALICE)
    org.append(turn("I came first.", user=ALICE, session="open"))
    number = ask(org, Kind.USER, ALICE)
    run(org)
    confirm(org, number)
    until(org, number, state)

    with pytest.raises(IntegrityError, match="is being erased"):
        org.append(event)

    org.append(turn("I moved.", user=BOB))


def test_one_that_was_fenced_and_is_cancelled_leaves_everything_as_it_was(org: Org) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)
    before = of(org, ALICE)
    confirm(org, number)
    until(org, number, State.FENCED)
    assert org.memories(where="state <> 'purged'") == []

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        erase_ask.cancel(conn, org.number, number, now=NOW)
    run(org)

    assert read(org, number).state is State.CANCELLED
    assert of(org, ALICE) == before
    org.append(turn("I moved again.", user=ALICE))
    assert ask(org, Kind.USER, ALICE) != number


def test_it_is_too_late_to_cancel_once_keys_are_destroyed(org: Org) -> None:
    live(org, ALICE)
    number = ask(org, Kind.USER, ALICE)
    run(org)
    confirm(org, number)
    until(org, number, State.KEYS_DESTROYED)

    with (
        engine.begin(org.world.api, org_id=org.number, now=NOW) as conn,
        pytest.raises(ConflictError),
    ):
        erase_ask.cancel(conn, org.number, number, now=NOW)


def test_second_erasure_of_the_same_is_refused(org: Org) -> None:
    live(org, ALICE)
    ask(org, Kind.USER, ALICE)

    with pytest.raises(ConflictError):
        ask(org, Kind.USER, ALICE)


def test_preview_says_who_else_speaks_of_the_person(org: Org) -> None:
    live(org, ALICE)
    org.append(memory("Met alice for lunch", user=BOB), turn("I met Alice.", user=BOB))
    org.world.drain("score")

    number = ask(org, Kind.USER, ALICE)
    run(org)

    shown = read(org, number).preview
    assert shown["mentions"]["memories"] == 1
    assert shown["mentions"]["events"] == 2
    assert said(org, "Met alice") > 0
