"""`nrem status`: which processes live, what waits, and how old the oldest of it is."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final

from nrem.command.database import connected
from nrem.command.system import System
from nrem.config import Settings
from nrem.policy.price import usd
from nrem.store import backlog, batch, heartbeat, spend
from nrem.store.backlog import Backlog
from nrem.store.spend import Rate

_MINUTE_MILLISECONDS: Final = 60_000.0


def read(settings: Settings, running: System) -> dict[str, Any]:
    """The keys of `nrem status --json`."""
    with connected(settings) as conn:
        waiting = backlog.read(conn)
        ages = backlog.read_freshness(conn)
        beats = heartbeat.read(conn)
        spent, rates = spend.today_micros(conn), spend.rates(conn)
        batches = batch.counts(conn)
    return {
        "api": running.endpoints.api,
        "processes": [
            {"process": one.process, "kind": one.kind, "beat_seconds_ago": round(one.age, 1)}
            for one in beats
        ],
        # age of the oldest due work of each org
        "freshness_s": {str(org): round(age, 3) for org, age in ages.items()},
        "backlog": {one.pass_name: one.waiting for one in waiting if one.waiting},
        "parked": sum(one.parked for one in waiting),
        # of the UTC day, over all orgs
        "cost_today_usd": usd(spent),
        # how much of it batches cost, and what waits in those without an answer
        "batches": {
            "cost_today_usd": usd(batches.micros),
            "waiting": batches.batches,
            "requests": batches.requests,
        },
        "forecast": forecast(waiting, rates),
    }


def forecast(waiting: Sequence[Backlog], rates: Mapping[str, Rate]) -> dict[str, float]:
    """What the models asked for all that waits will cost, and how long they will take.

    As pieces of the same passes did on average in the last week; a pass that asked no model then
    counts for nothing. Minutes are of one worker.
    """
    known = [(one.waiting, rates[one.pass_name]) for one in waiting if one.pass_name in rates]
    micros = sum(count * rate.micros for count, rate in known)
    milliseconds = sum(count * rate.duration_ms for count, rate in known)
    return {
        "usd": round(usd(ceil(micros)), 6),
        "minutes": round(milliseconds / _MINUTE_MILLISECONDS, 2),
    }


def describe(found: dict[str, Any]) -> str:
    """The status as lines for a person."""
    lines = [f"API {found['api']}"]
    lines += [
        f"{one['kind']:<10} {one['process']}, last seen {one['beat_seconds_ago']} s ago"
        for one in found["processes"]
    ]
    lines += [f"waiting for {name}: {count}" for name, count in found["backlog"].items()]
    lines += [f"oldest due work of org {o}: {age} s" for o, age in found["freshness_s"].items()]
    lines.append(f"set aside: {found['parked']}")
    ahead, batches = found["forecast"], found["batches"]
    lines.append(
        f"models cost ${found['cost_today_usd']:.4f} today; what waits will cost about "
        f"${ahead['usd']:.4f} and take {ahead['minutes']:g} minutes of asking"
    )
    lines.append(
        f"of that, batches cost ${batches['cost_today_usd']:.4f} today; "
        f"{batches['requests']} requests wait in {batches['waiting']}"
    )
    return "\n".join(lines)
