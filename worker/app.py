"""The Celery worker: one task per pass, each a single call to the runner.

Start: `celery -A worker.app worker`. A task carries the name of its pass and nothing else.
"""

from celery import Celery, Task

from nrem.config import Settings
from nrem.queue import make_app, task_name
from nrem.telemetry import configure
from worker.contract import Pass
from worker.passes import PASSES
from worker.process import this_process
from worker.runner import Cause

_settings = Settings()
configure("worker", _settings.log_level)
app = make_app(_settings.broker_url)


def _register(celery: Celery, duty: Pass) -> None:
    def run(self: "Task[..., None]", **message: object) -> None:
        cause = message.get("cause")
        process = this_process("celery")
        outcomes = process.run(
            duty,
            Cause(name=cause if isinstance(cause, str) else "nudge", task_id=self.request.id),
        )
        process.beat(has_progress=bool(outcomes))

    celery.task(run, name=task_name(duty.name), bind=True, ignore_result=True)


for _duty in PASSES:
    _register(app, _duty)
