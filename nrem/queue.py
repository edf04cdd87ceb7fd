"""Nudges: content-free messages that name a pass. Losing one only delays work.

The rows in Postgres are the queue of record; a nudge says "there is work for this pass" and
nothing else: no org, no id, no text. Publishing happens on a thread of its own and never fails
a request: with no broker at all, the poll loop does everything.
"""

from collections.abc import Iterable
from threading import Condition, Thread
from typing import Final

import structlog
from celery import Celery
from celery.exceptions import OperationalError

from nrem.server_url import celery_url

_log = structlog.get_logger("queue")

QUEUE: Final = "nrem"
_MESSAGE_VERSION: Final = 1
# A nudge that waits longer than this is stale: the sweep has found its work by then.
_EXPIRES_SECONDS: Final = 30
_HARD_LIMIT_SECONDS: Final = 300
_SOFT_LIMIT_SECONDS: Final = 240
_PAUSE_SECONDS: Final = 1.0


def task_name(duty: str) -> str:
    """The name of a pass's Celery task; stable, since messages carry it."""
    return f"nrem.{duty}"


def make_app(broker_url: str | None) -> Celery:
    """The Celery application of producers and workers; no tasks are registered yet.

    No acknowledgement, no results, no retries, no ETA: attempts and delays are rows.
    """
    app = Celery("nrem", broker=celery_url(broker_url) if broker_url else "memory://")
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_default_queue=QUEUE,
        # A nudge is gone when it is taken. Acknowledged ones would freeze a busy worker for good
        # when the broker dies: what it cannot acknowledge any more fills its prefetch window.
        task_queues={QUEUE: {"exchange": QUEUE, "routing_key": QUEUE, "no_ack": True}},
        task_time_limit=_HARD_LIMIT_SECONDS,
        task_soft_time_limit=_SOFT_LIMIT_SECONDS,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=1_500_000,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        # Celery sleeps it out whenever a task runs, so it is also what a stop of nrem may cost.
        worker_soft_shutdown_timeout=2,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": "nrem:",
            "socket_connect_timeout": 2,
            "socket_timeout": 10,
            "visibility_timeout": 2 * _HARD_LIMIT_SECONDS,
        },
    )
    return app


def _make_publisher(broker_url: str) -> Celery:
    """An application that gives up at once: kombu would try a dead broker for six seconds."""
    app = make_app(broker_url)
    options = app.conf.broker_transport_options
    app.conf.broker_transport_options = {**options, "max_retries": 0}
    return app


class Nudger:
    """Publishes nudges from a thread of its own; a pass that waits already is not repeated."""

    def __init__(self, broker_url: str | None) -> None:
        self._app = _make_publisher(broker_url) if broker_url else None
        self._waiting: set[str] = set()
        self._change = Condition()
        self._is_open = self._app is not None
        self.failures = 0
        if self._is_open:
            self._thread = Thread(target=self._publish, name="nudger", daemon=True)
            self._thread.start()

    @property
    def has_broker(self) -> bool:
        """Whether a broker is configured, up or down."""
        return self._app is not None

    def nudge(self, passes: Iterable[str]) -> None:
        """Say that there is work for these passes; returns at once, whatever the broker does."""
        if self._is_open:
            with self._change:
                self._waiting |= set(passes)
                self._change.notify()

    def close(self) -> None:
        """Publish what waits, once, and stop."""
        if self._is_open:
            with self._change:
                self._is_open = False
                self._change.notify()
            self._thread.join(timeout=5.0)

    def _publish(self) -> None:
        while True:
            with self._change:
                while not self._waiting and self._is_open:
                    self._change.wait()
                batch, self._waiting = self._waiting, set()
                if not batch:
                    return
            failed = [name for name in sorted(batch) if not self._send(name)]
            if failed:
                with self._change:
                    self._change.wait_for(lambda: not self._is_open, _PAUSE_SECONDS)

    def _send(self, name: str) -> bool:
        assert self._app is not None  # noqa: S101 - the thread only runs with an app
        try:
            self._app.send_task(
                task_name(name),
                kwargs={"v": _MESSAGE_VERSION, "pass": name},
                expires=_EXPIRES_SECONDS,
                retry=False,
            )
        except (OperationalError, OSError) as error:
            self.failures += 1
            _log.warning("nudge.failed", duty=name, error=type(error).__name__)
            return False
        return True
