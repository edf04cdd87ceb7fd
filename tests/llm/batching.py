"""Persons of whom promote has something to ask, and the life of the batch that it is asked in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.llm.asking import Asking, asking
from tests.world import NOW, Org, World, memory
from worker.runner import Outcome

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
NIGHT = NOW + DAY
# After the pause in which a batch gathers, and after the first look at it.
SENT = NIGHT + 2 * MINUTE
READY = NIGHT + HOUR
# What promote makes of it.
KNOWN = [f"User drinks {what} tea in the morning" for what in ("black", "green", "mint")]
USERS = ("ana", "ben", "cyd")
_TEA = (
    "User drinks {what} in the morning",
    "In the early morning the user drinks {what} in the morning",
    "Again the user drinks {what} in the morning",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """An org at night, and a process with a key."""

    org: Org
    asking: Asking

    def begin(self) -> None:
        """Three users drink tea, each another."""
        for user, what in zip(USERS, ("green tea", "black tea", "mint tea"), strict=True):
            self._tell(user, what, "aab", NOW)
        self._settle(NOW)

    def drink(self, user: str, what: str, *, sessions: str = "aab", now: datetime = NOW) -> None:
        """What one user is known to drink, in as many episodes as there are letters."""
        self._tell(user, what, sessions, now)
        self._settle(now)

    def _tell(self, user: str, what: str, sessions: str, now: datetime) -> None:
        for at, session in enumerate(sessions):
            said = _TEA[at % 3].format(what=what)
            one = memory(said, user=user, session=f"{user}-{session}", occurred_at=now + at * HOUR)
            self.org.append(one, now=now)

    def _settle(self, now: datetime) -> None:
        for name in ("score", "embed"):
            self.org.world.drain(name, now=now)

    def drain(self, name: str, now: datetime, **given: Any) -> list[Outcome]:  # noqa: ANN401
        """Run a pass until nothing is due for it."""
        return self.asking.drain(name, now=now, **given)

    def policy(self, **llm: Any) -> None:  # noqa: ANN401
        """What the org wants of paid models."""
        self.org.world.do(
            "INSERT INTO policies (org_id, version, body, created_at) "
            "VALUES (%(org)s, 1, jsonb_build_object('llm', %(llm)s::jsonb), %(since)s)",
            org=self.org.number,
            llm=json.dumps(llm),
            since=NOW - DAY,
        )

    def gather(self, now: datetime = NIGHT) -> list[Outcome]:
        """The night's tick: what promote has to ask waits for others."""
        self.org.world.tick("promote", now=now)
        return self.drain("promote", now)

    def send(self, now: datetime = SENT) -> list[Outcome]:
        """What was gathered goes out."""
        return self.drain("batch", now)

    def deliver(self, now: datetime = READY) -> list[Outcome]:
        """The provider is done, and its replies come in."""
        self.asking.api.batches.finish()
        return self.drain("batch", now)

    def known(self) -> list[Any]:
        """What promote made of it."""
        return sorted(self.org.memories(where="type = 'semantic'"))

    def runs(self, name: str = "promote") -> list[tuple[Any, ...]]:
        """Outcome and reason of each run of a pass."""
        rows = self.org.ask(
            "SELECT outcome, reason FROM runs WHERE org_id = %(org)s AND pass = %(name)s "
            "ORDER BY id",
            name=name,
        )
        return [tuple(row) for row in rows]

    def calls(self) -> list[str]:
        """How each call of the ledger ended."""
        return self.org.column(
            "SELECT status FROM llm_calls WHERE org_id = %(org)s ORDER BY subject_id, id"
        )

    def batch(self, column: str = "state") -> list[Any]:
        """One column of each batch."""
        return self.org.column(
            f"SELECT {column} FROM llm_batches WHERE org_id = %(org)s ORDER BY id"  # noqa: S608
        )


@contextmanager
def night(world: World, org: Org, data_dir: Path) -> Iterator[Night]:
    """Three users of whom the same is known; the provider's clock is that of the test."""
    with asking(world, data_dir) as found:
        found.api.batches.clock = lambda: SENT
        its = Night(org=org, asking=found)
        its.begin()
        yield its
