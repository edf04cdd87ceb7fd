"""erase: who may ask, confirm and cancel, and what is refused meanwhile."""

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.errors import ConflictError, ForbiddenError
from nrem.policy.erase import Kind, State
from nrem.store import engine, erase_ask, hold
from nrem.store.event import NewEvent
from nrem.store.hold import HoldKind
from tests.worker.erased import ALICE, BOB, live, of, said
from tests.worker.erasing import ASKER, ask, confirm, read, run, until
from tests.world import NOW, Org, memory, start, turn


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
    its = read(org, number)
    assert (its.state, its.error) == (State.CONFIRMED, "waits: legal_hold")


def test_erasure_under_a_hold_keeps_no_other_waiting(org: Org) -> None:
    for user, agent in ((ALICE, "agent"), (BOB, "other")):
        live(org, user, agent)
    numbers = [ask(org, Kind.USER, user) for user in (ALICE, BOB)]
    run(org)
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        for number in numbers:
            confirm(org, number)
        hold.place(conn, org.number, HoldKind.AGENT, 1, reference="case 1")

    run(org)

    assert [read(org, number).state for number in numbers] == [State.CONFIRMED, State.CERTIFIED]


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
