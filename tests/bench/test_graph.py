"""The bench of edges runs and says what its readers look for; what it measures is no test."""

from nrem.policy.graph import MAX_DEPTH, MOST_REACHED
from tests.bench.graph import describe, measure
from tests.extent import full_only


@full_only
def test_small_run_gives_every_figure() -> None:
    found = measure(say=lambda _line: None, memories=2_000, rounds=1)

    assert {"hop_ms", "bare_ms", "recall_hop_ms"} <= found.keys()
    assert all(len(one) == MAX_DEPTH + 1 for one in found["by_depth_ms"].values())
    reached = found["reached_by_depth"]
    assert reached == sorted(reached)
    assert (reached[0], reached[-1]) == (0, MOST_REACHED)
    assert "a hop: " in describe(found)
