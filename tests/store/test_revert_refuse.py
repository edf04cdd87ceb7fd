"""Runs that cannot be undone, each refused with its reason."""

from datetime import timedelta

import pytest

from nrem.errors import ConflictError, NotFoundError
from tests.store.reverting import hand_over, last_run, undo
from tests.world import NOW, Org

LISBON = "I moved to Lisbon on 3 May 2025."
HOUR = timedelta(hours=1)


def test_revert_of_a_revert_is_refused(org: Org) -> None:
    done = undo(org, hand_over(org, LISBON), now=NOW + HOUR)

    with pytest.raises(ConflictError) as caught:
        undo(org, done.reverted_by, now=NOW + 2 * HOUR)

    assert caught.value.error_code == "is_a_revert"
    assert "again" in str(caught.value.remedy)


def test_run_of_another_pass_is_refused(org: Org) -> None:
    hand_over(org, LISBON)

    with pytest.raises(ConflictError) as caught:
        undo(org, last_run(org, "embed"), now=NOW + HOUR)

    assert caught.value.error_code == "not_revertible"
    assert "consolidate" in str(caught.value.remedy)


def test_run_that_changed_nothing_is_refused(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    org.do("UPDATE runs SET outcome = 'noop' WHERE id = %(id)s", id=run_id)

    with pytest.raises(ConflictError) as caught:
        undo(org, run_id, now=NOW + HOUR)

    assert caught.value.error_code == "nothing_to_revert"


def test_run_of_which_nothing_was_written_down_is_refused(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    org.do("DELETE FROM run_changes")

    with pytest.raises(ConflictError) as caught:
        undo(org, run_id, now=NOW + HOUR)

    assert caught.value.error_code == "changes_unknown"
    assert org.memories("state") == ["live"]


def test_run_of_another_org_is_not_found(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    stranger = org.world.found("stranger")

    with pytest.raises(NotFoundError):
        undo(stranger, run_id, now=NOW + HOUR)

    assert org.memories("state") == ["live"]
