"""batch: gathered requests go out once, and their replies come in once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.llm.batching import NIGHT, Night
from tests.llm.batching import night as begun
from tests.world import Org, World


@pytest.fixture
def night(world: World, org: Org, tmp_path: Path) -> Iterator[Night]:
    """Three users of whom promote has something to ask."""
    with begun(world, org, tmp_path / "data") as found:
        yield found


def test_scheduled_requests_of_one_model_are_asked_in_one_batch(night: Night) -> None:
    night.gather()
    night.send()

    (held,) = night.asking.api.batches.held
    assert len(held.requests) == 3
    assert {one["params"]["model"] for one in held.requests} == {"claude-sonnet-5-5"}
    assert night.asking.api.calls == []
    assert night.runs() == [("deferred", "batched")] * 3


def test_replies_of_a_batch_are_applied_by_who_waits_for_them(night: Night) -> None:
    night.gather()
    night.send()

    night.deliver()
    night.drain("promote", NIGHT.replace(hour=11))

    assert night.known() == [
        f"User drinks {what} tea in the morning" for what in ("black", "green", "mint")
    ]
    assert night.runs()[3:] == [("applied", None)] * 3
    assert night.calls() == ["ok"] * 3
    assert night.asking.api.calls == []
    assert night.asking.api.batches.paid == 3
