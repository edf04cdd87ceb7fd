"""Calls of operators about runs, previews and legal holds."""

from nrem.sdk._async.calls import AsyncCalls
from nrem.sdk.models.run import Hold, HoldPage, Preview, Reverted, RunPage, RunShown
from nrem.sdk.request import given, read, write

_RUN = "/v1/admin/runs/{}"
_PREVIEW = "/v1/admin/previews/{}"
_HOLDS = "/v1/admin/holds"


class AsyncRunCalls(AsyncCalls):
    """Runs, previews and holds."""

    async def list_runs(
        self,
        *,
        pass_name: str | None = None,
        outcome: str | None = None,
        cause: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> RunPage:
        """A page of runs, newest first; `cause` may be the beginning of one.

        Raises: Z3rnoError.
        """
        query = {
            "pass": pass_name,
            "outcome": outcome,
            "cause": cause,
            "limit": limit,
            "cursor": cursor,
        }
        return await self._call(read("/v1/admin/runs", query=query, timeout=timeout), RunPage)

    async def get_run(self, run_id: str, *, timeout: float | None = None) -> RunShown:
        """One run, with what it did to each memory.

        Raises: Z3rnoError.
        """
        return await self._call(read(_RUN, run_id, timeout=timeout), RunShown)

    async def revert_run(
        self, run_id: str, *, again: bool = False, timeout: float | None = None
    ) -> Reverted:
        """Undo a whole run; with `again` the pass looks anew at what it was made from.

        Raises: Z3rnoError.
        """
        body = given(again=again or None)
        request = write("POST", _RUN + ":revert", run_id, body=body, timeout=timeout)
        return await self._call(request, Reverted)

    async def preview_pass(
        self,
        pass_name: str,
        *,
        agent_id: str | None = None,
        user_id: str | None = None,
        timeout: float | None = None,
    ) -> Preview:
        """What a pass would do now; nothing of it is done.

        While `state` is `asked`, the workers are at it: see `get_preview`.

        Raises: Z3rnoError.
        """
        body = given(agent_id=agent_id, user_id=user_id)
        route = "/v1/admin/passes/{}:preview"
        return await self._call(
            write("POST", route, pass_name, body=body, timeout=timeout), Preview
        )

    async def get_preview(self, preview_id: str, *, timeout: float | None = None) -> Preview:
        """One preview; it shows nothing any more 24 h after it was asked for.

        Raises: Z3rnoError.
        """
        return await self._call(read(_PREVIEW, preview_id, timeout=timeout), Preview)

    async def approve_preview(self, preview_id: str, *, timeout: float | None = None) -> Preview:
        """Do exactly what a preview shows; again changes nothing, and answers the same.

        Raises: Z3rnoError; ConflictError with the code `preview_stale` when what it was made from
            has changed since.
        """
        request = write("POST", _PREVIEW + ":approve", preview_id, timeout=timeout)
        return await self._call(request, Preview)

    async def place_hold(
        self, kind: str, *, reference: str, ref: str | None = None, timeout: float | None = None
    ) -> Hold:
        """Keep an org, agent, user or memory from being purged; `reference` names the case.

        Raises: Z3rnoError; ConflictError when there is one over the same.
        """
        body = given(kind=kind, ref=ref, reference=reference)
        return await self._call(write("POST", _HOLDS, body=body, timeout=timeout), Hold)

    async def list_holds(
        self,
        *,
        standing: bool | None = None,
        limit: int = 100,
        cursor: str | None = None,
        timeout: float | None = None,
    ) -> HoldPage:
        """A page of holds, oldest first; lifted ones too, unless `standing` says which.

        Raises: Z3rnoError.
        """
        query = {"standing": standing, "limit": limit, "cursor": cursor}
        return await self._call(read(_HOLDS, query=query, timeout=timeout), HoldPage)

    async def lift_hold(self, hold_id: str, *, timeout: float | None = None) -> Hold:
        """Lift a hold; lifting it again changes nothing.

        Raises: Z3rnoError.
        """
        request = write("POST", _HOLDS + "/{}:lift", hold_id, timeout=timeout)
        return await self._call(request, Hold)
