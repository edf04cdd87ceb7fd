"""A small HTTP client for the commands: sends again what is safe to send again.

Every write carries an idempotency key, so a request whose answer was lost may be repeated.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx2

from nrem.clock import monotonic, sleep
from nrem.errors import NremError

# Long enough for a killed process to be restarted, several times over.
_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.2
_TIMEOUT_SECONDS: Final = 30.0
_AGAIN: Final = frozenset((429, 502, 503, 504))


class AnswerError(NremError):
    """The server refused a request; `body` is its error object."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        remedy = f"; {body['remedy']}" if body.get("remedy") else ""
        super().__init__(f"{status} {body.get('error')}: {body.get('detail')}{remedy}")
        self.status = status
        self.body = body


class Server:
    """One server's /v1 routes, with one key."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_TIMEOUT_SECONDS,
            # The system is on this machine: a proxy of the environment is not asked.
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - the answer's JSON
        """The answer of one request; what did not get through is sent again for a minute.

        Raises: AnswerError when the server refuses, NremError when it cannot be reached.
        """
        ends = monotonic() + _PATIENCE_SECONDS
        while True:
            answer = self._send(method, path, json, params)
            if answer is not None and answer.status_code not in _AGAIN:
                break
            if monotonic() > ends:
                raise NremError(f"the server does not answer {method} requests; see `nrem status`")
            sleep(_PAUSE_SECONDS)
        body = answer.json()
        if answer.is_error:
            raise AnswerError(answer.status_code, body)
        return body

    def _send(
        self, method: str, path: str, json: object, params: Mapping[str, str] | None
    ) -> httpx2.Response | None:
        try:
            return self._client.request(method, path, json=json, params=params)
        except httpx2.TransportError:
            return None

    def lines(self, path: str, params: Mapping[str, str]) -> Iterator[str]:
        """The lines of an answer that is a stream, as they come in.

        Raises: AnswerError when the server refuses, NremError when it is cut off.
        """
        try:
            with self._client.stream("GET", path, params=params) as answer:
                if answer.is_error:
                    answer.read()
                    raise AnswerError(answer.status_code, answer.json())
                yield from answer.iter_lines()
        except httpx2.TransportError as error:
            raise NremError("the answer was cut off: ask again") from error

    def send_events(self, events: Sequence[Mapping[str, Any]]) -> list[str]:
        """Store events (each with its own idempotency key); answers their ids."""
        ids: list[str] = self.ask("POST", "/v1/events", json={"events": list(events)})["event_ids"]
        return ids

    def memories(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Every memory that the filters of GET /v1/memories let through."""
        params = {**filters, "limit": "500"}
        while True:
            page = self.ask("GET", "/v1/memories", params=params)
            yield from page["memories"]
            if page["next_cursor"] is None:
                return
            params["cursor"] = page["next_cursor"]

    def observations(self, **whose: str) -> list[dict[str, Any]]:
        """Every active observation of a person with an agent."""
        found: list[dict[str, Any]] = []
        params = {**whose, "limit": "500"}
        while True:
            page = self.ask("GET", "/v1/observations", params=params)
            found += page["observations"]
            if page["next_cursor"] is None:
                return found
            params["cursor"] = str(page["next_cursor"])

    def recall(self, **query: object) -> list[dict[str, Any]]:
        """Results of POST /v1/memories/recall."""
        results: list[dict[str, Any]] = self.ask("POST", "/v1/memories/recall", json=query)[
            "results"
        ]
        return results

    def session(self, session_id: str) -> dict[str, Any]:
        """Where a session stands."""
        found: dict[str, Any] = self.ask("GET", f"/v1/sessions/{quote(session_id, safe='')}")
        return found
