"""One pass in the foreground. Start: `python -m worker.once NAME`, or `nrem pass NAME --once`.

Idempotent, so it suits a system cron: 0 done, 1 something failed or was parked, 2 wrong usage. A
dry run does everything but the writes, and prints what it would have changed. The pass runs for
every org (or the one given), whether it is due there or rests.
"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.telemetry import configure
from nrem.wire.preview import ChangeLine, change_line, describe_changes
from worker.passes import BY_NAME
from worker.process import Process, open_process
from worker.runner import Cause, Outcome, Setting, reason, rehearse, summon, worst


def main() -> int:
    """Run the pass named on the command line."""
    given = _arguments()
    try:
        settings = Settings()
        configure("once", settings.log_level)
        process = open_process("once", settings, repeats_erasures=given.repeat_erasures)
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        return 2
    report = _run(process, given)
    process.nudger.close()
    if given.json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        sys.stdout.write(_describe(given.name, report))
    return 1 if report["outcome"] in ("rejected", "failed", "parked") else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nrem pass", description=__doc__)
    parser.add_argument("name", choices=sorted(BY_NAME))
    parser.add_argument("--org", type=int)
    parser.add_argument("--now", type=_instant)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--json", action="store_true")
    # Of `nrem purge --replay`: on a database that nothing else may work on.
    parser.add_argument("--repeat-erasures", action="store_true")
    return parser.parse_args()


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.utcoffset() is None:
        raise argparse.ArgumentTypeError("give an offset, as in 2025-03-01T00:00:00Z")
    return found


def _run(process: Process, given: argparse.Namespace) -> dict[str, Any]:
    setting = Setting(
        database=process.database,
        tools=process.tools,
        cause=Cause(name="command"),
        only_org=given.org,
        now=given.now,
    )
    work = rehearse if given.dry_run else summon
    outcomes = work(setting, BY_NAME[given.name])
    return {
        "read": sum(its.changes.read for its in outcomes),
        "proposed": sum(its.changes.proposed for its in outcomes),
        "changes": [line.model_dump() for its in outcomes for line in _lines(its)],
        "outcome": worst(outcomes),
        "reason": reason(outcomes),
    }


def _lines(its: Outcome) -> list[ChangeLine]:
    return [change_line(asdict(change)) for change in its.changes.diff]


def _describe(name: str, report: dict[str, Any]) -> str:
    reason = f" ({report['reason']})" if report["reason"] else ""
    first = f"{name}: {report['outcome']}{reason}, {report['read']} read"
    lines = [ChangeLine(**one) for one in report["changes"]]
    return "\n".join([first, *describe_changes(lines)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
