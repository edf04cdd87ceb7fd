"""A year of five people, told to nrem day by day; time is given, nothing waits.

Cities and tastes are stored as facts, jobs are only mentioned, in session after session. What each
person holds true is kept beside, so that every day can be compared with what nrem believes.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from nrem.store import access as log
from nrem.store import directory, policy, recall
from nrem.store.access import Access
from nrem.store.event import NewEvent
from nrem.store.recall_match import Question, Scope
from nrem.store.recall_past import recall_as_of
from tests.world import EMBEDDER, NOW, Org, end, memory, turn
from worker.passes import BY_NAME
from worker.runner import drain

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
USERS: Final = ("ada", "ben", "cleo", "dan", "eve")
CITIES: Final = ("Oslo", "Lima", "Turin", "Quito", "Accra", "Hanoi", "Perth")
FIRMS: Final = ("Acme", "Initech", "Globex", "Umbra", "Hooli")
PASSES: Final = (
    *("score", "embed", "reinforce", "consolidate", "promote"),
    *("redue", "decay", "expire"),
)
POLICY_CHANGES_ON: Final = 150
STOPPED: Final = range(200, 230)
# A job is mentioned in so many sessions after it began.
_MENTIONS: Final = 4
_SAID: Final = (
    "We repaired the blue bicycle in the yard.",
    "My cousin sent a parcel with {n} lemons.",
    "The cello lesson was moved to the afternoon.",
    "I finished chapter {n} of the long novel.",
    "Our team shipped release {n} after a hard week.",
    "The plumber comes about the kitchen tap.",
)


@dataclass(slots=True)
class Person:
    """What one person holds true, and what is still to be mentioned."""

    name: str
    city: str
    firm: str
    loves_coffee: bool
    mentions: int = 0
    # the firm that was mentioned last; none before the first time
    told_firm: str | None = None
    uses: int = 0


@dataclass(slots=True)
class Year:
    """The life of an org's users, from NOW on."""

    org: Org
    chance: random.Random = field(default_factory=lambda: random.Random(23))  # noqa: S311
    people: dict[str, Person] = field(default_factory=dict)
    told: int = 0
    # (day, user) -> what was answered that evening about where he lives
    believed: dict[tuple[int, str], set[str]] = field(default_factory=dict)

    def evening(self, day: int) -> datetime:
        """When the day's checks are made."""
        return NOW + day * DAY + 12 * HOUR

    def live(self, day: int) -> None:
        """Everything that people say and ask on one day."""
        for name in USERS:
            if name not in self.people:
                self._begin(day, name)
            self._change(day, self.people[name])
            # somebody with news talks more
            if self.chance.random() < (0.4 if self.people[name].mentions else 0.1):
                self._talk(day, self.people[name])
        if day % 3 == 0:
            self._ask(day, self.chance.choice(USERS))

    def work(self, day: int) -> None:
        """Every pass, as its schedule would have it at the day's end."""
        now = self.evening(day)
        for name in PASSES:
            self.org.world.tick(name, now=now)
            drain(self.org.world.setting(now=now), BY_NAME[name])

    def homes(self, user: str, now: datetime, as_of: datetime | None = None) -> set[str]:
        """What recall answers about where a user lives, now or as it was believed then."""
        with self.org.begin(now=now) as conn:
            number = self.org.number
            scope = Scope(
                agent_id=directory.find_agent(conn, number, "agent") or 0,
                user_id=directory.find_user(conn, number, user),
                include_turns=False,
                memory_type="semantic",
            )
            timeline = policy.timeline(conn, number)
            question = Question(
                query="I live in",
                vector=EMBEDDER.embed_query("I live in"),
                model=EMBEDDER.model_id,
                limit=20,
            )
            if as_of is None:
                found = recall.recall(conn, number, scope, question, timeline=timeline, now=now)
            else:
                found = recall_as_of(
                    conn, number, scope, question, as_of=as_of, timeline=timeline, now=now
                )
        return {one.content for one in found if one.content.startswith("I live in")}

    def _tell(self, now: datetime, *events: NewEvent) -> None:
        self.org.append(*events, now=now)
        self.told += len(events)

    def _begin(self, day: int, name: str) -> None:
        person = Person(
            name=name,
            city=self.chance.choice(CITIES),
            firm=self.chance.choice(FIRMS),
            loves_coffee=True,
            mentions=_MENTIONS,
        )
        self.people[name] = person
        self._store(day, person, f"I live in {person.city}.", "I love coffee.")

    def _change(self, day: int, person: Person) -> None:
        if self.chance.random() < 1 / 70:
            person.city = self.chance.choice([one for one in CITIES if one != person.city])
            self._store(day, person, f"I live in {person.city}.")
        if self.chance.random() < 1 / 120:
            person.firm = self.chance.choice([one for one in FIRMS if one != person.firm])
            person.mentions = _MENTIONS
        if self.chance.random() < 1 / 150:
            person.loves_coffee = not person.loves_coffee
            feeling = "love" if person.loves_coffee else "hate"
            self._store(day, person, f"I {feeling} coffee.")

    def _store(self, day: int, person: Person, *facts: str) -> None:
        now = NOW + day * DAY
        self._tell(
            now,
            *(
                memory(fact, memory_type="semantic", user=person.name, occurred_at=now)
                for fact in facts
            ),
        )

    def _talk(self, day: int, person: Person) -> None:
        session, now = f"{person.name} {day}", NOW + day * DAY + HOUR
        said = [self.chance.choice(_SAID).format(n=day)]
        if person.mentions:
            person.mentions -= 1
            person.told_firm = person.firm
            said.append(f"I work at {person.firm}.")
        turns = [
            turn(content, session=session, user=person.name, occurred_at=now) for content in said
        ]
        # one in ten just goes away
        leaves = self.chance.random() < 0.1
        self._tell(now, *turns, *([] if leaves else [end(session, user=person.name)]))

    def _ask(self, day: int, user: str) -> None:
        """As the API answers a recall, and logs behind it what was of use."""
        now = NOW + day * DAY + 2 * HOUR
        with self.org.begin(now=now) as conn:
            number = self.org.number
            agent_id = directory.find_agent(conn, number, "agent") or 0
            timeline = policy.timeline(conn, number)
            query = self.chance.choice(_SAID).format(n=day)
            question = Question(
                query=query, vector=EMBEDDER.embed_query(query), model=EMBEDDER.model_id, limit=5
            )
            scope = Scope(agent_id=agent_id, user_id=directory.find_user(conn, number, user))
            found = recall.recall(conn, number, scope, question, timeline=timeline, now=now)
            least = timeline.at(now).reinforce.hit_relevance
            uses = [one.ranked.key[1] for one in found if one.is_hit(least)]
            log.add(
                conn,
                number,
                [Access(memory_id=one, agent_id=agent_id, at=now) for one in uses],
            )
        self.people[user].uses += len(uses)
