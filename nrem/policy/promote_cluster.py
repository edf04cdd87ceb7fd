"""Which episodes belong together: groups round a centre, each member like most of the others.

Nothing is chained through a middle: a member is alike to the centre and to most of the rest. Groups
never overlap, and the order of the episodes never matters.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nrem.policy.consolidate_model import Vector
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_alike import Aspect, agree, cosine
from nrem.policy.promote_behaviour import Behaviour, behaviour, same_behaviour
from nrem.policy.promote_model import Episode

# Episodes that a memory names as its evidence at most; more tell nobody anything.
MAX_EVIDENCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """What the words of a memory mean, and where its vector points."""

    vector: Vector
    aspect: Aspect
    behaviour: Behaviour | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Sense):
    """An episode that was read."""

    episode: Episode

    @classmethod
    def of(cls, episode: Episode) -> "Seen":
        """The episode read."""
        return cls(
            episode=episode,
            vector=episode.vector,
            aspect=Aspect.of(episode.content),
            behaviour=behaviour(episode.content, episode.metadata),
        )

    @property
    def is_trial(self) -> bool:
        """Whether it tells of a behaviour and how that turned out."""
        return self.is_success or self.is_failure

    @property
    def is_success(self) -> bool:
        """Whether a behaviour turned out well."""
        return self.behaviour is not None and self.behaviour.is_good is True

    @property
    def is_failure(self) -> bool:
        """Whether a behaviour turned out badly."""
        return self.behaviour is not None and self.behaviour.is_good is False


Alike = Callable[[Sense, Sense, PromotePolicy], bool]


def read(several: Iterable[Episode]) -> dict[int, Seen]:
    """Each episode once by its number, ascending; of several versions the newest."""
    newest: dict[int, Episode] = {}
    for one in several:
        held = newest.get(one.memory_id)
        if held is None or held.version < one.version:
            newest[one.memory_id] = one
    return {number: Seen.of(newest[number]) for number in sorted(newest)}


def alike(one: Sense, other: Sense, policy: PromotePolicy) -> bool:
    """Whether both are instances of one thing: by their words first, since that is cheap."""
    return agree(one.aspect, other.aspect) and cosine(one.vector, other.vector) >= policy.similarity


def alike_trials(one: Sense, other: Sense, policy: PromotePolicy) -> bool:
    """Whether both tell of the same behaviour, however it turned out."""
    if one.behaviour is None or other.behaviour is None:
        return False
    return same_behaviour(
        (one.behaviour, one.vector), (other.behaviour, other.vector), policy.similarity
    )


def fits(one: Sense, members: Sequence[Sense], policy: PromotePolicy, by: Alike = alike) -> bool:
    """Whether an episode is alike to most of the members of a group."""
    return 2 * sum(by(one, held, policy) for held in members) > len(members)


def groups(
    pool: Mapping[int, Seen],
    fresh: frozenset[int],
    policy: PromotePolicy,
    is_enough: Callable[[Sequence[Seen]], bool],
    by: Alike = alike,
) -> Iterator[tuple[Seen, ...]]:
    """Groups that are enough and hold a fresh episode, the largest first, each its centre first.

    A group that was handed out is spoken for; so the next ones lie apart from it.
    """
    near = _neighbours(pool, policy, by)
    left = frozenset(pool)
    found = {seed: _grown(seed, near, left) for seed in pool}
    ranks: dict[int, _Rank] = {}
    while True:
        for seed, one in found.items():
            members = [pool[number] for number in sorted(one)]
            if seed not in ranks and one & fresh and is_enough(members):
                ranks[seed] = _rank(pool[seed], members)
        if not ranks:
            return
        best = min(ranks, key=lambda seed: (ranks[seed], seed))
        yield by_nearness(best, [pool[number] for number in found[best]])
        left -= found[best]
        stale = {seed for seed, one in found.items() if not one <= left}
        found = {
            seed: _grown(seed, near, left) if seed in stale else one
            for seed, one in found.items()
            if seed in left
        }
        ranks = {seed: rank for seed, rank in ranks.items() if seed not in stale}


def around_centre(
    centre: int, pool: Mapping[int, Seen], policy: PromotePolicy, by: Alike = alike
) -> tuple[Seen, ...]:
    """The group round one episode of the pool, itself first, whether or not it is large enough."""
    own = pool[centre]
    close = {number: one for number, one in pool.items() if one is own or by(own, one, policy)}
    members = _grown(centre, _neighbours(close, policy, by), frozenset(close))
    return by_nearness(centre, [pool[number] for number in members])


def by_nearness(centre: int, members: Iterable[Seen]) -> tuple[Seen, ...]:
    """The members with the centre first, then those nearest to it."""
    several = list(members)
    vector = next(one.vector for one in several if one.episode.memory_id == centre)

    def rank(one: Seen) -> tuple[float, int]:
        number = one.episode.memory_id
        return (-2.0 if number == centre else -cosine(vector, one.vector), number)

    return tuple(sorted(several, key=rank))


def evidence(members: Sequence[Seen]) -> tuple[Seen, ...]:
    """At most `MAX_EVIDENCE` members in the order given; no session is left out for another."""
    heard: set[str] = set()
    first: list[Seen] = []
    rest: list[Seen] = []
    for one in members:
        (rest if heard.issuperset(one.episode.sessions) else first).append(one)
        heard.update(one.episode.sessions)
    kept = {one.episode.memory_id for one in [*first, *rest][:MAX_EVIDENCE]}
    return tuple(one for one in members if one.episode.memory_id in kept)


def nearness(one: Sense, others: Sequence[Sense]) -> float:
    """Mean cosine to the others, -1 to 1; 0 without any."""
    if not others:
        return 0.0
    return sum(cosine(one.vector, it.vector) for it in others) / len(others)


_Near = Mapping[int, frozenset[int]]


def _neighbours(pool: Mapping[int, Seen], policy: PromotePolicy, by: Alike) -> _Near:
    near: dict[int, set[int]] = {number: set() for number in pool}
    numbers = sorted(pool)
    for at, number in enumerate(numbers):
        for other in numbers[at + 1 :]:
            if by(pool[number], pool[other], policy):
                near[number].add(other)
                near[other].add(number)
    return {number: frozenset(found) for number, found in near.items()}


def _grown(seed: int, near: _Near, left: frozenset[int]) -> frozenset[int]:
    """The seed and its neighbours, without those that are not alike to most of the rest."""
    members = {seed, *(near[seed] & left)}
    while True:
        least = min(
            members - {seed} or members, key=lambda number: (len(near[number] & members), -number)
        )
        if len(members) == 1 or 2 * len(near[least] & members) > len(members) - 1:
            return frozenset(members)
        members.remove(least)


_Rank = tuple[int, float, tuple[int, ...]]


def _rank(centre: Seen, members: Sequence[Seen]) -> _Rank:
    """The place of a group: the most often said first, then the closest."""
    said = sum(len(one.episode.sessions) for one in members)
    others = [one for one in members if one is not centre]
    numbers = tuple(one.episode.memory_id for one in members)
    return -said, -round(nearness(centre, others), 9), numbers
