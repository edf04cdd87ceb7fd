"""Calls about what an agent is given about a person, and the observations in it."""

from nrem.sdk._async.calls import AsyncCalls
from nrem.sdk.instant import Moment
from nrem.sdk.models.context import Context, Observation, ObservationPage
from nrem.sdk.request import read, write


class AsyncContextCalls(AsyncCalls):
    """The context of a person, and observations."""

    async def get_context(
        self,
        *,
        agent_id: str,
        user_id: str | None = None,
        query: str | None = None,
        budget_tokens: int | None = None,
        as_of: Moment | None = None,
        markers: str | None = None,
        inject_memories: bool | None = None,
        inject_turns: bool | None = None,
        k: int | None = None,
        distance_threshold: float | None = None,
        timeout: float | None = None,
    ) -> Context:
        """The text that an agent is given about a person: card, observations, what `query` recalls.

        `budget_tokens` bounds it, about; `as_of` asks what was known then. `markers` is emoji or
        tokens. Of what the query recalls, `k` of each kind at most are shown, none farther than
        `distance_threshold`, 0 to 1. What is left out is the server's default.

        Raises: Z3rnoError.
        """
        query_of = {
            "agent_id": agent_id,
            "user_id": user_id,
            "query": query,
            "budget_tokens": budget_tokens,
            "as_of": as_of,
            "markers": markers,
            "inject_memories": inject_memories,
            "inject_turns": inject_turns,
            "k": k,
            "distance_threshold": distance_threshold,
        }
        return await self._call(read("/v1/context", query=query_of, timeout=timeout), Context)

    async def list_observations(
        self,
        *,
        agent_id: str,
        user_id: str | None = None,
        state: str = "active",
        limit: int = 100,
        cursor: int | None = None,
        timeout: float | None = None,
    ) -> ObservationPage:
        """A page of what was noted of a person, oldest first; `state`: active, archived or all.

        Raises: Z3rnoError.
        """
        query = {
            "agent_id": agent_id,
            "user_id": user_id,
            "state": state,
            "limit": limit,
            "cursor": cursor,
        }
        request = read("/v1/observations", query=query, timeout=timeout)
        return await self._call(request, ObservationPage)

    async def restore_observation(
        self, observation_id: str, *, timeout: float | None = None
    ) -> Observation:
        """Make an archived observation active again; one that is active stays so.

        Raises: Z3rnoError; ConflictError when another active one says the same.
        """
        request = write("POST", "/v1/observations/{}:restore", observation_id, timeout=timeout)
        return await self._call(request, Observation)
