"""Undoing a run: what it wrote is gone, what others wrote since stays and is told."""

from datetime import timedelta

from tests.store.reverting import last_run, snapshot, undo
from tests.world import NOW, Org, end, memory, turn

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."
BANK = "Call the bank on Monday about the mortgage."
HOUR = timedelta(hours=1)


def _tell(org: Org, *said: str, session: str = "s") -> None:
    org.append(*(turn(content, session=session) for content in said), end(session))


def test_world_is_as_if_the_run_had_never_been(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))
    _tell(org, LISBON, PEANUTS)
    org.world.drain("score")
    org.world.drain("embed")
    before = snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR)
    org.world.drain("consolidate")
    assert snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR) != before

    run_id = last_run(org)

    done = undo(org, run_id, now=NOW + HOUR)

    assert snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR, undone=[run_id]) == before
    assert done.counts == {
        "created": 3,
        "merged": 0,
        "closed": 1,
        "superseded": 0,
        "supported": 0,
        "edges": 2,
        "sessions": 1,
    }
    assert (done.kept, done.dependents, done.already) == ((), (), False)
