"""The worker that leaves out a part: the part is there to be left out, and the rest stays."""

import pytest

from tests.proof.worker import PARTS
from worker.passes.erase import STEPS


@pytest.mark.parametrize("part", PARTS)
def test_what_is_left_out_has_its_place(part: str) -> None:
    module, name, other = PARTS[part]()

    assert getattr(module, name) != other


def test_step_that_is_skipped_leaves_its_state_and_does_nothing() -> None:
    _, _, steps = PARTS["skip-rewrite"]()

    assert [(one.name, one.becomes) for one in steps] == [(one.name, one.becomes) for one in STEPS]
    assert [one.name for one, whole in zip(steps, STEPS, strict=True) if one != whole] == [
        "rewrite"
    ]
