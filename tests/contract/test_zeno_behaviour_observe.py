"""Behaviour to beat of zeno-memory, its lines about observing. Names carry its numbers."""

import gc
import json
import sys
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from nrem.policy.observe_model import ObserveDraft
from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.llm.telling import tell
from tests.store.reverting import last_run, undo
from tests.worker.observing import LISBON, SISTER, WALNUTS, Told, cursors, drive, noted
from tests.world import NOW, Org, end, turn

_CACHE = type(cache(lambda: None))
IDLE = timedelta(minutes=30)
MINUTES = timedelta(minutes=10)
GOOD = json.dumps(
    {
        "observations": [
            {"text": LISBON, "priority": "low", "referenced_date": None, "sources": [1]},
            {"text": WALNUTS, "priority": "high", "referenced_date": None, "sources": [2]},
        ]
    }
)
NO_ANSWERS = {
    "prose": Answer(text="I would rather talk about something else."),
    "empty": Answer(text=""),
    "half": Answer(text=GOOD[:-20]),
    "cut": Answer(text=GOOD[:-20], stop_reason="max_tokens"),
    "refused": Answer(text="", stop_reason="refusal"),
    "another shape": Answer(text='{"notes": []}'),
    "half a fence": Answer(text=f"```json\n{GOOD}"),
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_line_1_reply_that_cannot_be_read_never_moves_the_watermark(
    asking: Asking, org: Org, answer: Answer
) -> None:
    tell(org, LISBON, WALNUTS)
    asking.api.script.append(answer)

    failed = asking.step("observe")

    assert failed is not None
    assert (failed.outcome, cursors(org), noted(org)) == ("failed", [0], [])
    asking.api.script.append(Answer(text=GOOD))
    asking.drain("observe", now=NOW + MINUTES)
    assert (cursors(org), noted(org)) == ([3], [LISBON, WALNUTS])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_line_1_fenced_reply_with_any_number_of_items_is_read(
    asking: Asking, org: Org, count: int
) -> None:
    tell(org, LISBON, WALNUTS)
    items = json.loads(GOOD)["observations"][:count]
    fenced = f"```json\n{json.dumps({'observations': items}, indent=1)}\n```"
    asking.api.script.append(Answer(text=fenced))

    asking.drain("observe")

    assert (len(noted(org)), cursors(org)) == (count, [3])


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (1_775_001_600, datetime(2026, 4, 1, tzinfo=UTC)),
        (1_775_001_600_000, datetime(2026, 4, 1, tzinfo=UTC)),
        ("2026-04-01T00:00:00Z", datetime(2026, 4, 1, tzinfo=UTC)),
        (10**300, None),
        (-1, None),
        ("9999-99-99", None),
    ],
)
def test_line_2_dates_of_a_model_are_understood_or_left_out(
    org: Org, date: str | float, day: datetime | None
) -> None:
    tell(org, LISBON)
    draft = ObserveDraft(text=LISBON, priority="low", sources=(1,), referenced_date=date)

    drive(org, "observe", Told(note=lambda _: [draft]))

    assert noted(org, "referenced_date, referenced_from") == [(day, day)]


def test_line_3_crash_after_observations_were_written_leaves_no_duplicates(org: Org) -> None:
    tell(org, LISBON, SISTER)
    org.world.do(
        "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN IF new.outcome = ''applied'' THEN RAISE ''crash''; END IF; RETURN new; END'"
    )
    org.world.do("CREATE TRIGGER crash BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION crash()")
    org.world.drain("observe")
    crashed = (noted(org), cursors(org))
    org.world.do("DROP FUNCTION crash CASCADE")

    org.world.drain("observe", now=NOW + MINUTES)

    assert crashed == ([], [0])
    assert noted(org) == [f"User: {LISBON}", f"User: {SISTER}"]


def test_line_4_turns_after_everything_before_was_deleted_are_observed(org: Org) -> None:
    org.append(turn(LISBON, thread="t"), turn(SISTER, thread="t"))
    org.world.drain("observe", now=NOW + IDLE)
    org.world.do("DELETE FROM derivations WHERE child_kind = 'observation'")
    for table in ("observations", "inbox", "lexemes", "embeddings", "effects", "events"):
        org.world.do(f"DELETE FROM {table}")  # noqa: S608 - names of tables

    org.append(turn(WALNUTS, thread="t"), now=NOW + IDLE)
    org.world.drain("observe", now=NOW + 2 * IDLE)

    assert noted(org) == [f"User: {WALNUTS}"]
    assert cursors(org) == [3]


def test_line_7_two_workers_on_one_window_note_every_fact_once(org: Org) -> None:
    tell(org, LISBON, SISTER)

    def overtaken(_: object) -> list[ObserveDraft]:
        org.world.lapse()
        org.world.drain("observe")
        return [ObserveDraft(text="Lives in Lisbon.", priority="low", sources=(1,))]

    (late, *_) = drive(org, "observe", Told(note=overtaken))

    assert late.outcome == "fenced"
    assert noted(org) == [f"User: {LISBON}", f"User: {SISTER}"]


def test_line_7_a_window_that_is_held_is_given_to_nobody_else(org: Org) -> None:
    tell(org, LISBON)
    second = []

    def meanwhile(_: object) -> list[ObserveDraft]:
        second.extend(drive(org, "observe", told))
        return []

    told = Told(note=meanwhile)
    drive(org, "observe", told)

    assert (len(told.windows), [one.outcome for one in second if one.run_id]) == (1, [])


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize("way", ["rest", "end"])
def test_line_9_short_thread_yields_observations_whoever_wrote_it(
    asking: Asking, org: Org, way: str, role: str
) -> None:
    org.append(turn(LISBON, session="s", thread="t", role=role))
    if way == "end":
        org.append(end("s"))

    asking.drain("observe", now=NOW + (IDLE if way == "rest" else timedelta()))

    assert noted(org) == [LISBON]


def test_line_11_observation_names_its_run_and_its_turns_and_can_be_undone(org: Org) -> None:
    tell(org, LISBON, SISTER)
    org.world.drain("observe")
    run_id = last_run(org, "observe")

    assert noted(org, "run_id") == [run_id, run_id]
    assert org.column(
        "SELECT e.body ->> 'content' FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE d.org_id = %(org)s AND d.child_kind = 'observation' ORDER BY d.child_id"
    ) == [LISBON, SISTER]
    assert undo(org, run_id).counts["created"] == 2
    assert noted(org, "archived_reason") == ["reverted", "reverted"]


def _sizes() -> dict[tuple[str, str], int]:
    """How much every collection holds that a module of nrem keeps, and every cache."""
    sizes = {}
    for module, kept in list(sys.modules.items()):
        if module.partition(".")[0] not in ("nrem", "worker", "api", "scheduler"):
            continue
        for name, value in list(vars(kept).items()):
            if isinstance(value, dict | list | set) and not name.startswith("__"):
                sizes[module, name] = len(value)
            if isinstance(value, _CACHE) and value.cache_info().maxsize is None:
                sizes[module, name] = value.cache_info().currsize
    return sizes


def test_line_23_nothing_grows_with_the_people_and_threads_that_were_seen(
    asking: Asking, org: Org
) -> None:
    def tell(first: int, last: int) -> None:
        for at in range(first, last):
            place = {"user": f"u{at}", "thread": f"t{at}", "session": f"s{at}"}
            org.append(turn(LISBON, **place), end(f"s{at}", user=f"u{at}", thread=f"t{at}"))
        for name in ("score", "embed", "observe"):
            asking.drain(name)

    tell(0, 3)
    gc.collect()
    before = _sizes()
    tell(3, 15)

    assert len(noted(org)) == 15
    assert _sizes() == before
