"""Runs of observe are undone: what they noted is archived, and looked at again when asked."""

import pytest

from nrem.errors import ConflictError
from tests.store.reverting import last_run, tell, undo
from tests.worker.observing import LISBON, SISTER, WALNUTS, noted
from tests.world import NOW, Org, end, turn

ACTIVE = "archived_at IS NULL"
COLUMNS = "text, priority, observation_date, referenced_date, trust, stream_id, window_seq"


def _observe(org: Org, *said: str, session: str = "s") -> int:
    tell(org, *said, session=session)
    org.world.drain("observe")
    return last_run(org, "observe")


def _cursors(org: Org) -> list[tuple[int, int]]:
    rows = org.ask(
        "SELECT cursor_seq, cursor_tokens FROM leases "
        "WHERE org_id = %(org)s AND pass = 'observe' ORDER BY stream_id"
    )
    return [(row[0], row[1]) for row in rows]


def test_undone_run_archives_what_it_noted_and_the_turns_stay_observed(org: Org) -> None:
    run_id = _observe(org, LISBON, SISTER)
    cursors = _cursors(org)

    done = undo(org, run_id)

    assert (done.counts["created"], done.counts["archived"]) == (2, 0)
    assert noted(org, "archived_reason") == ["reverted", "reverted"]
    assert org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s") == [0]
    assert org.world.drain("observe") == []
    assert _cursors(org) == cursors


def test_undone_with_again_the_same_is_noted_once_more(org: Org) -> None:
    run_id = _observe(org, LISBON, SISTER)
    before, cursors = noted(org, COLUMNS), _cursors(org)
    tokens = org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s")

    undo(org, run_id, again=True)
    org.world.drain("observe")

    assert noted(org, COLUMNS, where=ACTIVE) == before
    assert _cursors(org) == cursors
    assert org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s") == tokens
    assert noted(org, "ordinal", where=ACTIVE) == [3, 4]


def test_again_may_be_asked_for_later(org: Org) -> None:
    run_id = _observe(org, LISBON)
    undo(org, run_id)

    assert undo(org, run_id, again=True).already
    org.world.drain("observe")

    assert noted(org, "ordinal", where=ACTIVE) == [2]


def test_people_of_one_window_each_lose_what_was_noted_of_them(org: Org) -> None:
    org.append(turn(LISBON, user="ana", thread="t"), turn(WALNUTS, user="ben", thread="t"))
    org.world.drain("observe", now=NOW.replace(hour=12))

    done = undo(org, last_run(org, "observe"))

    assert done.counts["created"] == 2
    assert org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s") == [0, 0]


def test_older_window_of_a_stream_is_observed_again_after_the_newer_one(org: Org) -> None:
    org.append(turn(LISBON, thread="t", session="a"), end("a"))
    org.world.drain("observe")
    first = last_run(org, "observe")
    org.append(turn(SISTER, thread="t", session="b"), end("b"))
    org.world.drain("observe")
    second, before = last_run(org, "observe"), noted(org, COLUMNS)

    with pytest.raises(ConflictError, match="later run"):
        undo(org, first, again=True)
    undo(org, second, again=True)
    undo(org, first, again=True)
    org.world.drain("observe")

    assert [row[:5] for row in noted(org, COLUMNS, where=ACTIVE)] == [row[:5] for row in before]


def test_what_reflect_has_edited_since_is_undone_after_that(org: Org) -> None:
    run_id = _observe(org, "I moved to Lisbon in May.", "I moved to Lisbon in May with my dog.")
    org.world.tick("reflect")
    org.world.drain("reflect")
    assert noted(org, "archived_reason") == ["merged", "merged", None]

    with pytest.raises(ConflictError, match="later run"):
        undo(org, run_id)
    undo(org, last_run(org, "reflect"))
    done = undo(org, run_id)

    assert done.counts["created"] == 2
    assert noted(org, where=ACTIVE) == []
