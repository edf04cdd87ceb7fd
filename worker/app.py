"""The Celery worker: one task per pass, each a single call to the runner.

Start: `celery -A worker.app worker`. A task carries the name of its pass and nothing else. The
worker refuses to start without a broker, or on a database that does not fit.
"""

import sys
from typing import Final

import structlog
from celery import Celery, Task
from celery.signals import worker_init
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nrem.config import Settings
from nrem.errors import ConfigError
from nrem.queue import make_app, task_name
from nrem.telemetry import configure
from worker.contract import Pass
from worker.passes import PASSES
from worker.process import check_database, this_process
from worker.runner import Cause

_log = structlog.get_logger("worker")
_MISFIT: Final = 2

_settings = Settings()
if _settings.broker_url is None:
    raise ConfigError(
        "NREM_BROKER_URL is not set: give the broker's URL, or run `python -m worker.poll`, which "
        "needs none"
    )
configure("worker", _settings.log_level)
app = make_app(_settings.broker_url)


def _register(celery: Celery, duty: Pass) -> None:
    def run(self: "Task[..., None]", **_message: object) -> None:
        cause = Cause(name="nudge", task_id=self.request.id)
        try:
            process = this_process("celery")
            outcomes = process.run(duty, cause)
            process.beat(has_progress=bool(outcomes))
        except (DBAPIError, PoolTimeout) as error:
            # The rows are the truth: the next nudge or poll finds the work. The type alone, since
            # a database's message may repeat what is in a row.
            _log.warning("task.database_away", duty=duty.name, error=type(error).__name__)

    celery.task(run, name=task_name(duty.name), bind=True, ignore_result=True)


def _refuse_misfits(**_signal: object) -> None:
    """End before the first task when this program and the database do not fit each other."""
    try:
        check_database(_settings)
    except ConfigError as error:
        sys.stderr.write(f"nrem: {error}\n")
        sys.exit(_MISFIT)


worker_init.connect(_refuse_misfits, weak=False)
for _duty in PASSES:
    _register(app, _duty)
