"""Behaviour to beat of zeno-memory, its lines about reflecting. Names carry its numbers."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nrem.errors import ConflictError
from nrem.policy.reflect_model import Delete, Edit, Merge, ReflectInput, Replace
from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.store.reverting import last_run, undo
from tests.worker.observing import LISBON, SISTER, Told, drive, noted, unreadable
from tests.world import NOW, Org, end, turn

ACTIVE = "archived_at IS NULL"
BEFORE = NOW - timedelta(days=10)
MOVED = "I moved to Lisbon in May."
MERGED = "Moved to Lisbon in May with dog Pepper; sister Jana lives in Graz, works as nurse."


def _tell(org: Org, *said: str, priority: str = "medium") -> None:
    """Observations, one per statement, of this priority."""
    for one in said:
        name = f"where {one[-20:]}"
        org.append(turn(one, session=name, occurred_at=BEFORE), end(name), now=BEFORE)
    org.world.drain("observe", now=BEFORE)
    org.do(f"UPDATE observations SET priority = '{priority}'")  # noqa: S608 - a code


def _reflect(org: Org, *edits: Edit) -> Any:  # noqa: ANN401
    org.world.tick("reflect", "request:now")
    (run,) = drive(org, "reflect", Told(edit=lambda _: edits))
    return run


def _look(asking: Asking, org: Org, *answers: Answer) -> Any:  # noqa: ANN401
    asking.api.script += answers
    org.world.tick("reflect", "request:now")
    return asking.step("reflect")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(text="The log is fine as it is."),
        Answer(text='{"edits": ['),
        Answer(text='{"edits": []}', stop_reason="max_tokens"),
        Answer(text="", stop_reason="refusal"),
    ],
    ids=["prose", "half", "cut", "refused"],
)
def test_line_1_reply_that_cannot_be_read_changes_nothing_and_is_asked_again(
    asking: Asking, org: Org, answer: Answer
) -> None:
    _tell(org, MOVED, LISBON)
    before = org.ask("SELECT * FROM observation_logs WHERE org_id = %(org)s")

    failed = _look(asking, org, answer)

    assert (failed.outcome, noted(org, "archived_at")) == ("failed", [None, None])
    assert org.ask("SELECT * FROM observation_logs WHERE org_id = %(org)s") == before
    good = {"edits": [{"verb": "delete", "source_ids": [1], "text": None}]}
    asking.api.script.append(Answer(text=f"```json\n{json.dumps(good)}\n```"))
    asking.drain("reflect", now=NOW + timedelta(minutes=10))
    assert noted(org, where=ACTIVE) == [f"User: {LISBON}"]


@pytest.mark.parametrize(
    "edits",
    [
        (Delete(source_id=1),),
        (Delete(source_id=1), Delete(source_id=2)),
        (Replace(source_id=1, text="Nothing of interest."),),
        (Merge(source_ids=(1, 2), text="The user said several things."),),
    ],
    ids=["delete", "delete all", "empty words", "loses what was said"],
)
def test_line_10_what_is_of_high_priority_survives(org: Org, edits: Sequence[Edit]) -> None:
    _tell(org, MOVED, LISBON, priority="high")
    before = noted(org, "text, priority")

    _reflect(org, *edits)

    assert noted(org, "text, priority", where=ACTIVE) == before


def test_line_10_merge_that_cites_it_keeps_priority_and_every_date(org: Org) -> None:
    _tell(org, LISBON, SISTER)
    org.do("UPDATE observations SET priority = 'high' WHERE ordinal = 2")
    days = [datetime(2025, month, 1, tzinfo=UTC) for month in (3, 9)]
    for ordinal, day in enumerate(days, start=1):
        org.do(
            "UPDATE observations SET referenced_date = %(day)s, referenced_from = %(day)s "
            "WHERE ordinal = %(ordinal)s",
            day=day,
            ordinal=ordinal,
        )

    _reflect(org, Merge(source_ids=(1, 2), text=MERGED))

    columns = "text, priority, observation_date, referenced_from, referenced_date, created_at"
    assert noted(org, columns, where=ACTIVE) == [(MERGED, "high", BEFORE, *days, NOW)]


def test_line_10_model_sees_the_dates(asking: Asking, org: Org) -> None:
    _tell(org, LISBON, SISTER)

    _look(asking, org, Answer(text='{"edits": []}'))

    shown = json.loads(asking.api.calls[0].request["messages"][0]["content"])
    day = BEFORE.date().isoformat()
    assert [one["date"] for one in shown["observations"]] == [day, day]
    assert shown["today"] == day


def test_line_11_edit_is_traced_to_its_run_and_its_sources_and_undone(org: Org) -> None:
    _tell(org, LISBON, SISTER)
    before = noted(org, "text, priority, observation_date", where=ACTIVE)
    run = _reflect(org, Merge(source_ids=(1, 2), text=MERGED))

    traced = noted(org, "ordinal, run_id, archived_by")
    parents = org.column(
        "SELECT p.ordinal FROM observation_parents AS r JOIN observations AS p "
        "ON p.org_id = r.org_id AND p.id = r.parent_id WHERE r.org_id = %(org)s ORDER BY 1"
    )
    turns = org.column(
        "SELECT e.body ->> 'content' FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "JOIN observations AS o ON o.org_id = d.org_id AND o.id = d.child_id "
        "WHERE d.org_id = %(org)s AND d.child_kind = 'observation' AND o.ordinal = 3 ORDER BY e.id"
    )
    assert [(one[0], one[2]) for one in traced] == [(1, run.run_id), (2, run.run_id), (3, None)]
    assert traced[2][1] == run.run_id
    assert (parents, turns) == ([1, 2], [LISBON, SISTER])

    undo(org, last_run(org, "reflect"))

    assert noted(org, "text, priority, observation_date", where=ACTIVE) == before


def test_line_11_what_a_later_run_built_upon_is_undone_after_it(org: Org) -> None:
    _tell(org, LISBON, SISTER)
    first = _reflect(org, Merge(source_ids=(1, 2), text=MERGED)).run_id
    org.do("UPDATE observation_logs SET reflected_ordinal = 0")
    _tell(org, "I bought a red bicycle in Porto.")
    shorter = "Moved to Lisbon in May, dog Pepper; sister Jana lives in Graz, nurse."
    _reflect(org, Replace(source_id=3, text=shorter))

    with pytest.raises(ConflictError, match="later run"):
        undo(org, first)


def test_line_25_success_nothing_and_failure_are_three_outcomes_each_counted(org: Org) -> None:
    _tell(org, MOVED, LISBON)
    for edit in (unreadable, lambda _: (), lambda _: (Delete(source_id=1),)):
        org.do("UPDATE observation_logs SET reflected_ordinal = 0")
        org.do("UPDATE leases SET due_at = app_now() WHERE pass = 'reflect'")
        org.world.tick("reflect", "request:now")
        drive(org, "reflect", Told(edit=edit))

    told = org.ask(
        "SELECT r.outcome, r.reason, s.kind FROM runs AS r "
        "JOIN streams AS s ON s.org_id = r.org_id AND s.id = r.stream_id "
        "WHERE r.org_id = %(org)s AND r.pass = 'reflect' ORDER BY r.id"
    )

    assert [tuple(row) for row in told] == [
        ("failed", "PassError", "subject"),
        ("noop", "nothing_to_shorten", "subject"),
        ("applied", None, "subject"),
    ]


def test_line_27_one_reflection_at_a_time_of_a_person(org: Org) -> None:
    _tell(org, MOVED, LISBON)
    beside = []

    def meanwhile(_: ReflectInput) -> Sequence[Edit]:
        org.world.tick("reflect", "request:now")
        beside.extend(drive(org, "reflect", told))
        return [Delete(source_id=1)]

    told = Told(edit=meanwhile)
    org.world.tick("reflect", "request:now")
    drive(org, "reflect", told)

    assert len(told.batches) == 1
    assert noted(org, where=ACTIVE) == [f"User: {LISBON}"]


def test_line_27_reflection_that_was_overtaken_changes_nothing(org: Org) -> None:
    _tell(org, MOVED, SISTER, LISBON)

    def overtaken(_: ReflectInput) -> Sequence[Edit]:
        org.world.lapse()
        org.world.drain("reflect")
        return [Merge(source_ids=(2, 3), text=MERGED)]

    org.world.tick("reflect", "request:now")
    (late, *_) = drive(org, "reflect", Told(edit=overtaken))

    assert late.outcome == "fenced"
    assert noted(org, where=ACTIVE) == [f"User: {SISTER}", f"User: {LISBON}"]


def test_line_30_request_has_a_system_role_and_a_schema_and_the_books_the_rest(
    asking: Asking, org: Org
) -> None:
    _tell(org, LISBON, SISTER)

    _look(asking, org, Answer(text='{"edits": []}'))

    request = asking.api.calls[0].request
    assert request["system"][0]["text"].startswith("You shorten the log of observations")
    assert set(request["output_config"]["format"]["schema"]["properties"]) == {"edits"}
    (row,) = org.ask(
        "SELECT model, tokens_in, tokens_out, cost_micros FROM llm_calls WHERE org_id = %(org)s"
    )
    assert row[0] == request["model"]
    assert all(value > 0 for value in row[1:])
