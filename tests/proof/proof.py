"""`nrem proof`: that an erasure leaves nothing of a person, in any form, anywhere.

A system of its own is filled with canaries in every field that takes text, over HTTP and through
zeno-memory's stores; every pass runs. A scan of all bytes must find each of them where it was kept,
and none where nothing may be kept. Half of the people are erased; then a scan must find nothing of
them, every way to read must give nothing of them, and the others must have every row as it was.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

from nrem.clock import monotonic
from nrem.embedded.children import ARGUMENTS
from nrem.telemetry import configure
from tests.llm.messages_api import serving
from tests.llm.sensible import reply
from tests.proof.round import Plan, Round, Say, plan
from tests.proof.system import started
from tests.proof.worker import PARTS

USERS: Final = 20
# The round without a model: what it makes is made by rules, and fewer people show it.
_OFFLINE_USERS: Final = 4


def prove(
    who: Plan, say: Say, *, seed: int = 0, is_offline: bool = False, sabotage: str | None = None
) -> dict[str, Any]:
    """The figures of one system; a model is asked before the erasures, and is down for them.

    With a sabotage all work is done by the worker that leaves out a part.
    """
    begun = monotonic()
    settings: dict[str, object] = {} if sabotage is None else {"broker_url": None}
    worker = {} if sabotage is None else {"poll": ("-P", "-m", "tests.proof.worker", sabotage)}
    with ExitStack() as model, patch.dict(ARGUMENTS, worker):
        environment = {"ANTHROPIC_API_KEY": "", "NREM_LLM": "offline"}
        if not is_offline:
            url = model.enter_context(serving(reply)).url
            environment = {
                "ANTHROPIC_API_KEY": "sk-proof",
                "NREM_LLM": "auto",
                "NREM_LLM_BASE_URL": url,
            }
        with started(say=say, environment=environment, **settings) as system:
            one = Round(system=system, who=who, say=say, seed=seed)
            one.plant()
            model.close()
            found = one.prove()
    return found | {"seconds": round(monotonic() - begun, 1)}


def holds(found: Mapping[str, Any]) -> bool:
    """Whether everything is as it has to be."""
    return bool(
        found["control_hits"] == found["canaries"]
        and not found["hits_after"]
        and not found["residue"]
        and not found["faults"]
        and found["neighbours_intact"]
        and found["receipts"] == found["receipts_verified"]
    )


def both(of_model: Mapping[str, Any], offline: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of two rounds as one: sums, and the worse of what is no sum."""
    sums = (
        *("users", "erased", "canaries", "control_hits", "never_kept", "hits_after"),
        *("receipts", "receipts_verified", "seconds"),
    )
    return {
        **of_model,
        **{name: round(of_model[name] + offline[name], 1) for name in sums},
        "hits": dict(Counter(of_model["hits"]) + Counter(offline["hits"])),
        "neighbours_intact": of_model["neighbours_intact"] and offline["neighbours_intact"],
        "residue": max(of_model["residue"], offline["residue"]),
        "faults": [*of_model["faults"], *offline["faults"]],
        "offline": dict(offline),
    }


def describe(found: Mapping[str, Any]) -> str:
    """The figures as lines for a person."""
    lines = [
        f"{found['users']} people, {found['erased']} erased; {found['seconds']:g} s",
        f"{found['canaries']} canaries in {found['fields']} fields",
        f"found before: {found['control_hits']}; after: {found['hits_after']} {found['hits']}",
        f"given by some way to read, before: {found['residue_before']}; after: {found['residue']}",
        f"the others are {'as they were' if found['neighbours_intact'] else 'changed'}",
        f"{found['receipts_verified']} of {found['receipts']} receipts are valid",
        *found["faults"],
    ]
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"nrem: {line}\n")
    sys.stderr.flush()


def main() -> int:
    """0 when nothing is left of who was erased and everything of the others, else 1."""
    parser = argparse.ArgumentParser(prog="nrem proof", description=__doc__)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sabotage", choices=sorted(PARTS))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    configure("proof", "ERROR")
    found = prove(plan(asked.users), _say, seed=asked.seed, sabotage=asked.sabotage)
    if asked.sabotage is None:
        offline = prove(plan(_OFFLINE_USERS), _say, seed=asked.seed + 1, is_offline=True)
        found = both(found, offline)
    sys.stdout.write((json.dumps(found) if asked.json else describe(found)) + "\n")
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
