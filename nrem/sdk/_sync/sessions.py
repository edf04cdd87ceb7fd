# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Calls about sessions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pydantic

from nrem.clock import monotonic
from nrem.sdk._sync.calls import Calls
from nrem.sdk.answer import bad_response, plain
from nrem.sdk.errors import ServerError, Z3rnoError
from nrem.sdk.models.session import Session, SessionEnd
from nrem.sdk.request import given, read, write

_POLL_SECONDS = 0.1
# How long `wait` waits, unless the call says otherwise.
_MOST_SECONDS = 60.0
_ONE = "/v1/sessions/{}"


class SessionCalls(Calls):
    """Beginning and ending sessions."""

    def start_session(
        self,
        *,
        agent_id: str,
        session_type: str = "conversation",
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Session:
        """Begin a session; without `session_id` the server names it.

        Raises: Z3rnoError.
        """
        body = given(
            agent_id=agent_id,
            session_type=session_type,
            user_id=user_id,
            session_id=session_id,
            metadata=metadata,
        )
        request = write("POST", "/v1/sessions", body=body, key=idempotency_key, timeout=timeout)
        return self._call(request, Session)

    def get_session(self, session_id: str, *, timeout: float | None = None) -> Session:
        """Where a session stands: open, ended (waiting for consolidation) or consolidated.

        Raises: Z3rnoError.
        """
        return self._call(read(_ONE, session_id, timeout=timeout), Session)

    def end_session(
        self, session_id: str, *, wait: bool = False, timeout: float | None = None
    ) -> SessionEnd:
        """End a session; ending it again changes nothing and answers the same.

        With `wait` it returns once the session is consolidated, after at most `timeout` seconds
        (60 unless given); without, `timeout` is about the request.

        Raises: Z3rnoError; with the code `wait_timeout` when it takes longer, ServerError with the
            code `consolidation_failed` when it failed.
        """
        ended = self._end(session_id, timeout)
        if not wait:
            return ended
        ends = monotonic() + (_MOST_SECONDS if timeout is None else timeout)
        while (stands := self.get_session(session_id)).state != "consolidated":
            _require_hope(stands)
            if monotonic() > ends:
                raise Z3rnoError(
                    "the session is ended, and not consolidated yet",
                    code="wait_timeout",
                    remedy="wait longer, or look at get_session",
                )
            self._transport.pause(_POLL_SECONDS)
        # the answer to the second end names the run
        return self._end(session_id, timeout)

    def _end(self, session_id: str, timeout: float | None) -> SessionEnd:
        response = self._send(write("POST", _ONE + "/end", session_id, timeout=timeout))
        try:
            return SessionEnd(plain(response))
        except pydantic.ValidationError:
            raise bad_response(response, "is no end of a session") from None

    @contextmanager
    def session(
        self,
        *,
        agent_id: str,
        session_type: str = "conversation",
        user_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Iterator[Session]:
        """A session for the length of a block; it ends with it, also after an error.

        Raises: Z3rnoError.
        """
        begun = self.start_session(
            agent_id=agent_id,
            session_type=session_type,
            user_id=user_id,
            session_id=session_id,
            metadata=metadata,
        )
        try:
            yield begun
        finally:
            self.end_session(begun.session_id)


def _require_hope(session: Session) -> None:
    """Raises: ServerError when its consolidation has failed for good."""
    stands = session.consolidation
    if stands is not None and stands.state in {"failed", "parked"}:
        raise ServerError(
            f"the session's consolidation is {stands.state}: {stands.reason or 'nobody said why'}",
            code="consolidation_failed",
            remedy="look at the runs of the pass consolidate",
        )
