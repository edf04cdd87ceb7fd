"""The conditions under which episodes become knowledge, and what is missing, in words."""

from collections.abc import Sequence
from math import ceil, floor
from typing import Final

from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_model import Episode, Gate, Prospect

OCCURRENCES: Final = "occurrences"
SESSIONS: Final = "sessions"
SUCCESSES: Final = "successes"
SUCCESS_RATE: Final = "success_rate"


def occurrences(episodes: Sequence[Episode]) -> int:
    """How often it was said: an episode merged from several sessions counts once for each."""
    return sum(len(one.sessions) for one in episodes)


def sessions(episodes: Sequence[Episode]) -> int:
    """In how many sessions it was said."""
    return len({key for one in episodes for key in one.sessions})


def semantic_gates(episodes: Sequence[Episode], policy: PromotePolicy) -> tuple[Gate, ...]:
    """Said often enough, in enough sessions."""
    return (
        Gate(name=OCCURRENCES, value=occurrences(episodes), needed=policy.min_episodes),
        Gate(name=SESSIONS, value=sessions(episodes), needed=policy.min_sessions),
    )


def procedural_gates(successes: int, failures: int, policy: PromotePolicy) -> tuple[Gate, ...]:
    """Turned out well often enough, and seldom badly."""
    known = successes + failures
    return (
        Gate(name=SUCCESSES, value=successes, needed=policy.min_successes),
        Gate(
            name=SUCCESS_RATE,
            value=successes / known if known else 0.0,
            needed=policy.min_success_rate,
        ),
    )


def are_passed(gates: Sequence[Gate]) -> bool:
    """Whether all are passed."""
    return all(one.is_passed for one in gates)


def semantic_prospect(episodes: Sequence[Episode], policy: PromotePolicy) -> Prospect:
    """How far the episodes are from a semantic memory."""
    gates = semantic_gates(episodes, policy)
    said, heard = (max(0, ceil(one.needed - one.value)) for one in gates)
    missing = (_more(max(said, heard), heard),) if said or heard else ()
    return Prospect(memory_type=MemoryType.SEMANTIC, gates=gates, missing=missing)


def procedural_prospect(successes: int, failures: int, policy: PromotePolicy) -> Prospect:
    """How far a behaviour is from a procedural memory."""
    gates = procedural_gates(successes, failures, policy)
    missing = () if are_passed(gates) else (_outcomes(successes, failures, policy),)
    return Prospect(memory_type=MemoryType.PROCEDURAL, gates=gates, missing=missing)


def _outcomes(successes: int, failures: int, policy: PromotePolicy) -> str:
    if not successes + failures:
        return "a situation, an action in it and how that turned out"
    rate = policy.min_success_rate
    if rate == 1.0 and failures:
        return "a policy that allows failures"
    # Just below the root of (successes + more) / (successes + failures + more) = rate.
    root = floor(rate * failures / (1.0 - rate)) - successes - 1 if failures else 0
    more = max(policy.min_successes - successes, root, 0)
    while not are_passed(procedural_gates(successes + more, failures, policy)):
        more += 1
    return f"{_counted(more, 'more good outcome')} of the same behaviour"


def _more(count: int, elsewhere: int) -> str:
    """So many episodes, of which so many must be from other sessions."""
    like = f"{_counted(count, 'more episode')} like it"
    if not elsewhere:
        return like
    where = "another session" if elsewhere == 1 else f"{elsewhere} other sessions"
    some = "" if count == elsewhere else f", {elsewhere} of them"
    return f"{like}{some} from {where}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
