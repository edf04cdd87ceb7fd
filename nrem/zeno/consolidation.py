"""A consolidation run as Zeno's `MemoryConsolidator` makes it, and what of it nrem writes down.

The words of its proposals and of its judge's reply are left out: what was carried out stands in the
memories, and what was not was never a person's word.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from nrem.policy.shelf import Edited, Edits
from nrem.store.shelf import Meant
from nrem.store.shelf_edit import Proposed
from nrem.zeno.record import Delete, Merge, Replace, as_zeno, clean

_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
# A judge may say anything; no more than this of it is read.
_MOST_LETTERS: Final = 1_000_000
_MOST_EDITS: Final = 1_000


@dataclass(frozen=True, slots=True)
class ConsolidationCandidate:
    """A memory that may be edited."""

    id: int
    text: str
    hit_count: int


@dataclass(frozen=True, slots=True)
class ConsolidationCounts:
    """How many edits were carried out."""

    merges_applied: int
    replaces_applied: int
    deletes_applied: int


@dataclass(frozen=True, slots=True)
class ConsolidationRunInput:
    """A run's edits, and how it came to them; `started_at` in Unix seconds."""

    run_id: str
    user_id: str
    started_at: int
    proposals_generated: int
    proposals_accepted: int
    merges: tuple[Merge, ...]
    replaces: tuple[Replace, ...]
    deletes: tuple[Delete, ...]
    proposals_json: str | None
    verdicts_json: str | None
    error: str | None


class Run(Protocol):
    """What is read of a run, whichever class it is of."""

    run_id: str
    user_id: str
    started_at: int
    proposals_generated: int
    proposals_accepted: int
    merges: Sequence[Merge]
    replaces: Sequence[Replace]
    deletes: Sequence[Delete]
    proposals_json: str | None
    verdicts_json: str | None
    error: str | None


def edits_of(run: Run) -> Edits:
    """The edits of a run."""
    return Edits(
        deletes=tuple(one.source_id for one in run.deletes),
        replaces=tuple((one.source_id, clean(one.text)) for one in run.replaces),
        merges=tuple((tuple(one.source_ids), clean(one.text)) for one in run.merges),
    )


def texts_of(edits: Edits) -> list[str]:
    """The texts that edits bring."""
    return [text for _, text in (*edits.replaces, *edits.merges)]


def proposed(run: Run, edits: Edits, meant: Mapping[str, Meant]) -> Proposed:
    """A run as it is carried out and written down."""
    return Proposed(
        edits=edits,
        generated=run.proposals_generated,
        detail={
            "zeno_run_id": _code(run.run_id),
            "started_at": run.started_at,
            "accepted": run.proposals_accepted,
            "proposals": _listed(run.proposals_json, None, ("verb", "source_id", "source_ids")),
            "verdicts": _listed(run.verdicts_json, "verdicts", ("index", "accept")),
        },
        error=_code(run.error.partition(":")[0]) if run.error else None,
        meant=meant,
        stamp={"source": "consolidator", "run_id": clean(run.run_id)},
    )


def counts(done: Edited) -> ConsolidationCounts:
    """How many edits were carried out, in Zeno's class where it is installed."""
    return as_zeno(ConsolidationCounts)(
        merges_applied=len(done.merged),
        replaces_applied=len(done.replaced),
        deletes_applied=len(done.deleted),
    )


def _code(said: str) -> str:
    """A name as programs give them; anything else may be somebody's words."""
    return said if _CODE.match(said) or (said.isalnum() and len(said) < 64) else "other"


def _listed(said: str | None, inside: str | None, names: Sequence[str]) -> list[dict[str, Any]]:
    """Of a JSON list of objects the fields that hold numbers, verbs and verdicts."""
    try:
        value = json.loads(said[:_MOST_LETTERS]) if said else []
    except (ValueError, RecursionError):
        return []
    if inside is not None:
        value = value.get(inside) if isinstance(value, dict) else None
    if not isinstance(value, list):
        return []
    found = [one for one in value[:_MOST_EDITS] if isinstance(one, dict)]
    return [{name: one[name] for name in names if _is_safe(one.get(name))} for one in found]


def _is_safe(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, int) for one in value)
    return isinstance(value, int) or value in ("merge", "replace", "delete")
