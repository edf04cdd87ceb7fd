"""Versions, whatever callers do and however the clock runs: dense, no gap, no overlap, all kept.

A model in Python keeps what was said when; the database, its history and recall as of any instant
must say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from nrem.errors import ConflictError
from nrem.policy.change import Standing, archived, forgotten, rolled_back
from nrem.policy.model import MemoryType, Role, State
from nrem.policy.score import score
from nrem.policy.text import lexemes
from nrem.store import history
from nrem.store.change import Change
from nrem.store.history import Believed
from tests.store.past import alter, edit, restore, then
from tests.store.recalling import keep
from tests.world import NOW, Org, World

# no two share a word that tells anything
TEXTS = ("a grey parrot", "the red bicycle", "tea at noon", "Ann moved to Kyiv in 2023")
TICK = timedelta(microseconds=1)
# Forgotten memories are purged after 30 days: 30 steps of a day would be too many.
STEPS = st.sampled_from([timedelta(0), TICK, timedelta(seconds=1), timedelta(hours=5)])


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a version says."""

    content: str
    metadata: dict[str, int]
    importance: float
    pinned: bool = False


def scored(content: str) -> float:
    return score(content, memory_type=MemoryType.SEMANTIC, role=Role.USER).importance


class Versions(RuleBasedStateMachine):
    """One memory that callers change, beside what it ought to be."""

    def __init__(self, org: Org) -> None:
        super().__init__()
        self.org = org
        self.now = NOW
        self.said: list[Said] = []
        # since when each version is what it says
        self.since: list[datetime] = []
        self.states: list[tuple[datetime, State]] = []
        self.is_given = False

    @initialize(content=st.sampled_from(TEXTS))
    def store(self, content: str) -> None:
        # of a type that time alone does not change
        keep(self.org, content, memory_type="semantic")
        (self.number,) = self.org.memories("id")
        self.said.append(Said(content=content, metadata={}, importance=scored(content)))
        self.since.append(NOW)
        self.states.append((NOW, State.LIVE))

    @property
    def state(self) -> State:
        return self.states[-1][1]

    def becomes(self, said: Said) -> None:
        if said != self.said[-1]:
            self.said.append(said)
            self.since.append(max(self.now, self.since[-1] + TICK))

    def enters(self, state: State) -> None:
        if state is not self.state:
            self.states.append((self.now, state))

    def tries(self, change: Callable[[], None]) -> bool:
        """Whether the change was made: a forgotten memory can only be restored."""
        if self.state is not State.FORGOTTEN:
            change()
            return True
        with pytest.raises(ConflictError):
            change()
        return False

    @rule(step=STEPS)
    def wait(self, step: timedelta) -> None:
        self.now += step

    @rule(content=st.sampled_from(TEXTS))
    def write(self, content: str) -> None:
        if self.tries(lambda: edit(self.org, self.number, self.now, content=content)):
            last, importance = self.said[-1], self.said[-1].importance
            if content != last.content and not self.is_given:
                importance = scored(content)
            self.becomes(replace(last, content=content, importance=importance))

    @rule(content=st.sampled_from(TEXTS), importance=st.sampled_from([0.25, 0.5]))
    def write_and_weigh(self, content: str, importance: float) -> None:
        fields = {"content": content, "importance": importance}
        if self.tries(lambda: edit(self.org, self.number, self.now, **fields)):
            self.is_given = True
            self.becomes(replace(self.said[-1], content=content, importance=importance))

    @rule(value=st.integers(0, 1))
    def label(self, value: int) -> None:
        metadata = {"k": value}
        if self.tries(lambda: edit(self.org, self.number, self.now, metadata=metadata)):
            self.becomes(replace(self.said[-1], metadata=metadata))

    @rule(pinned=st.booleans())
    def pin(self, pinned: bool) -> None:  # noqa: FBT001
        if self.tries(lambda: edit(self.org, self.number, self.now, is_pinned=pinned)):
            self.becomes(replace(self.said[-1], pinned=pinned))

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.said)))
        version = self.read([number])[0].version

        def how(standing: Standing, at: datetime) -> Standing:
            return rolled_back(standing, version, at)

        content = version.content
        if self.tries(lambda: alter(self.org, self.number, how, self.now, content=content)):
            self.becomes(self.said[number - 1])

    @rule(how=st.sampled_from([archived, forgotten]))
    def leave(self, how: Change) -> None:
        if how is forgotten:
            alter(self.org, self.number, how, self.now)
            self.enters(State.FORGOTTEN)
        elif self.tries(lambda: alter(self.org, self.number, how, self.now)):
            self.enters(State.ARCHIVED)

    @rule()
    def come_back(self) -> None:
        restore(self.org, self.number, self.now)
        self.enters(State.LIVE)

    def read(self, versions: list[int] | None = None) -> list[Believed]:
        with self.org.begin(now=self.now) as conn:
            return history.read(conn, self.org.number, self.number, versions)

    @invariant()
    def history_is_the_model(self) -> None:
        found = self.read()

        assert [one.number for one in found] == list(range(1, len(found) + 1))
        assert [_said(one) for one in found] == self.said
        assert [one.valid_from for one in found] == self.since
        assert all(a.valid_to == b.valid_from for a, b in pairwise(found))
        assert found[-1].valid_to is None

    @invariant()
    def every_text_is_searchable_for_its_time(self) -> None:
        spans = self.spans()
        past = self.org.ask(
            "SELECT p.valid_from, p.valid_to, "
            "  (SELECT count(*) FROM past_lexemes AS l WHERE l.org_id = p.org_id "
            "    AND l.memory_id = p.memory_id AND l.valid_from = p.valid_from "
            "    AND l.valid_to = p.valid_to) "
            "FROM past_embeddings AS p WHERE p.org_id = %(org)s ORDER BY p.valid_from"
        )
        ends = [start for _, start in spans[1:]]
        assert [tuple(row) for row in past] == [
            (start, end, len(lexemes(content)) + 1)
            for (content, start), end in zip(spans, ends, strict=False)
        ]
        current = self.org.column("SELECT lexeme FROM lexemes WHERE org_id = %(org)s")
        assert set(current) == {"", *lexemes(spans[-1][0])}
        assert self.org.memories("text_since") == [spans[-1][1]]

    def spans(self) -> list[tuple[str, datetime]]:
        """Each text that stood without a break, and since when."""
        told = zip(self.said, self.since, strict=True)
        spans = groupby(told, key=lambda one: one[0].content)
        return [(content, next(its)[1]) for content, its in spans]

    @invariant()
    def states_are_told(self) -> None:
        rows = self.org.ask(
            "SELECT before, after, at FROM crossings "
            "WHERE org_id = %(org)s AND kind = 'state' ORDER BY id"
        )
        assert [tuple(row) for row in rows] == [
            (str(before), str(after), at) for (_, before), (at, after) in pairwise(self.states)
        ]

    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        instants = [at for at in (*self.since, *(at for at, _ in self.states)) if at <= self.now]
        at = data.draw(st.sampled_from([*instants, *(one - TICK for one in instants)]))
        place = max((n for n, start in enumerate(self.since) if start <= at), default=None)
        state = [its for start, its in self.states if start <= at][-1:]
        # the present sees also what began while the clock stood still
        if at == self.now:
            place, state = len(self.said) - 1, [self.state]
        query = data.draw(st.sampled_from([*TEXTS, ""]))

        found = then(self.org, query, at, now=self.now)

        if place is None or state != [State.LIVE]:
            assert found == []
            return
        (one,) = found
        said = self.said[place]
        assert (one.version, one.content, one.metadata) == (place + 1, said.content, said.metadata)
        if query:
            assert (one.ranked.similarity > 0.99) is (query == said.content)
            assert (one.ranked.lexical > 0) is (query == said.content)


def _said(one: Believed) -> Said:
    version = one.version
    metadata: dict[str, Any] = dict(version.metadata)
    return Said(
        content=version.content,
        metadata=metadata,
        importance=version.importance,
        pinned=version.is_pinned,
    )


def test_history_is_what_was_done(world: World) -> None:
    names = iter(range(1_000_000))

    class Here(Versions):
        def __init__(self) -> None:
            super().__init__(world.found(f"org-{next(names)}"))

    run_state_machine_as_test(
        Here,
        settings=settings(settings.default, max_examples=20, stateful_step_count=20),
    )
