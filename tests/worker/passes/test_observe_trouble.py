"""The pass observe in trouble: nothing is noted twice, and nothing is lost."""

from datetime import timedelta

from nrem.policy.observe_model import ObserveDraft
from tests.worker.observing import (
    LISBON,
    WALNUTS,
    Told,
    cursor,
    drive,
    long_turn,
    noted,
    unreadable,
)
from tests.world import NOW, Org, end, turn

IDLE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)


def test_empty_list_is_nothing_to_note_and_moves_on(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    (run,) = drive(org, "observe", Told(note=lambda _: ()))

    assert (run.outcome, run.changes.reason) == ("noop", "nothing_to_note")
    assert cursor(org)[0][0] == 2


def test_unreadable_reply_is_a_failure_that_leaves_the_cursor(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    (run,) = drive(org, "observe", Told(note=unreadable))

    assert run.outcome == "failed"
    assert cursor(org) == [(0, 0)]


def test_unreadable_window_is_tried_with_half_the_tokens_and_then_set_aside(org: Org) -> None:
    for _ in range(8):
        org.append(turn(long_turn(1_000), session="s"))
    org.append(end("s"))
    told = Told(note=unreadable)
    now = NOW

    for _ in range(8):
        drive(org, "observe", told, now=now)
        now += timedelta(minutes=10)

    assert [len(window.turns) for window in told.windows] == [8, 4, 2, 1, 1]
    assert org.column("SELECT reason FROM parked WHERE org_id = %(org)s") == ["failed"]
    assert not noted(org)


def test_what_was_set_aside_is_observed_once_it_is_replayed(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))
    for minute in range(6):
        drive(org, "observe", Told(note=unreadable), now=NOW + timedelta(minutes=10 * minute))

    org.do("UPDATE leases SET state = 'active', due_at = app_now() WHERE pass = 'observe'")
    org.world.drain("rescue")
    org.world.drain("observe", now=NOW + timedelta(hours=2))

    assert noted(org) == [f"User: {LISBON}"]


def test_late_holder_of_a_window_adds_nothing(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))

    def overtaken(_: object) -> list[ObserveDraft]:
        org.world.lapse()
        org.world.drain("observe")
        return [ObserveDraft(text="late", priority="low", sources=(1,))]

    (run, *_) = drive(org, "observe", Told(note=overtaken))

    assert run.outcome == "fenced"
    assert noted(org) == [f"User: {LISBON}"]


def test_replay_of_a_window_adds_nothing(org: Org) -> None:
    org.append(turn(LISBON, session="s"), turn(WALNUTS, session="s"), end("s"))
    org.world.drain("observe")

    org.world.do(
        "UPDATE leases SET cursor_seq = 0, cursor_tokens = 0, until_seq = 3, due_at = '-infinity' "
        "WHERE pass = 'observe'"
    )
    org.world.drain("rescue")
    drive(
        org,
        "observe",
        Told(
            note=lambda _: [
                ObserveDraft(text="Said in other words.", priority="low", sources=(1,)),
                ObserveDraft(text="And this one, too.", priority="low", sources=(2,)),
            ]
        ),
    )

    assert noted(org) == [f"User: {LISBON}", f"User: {WALNUTS}"]
