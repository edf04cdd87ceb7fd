"""What models will cost for what waits."""

from nrem.command.status import forecast
from nrem.store.backlog import Backlog
from nrem.store.spend import Rate


def _waiting(name: str, count: int) -> Backlog:
    return Backlog(pass_name=name, waiting=count, oldest_due_seconds=0.0, parked=0)


def test_forecast_is_what_waits_times_what_one_piece_cost() -> None:
    waiting = [_waiting("consolidate", 100), _waiting("appraise", 10)]
    rates = {
        "consolidate": Rate(micros=150.0, duration_ms=1_200.0),
        "appraise": Rate(micros=20.0, duration_ms=600.0),
    }

    assert forecast(waiting, rates) == {"usd": 0.0152, "minutes": 2.1}


def test_pass_that_asks_no_model_costs_nothing() -> None:
    rates = {"consolidate": Rate(micros=150.0, duration_ms=1_200.0)}

    assert forecast([_waiting("score", 1_000)], rates) == {"usd": 0.0, "minutes": 0.0}
