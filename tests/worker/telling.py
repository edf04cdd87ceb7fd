"""Random orgs: what they were told and when, and what people and time did to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from nrem.policy.change import Edit, Ttl, archived, edited, forgotten, restored
from nrem.policy.model import Tier
from nrem.policy.params import Policy
from nrem.store.change import Change
from tests.store.past import alter
from tests.world import NOW, TICKED, Org, end, memory, turn
from worker.passes import BY_NAME
from worker.runner import drain, step, summon

FACTS: Final = (
    "I moved to Lisbon on 3 May 2025.",
    "I'm allergic to peanuts.",
    "My sister Ana works at the harbour.",
    "I prefer green tea to coffee in the morning.",
    "We named our dog Rex last summer.",
    "I decided to learn the cello this year.",
)
GREETINGS: Final = ("Hi there!", "ok", "Thanks!", "What about you?")
USERS: Final = ("ana", "ben")
GAPS: Final = tuple(
    timedelta(**its)
    for its in ({"minutes": 1}, {"hours": 5}, {"days": 3}, {"days": 8}, {"days": 45}, {"days": 130})
)

EDITED: Final = "I was told otherwise by a person."


def _edit(**fields: Any) -> Change:  # noqa: ANN401
    return lambda its, at: edited(its, Edit(**fields), at, weights=Policy.default().score)


def _made(change: Change, content: str | None = None) -> Callable[[Org, int, datetime], None]:
    return lambda org, number, now: alter(org, number, change, now, content=content)


# What a person may do to a memory, and what can be seen of it afterwards.
WAYS: Final[dict[str, Callable[[Org, int, datetime], None]]] = {
    "content": _made(_edit(content=EDITED), EDITED),
    "importance": _made(_edit(importance=0.123)),
    "pin": _made(_edit(is_pinned=True)),
    "tier": _made(_edit(tier=Tier.PERMANENT)),
    "ttl": _made(_edit(ttl=Ttl(seconds=40_000_000))),
    "metadata": _made(_edit(metadata={"by": "a person"})),
    "archive": _made(archived),
    "forget": _made(forgotten),
    "restore": _made(lambda its, at: restored(its, None, at)),
}
SEEN: Final = {
    "content": f"content = '{EDITED}'",
    "importance": "importance = 0.123",
    "pin": "pinned",
    "tier": "tier = 'permanent'",
    "ttl": "expires_at IS NOT NULL",
    "metadata": "metadata->>'by' = 'a person'",
    "archive": "(state, state_reason) = ('archived', 'requested')",
    "forget": "(state, state_reason) = ('forgotten', 'requested')",
    "restore": "state = 'live'",
}


@dataclass(slots=True, kw_only=True)
class Story:
    """One org on its way through time."""

    org: Org
    dice: Random
    now: datetime = NOW
    sessions: int = 0

    def wait(self) -> None:
        """Let time pass."""
        self.now += self.dice.choice(GAPS[:3])

    def talk(self) -> None:
        """A session of one or two users: turns, repeats, perhaps working memories; it ends."""
        dice, self.sessions = self.dice, self.sessions + 1
        users = dice.sample(USERS, dice.choice((1, 1, 2)))
        name, events = f"s{self.sessions}", []
        for _ in range(dice.randint(3, 7)):
            user = dice.choice(users)
            said = dice.choice((*FACTS, *FACTS, *GREETINGS))
            emphasis = dice.choice(("", "", "Please remember "))
            if dice.random() < 0.25:
                events.append(memory(said, memory_type="working", session=name, user=user))
            else:
                events.append(turn(emphasis + said, session=name, user=user))
        self.org.append(*events, end(name, user=users[0]), now=self.now)

    def store(self) -> None:
        """A memory that is stored directly, with an importance of its own or not."""
        self.org.append(
            memory(
                self.dice.choice(FACTS),
                user=self.dice.choice(USERS),
                importance=self.dice.choice((None, None, 0.3, 0.9)),
            ),
            now=self.now,
        )

    def run(self, *names: str) -> None:
        """Drive passes for this org until nothing is due."""
        setting = self.org.world.setting(now=self.now, only_org=self.org.number)
        for name in names:
            work = summon if name in TICKED else drain
            work(setting, BY_NAME[name])

    def consolidate_one(self) -> int | None:
        """Hand one session over; answers the number of the run."""
        setting = self.org.world.setting(now=self.now, only_org=self.org.number)
        done = step(setting, BY_NAME["consolidate"])
        return done.run_id if done and done.outcome == "applied" else None

    def live_a_little(self) -> None:
        """What was said before the run that matters."""
        for _ in range(self.dice.randint(1, 3)):
            self.dice.choice((self.talk, self.talk, self.store))()
            self.run("score", "embed", "decay", "consolidate")
            self.wait()
        if self.dice.random() < 0.7:
            self.dim()
        self.talk()
        self.run("score", "embed", "decay")

    def dim(self) -> None:
        """Some memories weigh little, so that a repeat raises them."""
        self.org.do(
            "UPDATE memories SET importance = 0.2 WHERE org_id = %(org)s AND id %% 3 > 0",
            now=self.now,
            org=self.org.number,
        )
        self.now += timedelta(minutes=1)

    def meddle(self) -> dict[int, str]:
        """People change some of the memories, each once; answers how, by number."""
        done = {}
        for number, state in self.org.memories("id, state"):
            if state in {"live", "archived"} and self.dice.random() < 0.4:
                same = "restore" if state == "live" else "archive"
                ways = [name for name in WAYS if name != same]
                done[number] = self.dice.choice(ways)
                WAYS[done[number]](self.org, number, self.now)
        return done
