"""The pass seal: chains of all orgs, and their ends in a file outside of the database."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from nrem.heads import FILE, Heads
from nrem.store import audit, engine
from nrem.store.audit import Entry, Operation
from tests.world import TOOLS, Org, World
from worker.passes.seal import SEAL
from worker.runner import Outcome, drain, rehearse


def write(org: Org, count: int = 3) -> None:
    with engine.begin(org.world.api, org_id=org.number) as conn:
        audit.add(conn, org.number, [Entry(operation=Operation.STORE)] * count)


def seal(world: World, heads: Heads | None) -> Outcome:
    (outcome,) = drain(replace(world.setting(), tools=replace(TOOLS, heads=heads)), SEAL)
    return outcome


def places(heads: Heads) -> dict[int, int]:
    return {number: one.place for number, one in heads.read().items()}


@pytest.fixture
def heads(tmp_path: Path) -> Heads:
    return Heads(tmp_path / "data" / FILE)


def test_lines_of_all_orgs_are_sealed_in_one_step(world: World) -> None:
    orgs = [world.found(name) for name in ("a", "b")]
    for count, org in enumerate(orgs, start=2):
        write(org, count)

    outcome = seal(world, None)

    assert (outcome.changes.read, outcome.changes.changed) == (5, 5)
    assert [one.column("SELECT max(place) FROM seals WHERE org_id = %(org)s") for one in orgs] == [
        [2],
        [3],
    ]


def test_nothing_that_waits_is_no_change(world: World) -> None:
    outcome = seal(world, None)

    assert (outcome.changes.read, outcome.changes.changed) == (0, 0)


def test_end_is_kept_by_the_step_after_the_one_that_made_it(org: Org, heads: Heads) -> None:
    write(org)

    seal(org.world, heads)
    first = places(heads)
    seal(org.world, heads)

    assert first == {}
    assert places(heads) == {org.number: 3}


def test_kept_end_grows_with_the_chain(org: Org, heads: Heads) -> None:
    for _ in range(3):
        write(org)
        seal(org.world, heads)
    seal(org.world, heads)

    (kept,) = heads.read().values()
    row = org.ask("SELECT hash, audit_id, sealed_at FROM seals WHERE place = 9")[0]
    assert (kept.place, kept.hash, kept.audit_id, kept.sealed_at) == (9, *row)


def test_step_that_another_process_made_is_kept_too(org: Org, heads: Heads) -> None:
    write(org)
    seal(org.world, None)

    seal(org.world, heads)

    assert places(heads) == {org.number: 3}


def test_end_that_the_chain_does_not_go_through_is_kept_and_told_once(
    org: Org, heads: Heads
) -> None:
    write(org)
    seal(org.world, heads)
    seal(org.world, heads)
    before = heads.read()
    org.world.do("DELETE FROM seals WHERE place > 1")
    org.world.do("DELETE FROM audit WHERE id NOT IN (SELECT audit_id FROM seals)")
    write(org, 5)

    with capture_logs() as logs:
        for _ in range(4):
            seal(org.world, heads)

    assert heads.read() == before
    assert [(one["event"], one["org"], one["place"]) for one in logs] == [
        ("trail.replaced", org.number, 3)
    ]


def test_file_that_cannot_be_kept_does_not_stop_sealing(org: Org, heads: Heads) -> None:
    write(org)
    seal(org.world, heads)
    seal(org.world, heads)
    heads.path.write_text("{", encoding="utf-8")
    write(org)

    with capture_logs() as logs:
        outcome = seal(org.world, heads)

    assert outcome.changes.changed == 3
    assert [(one["event"], one["error"]) for one in logs] == [("heads.not_kept", "ConfigError")]


def test_dry_run_seals_nothing_and_tells_whom_it_would(org: Org) -> None:
    write(org)

    (outcome,) = rehearse(org.world.setting(), SEAL)

    assert [(one.id, one.reason) for one in outcome.changes.diff] == [(org.number, "3 lines")]
    assert not org.column("SELECT place FROM seals")
