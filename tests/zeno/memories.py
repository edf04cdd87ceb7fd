"""Stores of user memories of both families under one name, called as Zeno calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from zeno.memory import ConsolidationRunInput
from zeno.memory.sqlite.user_memory_store import SqliteUserMemoryStore

from nrem.zeno import Link, UserMemoryStore
from tests.zeno.sides import Clock, run

DAY = 86_400
USER = "ana@example.org"
TEA = "The user likes tea"
OAT = "The user prefers oat milk in coffee"
RAIN = "The user hates rain"
LISBON = "The user lives in Lisbon"
ALL = (TEA, RAIN, LISBON)
RUN = "0123456789ab"
TIERS = ("short", "long", "permanent")


def all_three(theirs_fails: str | None = None) -> pytest.MarkDecorator:
    """Run a case on our store by words, on ours by meaning, and on theirs; see `sides.both`."""
    marks = [pytest.mark.xfail(strict=True, reason=theirs_fails)] if theirs_fails else []
    sides = [pytest.param("words"), pytest.param("meaning"), pytest.param("theirs", marks=marks)]
    return pytest.mark.parametrize("memories", sides, indirect=True)


@dataclass(kw_only=True)
class Memories:
    """A store, the clock that it reads, and a person."""

    name: str
    store: Any
    clock: Clock

    @property
    def is_ours(self) -> bool:
        return self.name != "theirs"

    def add(self, text: str, meta: Mapping[str, Any] | None = None, **more: Any) -> None:  # noqa: ANN401
        user = more.pop("user", USER)
        run(self.store.add(user, text, meta, **more))

    def search(self, query: str, k: int = 5, *, user: str = USER) -> list[Any]:
        found: list[Any] = run(self.store.search(user, query, k))
        if self.is_ours:
            # Theirs counts while it searches.
            run(self.store.flush())
        return found

    def texts(self, query: str, k: int = 5, *, user: str = USER) -> list[str]:
        return [hit.text for hit in self.search(query, k, user=user)]

    def active(self, *tiers: str, user: str = USER) -> dict[str, int]:
        """The numbers of a person's active memories by their texts."""
        listed = [
            one
            for tier in tiers or TIERS
            for one in run(self.store.list_for_consolidation(user, tier=tier, limit=1_000))
        ]
        return {one.text: one.id for one in listed}

    def idle(self, tier: str, seconds: int) -> list[int]:
        found = run(self.store.list_decay_candidates(tier=tier, idle_seconds=seconds))
        return [one.id for one in found]

    def archive(self, *texts: str) -> int:
        known = self.active()
        done: int = run(self.store.archive([known[text] for text in texts]))
        return done


def ours(link: Link, clock: Clock, *, semantic: bool) -> Memories:
    name = "meaning" if semantic else "words"
    return Memories(name=name, store=UserMemoryStore(link, semantic=semantic), clock=clock)


def theirs(path: Path, clock: Clock) -> Memories:
    store = SqliteUserMemoryStore(path, now_fn=lambda: clock.seconds)
    return Memories(name="theirs", store=store, clock=clock)


def _proposed(**edits: Any) -> ConsolidationRunInput:  # noqa: ANN401
    given: dict[str, Any] = {
        "merges": (),
        "replaces": (),
        "deletes": (),
        "error": None,
        "user_id": USER,
    }
    given |= {"run_id": RUN, **edits}
    return ConsolidationRunInput(
        started_at=0,
        proposals_generated=1,
        proposals_accepted=1,
        proposals_json="[]",
        verdicts_json=None,
        **given,
    )


def apply(memories: Memories, **edits: Any) -> tuple[int, int, int]:  # noqa: ANN401
    """Merges, replacements and deletes that were carried out."""
    done = run(memories.store.apply_consolidation(_proposed(**edits)))
    return done.merges_applied, done.replaces_applied, done.deletes_applied


def add_all(memories: Memories, **more: Any) -> dict[str, int]:  # noqa: ANN401
    """Add three memories, and answer their ids."""
    for text in ALL:
        memories.add(text, {"said": text}, **more)
    return memories.active()
