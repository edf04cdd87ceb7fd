"""The bench of models runs and says what its readers look for; what it measures is no test."""

from tests.bench.llm import SAMPLE, describe, holds, measure
from tests.extent import full_only


@full_only
def test_sample_gives_every_figure_and_costs_less_than_a_call_for_each_turn() -> None:
    found = measure(SAMPLE, say=lambda _line: None)

    keys = {"calls_per_100_turns", "usd_per_1000_turns", "tokens_in", "tokens_out"}
    assert keys <= found.keys()
    assert keys == found["one_call_per_turn"].keys()
    assert found["one_call_per_turn"]["calls_per_100_turns"] == 100
    assert holds(found)
    assert "calls per 100 turns" in describe(found)
