"""Names of memories that a rehearsal makes: one per memory, whatever its number was."""

import pytest

from worker.changes import Change
from worker.runner.naming import Naming

# The memories 70 and 71 were made by earlier steps, 72 and 73 by this one.
NAMING = Naming(before=2, given=(70, 71, 72, 73))


def _line(kind: str = "memory", **fields: object) -> Change:
    return Change(**{"kind": kind, "id": None, "before": None, "after": "new 1", **fields})  # type: ignore[arg-type]


def test_names_of_a_step_go_on_from_the_steps_before() -> None:
    assert NAMING.renamed(_line(name="new 2")).name == "new 4"


def test_memory_that_an_earlier_step_made_has_its_name() -> None:
    renamed = NAMING.renamed(_line("sources", id=71, before="version 1"))

    assert (renamed.id, renamed.name) == (None, "new 2")


def test_memory_that_was_there_keeps_its_number() -> None:
    renamed = NAMING.renamed(_line("sources", id=7, before="version 1"))

    assert (renamed.id, renamed.name) == (7, None)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("follows new 1", "follows new 3"),
        ("follows 70", "follows new 1"),
        ("relates_to 7", "relates_to 7"),
    ],
)
def test_other_end_of_an_edge_is_named_too(given: str, named: str) -> None:
    assert NAMING.renamed(_line("edge", name="new 1", after=given)).after == named


def test_words_of_a_memory_are_left_as_they_are() -> None:
    assert NAMING.renamed(_line(name="new 1", after="follows new 1")).after == "follows new 1"


def test_evidence_is_named_too_and_events_keep_their_numbers() -> None:
    line = _line(name="new 1", evidence=("event 71", "memory 71", "memory 7", "new 1"))

    assert NAMING.renamed(line).evidence == ("event 71", "new 2", "memory 7", "new 3")
