"""What workers did stands in the audit trail: one line per run that changed something."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import NOW, Org, end, memory, turn

DAY = timedelta(days=1)


def lines(org: Org, name: str) -> list[Any]:
    """The lines of a pass's runs, oldest first."""
    return org.ask(
        "SELECT a.run_id, a.memory_ids, a.details, a.at, r.pass, r.outcome, r.changed "
        "FROM audit AS a LEFT JOIN runs AS r ON r.org_id = a.org_id AND r.id = a.run_id "
        "WHERE a.org_id = %(org)s AND a.operation = 'run' AND a.details->>'pass' = %(name)s "
        "ORDER BY a.id",
        name=name,
    )


def test_run_that_made_memories_names_them_and_itself(org: Org) -> None:
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.settle()

    (line,) = lines(org, "consolidate")

    assert line.memory_ids == org.memories("id")
    assert (line[4], line.outcome) == ("consolidate", "applied")
    assert line.details == {"pass": "consolidate", "changed": line.changed}
    assert line.at == NOW


def test_run_that_scored_events_names_their_memories(org: Org) -> None:
    org.append(memory("one"), memory("two"))
    org.world.drain("score")

    (line,) = lines(org, "score")

    assert line.memory_ids == org.memories("id")


@pytest.mark.parametrize(("name", "days"), [("decay", 400), ("expire", 400)])
def test_run_that_changed_states_names_the_memories(org: Org, name: str, days: int) -> None:
    org.append(memory("fades", ttl_seconds=60 if name == "expire" else None))
    org.world.settle()
    (number,) = org.memories("id")

    org.world.drain(name, now=NOW + days * DAY)

    assert [line.memory_ids for line in lines(org, name)][:1] == [[number]]


def test_run_that_found_nothing_to_do_leaves_no_line(org: Org) -> None:
    org.append(memory("stays"))
    org.world.settle()
    org.world.tick("decay")

    org.world.drain("decay")

    assert org.column("SELECT outcome FROM runs WHERE pass = 'decay'") == ["noop"]
    assert not lines(org, "decay")


def test_vectors_are_no_change_of_what_is_remembered(org: Org) -> None:
    org.append(memory("fact"))
    org.world.settle()

    assert org.column("SELECT outcome FROM runs WHERE pass = 'embed'") == ["applied"]
    assert not lines(org, "embed")


def test_lines_of_runs_hold_no_words(org: Org) -> None:
    org.append(turn("The canary moved to Lisbon.", session="s"), end("s"), memory("canary too"))
    org.world.settle()
    org.world.drain("observe")
    org.world.drain("promote", now=NOW + DAY)

    told = org.column("SELECT a::text FROM audit AS a WHERE org_id = %(org)s")

    assert told
    assert not [one for one in told if "canary" in one.lower() or "lisbon" in one.lower()]


def test_line_of_a_run_is_sealed_with_the_others(org: Org) -> None:
    org.append(memory("fact"))
    org.world.drain("score")
    org.world.drain("seal")

    sealed = org.column("SELECT audit_id FROM seals WHERE org_id = %(org)s")

    assert sealed == org.column("SELECT id FROM audit WHERE org_id = %(org)s")
