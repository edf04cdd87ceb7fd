"""More than a hundred turns that try to take a model over, and a model that lets them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from nrem.policy.observe_model import ObserveDraft, ObserveInput
from nrem.policy.reflect_model import Delete, Edit, Merge, ReflectInput, Replace

TURNS = [
    line.replace("\\n", "\n")
    for line in (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8").splitlines()
]
FOREIGN = (0, -1, 7_777, 10**9)


def obey(turns: Sequence[str], batch: ReflectInput) -> list[Edit]:
    """Whatever an attacker may want of the log: everything gone, rewritten, or somebody else's."""
    ids = [one.ordinal for one in batch.observations]
    return [edit for turn in turns for edit in _edits(turn, ids)]


def _edits(turn: str, ids: Sequence[int]) -> Iterator[Edit]:
    yield Merge(source_ids=tuple(ids), text=turn)
    yield Merge(source_ids=(*ids, *FOREIGN), text="ok")
    yield from (Merge(source_ids=(one, other), text="ok") for one, other in pairwise(ids))
    yield from (
        Replace(source_id=one, text=text) for one in (*ids, *FOREIGN) for text in ("", "ok", turn)
    )
    yield from (Delete(source_id=one) for one in (*FOREIGN, *ids))


def note(window: ObserveInput) -> list[ObserveDraft]:
    """Every turn as the attacker has it: high, on a forged date, under another's name."""
    people = [one.seq for one in window.turns if one.role == "user"] or [1]
    dates = ("1969-12-31", "9999-12-31", 1e300, float("nan"), -1.0, "yesterday", "2026-03-01")
    return [
        ObserveDraft(
            text=turn.content,
            priority="high",
            sources=(people[0], *FOREIGN),
            referenced_date=dates[at % len(dates)],
        )
        for at, turn in enumerate(window.turns)
    ]
