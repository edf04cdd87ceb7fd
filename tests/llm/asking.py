"""A small world whose passes ask the double of the Messages API."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nrem.llm.anthropic import AnthropicModel
from nrem.llm.setting import LlmSettings
from tests.llm.messages_api import MessagesApi, serving
from tests.llm.sensible import reply
from tests.world import DIGEST, EMBEDDER, NOW, TOOLS, World
from worker.contract import Tools
from worker.desk import Desk
from worker.passes import BY_NAME
from worker.runner import Outcome, drain, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A process with a key, and the server that it asks."""

    world: World
    api: MessagesApi
    data_dir: Path
    # whose connections end with it
    models: list[AnthropicModel] = field(default_factory=list)

    def tools(self, **given: Any) -> Tools:  # noqa: ANN401
        """Its tools; `given` are settings of paid models."""
        settings = LlmSettings(
            **{
                "api_key": "sk-test",
                "base_url": self.api.url,
                # long enough for a busy machine: who is about limits of time sets their own
                "timeout_seconds": 20.0,
                "mode": "auto",
                **given,
            }
        )
        desk = Desk.of(settings, embedder=EMBEDDER, digest=DIGEST, data_dir=self.data_dir)
        if desk is not None and isinstance(desk.model, AnthropicModel):
            self.models.append(desk.model)
        return replace(TOOLS, desk=desk)

    def drain(self, name: str, *, now: datetime = NOW, **given: Any) -> list[Outcome]:  # noqa: ANN401
        """Run a pass until nothing is due for it."""
        setting = self.world.setting(now=now, tools=self.tools(**given))
        return drain(setting, BY_NAME[name], seconds=math.inf)

    def step(self, name: str, *, now: datetime = NOW, **given: Any) -> Outcome | None:  # noqa: ANN401
        """Run one step of a pass."""
        setting = self.world.setting(now=now, tools=self.tools(**given))
        return step(setting, BY_NAME[name])


@contextmanager
def asking(world: World, data_dir: Path) -> Iterator[Asking]:
    """The process and its server."""
    with serving(reply) as api:
        its = Asking(world=world, api=api, data_dir=data_dir)
        try:
            yield its
        finally:
            for model in its.models:
                model.close()
