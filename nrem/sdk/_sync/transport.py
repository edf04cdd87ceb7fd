# Made from nrem/sdk/_async by `python -m tests.sdk.halves`; do not edit.
"""Sends requests, again where that is safe; every failure becomes an error of the tree."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any, Final, TypeVar

import httpx2
import pydantic

from nrem.clock import monotonic
from nrem.sdk.answer import bad_response, refusal, shaped
from nrem.sdk.errors import ValidationError, Z3rnoConnectionError, Z3rnoError
from nrem.sdk.fault import translated
from nrem.sdk.pause import Pause
from nrem.sdk.request import Request
from nrem.sdk.retry import seconds_until_next
from nrem.sdk.settings import Door, Settings

Shape = TypeVar("Shape", bound=pydantic.BaseModel)

_log: Final = logging.getLogger("nrem.sdk")


class Transport:
    """One pool of connections, for both listeners."""

    def __init__(self, settings: Settings, pause: Pause) -> None:
        """Raises: ValidationError when the proxy is none."""
        self.settings = settings
        self.pause = pause
        try:
            self._http = httpx2.Client(
                headers={"User-Agent": "nrem-python"},
                timeout=settings.timeout,
                proxy=settings.proxy,
            )
        except (AttributeError, ImportError, TypeError, ValueError, httpx2.InvalidURL):
            raise ValidationError(
                "proxy is no address of a proxy", field="proxy", remedy="give http://host:port"
            ) from None

    def close(self) -> None:
        """Close every connection; closing again does nothing."""
        with suppress(httpx2.HTTPError):
            self._http.close()

    def call(self, request: Request, shape: type[Shape], door: Door) -> Shape:
        """The answer in its shape.

        Raises: Z3rnoError.
        """
        return shaped(self.send(request, door), shape)

    def events(self, request: Request, door: Door) -> Iterator[dict[str, Any]]:
        """The events of an answer as they come, each a dict of `event` and `data`, until `done`.

        Raises: Z3rnoError; a stream that ends before `done` is a ConnectionError.
        """
        response = self.send(request, door, is_stream=True)
        try:
            with translated():
                for one in httpx2.EventSource(response):
                    try:
                        data = json.loads(one.data)
                    except (RecursionError, ValueError):
                        raise bad_response(response, "holds an event that is no JSON") from None
                    yield {"event": one.event, "data": data}
                    if one.event == "done":
                        return
        finally:
            with suppress(httpx2.HTTPError):
                response.close()
        raise Z3rnoConnectionError("no answer came: the stream ended before its last event")

    def send(self, request: Request, door: Door, *, is_stream: bool = False) -> httpx2.Response:
        """A success, after as many attempts as it takes and the settings allow.

        Raises: Z3rnoError.
        """
        for retries in count():
            try:
                return self._attempt(request, door, is_stream=is_stream)
            except Z3rnoError as error:
                seconds = seconds_until_next(error, retries, most=self.settings.max_retries)
                if seconds is None:
                    raise
            self.pause(seconds)
        raise AssertionError  # the loop returns or raises

    def _attempt(self, request: Request, door: Door, *, is_stream: bool) -> httpx2.Response:
        if self._http.is_closed:
            raise Z3rnoError("the client is closed", code="client_closed")
        begun = monotonic()
        with translated():
            response = self._http.send(self._built(request, door, is_stream), stream=is_stream)
            if is_stream and not response.is_success:
                response.read()
        if self.settings.is_logging:
            _log.info(
                "request.answered method=%s route=%s status=%d seconds=%.3f request_id=%s",
                *(request.method, request.route, response.status_code, monotonic() - begun),
                response.headers.get("x-request-id"),
            )
        if not response.is_success:
            raise refusal(response)
        return response

    def _built(self, request: Request, door: Door, is_stream: bool) -> httpx2.Request:  # noqa: FBT001
        headers = {
            "Authorization": f"Bearer {door.key}",
            "Accept": "text/event-stream" if is_stream else "application/json",
        }
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.idempotency_key is not None:
            headers["Idempotency-Key"] = request.idempotency_key
        if request.if_match is not None:
            headers["If-Match"] = request.if_match
        return self._http.build_request(
            request.method,
            door.url + request.path,
            params=request.params or None,
            content=request.body,
            headers=headers,
            timeout=self.settings.timeout if request.timeout is None else request.timeout,
        )
