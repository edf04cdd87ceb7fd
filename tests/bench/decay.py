"""What a decay sweep costs: by what is due, not by what is stored.

The same 5,000 due memories among 100,000 and among 1,000,000 (and 4,000,000 with --full), through
the runner, turn by turn; a sweep with nothing due; and beside it, in the same run, the algorithm
that rewrites every memory. Every figure is a median of several runs on this machine.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from nrem.embedded.postgres import EmbeddedPostgres
from nrem.policy.params import Policy
from nrem.telemetry import configure
from tests.bench.population import NOW, make_due, populated, tick
from tests.bench.rewrite import fade_all
from tests.world import World
from worker.passes.decay import DECAY
from worker.runner import drain

DUE: Final = 5_000
SMALL: Final = 100_000
LARGE: Final = 1_000_000
HUGE: Final = 4_000_000
RUNS: Final = 7
EMPTY_RUNS: Final = 40
GROWTH_TARGET: Final = 1.3
EMPTY_TARGET_MS: Final = 5.0
REWRITE_TARGET: Final = 200.0


def measure(*, is_full: bool, say: Callable[[str], None]) -> dict[str, Any]:
    """All figures of the bench."""
    sizes = (SMALL, LARGE, HUGE) if is_full else (SMALL, LARGE)
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedPostgres(Path(folder)) as cluster,
        ExitStack() as kept,
    ):
        worlds = {}
        for rows in sizes:
            say(f"filling {rows:,} memories, {DUE:,} of them due")
            worlds[rows] = kept.enter_context(populated(cluster, rows=rows, due=DUE))
        found = _compare(worlds, say)
        found["empty_ms"] = statistics.median(_empty(worlds[LARGE]) for _ in range(EMPTY_RUNS))
        say(f"nothing due: {found['empty_ms']:.2f} ms; now rewriting every memory")
        found["rewrite_all_s"] = _rewrite(worlds[LARGE])
        say(f"rewritten in {found['rewrite_all_s']:.1f} s")
    return found | {"vs_rewrite_all": found["rewrite_all_s"] / found["sweep_1m_s"]}


def _compare(worlds: dict[int, World], say: Callable[[str], None]) -> dict[str, Any]:
    """Sweeps of each size, turn by turn, so that what else the machine does meets all alike."""
    rounds = [{rows: _sweep(world) for rows, world in worlds.items()} for _ in range(RUNS)]
    seconds = {rows: statistics.median(one[rows][0] for one in rounds) for rows in worlds}
    for rows, took in seconds.items():
        say(f"{rows:,}: swept in {took:.3f} s (median of {RUNS})")

    def growth(rows: int) -> float | None:
        if rows not in worlds:
            return None
        return statistics.median(one[rows][0] / one[SMALL][0] for one in rounds)

    return {
        "growth_1m_over_100k": growth(LARGE),
        "growth_4m_over_100k": growth(HUGE),
        "wal_bytes_per_crossing": round(statistics.median(one[LARGE][1] for one in rounds) / DUE),
        "crossings": DUE,
        "sweep_100k_s": seconds[SMALL],
        "sweep_1m_s": seconds[LARGE],
    }


def _sweep(world: World) -> tuple[float, int]:
    """Seconds and bytes of write-ahead log of one sweep over what is due."""
    make_due(world)
    before = _log_position(world)
    begun = perf_counter()
    outcomes = drain(world.setting(now=NOW), DECAY)
    took = perf_counter() - begun
    crossed = sum(its.changes.changed for its in outcomes)
    if crossed != DUE:
        raise AssertionError(f"{crossed} memories crossed instead of {DUE}")
    return took, _log_position(world) - before


def _empty(world: World) -> float:
    """Milliseconds of a sweep that a tick asked for and that finds nothing due."""
    tick(world)
    begun = perf_counter()
    drain(world.setting(now=NOW), DECAY)
    return (perf_counter() - begun) * 1000


def _rewrite(world: World) -> float:
    begun = perf_counter()
    done = fade_all(world.superuser, Policy.default().decay.episodic, NOW)
    if done != LARGE:
        raise AssertionError(f"{done} memories rewritten instead of {LARGE}")
    return perf_counter() - begun


def _log_position(world: World) -> int:
    return int(world.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")[0][0])


def holds(found: dict[str, Any]) -> bool:
    """Whether every figure meets its target."""
    growth = [found["growth_1m_over_100k"], found["growth_4m_over_100k"] or 0.0]
    return bool(
        max(growth) <= GROWTH_TARGET
        and found["empty_ms"] < EMPTY_TARGET_MS
        and found["vs_rewrite_all"] >= REWRITE_TARGET
    )


def describe(found: dict[str, Any]) -> str:
    """The figures as lines for a person, each with its target."""
    lines = [
        f"1M over 100k memories: {found['growth_1m_over_100k']:.2f} (at most {GROWTH_TARGET})",
        f"nothing due at 1M: {found['empty_ms']:.2f} ms (below {EMPTY_TARGET_MS:g})",
        f"rewriting all over sweeping: {found['vs_rewrite_all']:.0f} (at least {REWRITE_TARGET:g})",
        f"write-ahead log: {found['wal_bytes_per_crossing']} bytes per crossing",
    ]
    if found["growth_4m_over_100k"]:
        lines.insert(1, f"4M over 100k memories: {found['growth_4m_over_100k']:.2f}")
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"nrem: {line}\n")
    sys.stderr.flush()


def main() -> int:
    """0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="nrem bench decay", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--full", action="store_true", help="4,000,000 memories, too")
    given = parser.parse_args()
    configure("bench", "WARNING")
    found = measure(is_full=given.full, say=_say)
    sys.stdout.write((json.dumps(found) if given.json else describe(found)) + "\n")
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
