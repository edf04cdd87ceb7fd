"""Rehearsals: a whole pass in one transaction, with no transaction open while it proposes."""

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from nrem.errors import PassError
from tests.worker.trouble import OPEN_TRANSACTIONS
from tests.world import NOW, Org, World, end, turn
from worker.changes import Change, Changes
from worker.contract import Nothing, Pass, Shape, Work
from worker.passes.consolidate import CONSOLIDATE
from worker.runner import Outcome, rehearse

HOUR = timedelta(hours=1)


def _tell(org: Org, *users: str) -> None:
    """An ended, scored session of each user."""
    for user in users or ("user",):
        org.append(turn("I moved to Lisbon in May.", session=user, user=user), end(user, user=user))
    org.world.drain("score")


def _rehearse(org: Org, duty: Pass) -> list[Outcome]:
    return rehearse(org.world.setting(only_org=org.number), duty)


def _kinds(outcomes: list[Outcome]) -> list[str]:
    return [its.outcome for its in outcomes]


def _state(org: Org) -> list[str]:
    return org.column("SELECT l::text FROM leases AS l WHERE org_id = %(org)s ORDER BY 1")


def test_rehearsal_leaves_leases_and_memories_as_they_were(org: Org) -> None:
    _tell(org, "ana", "ben")
    before = _state(org)

    outcomes = _rehearse(org, CONSOLIDATE)

    assert _kinds(outcomes) == ["applied", "applied", "noop"]
    assert (_state(org), org.memories()) == (before, [])


def test_every_org_is_rehearsed(world: World) -> None:
    orgs = [world.found(name) for name in ("one", "two")]
    for org in orgs:
        _tell(org)

    outcomes = rehearse(world.setting(), CONSOLIDATE)

    applied = [its.org_id for its in outcomes if its.outcome == "applied"]
    assert applied == [org.number for org in orgs]


def test_no_transaction_is_open_while_a_rehearsal_proposes(org: Org) -> None:
    _tell(org, "ana", "ben")
    seen: list[int] = []

    def propose(job: Work, found: Any) -> Any:  # noqa: ANN401
        seen.extend(org.column(OPEN_TRANSACTIONS))
        return CONSOLIDATE.propose(job, found)

    _rehearse(org, replace(CONSOLIDATE, propose=propose))

    assert seen == [0, 0]


def test_append_of_another_subject_does_not_wait_for_a_rehearsal(org: Org) -> None:
    _tell(org)

    def decide(found: Any, proposals: Any, job: Work) -> Any:  # noqa: ANN401
        # Its transaction is open, and holds the lease of the first subject.
        place = {"session": "other", "user": "other"}
        org.append(turn("I sold the car.", **place), end(**place))
        return CONSOLIDATE.decide(found, proposals, job)

    outcomes = _rehearse(org, replace(CONSOLIDATE, decide=decide))

    assert "applied" in _kinds(outcomes)


def test_what_was_appended_between_two_tries_is_rehearsed_too(org: Org) -> None:
    _tell(org, "ana")
    pending = ["ben"]

    def propose(job: Work, found: Any) -> Any:  # noqa: ANN401
        if pending:
            _tell(org, pending.pop())
        return CONSOLIDATE.propose(job, found)

    outcomes = _rehearse(org, replace(CONSOLIDATE, propose=propose))

    assert _kinds(outcomes) == ["applied", "applied", "noop"]


def test_error_of_a_proposal_fails_its_step_and_no_other(org: Org) -> None:
    _tell(org, "ana", "ben")
    (first, _) = org.column("SELECT id FROM sessions WHERE org_id = %(org)s ORDER BY id")

    def propose(job: Work, found: Any) -> Any:  # noqa: ANN401
        if found.session_id == first:
            raise ValueError
        return CONSOLIDATE.propose(job, found)

    outcomes = _rehearse(org, replace(CONSOLIDATE, propose=propose))

    assert _kinds(outcomes) == ["failed", "applied", "noop"]


def test_sources_that_never_rest_end_the_rehearsal(org: Org) -> None:
    _tell(org)
    counter = itertools.count()
    restless = replace(
        CONSOLIDATE, claim=lambda *_: next(counter), propose=lambda _job, found: found
    )

    with pytest.raises(PassError, match="sources_keep_changing"):
        _rehearse(org, restless)


def _chained(seen: list[Any]) -> Pass:
    """Makes one memory of each session; its finds name the memories there are."""

    def claim(conn: Any, job: Work, limit: int) -> Any:  # noqa: ANN401
        found = CONSOLIDATE.claim(conn, job, limit)
        if isinstance(found, Nothing):
            return found
        known = conn.exec_driver_sql("SELECT array_agg(id) FROM memories").scalar_one()
        return (found, known)

    def propose(job: Work, found: Any) -> Any:  # noqa: ANN401
        seen.append(found[1])
        return CONSOLIDATE.propose(job, found[0])

    return replace(
        CONSOLIDATE,
        claim=claim,
        propose=propose,
        compare=lambda conn, job, found, its: CONSOLIDATE.compare(conn, job, found[0], its),
        decide=lambda found, its, job: CONSOLIDATE.decide(found[0], its, job),
    )


def test_memories_that_a_step_made_have_the_same_numbers_in_every_try(org: Org) -> None:
    _tell(org, "ana", "ben", "eve")
    seen: list[Any] = []

    outcomes = _rehearse(org, _chained(seen))

    assert _kinds(outcomes) == ["applied", "applied", "applied", "noop"]
    # Each try finds one more to be as it was in the try before.
    assert [len(known or ()) for known in seen] == [0, 0, 0, 1, 1, 2]


def _rouse(conn: Connection, job: Work, _only_subject: int | None) -> None:
    conn.exec_driver_sql(
        "UPDATE leases SET due_at = %(now)s WHERE org_id = %(org)s AND lease_until IS NULL",
        {"now": job.now, "org": job.org_id},
    )


@pytest.mark.parametrize(
    ("duty", "found"), [(CONSOLIDATE, []), (replace(CONSOLIDATE, rouse=_rouse), ["applied"])]
)
def test_stream_that_waits_for_more_is_rehearsed_if_its_pass_rouses_it(
    org: Org, duty: Pass, found: list[str]
) -> None:
    _tell(org)
    later = "UPDATE leases SET due_at = %(at)s WHERE org_id = %(org)s"
    org.do(later, org=org.number, at=NOW + HOUR)

    outcomes = _rehearse(org, duty)

    assert [one for one in _kinds(outcomes) if one != "noop"] == found


def test_stream_with_nothing_to_do_is_looked_at_once(org: Org) -> None:
    _tell(org, "ana", "ben")
    looks: list[int] = []

    def claim(_conn: Any, job: Work, _limit: int) -> Nothing:  # noqa: ANN401
        assert job.lease
        looks.append(job.lease.stream_id)
        return Nothing(reason="not_due")

    _rehearse(org, replace(CONSOLIDATE, rouse=_rouse, claim=claim))

    assert len(looks) == len(set(looks)) == 2


def test_batch_pass_is_rehearsed_batch_by_batch(org: Org) -> None:
    _tell(org, "ana", "ben", "eve")
    asked: list[int] = []

    def propose(_job: Work, found: Any) -> Any:  # noqa: ANN401
        asked.extend(org.column(OPEN_TRANSACTIONS))
        return found

    bare = Pass(
        name="embed",
        shape=Shape.BATCH,
        batch=2,
        claim=lambda _conn, job, _limit: [item.item_id for item in job.items],
        propose=propose,
        decide=lambda _found, proposed, _job: proposed,
        apply=lambda _conn, _job, its: Changes(
            read=len(its), changed=len(its), diff=tuple(_seen(one) for one in its)
        ),
    )

    outcomes = _rehearse(org, bare)

    assert [its.changes.read for its in outcomes] == [2, 1, 0]
    assert asked == [0, 0]
    queued = "SELECT attempts FROM inbox WHERE org_id = %(org)s AND pass = 'embed'"
    assert org.column(queued) == [0, 0, 0]


def _seen(number: int) -> Change:
    return Change(kind="turn", id=number, before="waiting", after="seen")
