"""The double's Message Batches API: create, retrieve, list, cancel, results.

A batch is answered when a test says so (`finish`), as of the instant that the test's clock shows;
each of its requests can be given a fate of its own. What is sent is the wire format, which the
official client reads with its own types.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from nrem.clock import utc_now

DAY = timedelta(days=1)
_ONE = re.compile(r"/v1/messages/batches/([^/]+)(/results|/cancel)?")


@dataclass(frozen=True, kw_only=True)
class Fate:
    """How a request of a batch ends: `succeeded`, `errored`, `canceled` or `expired`."""

    type: str = "succeeded"
    # of an error
    error: str = "invalid_request_error"
    # of the reply; None: what the model says
    text: str | None = None
    stop_reason: str = "end_turn"


@dataclass(kw_only=True)
class Held:
    """A batch at the provider."""

    id: str
    requests: list[dict[str, Any]]
    created_at: datetime
    ended_at: datetime | None = None
    cancel_initiated_at: datetime | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """The replies that have to be paid for."""
        return sum(one["result"]["type"] == "succeeded" for one in self.lines)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer over HTTP."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


@dataclass(kw_only=True)
class BatchesApi:
    """What the provider holds; `say` makes the message that answers a request."""

    say: Callable[[dict[str, Any], Fate], dict[str, Any]]
    held: list[Held] = field(default_factory=list)
    # what was asked of it, as `POST /v1/messages/batches`
    asked: list[str] = field(default_factory=list)
    clock: Callable[[], datetime] = utc_now
    # fates by the words of a request; the rest succeeds
    fates: dict[str, Fate] = field(default_factory=dict)
    # whether a batch is answered as soon as it is there
    is_quick: bool = False

    @property
    def paid(self) -> int:
        """Replies of batches that have to be paid for."""
        return sum(one.answered for one in self.held)

    def finish(self) -> None:
        """Answer every batch."""
        for one in self.held:
            if one.ended_at is None:
                self._end(one)

    def _end(self, one: Held, fate: Fate | None = None) -> None:
        one.ended_at = self.clock()
        # In no order that anybody may rely on.
        one.lines = [self._line(its, fate) for its in reversed(one.requests)]

    def _line(self, request: Mapping[str, Any], fate: Fate | None) -> dict[str, Any]:
        params = request["params"]
        content = params["messages"][0]["content"]
        its = fate or next((f for words, f in self.fates.items() if words in content), Fate())
        result: dict[str, Any] = {"type": its.type}
        if its.type == "succeeded":
            result["message"] = self.say(params, its)
        elif its.type == "errored":
            error = {"type": its.error, "message": "no"}
            result["error"] = {"type": "error", "error": error, "request_id": "req_batched"}
        return {"custom_id": request["custom_id"], "result": result}

    def handle(self, method: str, target: str, body: Any, base_url: str) -> Told | None:  # noqa: ANN401
        """The answer to a request for this part of the API; None: it is none."""
        url = urlsplit(target)
        if not url.path.startswith("/v1/messages/batches"):
            return None
        self.asked.append(f"{method} {url.path}")
        if url.path == "/v1/messages/batches":
            if method == "POST":
                return self._create(body, base_url)
            return self._list(parse_qs(url.query), base_url)
        found = _ONE.fullmatch(url.path)
        one = next((its for its in self.held if found and its.id == found[1]), None)
        if found is None or one is None:
            return _no(404, "not_found_error")
        if found[2] == "/results":
            return self._results(one)
        if found[2] == "/cancel":
            one.cancel_initiated_at = self.clock()
            if one.ended_at is None:
                self._end(one, Fate(type="canceled"))
        return _json(self._shown(one, base_url))

    def _create(self, body: Any, base_url: str) -> Told:  # noqa: ANN401
        requests = body["requests"]
        names = [one["custom_id"] for one in requests]
        is_well = all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in names)
        if not requests or len(set(names)) != len(names) or not is_well:
            return _no(400, "invalid_request_error")
        number = f"msgbatch_{len(self.held) + 1}"
        one = Held(id=number, requests=requests, created_at=self.clock())
        self.held.append(one)
        if self.is_quick:
            self._end(one)
        return _json(self._shown(one, base_url))

    def _list(self, query: Mapping[str, list[str]], base_url: str) -> Told:
        newest = sorted(self.held, key=lambda one: one.created_at, reverse=True)
        limit = int(query.get("limit", ["20"])[0])
        after = query.get("after_id", [None])[0]
        names = [one.id for one in newest]
        start = names.index(after) + 1 if after else 0
        page = newest[start : start + limit]
        shown = {
            "data": [self._shown(one, base_url) for one in page],
            "has_more": len(newest) > start + limit,
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
        }
        return _json(shown)

    def _results(self, one: Held) -> Told:
        if one.ended_at is None:
            return _no(400, "invalid_request_error")
        lines = "".join(json.dumps(its) + "\n" for its in one.lines)
        return Told(body=lines.encode(), content_type="application/x-jsonl")

    def _shown(self, one: Held, base_url: str) -> dict[str, Any]:
        ends = [its["result"]["type"] for its in one.lines]
        kinds = ("succeeded", "errored", "canceled", "expired")
        is_over = one.ended_at is not None
        return {
            "id": one.id,
            "type": "message_batch",
            "processing_status": "ended" if is_over else "in_progress",
            "request_counts": {
                "processing": 0 if is_over else len(one.requests),
                **{kind: ends.count(kind) for kind in kinds},
            },
            "created_at": one.created_at.isoformat(),
            "expires_at": (one.created_at + DAY).isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "cancel_initiated_at": (
                one.cancel_initiated_at.isoformat() if one.cancel_initiated_at else None
            ),
            "archived_at": None,
            "results_url": (
                f"{base_url}/v1/messages/batches/{one.id}/results" if is_over else None
            ),
        }


def _json(value: Any) -> Told:  # noqa: ANN401
    return Told(body=json.dumps(value).encode())


def _no(status: int, error: str) -> Told:
    value = {"type": "error", "error": {"type": error, "message": "no"}, "request_id": "req_no"}
    return Told(body=json.dumps(value).encode(), status=status)
