"""`nrem status`: which processes live, what waits, and how old the oldest of it is."""

from typing import Any

from nrem.command.database import connected
from nrem.command.system import System
from nrem.config import Settings
from nrem.store import backlog, heartbeat


def read(settings: Settings, running: System) -> dict[str, Any]:
    """The keys of `nrem status --json`."""
    with connected(settings) as conn:
        waiting = backlog.read(conn)
        ages = backlog.read_freshness(conn)
        beats = heartbeat.read(conn)
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
        # every pass runs offline, without a paid model
        "cost_today_usd": 0.0,
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
    return "\n".join(lines)
