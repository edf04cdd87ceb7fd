"""One system of the proof: planted, looked at, half erased, and looked at again."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from nrem.proof.canary import Canary, made
from nrem.proof.scan import Found, Seeker, places
from tests.proof import neighbour
from tests.proof.erasing import Erased, by_command, forget_each, over_http, verified
from tests.proof.passes import prepare, run_all
from tests.proof.person import Person
from tests.proof.plant import plant
from tests.proof.plant_zeno import plant_zeno
from tests.proof.reading import Known, export, given, known
from tests.proof.recorder import Fate, Recorder, fields_of
from tests.proof.rest import ask_the_rest
from tests.proof.system import System

_BEGINS: Final = datetime(2026, 11, 1, 9, tzinfo=UTC)
# Where no content may lie at any time.
_CLEAN: Final = ("valkey", "logs", "temp")
# Of what is left, by place and field.
_TOLD: Final = 20
_WITNESS: Final = 1_000_000
_OF_PERSONS: Final = (Fate.PERSON, Fate.MEMORY, Fate.SESSION, Fate.AGENT)
_GOES: Final = (*_OF_PERSONS, Fate.REPLACED)
_KEPT: Final = (*_OF_PERSONS, Fate.ORG)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is erased in which way; the others stay."""

    users: int
    over_http: Sequence[int]
    by_command: Sequence[int]
    each_memory: Sequence[int]
    # whose sessions are erased, over HTTP as well
    by_session: Sequence[int]

    @property
    def erased(self) -> list[int]:
        """All that are erased in one way or another."""
        return sorted([*self.over_http, *self.by_session, *self.by_command, *self.each_memory])


def plan(users: int) -> Plan:
    """Every second one goes: half of these over HTTP, the rest by command or memory by memory.

    Of two or more one goes session by session: only there does anything outlive what it came of.
    """
    erased = list(range(0, users, 2))
    half = (len(erased) + 1) // 2
    http, rest = erased[:half], erased[half:]
    sessions = max(half // 3, min(len(rest), 1))
    return Plan(
        users=users,
        over_http=http[sessions:],
        by_session=http[:sessions],
        by_command=rest[0::2],
        each_memory=rest[1::2],
    )


class Round:
    """One system from planting to the last look."""

    def __init__(self, *, system: System, who: Plan, say: Say, seed: int) -> None:
        self.system, self.who, self.say = system, who, say
        self.documents = system.documents()
        self.recorder = Recorder(
            api=system.api, admin=system.admin, fields=fields_of(*self.documents), seed=seed
        )
        self.persons = [
            Person(number=number, recorder=self.recorder, begins=_BEGINS)
            for number in range(who.users)
        ]
        self.faults: list[str] = []

    def plant(self) -> None:
        """Write the canaries of everybody, and have the passes run."""
        prepare(self.system)
        for person in self.persons:
            self.recorder.covered.clear()
            plant(person)
            plant_zeno(self.system, person)
            ask_the_rest(person, *self.documents)
            self.faults += [f"no canary: {one}" for one in self.recorder.left()]
            self.say(f"planted {person.number + 1} of {self.who.users} people")
        run_all(self.system, self.persons, self.say)
        self.system.rest()

    def prove(self) -> dict[str, Any]:
        """Look, erase, and look again."""
        words = self.recorder.words(*_KEPT, persons=range(self.who.users))
        self.say("looking for every canary")
        control = self._control(words)
        whom = [known(self.system, self.persons[number]) for number in self.who.erased]
        stay = [one for one in self.persons if one.number not in self.who.erased]
        exports = {one.number: export(self.system, one) for one in stay}
        goes, whose = self._goes()
        seeker = self._seeker()
        self.say("reading about those who go")
        told_before = self._told(seeker, whom) & goes
        erased = self._erase(whom)
        self.system.settle(self.say, is_resting=True)
        self.system.save()
        after = seeker.look(places(self.system.data_dir, self.system.temporary))
        hits = after.hits(goes, whose)
        for left in islice(self._left(after, goes), _TOLD):
            self.say(left)
        self.say("reading about those who are gone")
        residue = self._told(seeker, whom) & goes
        gone = frozenset(one for known_ in whom for one in known_.memories | known_.events)
        for one in stay:
            now = export(self.system, one)
            self.faults += neighbour.changed(exports[one.number], now, gone)
        return {
            "users": self.who.users,
            "erased": len(self.who.erased),
            "canaries": len(words),
            "never_kept": sum(one.fate is Fate.NEVER for one in self.recorder.planted.values()),
            "control_hits": control,
            "hits_after": sum(hits.values()),
            "hits": hits,
            "neighbours_intact": not any("rows are" in one for one in self.faults),
            "residue": round(len(residue) / len(goes), 4),
            "residue_before": round(len(told_before) / len(goes), 4),
            "receipts": len(erased.receipts),
            "receipts_verified": verified(self.system, erased.receipts),
            "fields": len(self.recorder.fields),
            "bytes": dict(after.read),
            "faults": self.faults + erased.faults,
        }

    def _goes(self) -> tuple[frozenset[str], frozenset[int]]:
        """The words that must be gone, and the people of whom not even a piece may be left."""
        whole = frozenset(self.who.over_http) | frozenset(self.who.by_command)
        words = self.recorder.words(*_GOES, persons=whole)
        words |= self.recorder.words(Fate.MEMORY, persons=self.who.each_memory)
        return words | self.recorder.words(Fate.SESSION, persons=self.who.by_session), whole

    def _seeker(self) -> Seeker:
        canaries = [one.canary for one in self.recorder.planted.values()]
        return Seeker([*canaries, self._witness()], seed=self.recorder.seed)

    def _witness(self) -> Canary:
        return made(_WITNESS, "witness", seed=self.recorder.seed)

    def _control(self, words: frozenset[str]) -> int:
        """How many of the words are found; notes what is not, and where nobody looked."""
        witness = self._witness().word
        written = self.system.witness(witness)
        self.system.flush()
        found = self._seeker().look(places(self.system.data_dir, self.system.temporary))
        self.system.forget_witness(written)
        seen = {place for place, word, _ in found.whole if word == witness}
        places_ = [one for one in _CLEAN if one != "valkey" or self.system.stack.urls.broker]
        self.faults += [f"not looked at: {place}" for place in places_ if place not in seen]
        self.faults += self._misplaced(found)
        return len(words & found.words())

    def _misplaced(self, found: Found) -> Iterator[str]:
        """What is not found though it is kept, and what is found though nothing may keep it."""
        at = {(place, word) for place, word, _ in found.whole}
        words = found.words()
        for word, one in self.recorder.planted.items():
            name = f"{one.canary.field} ({one.canary.form})"
            if one.fate is Fate.NEVER and word in words:
                yield f"kept, and must not be: {name}"
            if one.fate in _KEPT and word not in words:
                yield f"not found, though it is kept: {name}"
            for place in _CLEAN:
                if (place, word) in at:
                    yield f"in {place}: {name}"

    def _left(self, found: Found, goes: frozenset[str]) -> Iterator[str]:
        """Where something is still found, and which fields most."""
        counted = Counter(
            (place, self.recorder.planted[word].canary.field)
            for place, word, _ in found.whole
            if word in goes
        )
        for (place, name), times in counted.most_common():
            yield f"still in {place}: {name} ({times} words)"

    def _told(self, seeker: Seeker, whom: Sequence[Known]) -> frozenset[str]:
        return frozenset().union(*(given(self.system, seeker, one) for one in whom))

    def _erase(self, whom: Sequence[Known]) -> Erased:
        erased, by_number = Erased(), {one.person.number: one for one in whom}
        for number in self.who.each_memory:
            self.say(f"forgetting each memory of person {number}")
            forget_each(self.system, by_number[number])
        for number in self.who.by_command:
            self.say(f"erasing person {number} by command")
            by_command(self.system, self.persons[number], self.say, erased)
        people = [self.persons[number] for number in self.who.over_http]
        wanted = [
            *(
                ("session", name)
                for at in self.who.by_session
                for name in self.persons[at].sessions
            ),
            *(("user", one.user) for one in people),
            *(("agent", one.agent) for one in people),
        ]
        self.say(f"{len(wanted)} erasures over HTTP")
        over_http(self.system, wanted, erased)
        return erased
