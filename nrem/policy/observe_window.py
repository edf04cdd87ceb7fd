"""A window of a stream: which of its turns are looked at, and what is known near to them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from nrem.policy.consolidate_model import Trust, Turn
from nrem.policy.model import Role
from nrem.policy.observe_model import Neighbour
from nrem.policy.params_observe import ObservePolicy
from nrem.policy.score import telling

# Smaller windows do not help a reply that cannot be read.
LEAST_TOKENS: Final = 512
_CHARACTERS_PER_TOKEN: Final = 3
# What a tool answers is long and says little; its beginning stands for it.
_TOOL_CHARACTERS: Final = 2_000
_CUT: Final = " …"
# What a model is shown of what is known; more would cost more than repeats do.
_NEIGHBOURS: Final = 20
_TRUST: Final = {
    Role.USER: Trust.USER,
    Role.ASSISTANT: Trust.ASSISTANT,
    Role.SYSTEM: Trust.TOOL,
    Role.TOOL: Trust.TOOL,
}


def window_tokens(policy: ObservePolicy, attempts: int) -> int:
    """Tokens of a window at this try, from 1: half as many after each failure, 512 at least."""
    return max(LEAST_TOKENS, policy.window_tokens >> max(0, attempts - 1))


def trust_of(turn: Turn) -> Trust:
    """Who vouches for what a turn says."""
    return trust_of_role(turn.role)


def trust_of_role(role: str) -> Trust:
    """Who vouches for what is said in a role."""
    return _TRUST.get(Role(role), Trust.DERIVED)


def looked_at(turns: Iterable[Turn], policy: ObservePolicy) -> tuple[Turn, ...]:
    """The turns of the roles that the policy names, none longer than a window."""
    roles = {Role.USER, Role.ASSISTANT}
    roles |= {Role.TOOL} if policy.tool_turns else set()
    roles |= {Role.SYSTEM} if policy.system_turns else set()
    return tuple(_shortened(one, policy) for one in turns if one.role in roles and one.content)


def near(turns: Sequence[Turn], known: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    """Of what is known, what shares the most telling words with the turns; oldest first."""
    words = frozenset(word for turn in turns for word in telling(turn.content))
    shared = ((len(words & telling(one.text)), one) for one in known)
    ranked = sorted(
        ((share, one) for share, one in shared if share), key=lambda it: (-it[0], -it[1].ordinal)
    )
    return tuple(sorted((one for _, one in ranked[:_NEIGHBOURS]), key=lambda one: one.ordinal))


def _shortened(turn: Turn, policy: ObservePolicy) -> Turn:
    limit = policy.window_tokens * _CHARACTERS_PER_TOKEN
    if turn.role == Role.TOOL:
        limit = min(limit, _TOOL_CHARACTERS)
    if len(turn.content) <= limit:
        return turn
    return replace(turn, content=turn.content[:limit] + _CUT)
