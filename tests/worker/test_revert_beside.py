"""Undoing runs beside appends and passes: nothing ends half, and nobody waits in a circle."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any, Final

from nrem.store.revert import Reverted
from tests.faults.probe import until
from tests.store.reverting import last_run, undo
from tests.world import NOW, Org, end, turn
from worker.changes import Changes
from worker.passes import BY_NAME
from worker.passes.consolidate import CONSOLIDATE
from worker.runner import Outcome, drain

PEANUTS: Final = "I'm allergic to peanuts."
LISBON: Final = "I moved to Lisbon on 3 May 2025."
MINUTE: Final = timedelta(minutes=1)
ROUNDS: Final = 12


def _tell(org: Org, session: str, *said: str) -> None:
    org.append(*(turn(content, session=session) for content in said), end(session))


def _interrupted(org: Org, interrupt: Callable[[], object]) -> list[Outcome]:
    """A step of consolidate in which something happens between its reading and its writing."""

    def decide(*its: Any) -> Any:  # noqa: ANN401
        interrupt()
        return CONSOLIDATE.decide(*its)

    return org.world.drain(replace(CONSOLIDATE, decide=decide))


def test_session_that_repeats_what_is_being_undone_is_judged_again(org: Org) -> None:
    _tell(org, "s1", PEANUTS)
    org.world.settle()
    run_id = last_run(org)
    _tell(org, "s2", PEANUTS)
    org.world.drain("score")

    early = _interrupted(org, lambda: undo(org, run_id))
    org.world.drain("consolidate", now=NOW + MINUTE)

    assert [(its.outcome, its.changes.reason) for its in early] == [("failed", "PassError")]
    assert org.memories("state, state_reason") == [("forgotten", "reverted"), ("live", None)]
    sources = org.ask(
        "SELECT child_id, count(*) FROM derivations WHERE org_id = %(org)s GROUP BY 1 ORDER BY 1"
    )
    assert [row[1] for row in sources] == [1, 1]
    assert org.column("SELECT state FROM sessions WHERE org_id = %(org)s ORDER BY external_id") == [
        "ended",
        "consolidated",
    ]


def test_session_is_not_handed_over_twice_when_asked_for_in_between(org: Org) -> None:
    _tell(org, "s1", PEANUTS)
    org.world.settle()
    run_id = last_run(org)
    _tell(org, "s2", LISBON)
    org.world.drain("score")

    _interrupted(org, lambda: undo(org, run_id, again=True))
    org.world.drain("consolidate", now=NOW + MINUTE)

    assert org.column("SELECT state FROM sessions WHERE org_id = %(org)s") == ["consolidated"] * 2
    live = org.memories(where="state = 'live'")
    assert len(live) == len(set(live)) == 2


def _is_waiting(org: Org) -> bool:
    return bool(
        org.world.ask(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'nrem_api' AND wait_event_type = 'Lock'"
        )
    )


def test_revert_waits_for_what_a_step_writes_and_holds_nothing_it_needs(org: Org) -> None:
    _tell(org, "s1", PEANUTS)
    org.world.settle()
    run_id = last_run(org)
    _tell(org, "s2", PEANUTS)
    org.world.drain("score")

    with ThreadPoolExecutor(max_workers=1) as pool:
        reverts: list[Future[Reverted]] = []

        def apply(*its: Any) -> Changes:  # noqa: ANN401
            reverts.append(pool.submit(undo, org, run_id, again=True))
            until(lambda: _is_waiting(org), "the revert waits")
            return CONSOLIDATE.apply(*its)

        (step,) = org.world.drain(replace(CONSOLIDATE, apply=apply))
        done = reverts[0].result()

    assert (step.outcome, step.run_id) == ("applied", done.dependents[0])
    assert [one.reason for one in done.kept] == ["evidence of another run"]
    assert org.memories("state") == ["live"]


def _append(org: Org) -> None:
    for number, user in product(range(ROUNDS), ("ana", "ben")):
        name = f"{user}-{number}"
        said = [turn(one, session=name, user=user) for one in (PEANUTS, LISBON)]
        org.append(*said, end(name, user=user))


def _work(org: Org) -> None:
    setting = org.world.setting(now=NOW + MINUTE, only_org=org.number)
    for _, name in product(range(2 * ROUNDS), ("score", "embed", "consolidate", "reinforce")):
        drain(setting, BY_NAME[name])


def _newest(org: Org, limit: int = 1_000) -> list[int]:
    return org.column(
        "SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'consolidate' AND reverts IS NULL "
        "AND outcome = 'applied' ORDER BY id DESC LIMIT %(limit)s",
        limit=limit,
    )


def _take_back(org: Org) -> None:
    for number in range(2 * ROUNDS):
        for run_id in _newest(org, 3):
            undo(org, run_id, again=bool(number % 2), now=NOW + MINUTE)


def test_appends_passes_and_reverts_go_on_beside_one_another(org: Org) -> None:
    with ThreadPoolExecutor(max_workers=5) as pool:
        jobs = [pool.submit(one, org) for one in (_append, _work, _work, _take_back, _take_back)]
        for job in jobs:
            job.result()

    assert not org.column(
        "SELECT reason FROM runs WHERE outcome = 'failed' AND reason <> 'PassError'"
    )
    for run_id in _newest(org):
        undo(org, run_id, now=NOW + MINUTE)
    assert org.memories(where="state = 'live'") == []
    assert not org.column("SELECT id FROM edges WHERE valid_to IS NULL")
    assert not org.column("SELECT event_id FROM effects WHERE step = 'consolidate'")
