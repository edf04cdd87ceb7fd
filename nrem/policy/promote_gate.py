"""The conditions under which episodes become knowledge, and what is missing, in words."""

from collections.abc import Sequence

from nrem.policy.model import MemoryType
from nrem.policy.params import PromotePolicy
from nrem.policy.promote_model import Episode, Gate, Prospect

OCCURRENCES = "occurrences"
SESSIONS = "sessions"
SUCCESSES = "successes"
SUCCESS_RATE = "success_rate"


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
    said, heard = (max(0, int(one.needed - one.value)) for one in gates)
    missing: list[str] = []
    if said:
        missing.append(_more(max(said, heard), heard))
    elif heard:
        missing.append(_more(heard, heard))
    return Prospect(memory_type=MemoryType.SEMANTIC, gates=gates, missing=tuple(missing))


def procedural_prospect(successes: int, failures: int, policy: PromotePolicy) -> Prospect:
    """How far a behaviour is from a procedural memory."""
    gates = procedural_gates(successes, failures, policy)
    if not successes + failures:
        missing = ["a situation, an action in it and how that turned out"]
    else:
        more = _successes_missing(successes, failures, policy)
        missing = [f"{_counted(more, 'more good outcome')} of the same behaviour"] if more else []
    return Prospect(memory_type=MemoryType.PROCEDURAL, gates=gates, missing=tuple(missing))


def _successes_missing(successes: int, failures: int, policy: PromotePolicy) -> int:
    """How many good outcomes in a row would pass both gates."""
    more = max(0, policy.min_successes - successes)
    while not are_passed(procedural_gates(successes + more, failures, policy)):
        if policy.min_success_rate == 1.0:
            return more or 1  # a failure is never outweighed; one more is the least there could be
        more += 1
    return more


def _more(count: int, sessions_missing: int) -> str:
    where = f" from {_counted(sessions_missing, 'other session')}" if sessions_missing else ""
    if sessions_missing == 1:
        where = " from another session"
    return f"{_counted(count, 'more episode')} like it{where}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
