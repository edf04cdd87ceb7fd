# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls that forget, and the audit trail that tells of it."""

from collections.abc import Iterable
from http import HTTPStatus

from nrem.clock import monotonic
from nrem.sdk._sync.calls import Calls
from nrem.sdk.answer import plain, shaped
from nrem.sdk.body import either, listed
from nrem.sdk.errors import Z3rnoError
from nrem.sdk.models.account import AuditPage
from nrem.sdk.models.memory import ForgetResult
from nrem.sdk.request import given, read, write

_ALL = "/v1/memories/forget_all"
_POLL_SECONDS = 0.25
# How long an erasure that became a job is followed, unless the call says otherwise.
_MOST_SECONDS = 600.0


class ForgetCalls(Calls):
    """Forgetting memories, and reading the audit trail."""

    def forget(
        self,
        *,
        agent_id: str,
        memory_id: str | None = None,
        memory_ids: Iterable[str] | None = None,
        hard: bool = False,
        hard_delete: bool = False,
        cascade: bool = False,
        reason: str | None = None,
        timeout: float | None = None,
    ) -> ForgetResult:
        """Forget memories of an agent: softly, or for good with `hard` (or `hard_delete`).

        `cascade` takes the memories along to which callers drew edges. What is unknown or
        forgotten already is not counted.

        Raises: Z3rnoError; ConflictError under a legal hold.
        """
        body = given(
            agent_id=agent_id,
            memory_id=memory_id,
            memory_ids=None if memory_ids is None else listed("memory_ids", memory_ids),
            hard_delete=hard or hard_delete or None,
            cascade=cascade or None,
            reason=reason,
        )
        request = write("POST", "/v1/memories/forget", body=body, timeout=timeout)
        return self._call(request, ForgetResult)

    def forget_all(
        self,
        *,
        agent_id: str,
        user_id: str | None = None,
        hard: bool = False,
        hard_delete: bool = False,
        reason: str | None = None,
        timeout: float | None = None,
    ) -> ForgetResult:
        """Forget every memory of an agent, or of what it knows about a user.

        `deleted_count` is exact, `memory_ids` holds at most 1,000 of them.

        Raises: Z3rnoError; ConflictError under a legal hold.
        """
        body = given(
            agent_id=agent_id, user_id=user_id, hard=hard or hard_delete or None, reason=reason
        )
        request = write("POST", _ALL, body=body, timeout=timeout)
        response = self._send(request)
        ends = monotonic() + (_MOST_SECONDS if timeout is None else timeout)
        while response.status_code == HTTPStatus.ACCEPTED:
            if monotonic() > ends:
                raise Z3rnoError("forgetting goes on, and took longer", code="wait_timeout")
            self._transport.pause(_POLL_SECONDS)
            job_id = plain(response).get("job_id")
            response = self._send(read(_ALL + "/{}", job_id, timeout=timeout))
        return shaped(response, ForgetResult)

    def audit(
        self,
        *,
        agent_id: str | None = None,
        operation: str | None = None,
        event_type: str | None = None,
        memory_id: str | None = None,
        user_id: str | None = None,
        page: int = 1,
        page_size: int | None = None,
        limit: int | None = None,
        timeout: float | None = None,
    ) -> AuditPage:
        """A page of the audit trail, newest first; it is read as a list of its entries.

        `event_type` is the same as `operation`, `limit` the same as `page_size` (50).

        Raises: Z3rnoError.
        """
        size = either(page_size, limit, ("page_size", "limit"))
        query = {
            "agent_id": agent_id,
            "operation": either(operation, event_type, ("operation", "event_type")),
            "memory_id": memory_id,
            "user_id": user_id,
            "page": page,
            "page_size": 50 if size is None else size,
        }
        return self._call(read("/v1/audit", query=query, timeout=timeout), AuditPage)
